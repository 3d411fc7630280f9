"""Any recogniser of free speech, given a closed list."""

from __future__ import annotations

import pytest

from media.asr.list_matching import ListMatching
from media.asr.protocol import Hint, Recognition

MENU = Hint("hi", ("हाँ", "नहीं", "बाद में फ़ोन करो"), words=("पनीर",))


class FreeSpeech:
    """Hears what it was told to; free speech in Hindi only."""

    name = "free"

    def __init__(self, *texts: str, confidence: float = 0.99) -> None:
        self.texts, self.confidence = list(texts), confidence
        self.hints: list[Hint] = []
        self.fed: list[bytes] = []
        self.cancelled = 0

    def can(self, hint: Hint) -> bool:
        return hint.language == "hi" and not hint.phrases

    def open(self, hint: Hint) -> FreeSpeech:
        self.hints.append(hint)
        return self

    def feed(self, frame: bytes) -> None:
        self.fed.append(frame)

    async def so_far(self) -> Recognition | None:
        return await self.finish() if self.texts else None

    async def finish(self) -> Recognition:
        return Recognition(self.texts.pop(0), self.confidence, self.name, 12.0, "hi")

    def cancel(self) -> None:
        self.cancelled += 1


def test_it_hears_lists_where_the_inner_engine_hears_free_speech() -> None:
    engine = ListMatching(FreeSpeech())
    assert engine.can(MENU)
    assert engine.can(Hint("hi"))
    assert not engine.can(Hint("en", ("yes",)))
    assert engine.name == "free"


async def test_a_phrase_comes_as_it_was_given_and_the_inner_engine_knows_the_phrases() -> None:
    inner = FreeSpeech("baad me phone karo ji")
    stream = ListMatching(inner).open(MENU)
    stream.feed(b"frame")
    heard = await stream.finish()
    assert (heard.text, heard.engine, heard.took_ms, heard.language) == ("बाद में फ़ोन करो", "free", 12.0, "hi")
    assert heard.confidence > 0.7
    assert inner.hints == [Hint("hi", (), words=(*MENU.phrases, "पनीर"))]
    assert inner.fed == [b"frame"]


@pytest.mark.parametrize("said", ["", "आज मौसम अच्छा है", "Thank you for watching"])
async def test_what_is_not_on_the_list_is_empty(said: str) -> None:
    heard = await ListMatching(FreeSpeech(said)).open(MENU).finish()
    assert heard.text == ""
    assert heard.confidence < 0.7
    assert heard.written == said


async def test_it_is_no_surer_than_the_recogniser() -> None:
    heard = await ListMatching(FreeSpeech("yes", confidence=0.4)).open(MENU).finish()
    assert (heard.text, heard.confidence) == ("हाँ", 0.4)


async def test_the_threshold_decides() -> None:
    said = "मना कर फोन"
    menu = Hint("hi", ("मना कर दो",))
    strict = await ListMatching(FreeSpeech(said), threshold=0.99).open(menu).finish()
    loose = await ListMatching(FreeSpeech(said), threshold=0.0).open(menu).finish()
    assert (strict.text, loose.text) == ("", "मना कर दो")
    with pytest.raises(ValueError, match="expected a threshold from 0 to 1, got 7"):
        ListMatching(FreeSpeech(), threshold=7)


async def test_what_was_said_so_far_is_matched_too() -> None:
    stream = ListMatching(FreeSpeech("nahin", "nahi")).open(MENU)
    partial = await stream.so_far()
    assert partial
    assert partial.text == "नहीं"
    assert (await stream.finish()).text == "नहीं"
    assert await stream.so_far() is None


async def test_cancelling_cancels_the_inner_work_and_free_speech_passes_through() -> None:
    inner = FreeSpeech("कुछ भी")
    engine = ListMatching(inner)
    engine.open(MENU).cancel()
    assert inner.cancelled == 1
    assert engine.open(Hint("hi")) is inner
