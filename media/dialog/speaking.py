"""Utterances to the player: what is rendered already starts at once, the rest is fed as it comes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Protocol

from media.audio.music import Music, ringing, sine
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.audio.player import Player
from media.audio.track import Playing, Track
from media.audio.wav import SoundFileError, read_music, read_prompt
from media.clock import Clock, MonotonicClock
from media.dialog.pauses import with_pauses
from media.dialog.protocol import Rest, Tone, Utterance, UtterancePart
from media.tts.answer import SpokenAnswer
from media.tts.protocol import Speech
from media.tts.streamed_text import SentenceOver

MOST_AHEAD_MS = 60_000
"""Audio of one utterance that is kept ahead of its playing; its synthesiser waits beyond that."""
_Made = Speech | Path
"""A part whose audio may have to be waited for."""
OnFailure = Callable[[str, Exception], None]


class Voice(Protocol):
    """What renders speech for telephones: synthesisers, their cache and their order (media/tts/voice.py)."""

    def ready(self, speech: Speech) -> Pcm | None:
        """It, if it is rendered already: 8 kHz, at once."""

    def render(self, speech: Speech) -> AsyncIterator[Pcm]:
        """It in order, at 8 kHz, first chunk as soon as there is one."""

    def prepare(self, speech: Speech) -> None:
        """Render it ahead. A hint: never fails."""

    def answer(self, like: Speech) -> SpokenAnswer | None:
        """What speaks an answer while it is being written; None where each sentence is to be rendered by itself."""


class _Answering:
    """An answer that is being spoken, and what plays its sentences."""

    def __init__(self, spoken: SpokenAnswer) -> None:
        self.spoken = spoken
        self.playing: list[Playing] = []
        self._tracks: deque[tuple[Playing, Track]] = deque()

    @property
    def now(self) -> tuple[Playing, Track]:
        """What the audio that comes belongs to."""
        return self._tracks[0]

    def take(self, playing: Playing, track: Track) -> None:
        """One more sentence, on this track."""
        self.playing.append(playing)
        self._tracks.append((playing, track))

    def next(self) -> None:
        """The sentence is over."""
        self._tracks.popleft()

    def give_up(self) -> None:
        """No more audio comes."""
        for _, track in self._tracks:
            track.give_up()


class RateError(ValueError):
    """A voice gave audio of another rate than the telephone's."""

    def __init__(self, rate: int) -> None:
        super().__init__(f"expected audio of {TELEPHONE_RATE} Hz from the voice, got {rate} Hz")


class Speaking:
    """Feeds one call's player. Every task it starts ends with its utterance, or with `close`."""

    def __init__(
        self,
        player: Player,
        voice: Voice,
        on_failure: OnFailure,
        *,
        clock: Clock | None = None,
        chunk_deadline_s: float = 10.0,
    ) -> None:
        self._player = player
        self._voice = voice
        self._on_failure = on_failure
        self._clock = clock or MonotonicClock()
        self.ready_at: dict[str, float] = {}
        """When the first audio of each utterance that waits or plays was there, in seconds."""
        self._deadline_s = chunk_deadline_s
        self._files: dict[Path, Pcm] = {}
        self._last_text = ""
        """What was queued last, where that was a text."""
        self._answer: _Answering | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._made: dict[asyncio.Task[None], list[Playing]] = {}
        """Who makes the audio of which utterances."""

    def prepare(self, utterance: Utterance) -> None:
        """Have its texts rendered ahead, and its files read."""
        for part in utterance.parts:
            if isinstance(part, Speech):
                self._voice.prepare(part)
            elif isinstance(part, Path) and part not in self._files:
                self._start(self._read_ahead(part))

    def say(self, utterance: Utterance) -> None:
        """Queue it. Raises `QueueFullError`."""
        arranged = tuple(with_pauses(utterance.parts, self._last_text if self._player.speaking else ""))
        texts = [part.text if isinstance(part, Speech) else "" for part in arranged]
        playing = self._player.add(utterance.id, texts, barge_in=utterance.barge_in, over_music=utterance.over_music)
        if texts:
            self._last_text = texts[-1]
        parts = list(zip(arranged, playing.tracks, strict=True))
        unready = [made for part, track in parts if (made := self._feed_ready(part, track, playing))]
        if unready and not (utterance.goes_on and self._answered(playing, unready)):
            self._made[self._start(self._render(playing, unready))] = [playing]

    def begin_answer(self, like: Speech) -> None:
        """An answer is being thought of, in this language, voice and speed: its voice is made ready."""
        self.end_answer()
        if spoken := self._voice.answer(like):
            self._answer = _Answering(spoken)
            self._made[self._start(self._speak(self._answer))] = self._answer.playing

    def end_answer(self) -> None:
        """What was said of it is all. Idempotent."""
        if self._answer:
            self._answer.spoken.end()
            self._answer = None

    def cut(self) -> None:
        """Stop the making of what the player has thrown away."""
        for task, playing in self._made.items():
            if any(one.cut for one in playing):
                task.cancel()
        if self._answer and any(one.cut for one in self._answer.playing):
            self._answer = None

    def play_music(self, path: Path | None) -> None:
        """Play it once all that is queued was played; None: a ringing tone."""
        music = Music() if path else Music(ringing())
        self._player.play_music(music)
        if path:
            self._start(self._read_music(path, music))

    async def close(self) -> None:
        """Stop rendering."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._files.clear()

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return task

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        playing = self._made.pop(task, None)
        if self._answer and self._answer.playing is playing:
            self._answer = None

    def _answered(self, playing: Playing, unready: Sequence[tuple[_Made, Track]]) -> bool:
        """Whether it is spoken as a part of the answer."""
        (part, track), *more = unready
        if more or self._answer is None or not isinstance(part, Speech) or not self._answer.spoken.say(part):
            return False
        self._answer.take(playing, track)
        return True

    async def _speak(self, answering: _Answering) -> None:
        """A task's root: whatever goes wrong ends the answer, not the call."""
        try:
            async with aclosing(answering.spoken.audio()) as parts:
                async for part in parts:
                    await self._take(answering, part)
        except Exception as error:
            self._on_failure("voice", error)
            answering.give_up()

    async def _take(self, answering: _Answering, part: Pcm | SentenceOver) -> None:
        playing, track = answering.now
        if isinstance(part, Pcm):
            self._feed(playing, track, _telephone(part))
            await self._while_far_ahead(playing)
            return
        if part.error:
            self._on_failure("voice", part.error)
            track.give_up()
        track.complete = True
        answering.next()

    def _feed_ready(self, part: UtterancePart, track: Track, playing: Playing) -> tuple[_Made, Track] | None:
        """Feed what is at hand; what is not is given back."""
        if isinstance(part, Rest | Tone):
            track.feed(_generated(part))
        elif audio := self._voice.ready(part) if isinstance(part, Speech) else self._files.get(part):
            self._feed(playing, track, _telephone(audio))
        else:
            return part, track
        track.complete = True
        return None

    def _feed(self, playing: Playing, track: Track, samples: bytes) -> None:
        if samples and not playing.cut:
            self.ready_at.setdefault(playing.id, self._clock.now())
        track.feed(samples)

    async def _read_music(self, path: Path, music: Music) -> None:
        try:
            music.give(await asyncio.to_thread(read_music, path))
        except SoundFileError as error:
            self._on_failure("file", error)

    async def _render(self, playing: Playing, parts: list[tuple[_Made, Track]]) -> None:
        for part, track in parts:
            try:
                await self._render_part(playing, part, track)
            except Exception as error:
                self._on_failure("voice" if isinstance(part, Speech) else "file", error)
                track.give_up()
            track.complete = True
            if playing.cut:
                return

    async def _render_part(self, playing: Playing, part: _Made, track: Track) -> None:
        if isinstance(part, Path):
            self._feed(playing, track, _telephone(await asyncio.to_thread(read_prompt, part)))
            return
        chunks = self._voice.render(part)
        try:
            while not playing.cut and (chunk := await self._next(chunks)):
                self._feed(playing, track, _telephone(chunk))
                await self._while_far_ahead(playing)
        finally:
            if isinstance(chunks, AsyncGenerator):
                await chunks.aclose()

    async def _next(self, chunks: AsyncIterator[Pcm]) -> Pcm | None:
        async with asyncio.timeout(self._deadline_s):
            return await anext(chunks, None)

    async def _while_far_ahead(self, playing: Playing) -> None:
        """Let the player catch up: it takes as long as the audio is."""
        if playing.waiting_ms > MOST_AHEAD_MS and not playing.cut:
            await asyncio.sleep((playing.waiting_ms - MOST_AHEAD_MS / 2) / 1000)

    async def _read_ahead(self, path: Path) -> None:
        try:
            self._files[path] = await asyncio.to_thread(read_prompt, path)
        except SoundFileError:
            return


def _generated(part: Rest | Tone) -> bytes:
    return sine(part.hertz, part.ms) if isinstance(part, Tone) else bytes(part.ms * TELEPHONE_RATE // 1000 * 2)


def _telephone(audio: Pcm) -> bytes:
    if audio.rate != TELEPHONE_RATE:
        raise RateError(audio.rate)
    return audio.samples
