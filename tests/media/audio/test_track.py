"""Audio that comes more slowly than it is played, or stands still: no click, no sample lost, none played twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from media.audio.pcm import FRAME_BYTES, FRAME_SAMPLES
from media.audio.player import Finished, Player
from media.audio.shaping import FADE_SAMPLES
from media.audio.track import FADE_AHEAD_BYTES, REFILL_BYTES
from tests.media.audio.test_player import say
from tests.media.fakes import tone

FULL = 20_000
STEP = FULL * 2 * np.pi * 440 / 8000 * 1.1
"""The largest that the tone itself makes, and a little."""


def samples(frames: list[bytes | None]) -> NDArray[np.int64]:
    return np.frombuffer(b"".join(frame or bytes(FRAME_BYTES) for frame in frames), dtype="<i2").astype(np.int64)


def largest_step(audio: NDArray[np.int64]) -> float:
    return float(np.max(np.abs(np.diff(audio, append=0))))


# -- coming slowly -----------------------------------------------------------------------------------------------------


def test_audio_that_runs_dry_sinks_and_comes_back_without_a_click() -> None:
    player, audio = Player(), tone(1000, amplitude=FULL)
    track = player.add("slow", ["one two three"]).tracks[0]
    cut = 3 * FRAME_BYTES + 100
    track.feed(audio[:cut])
    frames = [player.pull() for _ in range(6)]
    track.feed(audio[cut:])
    track.complete = True
    frames += [player.pull() for _ in range(60)]
    assert largest_step(samples(frames)) <= STEP
    assert b"".join(frame or b"" for frame in frames[:3]) == audio[: 3 * FRAME_BYTES]
    assert frames[4:6] == [None, None]


def test_a_frame_with_nothing_behind_it_sinks_at_its_end() -> None:
    player = Player()
    track = player.add("slow", ["one two"]).tracks[0]
    track.feed(tone(20, amplitude=FULL)[:-2] + b"\x00\x40")
    frame = samples([player.pull()])
    assert frame[-1] == 0
    assert np.array_equal(frame[: FRAME_SAMPLES - 40], samples([tone(20, amplitude=FULL)])[: FRAME_SAMPLES - 40])


def test_a_frame_with_enough_behind_it_stays_as_it_is() -> None:
    player, audio = Player(), tone(100)
    track = player.add("fast", ["one two"]).tracks[0]
    track.feed(audio[: FRAME_BYTES + FADE_AHEAD_BYTES])
    assert player.pull() == audio[:FRAME_BYTES]


def test_underruns_are_counted_a_frame_once_the_utterance_has_begun() -> None:
    player = Player()
    track = player.add("slow", ["one two"]).tracks[0]
    assert [player.pull(), player.pull(), player.underruns] == [None, None, 0]
    track.feed(tone(30))
    for _ in range(4):
        player.pull()
    assert player.underruns == 3
    assert player.speaking


def test_what_ran_dry_fills_up_before_it_goes_on() -> None:
    player = Player()
    track = player.add("slow", ["one two"]).tracks[0]
    track.feed(tone(30))
    for _ in range(3):
        player.pull()
    track.feed(bytes(REFILL_BYTES - 2))
    assert player.pull() is None
    track.feed(bytes(2))
    assert player.pull() == bytes(FRAME_BYTES)


@given(st.lists(st.integers(1, 700), min_size=1, max_size=20), st.integers(1, 4))
def test_however_it_comes_all_of_it_is_played_and_nothing_clicks(sizes: list[int], a_tick: int) -> None:
    """Slow feeding costs silence and fades, never a sample: the ledger stays right."""
    audio = tone(sum(sizes) // 8 + 10, amplitude=FULL)[: sum(sizes) * 2]
    fade = audio[: -80 * 2], samples([audio[-80 * 2 :]]) * np.linspace(1, 0, len(audio[-80 * 2 :]) // 2)
    audio = fade[0] + fade[1].astype("<i2").tobytes()
    player = Player()
    track = player.add("any", ["words"]).tracks[0]
    frames: list[bytes | None] = []
    at = 0
    for number, size in enumerate(sizes):
        track.feed(audio[at : at + size * 2])
        at += size * 2
        if number % a_tick == 0:
            frames.append(player.pull())
    track.complete = True
    while player.speaking:
        frames.append(player.pull())
    assert track.played == track.total == len(audio)
    assert largest_step(samples(frames)) <= STEP + FULL / 40
    assert player.take_events()[-1] == Finished("any", "words", True)


# -- what was heard ----------------------------------------------------------------------------------------------------


def test_a_cut_in_the_silence_after_the_last_word_leaves_no_word_out() -> None:
    player = Player()
    say(player, "long", ("one two three four", tone(300) + bytes(200 * 16)))
    for _ in range(15):
        player.pull()
    player.cut()
    assert player.take_events()[-1] == Finished("long", "one two three four", False)


def test_a_cut_in_a_pause_between_words_counts_those_before_it() -> None:
    player = Player()
    say(player, "long", ("one two three four", tone(300) + bytes(200 * 16) + tone(300)))
    for _ in range(20):
        player.pull()
    player.cut()
    assert player.take_events()[-1] == Finished("long", "one two", False)


# -- standing still ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frames_before", [0, 1, 10])
def test_what_stands_still_goes_on_at_the_very_sample(frames_before: int) -> None:
    """The samples that were faded out were heard: they don't come again, and none after them is lost."""
    player, audio = Player(), tone(600, amplitude=FULL)
    playing = say(player, "long", ("one two three", audio))
    before = [player.pull() for _ in range(frames_before)]
    player.pause()
    held = frames_before * FRAME_SAMPLES + FADE_SAMPLES
    assert playing.tracks[0].played == held * 2
    still = [player.pull() for _ in range(5)]
    assert not any(samples(still)[FADE_SAMPLES:])
    assert playing.tracks[0].played == held * 2
    player.resume()
    after = [player.pull() for _ in range(40)]
    whole = samples([audio])
    heard = samples(after)
    assert np.array_equal(heard[FADE_SAMPLES : len(whole) - held], whole[held + FADE_SAMPLES :])
    assert np.array_equal(
        heard[:FADE_SAMPLES], whole[held : held + FADE_SAMPLES] * np.arange(FADE_SAMPLES) // FADE_SAMPLES
    )
    assert largest_step(samples(before[1:] + still)) <= STEP


def test_pausing_and_resuming_again_and_again_loses_nothing() -> None:
    player, audio = Player(), tone(600)
    playing = say(player, "long", ("one two three", audio))
    for _ in range(5):
        player.pull()
        player.pause()
        player.pause()
        player.pull()
        player.resume()
        player.resume()
    assert playing.tracks[0].played == 5 * (FRAME_BYTES + FADE_SAMPLES * 2)


def test_what_was_heard_of_what_stood_still_ends_at_its_sample() -> None:
    player = Player()
    say(player, "long", ("one two three four", tone(1800)))
    for _ in range(50):
        player.pull()
    player.pause()
    for _ in range(50):
        player.pull()
    player.cut()
    assert player.take_events()[-1] == Finished("long", "one two", False)
    assert not player.paused
    assert player.pull() is None


def test_a_protected_utterance_that_stood_still_rises_after_a_cut() -> None:
    player = Player()
    say(player, "notice", ("recorded", tone(200, amplitude=FULL)), barge_in=False)
    player.pull()
    player.pause()
    player.pull()
    player.cut()
    assert not player.paused
    frame = samples([player.pull()])
    assert frame[0] == 0
    assert np.max(np.abs(np.diff(frame))) <= STEP


def test_what_remains_is_told_only_when_all_has_come() -> None:
    player = Player()
    assert player.remaining_ms == 0
    say(player, "a", ("x", tone(100)))
    track = player.add("b", ["y"]).tracks[0]
    assert player.remaining_ms is None
    track.feed(tone(50))
    track.complete = True
    player.pull()
    assert player.remaining_ms == 130
