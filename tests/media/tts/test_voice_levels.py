from __future__ import annotations

import json
from pathlib import Path

import pytest

from media.audio.level import SPEECH_LUFS
from media.audio.loudness import loudness
from media.audio.pcm import TELEPHONE_RATE
from media.audio.samples import from_pcm16
from media.tts.cache import PromptCache
from media.tts.protocol import Speech
from media.tts.voice import Voice
from media.tts.voice_levels import FILE, VoiceLevels, voice_key
from tests.media.fakes import tone
from tests.media.tts.fakes import FakeSynthesiser

ANNA = voice_key("anna 1", "en")


def test_a_voice_is_learnt_by_how_much_it_said() -> None:
    levels = VoiceLevels(None)
    assert levels.known(ANNA) is None
    levels.learn(ANNA, -30.0, 6.0)
    assert levels.known(ANNA) == pytest.approx(-30, abs=0.1)
    levels.learn(ANNA, -22.0, 2.0)
    assert levels.known(ANNA) == pytest.approx(-28, abs=0.2)
    levels.save()


def test_a_voice_that_changed_is_learnt_again() -> None:
    levels = VoiceLevels(None)
    for _ in range(40):
        levels.learn(ANNA, -30.0, 3.0)
    for _ in range(60):
        levels.learn(ANNA, -20.0, 3.0)
    assert levels.known(ANNA) == pytest.approx(-20, abs=0.7)


def test_a_word_and_silence_say_nothing_of_a_voice() -> None:
    levels = VoiceLevels(None)
    levels.learn(ANNA, -30.0, 0.3)
    levels.learn(ANNA, -70.0, 3.0)
    assert levels.known(ANNA) is None


def test_what_was_learnt_is_found_later_and_written_only_when_it_is_news(tmp_path: Path) -> None:
    levels = VoiceLevels(tmp_path / "cache")
    levels.save()
    assert not (tmp_path / "cache").exists()
    levels.learn(ANNA, -27.0, 3.0)
    levels.save()
    path = tmp_path / "cache" / FILE
    assert VoiceLevels(tmp_path / "cache").known(ANNA) == pytest.approx(-27, abs=0.1)
    written = path.stat().st_mtime_ns
    levels.learn(ANNA, -27.0, 3.0)
    levels.save()
    assert path.stat().st_mtime_ns == written
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 3}', '{"a": ["x", 1]}', json.dumps({"a": [1]})])
def test_a_file_that_is_not_whole_is_learnt_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert VoiceLevels(tmp_path).known("a") is None


async def test_the_second_sentence_of_a_voice_is_at_its_level_from_its_first_sample() -> None:
    """A faint engine: its first sentence is learnt from, its second comes right, and what is kept of both is right."""
    engine = FakeSynthesiser(chunks=200)
    engine.chunk = tone(20, amplitude=1500, hertz=800.0)
    voice = Voice([engine], PromptCache(None))
    first, second = Speech("One.", "en"), Speech("Two.", "en")
    heard = []
    for speech in (first, second):
        heard.append(b"".join([chunk.samples async for chunk in voice.render(speech)]))
        await voice.settled()
    beginnings = [loudness(from_pcm16(audio)[: TELEPHONE_RATE // 2], TELEPHONE_RATE) for audio in heard]
    assert beginnings[0] < SPEECH_LUFS - 2
    assert beginnings[1] == pytest.approx(SPEECH_LUFS, abs=0.3)
    for speech in (first, second):
        kept = voice.ready(speech)
        assert kept
        assert loudness(from_pcm16(kept.samples), TELEPHONE_RATE) == pytest.approx(SPEECH_LUFS, abs=0.1)
