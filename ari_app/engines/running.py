"""The engines of a node: started side by side, held, closed at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from ari_app.engines.lessons import examples_of, fixed_prompts_of
from ari_app.engines.roster import EngineState, Roster, names_in
from ari_app.engines.starting import close_all, start_all
from ari_app.ops.engine_settings import EngineSettings
from ari_app.ops.logging import get_logger
from ari_app.ops.settings import Settings
from ivr_flows.book import FlowBook
from media.asr.link import RecogniserLink
from media.asr.protocol import Recogniser
from media.chain import linked
from media.clock import Clock, MonotonicClock
from media.eot.protocol import EndOfTurn
from media.llm.link import MindLink
from media.llm.protocol import LanguageModel
from media.registry import Engines as Kind
from media.tts.cache import PromptCache
from media.tts.link import SynthesiserLink
from media.tts.voice import Voice

_log = get_logger(__name__)


@dataclass(slots=True)
class Engines:
    """What hears, speaks and understands on this node; each chain's first choice first."""

    recognisers: Sequence[Recogniser]
    voice: Voice
    minds: Sequence[LanguageModel]
    end_of_turn: EndOfTurn | None
    """Judges the caller's pauses; None where none is chosen."""
    _roster: Roster = field(repr=False)
    _chosen: EngineSettings = field(repr=False)

    @classmethod
    async def start(
        cls, settings: Settings, book: FlowBook, say: Callable[[str], None], clock: Clock | None = None
    ) -> Self:
        """Start all; render every fixed prompt of the flows, so that a greeting starts at the answer.

        Raises `EngineUnavailableError`, with the remedy, for an engine that can't be had.
        """
        chosen = settings.engines
        roster = Roster(settings, clock or MonotonicClock())
        recognisers = linked(roster.chains(Kind.RECOGNISERS, chosen.recognisers), RecogniserLink)
        synthesisers = linked(roster.chains(Kind.SYNTHESISERS, chosen.synthesisers), SynthesiserLink)
        judges = [roster.engine(Kind.END_OF_TURN, name) for name in chosen.end_of_turn]
        for name in names_in(chosen.minds):
            if not roster.recipe(Kind.MINDS, name).learns:
                roster.engine(Kind.MINDS, name)
        try:
            _, minds = await asyncio.gather(start_all(roster.made), _taught(roster, chosen, book))
        except BaseException:
            await close_all(roster.made)
            raise
        voice = Voice(synthesisers, PromptCache(settings.cache_dir / "prompts"))
        prompts = fixed_prompts_of(book)
        failed = await voice.prepare_all(prompts)
        say(f"{len(prompts) - failed} prompts are rendered" + (f", {failed} failed" if failed else ""))
        return cls(recognisers, voice, minds, next(iter(judges), None), roster, chosen)

    async def learn(self, book: FlowBook) -> Sequence[LanguageModel]:
        """Render the fixed prompts of other flows; minds that know their examples. What is in use stays as it is."""
        failed = await self.voice.prepare_all(fixed_prompts_of(book))
        if failed:
            _log.warning("prompts.not_rendered", failed=failed)
        return await _taught(self._roster, self._chosen, book)

    def states(self) -> Sequence[EngineState]:
        """How each engine does."""
        return list(self._roster.states())

    async def close(self) -> None:
        """End them."""
        await self.voice.close()
        await close_all(self._roster.made)


async def _taught(roster: Roster, chosen: EngineSettings, book: FlowBook) -> Sequence[LanguageModel]:
    """The chains of minds. Those that learn are made anew; without an example to learn from there is none of them."""
    examples = examples_of(book)
    names = names_in(chosen.minds)
    made = await asyncio.gather(*(_mind(roster, name, examples) for name in names))
    engines = {name: mind for name, mind in zip(names, made, strict=True) if mind is not None}
    chains = {
        language: [roster.watched(Kind.MINDS, name, engines[name]) for name in chain if name in engines]
        for language, chain in chosen.minds.items()
    }
    return linked(chains, MindLink)


async def _mind(roster: Roster, name: str, examples: Mapping[str, Sequence[str]]) -> Any:
    how = roster.recipe(Kind.MINDS, name)
    if not how.learns:
        return roster.engine(Kind.MINDS, name)
    return await asyncio.to_thread(how.make, examples=examples) if examples else None
