"""The engines of the settings: started side by side, held, closed at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from ari_app.ops.logging import get_logger
from ari_app.ops.settings import Settings
from ivr_flows.book import FlowBook
from ivr_flows.commands import SpokenText
from media.asr.protocol import Recogniser
from media.llm.intents import IntentClassifier
from media.llm.protocol import LanguageModel
from media.tts.cache import PromptCache
from media.tts.espeak import Espeak
from media.tts.protocol import Speech
from media.tts.voice import Voice

_log = get_logger(__name__)


@dataclass(slots=True)
class Engines:
    """What hears, speaks and understands on this node."""

    recognisers: Sequence[Recogniser]
    voice: Voice
    minds: Sequence[LanguageModel]
    _speakers: Sequence[Espeak] = field(repr=False)

    @classmethod
    async def start(cls, settings: Settings, book: FlowBook, say: Callable[[str], None]) -> Self:
        """Start all; render every fixed prompt of the flows, so that a greeting starts at the answer."""
        espeak = Espeak(voices=settings.engines.voices, workers=2)
        voice = Voice([espeak], PromptCache(settings.cache_dir / "prompts"))
        examples = _examples(book)
        _, mind = await asyncio.gather(espeak.start(), asyncio.to_thread(IntentClassifier, examples))
        prompts = _fixed_prompts(book)
        failed = await voice.prepare_all(prompts)
        say(f"{len(prompts) - failed} prompts are rendered" + (f", {failed} failed" if failed else ""))
        return cls((), voice, [mind], [espeak])

    async def close(self) -> None:
        """End them."""
        await self.voice.close()
        for speaker in self._speakers:
            await speaker.close()


def _examples(book: FlowBook) -> dict[str, list[str]]:
    """Option → phrases, from all flows and languages: what the classifier is trained on."""
    examples: dict[str, list[str]] = {}
    for flow in book.flows.values():
        for option, said in flow.examples().items():
            examples.setdefault(option, []).extend(phrase for phrases in said.values() for phrase in phrases)
    return {option: list(dict.fromkeys(phrases)) for option, phrases in examples.items()}


def _fixed_prompts(book: FlowBook) -> list[Speech]:
    parts = (part for flow in book.flows.values() for say in flow.fixed_prompts() for part in say.parts)
    return [Speech(part.text, part.language, part.voice, part.speed) for part in parts if isinstance(part, SpokenText)]


def probes(settings: Settings) -> dict[str, Callable[[], object]]:
    """What loads each engine in use, for the doctor; it raises when the engine can't be had."""
    return {"espeak-ng": lambda: asyncio.run(_start_and_close(Espeak(voices=settings.engines.voices)))}


async def _start_and_close(espeak: Espeak) -> None:
    await espeak.start()
    await espeak.close()
