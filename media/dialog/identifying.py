"""Which of several languages a turn was in, where the recogniser that heard it does not tell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from media.asr.protocol import Hint, Recognition
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.lid.protocol import LanguageIdentifier, Said

WITHIN_S = 0.8
"""After the recogniser's answer; those who go by the sound were asked before."""
SURE = 0.5
"""The share from which on a language is taken to be the one that was spoken."""
OnFailure = Callable[[str, Exception], None]


class Identifying:
    """One call's: identifiers in their order, the first that is sure is believed."""

    def __init__(
        self, identifiers: Sequence[LanguageIdentifier], on_failure: OnFailure, *, within_s: float = WITHIN_S
    ) -> None:
        self._identifiers = identifiers
        self._on_failure = on_failure
        self._within_s = within_s

    def ask(self, hint: Hint | None, frames: Sequence[bytes]) -> Identification | None:
        """Begin with a turn that is over; None where its language is known, or nobody can tell."""
        if hint is None or len(hint.languages) < 2:
            return None
        able = [engine for engine in self._identifiers if engine.tells(hint.languages)]
        if not able:
            return None
        said = Said(Pcm(TELEPHONE_RATE, b"".join(frames)), hint.languages)
        return Identification(able, said, self._on_failure, self._within_s)


class Identification:
    """Of one turn. To be closed."""

    def __init__(
        self, identifiers: Sequence[LanguageIdentifier], said: Said, on_failure: OnFailure, within_s: float
    ) -> None:
        self._identifiers = identifiers
        self._said = said
        self._on_failure = on_failure
        self._within_s = within_s
        self._asked = {
            engine.name: asyncio.ensure_future(engine.identify(said)) for engine in identifiers if engine.hears
        }

    async def settled(self, heard: Recognition | None) -> Recognition | None:
        """What was recognised, with the language that was spoken; as it is where that is told already, or by nobody."""
        if heard and heard.language:
            return heard
        said = replace(self._said, text=(heard.text or heard.written) if heard else "")
        try:
            async with asyncio.timeout(self._within_s):
                for engine in self._identifiers:
                    if found := await self._sure(engine, said):
                        return _told(heard, engine.name, *found)
        except TimeoutError as error:
            self._on_failure("language identification", error)
        return heard

    def close(self) -> None:
        """Whoever was asked and not waited for is not wanted any more. Idempotent."""
        for work in self._asked.values():
            work.cancel()
            work.add_done_callback(_seen)

    async def _sure(self, engine: LanguageIdentifier, said: Said) -> tuple[str, float] | None:
        try:
            shares = await (self._asked.get(engine.name) or engine.identify(said))
        except Exception as error:
            self._on_failure(engine.name, error)
            return None
        return _best(shares, said.languages)


def _best(shares: Mapping[str, float], languages: Sequence[str]) -> tuple[str, float] | None:
    allowed = {language: share for language, share in shares.items() if language in languages}
    best = max(allowed, key=lambda language: allowed[language], default="")
    return (best, allowed[best]) if best and allowed[best] >= SURE else None


def _told(heard: Recognition | None, engine: str, language: str, share: float) -> Recognition:
    """Without words, it is the language that was understood, as surely as it was told."""
    if heard is None or not heard.text:
        return Recognition("", share, engine, heard.took_ms if heard else 0.0, language)
    return replace(heard, language=language)


def _seen(work: asyncio.Future[Mapping[str, float]]) -> None:
    """What became of it is nobody's concern."""
    if not work.cancelled():
        work.exception()
