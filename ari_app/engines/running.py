"""The engines of a node: made, loaded side by side, taught the flows, held, closed at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from ari_app.engines.budget import budget_of, check_budget, free
from ari_app.engines.lessons import examples_of, fixed_prompts_of
from ari_app.engines.roster import EngineState, Member, Roster, names_in
from ari_app.engines.starting import Wanted, close_all, start_all
from ari_app.ops.engine_settings import EngineSettings
from ari_app.ops.logging import get_logger
from ari_app.ops.settings import Settings
from ivr_flows.book import FlowBook
from media.asr.link import RecogniserLink
from media.asr.protocol import Recogniser
from media.chain import DEFAULT, linked
from media.clock import Clock, MonotonicClock
from media.dialog.faculties import Faculties
from media.eot.protocol import EndOfTurn
from media.lid.link import IdentifierLink
from media.lid.protocol import LanguageIdentifier
from media.llm.link import MindLink
from media.llm.protocol import LanguageModel
from media.needs import Need
from media.registry import Engines as Kind
from media.tts.cache import PromptCache
from media.tts.link import SynthesiserLink
from media.tts.voice import Voice
from media.vad.protocol import VoiceActivity

_log = get_logger(__name__)


@dataclass(slots=True)
class Engines:
    """What hears, speaks and understands on this node; each chain's first choice first."""

    recognisers: Sequence[Recogniser]
    voice: Voice
    end_of_turn: EndOfTurn | None
    """Judges the caller's pauses; None where none is chosen."""
    identifiers: Sequence[LanguageIdentifier]
    """Tell languages apart, where a recogniser does not."""
    vad: VoiceActivity
    settings: Settings = field(repr=False)
    found: Need
    """Memory that was free before any engine was loaded."""
    _roster: Roster = field(repr=False)
    _prompts: PromptCache = field(repr=False)
    minds: Sequence[LanguageModel] = ()
    """Those that know the flows of the start."""

    @classmethod
    async def start(
        cls, settings: Settings, book: FlowBook, say: Callable[[str], None], clock: Clock | None = None
    ) -> Self:
        """Make, load and warm all; render every fixed prompt of the flows, so that a greeting starts at the answer.

        Raises `EngineUnavailableError`, with the remedy, for an engine that can't be had, and before anything is loaded
        (`MemoryBudgetError`) where all together need more memory than there is.
        """
        made = cls.made(settings, await asyncio.to_thread(free), clock or MonotonicClock())
        check_budget({one.title: one.need for one in made.members}, made.budget)
        taught = asyncio.create_task(_taught(made._roster, settings.engines, book))
        try:
            await made.load(say)
            await made.render(book, say)
            made.minds = await taught
        except BaseException:
            taught.cancel()
            await made.close()
            raise
        return made

    @classmethod
    def made(cls, settings: Settings, found: Need, clock: Clock, beside: Sequence[Engines] = ()) -> Self:
        """Made, with nothing loaded. What is made as it is in those `beside`, which are at work, is shared with them.

        Raises `EngineUnavailableError`.
        """
        chosen = settings.engines
        roster = Roster(settings, clock, [other._roster for other in beside])
        recognisers = linked(roster.chains(Kind.RECOGNISERS, chosen.recognisers), RecogniserLink)
        synthesisers = linked(roster.chains(Kind.SYNTHESISERS, chosen.synthesisers), SynthesiserLink)
        judges = [roster.engine(Kind.END_OF_TURN, name) for name in chosen.end_of_turn]
        telling = roster.chains(Kind.LANGUAGE_IDENTIFIERS, {DEFAULT: chosen.language_identifiers})
        identifiers, vad = linked(telling, IdentifierLink), roster.engine(Kind.VADS, chosen.vad)
        for name in names_in(chosen.minds):
            if not roster.recipe(Kind.MINDS, name).learns:
                roster.watched(Kind.MINDS, name, roster.engine(Kind.MINDS, name))
        prompts = beside[-1]._prompts if beside else PromptCache(settings.cache_dir / "prompts")
        voice = Voice(synthesisers, prompts)
        judge = next(iter(judges), None)
        return cls(recognisers, voice, judge, identifiers, vad, settings, found, roster, prompts)

    @property
    def faculties(self) -> Faculties:
        """What a leg is opened with."""
        return Faculties(self.recognisers, self.voice, self.end_of_turn, self.identifiers, self.vad)

    @property
    def budget(self) -> Need:
        """What all engines may take."""
        return budget_of(self.settings.engines.memory, self.found)

    @property
    def members(self) -> Sequence[Member]:
        """The engines that are held, and what they declare."""
        return self._roster.members

    @property
    def fresh(self) -> Sequence[Wanted]:
        """Those that are still to be loaded; what is shared is at work already."""
        return self._roster.wanted

    async def load(self, say: Callable[[str], None]) -> None:
        """Load and warm what is fresh. Raises `EngineUnavailableError`; then all is to be closed."""
        await start_all(self._roster.wanted, say)
        self._roster.loaded()
        kept = self.settings.engines.prompt_cache
        self._prompts.resize(memory_mb=kept.memory_mib, disk_mb=kept.disk_mib)

    async def render(self, book: FlowBook, say: Callable[[str], None]) -> None:
        """Render the fixed prompts of these flows, so that they are heard at once."""
        prompts = fixed_prompts_of(book, self.voice.languages)
        failed = await self.voice.prepare_all(prompts)
        say(f"{len(prompts) - failed} prompts are rendered" + (f", {failed} failed" if failed else ""))
        if failed:
            _log.warning("prompts.not_rendered", failed=failed)

    async def learn(self, book: FlowBook) -> Sequence[LanguageModel]:
        """The same; and minds that know these flows' examples. What is in use stays as it is."""
        await self.render(book, lambda _: None)
        return await _taught(self._roster, self.settings.engines, book)

    def states(self) -> Sequence[EngineState]:
        """How each engine does."""
        return list(self._roster.states())

    async def close(self, keep: Collection[int] = ()) -> None:
        """End them, but those whose `id` others keep."""
        await self.voice.close()
        await close_all(one for one in self._roster.made if id(one) not in keep)


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
