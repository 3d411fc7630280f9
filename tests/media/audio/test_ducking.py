"""Speech over music: both are heard, the music goes down and comes back, and nothing clicks."""

from __future__ import annotations

import numpy as np
import pytest

from media.audio.ducking import DOWN_MS, DUCKED_DB, UP_MS, Ducking, mixed
from media.audio.levels import dbfs
from media.audio.music import Music
from media.audio.pcm import FRAME_BYTES, FRAME_MS
from media.audio.player import Finished, Player, Started
from tests.media.audio.test_music import largest_step, pulled, samples
from tests.media.audio.test_player import say
from tests.media.fakes import tone

MUSIC_HZ, MUSIC = 300.0, 8000


def on_hold() -> Player:
    """A player whose music is past its rise."""
    player = Player()
    player.play_music(Music(tone(1000, amplitude=MUSIC, hertz=MUSIC_HZ)))
    player.pull()
    return player


def silent_words(ms: int) -> bytes:
    """Speech that is too faint to hear, so that only the music is measured."""
    return bytes(16 * ms)


def test_music_goes_down_under_speech_by_its_share_and_comes_back() -> None:
    player = on_hold()
    loud = dbfs(player.pull() or b"")
    say(player, "notice", ("please wait", silent_words(400)), over_music=True)
    under = pulled(player, 20)
    back = pulled(player, UP_MS // FRAME_MS + 2)
    assert dbfs(under[DOWN_MS // FRAME_MS + 1] or b"") - loud == pytest.approx(DUCKED_DB, abs=0.1)
    assert dbfs(back[-1] or b"") == pytest.approx(loud, abs=0.1)
    assert largest_step(samples(*under, *back)) <= MUSIC * 2 * np.pi * MUSIC_HZ / 8000 * 1.02


def test_speech_over_music_is_heard_sample_by_sample() -> None:
    player, words = on_hold(), tone(200, amplitude=6000, hertz=900)
    say(player, "notice", ("please wait", words), over_music=True)
    both = samples(*pulled(player, 10))
    music = Music(tone(1000, amplitude=MUSIC, hertz=MUSIC_HZ))
    music.take()
    ducking = Ducking()
    alone = samples(*(ducking.music(music.take(), under_speech=True) for _ in range(10)))
    assert np.array_equal(both, alone + samples(words))
    player.pull()
    assert list(player.take_events()) == [Started("notice"), Finished("notice", "please wait", True)]


def test_music_is_not_ducked_before_the_first_word_has_come() -> None:
    player = on_hold()
    player.add("slow", ["words"], over_music=True)
    assert player.pull() == tone(1000, amplitude=MUSIC, hertz=MUSIC_HZ)[FRAME_BYTES : 2 * FRAME_BYTES]
    assert player.speaking


def test_without_music_it_is_an_utterance_like_any_other() -> None:
    player = Player()
    say(player, "first", ("one", tone(20)))
    say(player, "second", ("two", tone(40)), over_music=True)
    assert b"".join(frame or b"" for frame in pulled(player, 3)) == tone(20) + tone(40)


def test_what_is_not_said_over_music_still_waits_for_its_end() -> None:
    player = on_hold()
    say(player, "later", ("thank you", tone(40)))
    say(player, "notice", ("please wait", tone(40)), over_music=True)
    pulled(player, 4)
    assert [event.utterance for event in player.take_events()] == ["notice", "notice"]
    player.stop_music()
    pulled(player, 4)
    assert [event.utterance for event in player.take_events()] == ["later", "later"]


def test_speech_goes_on_unbroken_when_the_music_is_stopped_under_it() -> None:
    player, words = on_hold(), tone(200, amplitude=6000, hertz=900)
    say(player, "notice", ("please wait", words), over_music=True)
    before = pulled(player, 5)
    player.stop_music()
    after = pulled(player, 5)
    assert b"".join(frame or b"" for frame in after[1:]) == words[6 * FRAME_BYTES :]
    assert np.array_equal(samples(after[0])[80:], samples(words)[5 * 160 + 80 : 6 * 160])
    steps = 6000 * 2 * np.pi * 900 / 8000 + MUSIC * 2 * np.pi * MUSIC_HZ / 8000
    assert largest_step(samples(*before, *after)) <= steps


def test_a_cut_over_music_fades_the_words_alone() -> None:
    player = on_hold()
    say(player, "notice", ("please wait", tone(400, amplitude=6000, hertz=900)), over_music=True)
    pulled(player, 10)
    player.cut()
    fade, after = pulled(player, 2)
    assert np.max(np.abs(samples(fade)[80:])) <= MUSIC * 10 ** (DUCKED_DB / 20) * 1.5
    assert dbfs(after or b"") < dbfs(tone(20, amplitude=MUSIC))
    assert not player.speaking
    assert player.take_events()[-1] == Finished("notice", "", False)


def test_words_that_stand_still_leave_the_music_playing() -> None:
    player = on_hold()
    playing = say(player, "notice", ("please wait", tone(400, amplitude=6000, hertz=900)), over_music=True)
    pulled(player, 5)
    player.pause()
    held = playing.tracks[0].played
    assert all(pulled(player, 5))
    assert playing.tracks[0].played == held
    player.resume()
    pulled(player, 1)
    assert playing.tracks[0].played == held + FRAME_BYTES


def test_a_mix_beyond_full_scale_is_held_there() -> None:
    assert set(samples(mixed(tone(20, amplitude=32000), tone(20, amplitude=32000)))) <= set(range(-32768, 32768))
    assert mixed(b"\xff\x7f", b"\xff\x7f") == b"\xff\x7f"
    assert mixed(b"\x01\x00\x02\x00", b"\x01\x00") == b"\x02\x00\x02\x00"
