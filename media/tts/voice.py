"""What the conversation speaks with: synthesisers in order, their cache, and renderings shared by all calls."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import lru_cache, partial
from typing import cast

from media.audio.pcm import Pcm
from media.errors import EngineError
from media.tts.answer import SpokenAnswer
from media.tts.cache import CacheCounts, CacheFigures, PromptCache, cache_key
from media.tts.joining import joined, pause_ms_after, silence
from media.tts.owed import Owed
from media.tts.paced import Pace
from media.tts.prepare import bounded, prepared
from media.tts.protocol import Speech, Synthesiser
from media.tts.rendering import Rendering, readable
from media.tts.sentences import sentences
from media.tts.streamed_text import TakesSentences
from media.tts.voice_levels import VoiceLevels, voice_key
from media.workers.line import Rank

_log = logging.getLogger(__name__)
_MOST_PREPARING = 512
_PREPARED_AT_ONCE = 2
MOST_CHARACTERS = 20_000
"""Of one text that is said, some 25 minutes: the whole words among them are, and what follows is not."""
MOST_ANSWER_S = 120.0
"""Of audio in one answer."""


class Voice:
    """Speech to 8 kHz audio, by the first of `synthesisers` that speaks the language, or the next when it fails.

    A text is rendered and kept sentence by sentence: what several prompts share, and what stands around a variable, is
    rendered once.
    Only what the first choice rendered is cached: a fallback's voice is not kept for later calls.
    """

    def __init__(
        self, synthesisers: Sequence[Synthesiser], cache: PromptCache, *, chunk_deadline_s: float = 3.0
    ) -> None:
        self._synthesisers = tuple(synthesisers)
        self._cache = cache
        self._levels = VoiceLevels(cache.folder)
        self._deadline_s = chunk_deadline_s
        self._renderings: dict[str, Rendering] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._preparing: set[str] = set()
        self._fixed: frozenset[str] = frozenset()
        self._slots = asyncio.Semaphore(_PREPARED_AT_ONCE)

    @property
    def languages(self) -> frozenset[str]:
        """Those that somebody speaks."""
        return frozenset(language for engine in self._synthesisers for language in engine.languages)

    @property
    def counts(self) -> CacheCounts:
        """Hits and misses of the prompt cache."""
        return self._cache.counts

    @property
    def figures(self) -> CacheFigures:
        """How the prompt cache does."""
        return self._cache.figures

    def ready(self, speech: Speech) -> Pcm | None:
        """It, if it is rendered already. At once; raises nothing."""
        chain = self._chain(speech)
        parts = parts_of(speech)
        keys = [key for part in parts if (key := _key(part, chain))]
        if not keys or not all(key in self._cache for key in keys):
            return None
        found = ((part.text, self._cache.get(key)) for part, key in zip(parts, keys, strict=True))
        return joined([(text, audio) for text, audio in found if audio])

    async def render(self, speech: Speech) -> AsyncGenerator[Pcm, None]:
        """It in order, first chunk as soon as there is one; nothing for a text with nothing to be said.

        Closing the iterator stops the work, unless somebody else listens to it or it was to be prepared.
        Raises `EngineError` when no synthesiser of the chain speaks it.
        """
        pause_ms = 0
        for part in parts_of(speech):
            if pause_ms:
                yield silence(pause_ms)
            async with aclosing(self._render(part)) as chunks:
                async for chunk in chunks:
                    yield chunk
            pause_ms = pause_ms_after(part.text)

    def answer(self, like: Speech) -> SpokenAnswer | None:
        """What speaks an answer while it is being written, in `like`'s language, voice and speed.

        None where the first choice of that language takes a text only whole: then each sentence is rendered.
        """
        chain = self._chain(like)
        if not chain or not getattr(chain[0], "streams", False):
            return None
        first = chain[0]
        voice = voice_key(first.fingerprint(like), like.language)
        return SpokenAnswer(
            cast(TakesSentences, first),
            like,
            owed=Owed(first.name, Pace(self._deadline_s, self._deadline_s, MOST_ANSWER_S)),
            known_lufs=lambda: self._levels.known(voice),
            readable=lambda text: readable(replace(like, text=text), first).text,
            otherwise=partial(self._otherwise, chain[1:] or chain),
        )

    def prepare(self, speech: Speech) -> None:
        """Render it ahead, in the background. A hint: left out when too much is being prepared; never fails."""
        for part in parts_of(_ahead(speech)):
            key = _key(part, self._chain(part))
            if key and key not in self._preparing and len(self._preparing) < _MOST_PREPARING and key not in self._cache:
                self._preparing.add(key)
                task = self._spawn(self._prepare(part))
                task.add_done_callback(partial(self._prepared_now, key))

    async def prepare_all(self, speeches: Iterable[Speech]) -> int:
        """Render the flows' fixed prompts ahead and wait for it; how many failed (each is logged).

        They are kept whatever else is said, those of the time before too: calls that began with them may still be on.
        """
        wanted = [_ahead(speech) for speech in dict.fromkeys(speeches)]
        before, self._fixed = self._fixed, frozenset(self._keys(wanted))
        self._cache.pin(before | self._fixed, by=self)
        results = await asyncio.gather(*(self._all_prepared(speech) for speech in wanted))
        return results.count(False)

    async def settled(self) -> None:
        """Return when nothing is being rendered ahead or written to disk."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Stop all rendering, let go of the prompts. The synthesisers are closed by who started them."""
        self._cache.pin((), by=self)
        tasks = [*self._tasks, *(rendering.task for rendering in self._renderings.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _otherwise(self, chain: Sequence[Synthesiser], speech: Speech) -> AsyncGenerator[Pcm, None]:
        """A sentence by those that stand in for who began an answer; shared with nobody, and not kept."""
        rendering = Rendering(speech, chain, self._deadline_s, self._levels, lambda _: None)
        try:
            async for chunk in rendering.listen():
                yield chunk
        finally:
            rendering.task.cancel()

    def _prepared_now(self, key: str, _task: asyncio.Task[None]) -> None:
        self._preparing.discard(key)

    def _keys(self, speeches: Iterable[Speech]) -> Iterator[str]:
        parts = (part for speech in speeches for part in parts_of(speech))
        return (key for part in parts if (key := _key(part, self._chain(part))))

    async def _render(self, part: Speech) -> AsyncGenerator[Pcm, None]:
        audio = await self._cached(part)
        if audio:
            yield audio
            return
        async for chunk in self._rendering(part).listen():
            yield chunk

    async def _prepare(self, speech: Speech) -> None:
        await self._prepared(speech)

    async def _all_prepared(self, speech: Speech) -> bool:
        return all([await self._prepared(part) for part in parts_of(speech)])

    async def _prepared(self, speech: Speech) -> bool:
        async with self._slots:
            if await self._cached(speech, ahead=True):
                return True
            rendering = self._rendering(speech)
            rendering.kept = True
            await asyncio.wait([rendering.task])
            if rendering.keeping:
                await asyncio.wait([rendering.keeping])
            if rendering.failure:
                _log.warning("prompt not rendered ahead: %s", rendering.failure)
            return rendering.complete

    async def _cached(self, speech: Speech, *, ahead: bool = False) -> Pcm | None:
        key = _key(speech, self._chain(speech))
        if key is None:
            return None
        audio = self._cache.get(key, ahead=ahead)
        if audio is None and key not in self._renderings:
            loaded = await asyncio.to_thread(self._cache.load, key, ahead=ahead)
            audio = self._cache.get(key, ahead=True) or loaded
            if audio:
                self._cache.remember(key, audio)
        return audio

    def _rendering(self, speech: Speech) -> Rendering:
        chain = self._chain(speech)
        key = _key(speech, chain)
        if key is None:
            raise EngineError(f"no synthesiser speaks {speech.language!r}; installed: {self._spoken()}")
        rendering = self._renderings.get(key)
        if rendering is None:
            first = chain[0].name
            rendering = Rendering(
                speech, chain, self._deadline_s, self._levels, lambda done: self._done(key, done, first)
            )
            self._renderings[key] = rendering
        return rendering

    def _done(self, key: str, rendering: Rendering, first_choice: str) -> None:
        if rendering.complete and rendering.engine == first_choice:
            rendering.keeping = self._spawn(self._keep(key, rendering))
            rendering.keeping.add_done_callback(lambda _: self._forget(key, rendering))
        else:
            self._forget(key, rendering)

    def _forget(self, key: str, rendering: Rendering) -> None:
        if self._renderings.get(key) is rendering:
            del self._renderings[key]

    async def _keep(self, key: str, rendering: Rendering) -> None:
        """What was rendered is heard at its voice's level; what is kept is levelled by itself."""
        audio = await asyncio.to_thread(rendering.levelled)
        self._cache.remember(key, audio)
        self._forget(key, rendering)
        try:
            await asyncio.to_thread(self._store, key, audio)
        except OSError as error:
            _log.warning("prompt not kept on disk: %s", error)

    def _store(self, key: str, audio: Pcm) -> None:
        self._cache.store(key, audio)
        self._levels.save()

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _chain(self, speech: Speech) -> tuple[Synthesiser, ...]:
        return tuple(engine for engine in self._synthesisers if speech.language in engine.languages)

    def _spoken(self) -> str:
        return "; ".join(f"{e.name} ({', '.join(sorted(e.languages))})" for e in self._synthesisers) or "none"


def parts_of(speech: Speech) -> tuple[Speech, ...]:
    """Its sentences in order, without those in which nothing is to be said: each is rendered, and kept, by itself."""
    return tuple(replace(speech, text=sentence) for sentence in _said(speech.text, speech.language))


@lru_cache(maxsize=1024)
def _said(text: str, language: str) -> tuple[str, ...]:
    return tuple(sentence for sentence in sentences(bounded(text, MOST_CHARACTERS)) if prepared(sentence, language))


def _ahead(speech: Speech) -> Speech:
    return replace(speech, rank=Rank.AHEAD)


def _key(speech: Speech, chain: Sequence[Synthesiser]) -> str | None:
    return cache_key(speech, chain[0].fingerprint(speech)) if chain else None
