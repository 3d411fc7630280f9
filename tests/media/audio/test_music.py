"""Music in the player's timeline: over and over without a click, before nothing that was said, gone within a frame."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from media.audio.levels import dbfs
from media.audio.music import JOIN_SAMPLES, LONGEST_S, Music, ringing, seamless, sine
from media.audio.pcm import FRAME_BYTES, TELEPHONE_RATE, Pcm
from media.audio.player import Finished, Player, Started
from tests.media.audio.test_player import say
from tests.media.fakes import tone

FULL = 20_000


def samples(*frames: bytes | None) -> NDArray[np.int64]:
    return np.frombuffer(b"".join(frame or bytes(FRAME_BYTES) for frame in frames), dtype="<i2").astype(np.int64)


def largest_step(audio: NDArray[np.int64]) -> int:
    return int(np.max(np.abs(np.diff(audio))))


def pulled(player: Player, frames: int) -> list[bytes | None]:
    return [player.pull() for _ in range(frames)]


# -- a loop ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("milliseconds", [130, 1000, 1777])
def test_a_tune_goes_over_into_its_beginning_without_a_click(milliseconds: int) -> None:
    """Cut off anywhere in its wave, a tone steps no further at the joins than the tone itself does."""
    music = Music(seamless(Pcm(TELEPHONE_RATE, tone(milliseconds, amplitude=FULL, hertz=333.0))))
    heard = samples(*(music.take() for _ in range(500)))
    assert largest_step(heard) <= FULL * 2 * np.pi * 333 / TELEPHONE_RATE * np.sqrt(2) * 1.05
    assert dbfs(heard[8000:].astype("<i2").tobytes()) == pytest.approx(dbfs(tone(1000, amplitude=FULL)), abs=1.5)


def test_a_tune_begins_softly_however_it_is_cut() -> None:
    loud = np.full(4000, FULL, dtype="<i2").tobytes()
    first = samples(Music(seamless(Pcm(TELEPHONE_RATE, loud))).take())
    assert first[0] == 0
    assert largest_step(first) <= FULL * np.sqrt(2) / 80 + 40


def test_a_tune_that_is_shorter_than_its_join_is_played_as_it_is() -> None:
    short = tone(50)
    assert seamless(Pcm(TELEPHONE_RATE, short)) == short
    music = Music(short)
    music.take()
    assert music.take() + music.take() == short[FRAME_BYTES:] + short[: FRAME_BYTES // 2]


def test_a_very_long_file_is_not_all_kept() -> None:
    long = Pcm(TELEPHONE_RATE, bytes(2 * TELEPHONE_RATE * (LONGEST_S + 20)))
    assert len(seamless(long)) == 2 * (TELEPHONE_RATE * LONGEST_S - JOIN_SAMPLES)


def test_the_ringing_tone_is_indias() -> None:
    """0.4 s on, 0.2 off, 0.4 on, 2.0 off; 400 Hz with sidebands 25 Hz beside it."""
    ring = samples(ringing())
    assert len(ring) == 3 * TELEPHONE_RATE
    loud = [bool(np.any(ring[at : at + 160])) for at in range(0, len(ring), 160)]
    assert loud == [True] * 20 + [False] * 10 + [True] * 20 + [False] * 100
    spectrum = np.abs(np.fft.rfft(ring[:3200]))
    assert sorted(int(place * 2.5) for place in np.argsort(spectrum)[-3:]) == [375, 400, 425]
    assert largest_step(ring) < 3000


def test_a_tone_is_as_long_and_as_high_as_asked() -> None:
    beep = samples(sine(1000, 200))
    assert len(beep) == 1600
    assert int(np.argmax(np.abs(np.fft.rfft(beep)))) * 5 == 1000
    assert beep[0] == beep[-1] == 0
    assert np.max(np.abs(beep)) == pytest.approx(32767 / 4, rel=0.01)


# -- in the player -----------------------------------------------------------------------------------------------------


def test_music_follows_what_was_said_before_and_goes_before_what_is_said_meanwhile() -> None:
    player = Player()
    say(player, "before", ("one moment", tone(40)))
    player.play_music(Music(tone(400)))
    say(player, "after", ("thank you", tone(40)))
    frames = pulled(player, 30)
    assert b"".join(frame or b"" for frame in frames[:2]) == tone(40)
    assert all(frames[2:])
    assert list(player.take_events()) == [Started("before"), Finished("before", "one moment", True)]
    player.stop_music()
    first, *rest = pulled(player, 3)
    assert np.array_equal(samples(first)[80:], samples(tone(40))[80:160])
    assert rest[0] == tone(40)[FRAME_BYTES:]
    assert [event.utterance for event in player.take_events()] == ["after", "after"]


def test_music_stops_within_a_frame_and_without_a_click() -> None:
    player = Player()
    player.play_music(Music(tone(1000, amplitude=FULL)))
    before = pulled(player, 20)
    player.stop_music()
    after = pulled(player, 3)
    assert after[1:] == [None, None]
    assert not any(samples(after[0])[79:])
    assert largest_step(samples(*before[1:], *after)) <= FULL * 2 * np.pi * 440 / TELEPHONE_RATE * 1.05


def test_music_is_no_speech() -> None:
    player = Player()
    player.play_music(Music(tone(1000)))
    pulled(player, 5)
    assert not player.speaking
    assert player.interruptible
    player.cut()
    assert player.pull() is not None
    assert player.take_events() == ()


def test_a_cut_throws_away_what_waits_behind_the_music_and_lets_it_play() -> None:
    player = Player()
    say(player, "notice", ("recorded", tone(40)), barge_in=False)
    say(player, "moment", ("one moment", tone(40)))
    player.play_music(Music(tone(1000)))
    say(player, "after", ("thank you", tone(40)))
    player.pull()
    player.cut()
    frames = pulled(player, 10)
    assert all(frames)
    assert [event.utterance for event in player.take_events() if isinstance(event, Finished)] == [
        "moment",
        "after",
        "notice",
    ]
    assert not player.speaking


def test_stopping_music_that_was_never_heard_leaves_silence() -> None:
    player = Player()
    player.play_music(Music())
    assert pulled(player, 2) == [bytes(FRAME_BYTES)] * 2
    player.stop_music()
    player.stop_music()
    assert player.pull() is None


def test_music_gives_way_to_other_music() -> None:
    player = Player()
    player.play_music(Music(tone(400)))
    pulled(player, 3)
    player.play_music(Music(tone(400, hertz=300)))
    first, second = pulled(player, 2)
    last = samples(tone(400))[480:560]
    fade, rise = last * np.arange(79, -1, -1) // 80, samples(tone(400, hertz=300))[:80] * np.arange(80) // 80
    assert np.array_equal(samples(first)[:80], fade + rise)
    assert second == tone(400, hertz=300)[FRAME_BYTES : 2 * FRAME_BYTES]
