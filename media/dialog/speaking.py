"""Utterances to the player: what is rendered already starts at once, the rest is fed as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Protocol

from media.audio.music import Music, ringing, sine
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.audio.player import Player
from media.audio.track import Playing, Track
from media.audio.wav import SoundFileError, read_music, read_prompt
from media.dialog.pauses import with_pauses
from media.dialog.protocol import Rest, Tone, Utterance, UtterancePart
from media.tts.protocol import Speech

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


class RateError(ValueError):
    """A voice gave audio of another rate than the telephone's."""

    def __init__(self, rate: int) -> None:
        super().__init__(f"expected audio of {TELEPHONE_RATE} Hz from the voice, got {rate} Hz")


class Speaking:
    """Feeds one call's player. Every task it starts ends with its utterance, or with `close`."""

    def __init__(self, player: Player, voice: Voice, on_failure: OnFailure, *, chunk_deadline_s: float = 10.0) -> None:
        self._player = player
        self._voice = voice
        self._on_failure = on_failure
        self._deadline_s = chunk_deadline_s
        self._files: dict[Path, Pcm] = {}
        self._last_text = ""
        """What was queued last, where that was a text."""
        self._tasks: set[asyncio.Task[None]] = set()

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
        unready = [made for part, track in parts if (made := self._feed_ready(part, track))]
        if unready:
            self._start(self._render(playing, unready))

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

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _feed_ready(self, part: UtterancePart, track: Track) -> tuple[_Made, Track] | None:
        """Feed what is at hand; what is not is given back."""
        if isinstance(part, Rest | Tone):
            track.feed(_generated(part))
        elif audio := self._voice.ready(part) if isinstance(part, Speech) else self._files.get(part):
            track.feed(_telephone(audio))
        else:
            return part, track
        track.complete = True
        return None

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
            track.feed(_telephone(await asyncio.to_thread(read_prompt, part)))
            return
        chunks = self._voice.render(part)
        try:
            while not playing.cut and (chunk := await self._next(chunks)):
                track.feed(_telephone(chunk))
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
