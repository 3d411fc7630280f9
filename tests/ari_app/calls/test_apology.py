from __future__ import annotations

import wave
from collections.abc import AsyncIterator
from pathlib import Path

from ari_app.calls.apology import LASTS_S, MOST, TEXTS, Apologies, rendered
from media.audio.pcm import Pcm
from media.errors import EngineError
from media.tts.answer import SpokenAnswer
from media.tts.protocol import Speech


class Speaker:
    """Speaks English and Hindi, in two chunks."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def ready(self, speech: Speech) -> Pcm | None:
        return None

    def prepare(self, speech: Speech) -> None:
        return

    def answer(self, like: Speech) -> SpokenAnswer | None:
        return None

    async def render(self, speech: Speech) -> AsyncIterator[Pcm]:
        if speech.language == "mr":
            raise EngineError("nobody speaks mr")
        self.texts.append(speech.text)
        for _ in range(2):
            yield Pcm(8000, bytes(1600))


async def test_a_file_for_each_language_that_can_be_spoken(tmp_path: Path) -> None:
    speaker = Speaker()
    files = await rendered(speaker, ["hi", "en", "mr", "hi"], {"en": "Full up."}, tmp_path / "apologies")
    assert files == {language: tmp_path / "apologies" / f"{language}.wav" for language in ("en", "hi")}
    assert speaker.texts == ["Full up.", TEXTS["hi"]]
    with wave.open(str(files["hi"])) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (8000, 1, 1600)


def test_no_more_apologies_at_once_than_asterisk_has_channels_for() -> None:
    apologies = Apologies({"en": Path("en.wav")})
    assert apologies.next("ta", 0.0) is None
    assert [apologies.next("en", 1.0) for _ in range(MOST)] == [Path("en.wav")] * MOST
    assert apologies.next("en", LASTS_S) is None
    assert apologies.next("en", 1.0 + LASTS_S) == Path("en.wav")
