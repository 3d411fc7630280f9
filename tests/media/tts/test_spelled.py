from __future__ import annotations

from media.audio.pcm import Pcm
from media.tts.elevenlabs_messages import Spoken, heard
from media.tts.spelled import Spelled
from media.tts.streamed_text import SentenceOver

MS = bytes(16)


def told(text: str, *starts_ms: float) -> Spoken:
    return Spoken(tuple(text), starts_ms)


def parts(spelled: Spelled, ms: int, spoken: Spoken) -> list[int | SentenceOver]:
    """Milliseconds of audio, and ends."""
    return [
        len(part.samples) // 16 if isinstance(part, Pcm) else part
        for part in spelled.parted(Pcm(8000, MS * ms), spoken)
    ]


def test_a_sentence_is_over_with_its_last_letter() -> None:
    spelled = Spelled()
    spelled.sent("Hi you.")
    assert parts(spelled, 30, told("Hi ", 0, 10, 20)) == [30]
    assert parts(spelled, 40, told("you.", 0, 10, 20, 30)) == [40, SentenceOver()]


def test_audio_of_two_sentences_is_cut_between_them() -> None:
    spelled = Spelled()
    spelled.sent("Hi.")
    spelled.sent("No.")
    spoken = told("Hi. No.", 0, 10, 20, 30, 45, 50, 60)
    assert parts(spelled, 70, spoken) == [45, SentenceOver(), 25, SentenceOver()]


def test_a_server_that_tells_nothing_ends_them_all_at_last() -> None:
    spelled = Spelled()
    spelled.sent("Hi.")
    spelled.sent("No.")
    assert parts(spelled, 70, Spoken()) == [70]
    assert list(spelled.rest()) == [SentenceOver(), SentenceOver()]
    assert list(spelled.rest()) == []


def test_times_that_cannot_be_are_kept_within_the_audio() -> None:
    spelled = Spelled()
    spelled.sent("A")
    spelled.sent("B")
    assert parts(spelled, 10, told("AB", 0, 900)) == [10, SentenceOver(), SentenceOver()]
    spelled.sent("A")
    spelled.sent("B")
    assert parts(spelled, 10, told("AB", 0, -5)) == [SentenceOver(), 10, SentenceOver()]


def test_what_is_spelled_otherwise_is_not_believed() -> None:
    for alignment in (
        "5",
        '{"chars": "ab"}',
        '{"chars": ["a"], "charStartTimesMs": []}',
        '{"chars": [1], "charStartTimesMs": [0]}',
    ):
        assert heard(f'{{"audio": "", "alignment": {alignment}}}').spoken == Spoken()
    told_of = '{"audio": "", "alignment": {"chars": ["a"], "charStartTimesMs": [3]}}'
    assert heard(told_of).spoken == told("a", 3)
