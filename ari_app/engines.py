"""The engines of the settings: found by name, started side by side, held, closed at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

from ari_app.ops.logging import get_logger
from ari_app.ops.models import SMART_TURN
from ari_app.ops.settings import EngineSettings, Settings
from ivr_flows.book import FlowBook
from ivr_flows.commands import SpokenText
from media.asr.protocol import Recogniser
from media.eot.protocol import EndOfTurn
from media.llm.protocol import LanguageModel
from media.registry import Engines as Kind
from media.registry import engine
from media.tts.cache import PromptCache
from media.tts.protocol import Speech
from media.tts.voice import Voice

_log = get_logger(__name__)
_OPTIONS: Mapping[str, Callable[[Settings], dict[str, Any]]] = {
    "espeak-ng": lambda settings: {"voices": settings.engines.voices, "workers": settings.engines.tts_workers},
    "pocketsphinx": lambda settings: {
        "workers": settings.engines.asr_workers,
        "rejection_margin": settings.engines.rejection_margin,
    },
    "smart-turn": lambda settings: {
        "model": settings.engines.end_of_turn_model or SMART_TURN.path(settings.cache_dir),
    },
}
"""What the embedded engines are made with. An engine of somebody else's is called without arguments."""


@dataclass(slots=True)
class Engines:
    """What hears, speaks and understands on this node; each chain's first choice first."""

    recognisers: Sequence[Recogniser]
    voice: Voice
    minds: Sequence[LanguageModel]
    end_of_turn: EndOfTurn | None
    """Judges the caller's pauses; None where none is chosen."""
    _made: Sequence[Any] = field(repr=False)
    _chosen: EngineSettings = field(repr=False)

    @classmethod
    async def start(cls, settings: Settings, book: FlowBook, say: Callable[[str], None]) -> Self:
        """Start all; render every fixed prompt of the flows, so that a greeting starts at the answer.

        Raises `EngineUnavailableError`, with the remedy, for an engine that can't be had.
        """
        chosen = settings.engines
        recognisers = [_make(Kind.RECOGNISERS, name, settings) for name in chosen.recognisers]
        synthesisers = [_make(Kind.SYNTHESISERS, name, settings) for name in chosen.synthesisers]
        judges = [_make(Kind.END_OF_TURN, name, settings) for name in chosen.end_of_turn]
        made = [*recognisers, *synthesisers, *judges]
        _, minds = await asyncio.gather(_start_all(made), _taught(chosen, book))
        voice = Voice(synthesisers, PromptCache(settings.cache_dir / "prompts"))
        prompts = fixed_prompts_of(book)
        failed = await voice.prepare_all(prompts)
        say(f"{len(prompts) - failed} prompts are rendered" + (f", {failed} failed" if failed else ""))
        return cls(recognisers, voice, minds, next(iter(judges), None), made, chosen)

    async def learn(self, book: FlowBook) -> Sequence[LanguageModel]:
        """Render the fixed prompts of other flows; minds that know their examples. What is in use stays as it is."""
        failed = await self.voice.prepare_all(fixed_prompts_of(book))
        if failed:
            _log.warning("prompts.not_rendered", failed=failed)
        return await _taught(self._chosen, book)

    async def close(self) -> None:
        """End them."""
        await self.voice.close()
        await _close_all(self._made)


def probes(settings: Settings) -> dict[str, Callable[[], object]]:
    """By name, what loads each engine in use, for the doctor; it raises when the engine can't be had."""
    chosen = settings.engines
    speech = [(Kind.RECOGNISERS, name) for name in chosen.recognisers]
    speech += [(Kind.SYNTHESISERS, name) for name in chosen.synthesisers]
    speech += [(Kind.END_OF_TURN, name) for name in chosen.end_of_turn]
    probes: dict[str, Callable[[], object]] = {name: partial(_try, kind, name, settings) for kind, name in speech}
    return probes | {name: partial(engine, Kind.MINDS, name) for name in chosen.minds}


def examples_of(book: FlowBook) -> dict[str, list[str]]:
    """Option → phrases, from all flows and languages: what minds are trained on."""
    examples: dict[str, list[str]] = {}
    for flow in book.flows.values():
        for option, said in flow.examples().items():
            examples.setdefault(option, []).extend(phrase for phrases in said.values() for phrase in phrases)
    return {option: list(dict.fromkeys(phrases)) for option, phrases in examples.items()}


def fixed_prompts_of(book: FlowBook) -> list[Speech]:
    """Every text of the flows that can be rendered before any call, once each."""
    parts = (part for flow in book.flows.values() for say in flow.fixed_prompts() for part in say.parts)
    texts = (part for part in parts if isinstance(part, SpokenText))
    return list(dict.fromkeys(Speech(text.text, text.language, text.voice, text.speed) for text in texts))


async def _taught(chosen: EngineSettings, book: FlowBook) -> Sequence[LanguageModel]:
    examples = examples_of(book)
    if not examples:
        return []
    making = (asyncio.to_thread(engine(Kind.MINDS, name), examples) for name in chosen.minds)
    minds: list[LanguageModel] = await asyncio.gather(*making)
    return minds


def _make(kind: Kind, name: str, settings: Settings) -> Any:
    options = _OPTIONS[name](settings) if name in _OPTIONS else {}
    return engine(kind, name)(**options)


def _try(kind: Kind, name: str, settings: Settings) -> None:
    async def start_and_close() -> None:
        made = [_make(kind, name, settings)]
        try:
            await _start_all(made)
        finally:
            await _close_all(made)

    asyncio.run(start_and_close())


async def _start_all(made: Sequence[Any]) -> None:
    """An engine may have `start` and `close` coroutines; the protocols ask for neither."""
    await asyncio.gather(*(one.start() for one in made if hasattr(one, "start")))


async def _close_all(made: Sequence[Any]) -> None:
    await asyncio.gather(*(one.close() for one in made if hasattr(one, "close")))
