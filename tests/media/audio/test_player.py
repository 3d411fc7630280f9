from __future__ import annotations

import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.audio.ledger import heard
from media.audio.pcm import FRAME_BYTES
from media.audio.player import MOST_QUEUED, Finished, Player, PlayerEvent, QueueFullError, Started
from media.audio.shaping import faded
from media.audio.track import Playing
from tests.media.fakes import tone


def say(
    player: Player, name: str, *parts: tuple[str, bytes], barge_in: bool = True, over_music: bool = False
) -> Playing:
    playing = player.add(name, [text for text, _ in parts], barge_in=barge_in, over_music=over_music)
    for track, (_, audio) in zip(playing.tracks, parts, strict=True):
        track.feed(audio)
        track.complete = True
    return playing


def drain(player: Player, limit: int = 1000) -> tuple[list[bytes], list[tuple[int, PlayerEvent]]]:
    """Frames until silence, and the events with the number of frames given before them."""
    frames: list[bytes] = []
    events: list[tuple[int, PlayerEvent]] = []
    for _ in range(limit):
        frame = player.pull()
        events += [(len(frames), event) for event in player.take_events()]
        if frame is None and not player.speaking:
            break
        frames.append(frame or bytes(FRAME_BYTES))
    return frames, events


def test_silence_is_none() -> None:
    assert Player().pull() is None


def test_an_utterance_is_played_to_its_last_sample_and_finishes_after_it() -> None:
    player, audio = Player(), tone(90)
    say(player, "greeting", ("hello there", audio))
    frames, events = drain(player)
    assert b"".join(frames) == audio.ljust(5 * FRAME_BYTES, b"\0")
    assert events == [(0, Started("greeting")), (5, Finished("greeting", "hello there", True))]


def test_parts_join_without_a_gap() -> None:
    player, first, second = Player(), tone(33), tone(47, hertz=300)
    say(player, "two", ("one", first), ("", b""), ("two", second))
    frames, events = drain(player)
    assert b"".join(frames) == first + second
    assert events[-1][1] == Finished("two", "one two", True)


def test_a_started_event_waits_for_the_first_voiced_frame() -> None:
    player = Player()
    say(player, "late", ("x", bytes(3 * FRAME_BYTES) + tone(40)))
    _, events = drain(player)
    assert events[0] == (3, Started("late"))


def test_a_cut_fades_within_10_ms_and_leaves_silence() -> None:
    player = Player()
    say(player, "long", ("one two three four", tone(400, amplitude=20000)))
    for _ in range(10):
        player.pull()
    player.cut()
    fade = array.array("h", player.pull() or b"")
    assert max(map(abs, fade[:80])) > 1000
    assert not any(fade[79:])
    assert max(map(abs, fade[60:80])) <= 20000 * 20 // 80
    assert player.pull() is None


def test_what_is_said_at_once_after_a_cut_does_not_wait_for_the_fade() -> None:
    player = Player()
    say(player, "long", ("one two", tone(400)))
    player.pull()
    player.cut()
    say(player, "next", ("three", bytes(FRAME_BYTES // 2) + tone(40)))
    frame = player.pull() or b""
    fade = faded(tone(400)[FRAME_BYTES : FRAME_BYTES * 3 // 2]) or b""
    assert frame[: FRAME_BYTES // 2] == fade[: FRAME_BYTES // 2]
    assert frame[FRAME_BYTES // 2 :] == tone(40)[: FRAME_BYTES // 2]


def test_what_was_heard_is_cut_at_the_played_sample_and_a_word() -> None:
    player = Player()
    say(player, "long", ("one two three four", tone(1800)))
    for _ in range(50):
        player.pull()
    player.cut()
    assert player.take_events()[-1] == Finished("long", "one two", False)


def test_what_may_not_be_cut_plays_on_and_what_waits_behind_it_is_thrown_away() -> None:
    player = Player()
    say(player, "notice", ("this call is recorded", tone(100)), barge_in=False)
    say(player, "question", ("and now", tone(100)))
    player.pull()
    player.cut()
    assert [event for _, event in drain(player)[1]] == [
        Started("notice"),
        Finished("question", "", False),
        Finished("notice", "this call is recorded", True),
    ]


def test_what_was_not_reached_was_not_heard_even_if_it_is_without_audio() -> None:
    player = Player()
    first, second = player.add("first", ["one"]), player.add("second", ["two"])
    first.tracks[0].feed(bytes(FRAME_BYTES * 5))
    second.tracks[0].complete = True
    player.pull()
    player.cut()
    assert player.take_events() == [Finished("first", "", complete=False), Finished("second", "", complete=False)]


def test_an_utterance_cut_after_its_last_sample_was_heard_whole() -> None:
    player = Player()
    say(player, "short", ("yes", tone(40)))
    player.pull()
    player.pull()
    player.cut()
    assert player.take_events()[-1] == Finished("short", "yes", True)


def test_a_part_that_failed_is_not_said_to_have_been_heard() -> None:
    player = Player()
    playing = say(player, "half", ("this was said", tone(100)))
    extra = player.add("lost", ["never rendered"])
    extra.tracks[0].give_up()
    _, events = drain(player)
    assert playing.done
    assert events[-1][1] == Finished("lost", "", True)


def test_the_queue_is_bounded() -> None:
    player = Player()
    for number in range(MOST_QUEUED):
        player.add(str(number), [])
    with pytest.raises(QueueFullError):
        player.add("one more", [])


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="whole samples"):
        Player().add("x", ["x"]).tracks[0].feed(b"abc")


@given(st.lists(st.lists(st.binary(max_size=900).map(lambda b: b[: len(b) // 2 * 2]), max_size=4), max_size=4))
def test_all_audio_is_played_once_in_order(utterances: list[list[bytes]]) -> None:
    player = Player()
    for number, chunks in enumerate(utterances):
        playing = player.add(str(number), ["t"])
        for chunk in chunks:
            playing.tracks[0].feed(chunk)
        playing.tracks[0].complete = True
    frames, events = drain(player)
    expected = b""
    for chunks in utterances:
        audio = b"".join(chunks)
        expected += audio.ljust(-(-len(audio) // FRAME_BYTES) * FRAME_BYTES, b"\0")
    assert b"".join(frames) == expected
    finished = [event.utterance for _, event in events if isinstance(event, Finished)]
    assert finished == [str(number) for number in range(len(utterances))]


@given(st.integers(1, 100), st.integers(0, 120))
def test_a_cut_anywhere_finishes_each_utterance_once(frames: int, pulled: int) -> None:
    player = Player()
    say(player, "a", ("alpha beta gamma", tone(frames * 10)))
    say(player, "b", ("delta", tone(50)))
    events: list[PlayerEvent] = []
    for _ in range(pulled):
        player.pull()
        events += player.take_events()
    player.cut()
    player.pull()
    events += player.take_events()
    ends = [event for event in events if isinstance(event, Finished)]
    assert [event.utterance for event in ends] == ["a", "b"]
    assert not player.speaking


class TestLedger:
    def test_whole_and_nothing(self) -> None:
        assert heard("one two", 100, 100, complete=True) == "one two"
        assert heard("one two", 0, 100, complete=True) == ""
        assert heard("never came", 0, 0, complete=False) == ""

    @pytest.mark.parametrize(
        ("share", "text"),
        [(10, ""), (35, "नमस्ते"), (50, "नमस्ते जी"), (99, "नमस्ते जी आपका नया"), (100, "नमस्ते जी आपका नया ऑर्डर")],
    )
    def test_words_by_duration(self, share: int, text: str) -> None:
        assert heard("नमस्ते जी आपका नया ऑर्डर", share, 100, complete=True) == text

    def test_audio_still_being_made_is_taken_to_be_as_long_as_its_text(self) -> None:
        assert heard("one two three four", 5600, 5600, complete=False) == "one two"

    @given(st.text(max_size=60), st.integers(0, 100))
    def test_what_was_heard_begins_the_text(self, text: str, share: int) -> None:
        assert text.startswith(heard(text, share, 100, complete=True))
