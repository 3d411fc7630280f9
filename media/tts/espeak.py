"""espeak-ng: the voices that are always there (English, Hindi, Marathi), in worker processes of their own."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from media.audio.pcm import Pcm
from media.errors import EngineError
from media.needs import Need
from media.tts.espeak_text import as_read
from media.tts.espeak_worker import RATE_HZ
from media.tts.prepare import prepared
from media.tts.protocol import Speech
from media.workers.pool import PoolOptions, WorkerPool

_MAX_CHARACTERS = 2000
_RATES = (80, 450)
_WORKER_MIB = 25
"""A worker with its voices, as it was measured (docs/engines.md)."""


@dataclass(frozen=True, slots=True)
class EspeakVoice:
    """A voice's name and how it is spoken: words a minute; pitch, range and volume as espeak-ng counts them."""

    voice: str
    rate: int
    pitch: int
    range: int
    volume: int


DEFAULT_VOICES: Mapping[str, EspeakVoice] = {
    "en": EspeakVoice("en-us", rate=150, pitch=45, range=60, volume=100),
    "hi": EspeakVoice("hi", rate=140, pitch=45, range=60, volume=85),
    "mr": EspeakVoice("mr", rate=140, pitch=45, range=60, volume=85),
}
"""Rates for a telephone; volumes that bring each voice's speech to about -20 dBFS at 8 kHz (docs/engines.md)."""


class Espeak:
    """A synthesiser. `voices` names another espeak-ng voice for a language, e.g. {"en": "en-us+f3"}."""

    name = "espeak-ng"

    def __init__(
        self,
        *,
        voices: Mapping[str, str] | None = None,
        workers: int = 1,
        queue: int = 64,
        deadline_s: float = 10.0,
    ) -> None:
        self._voices = {**DEFAULT_VOICES}
        for language, voice in (voices or {}).items():
            if language in self._voices:
                self._voices[language] = _named(self._voices[language], voice)
        command = (sys.executable, "-m", "media.tts.espeak_worker")
        self._workers = workers
        self._pool = WorkerPool(command, self.name, PoolOptions(workers, queue, deadline_s))

    @property
    def need(self) -> Need:
        """Its workers'."""
        return Need(ram_mib=self._workers * _WORKER_MIB)

    @property
    def languages(self) -> frozenset[str]:
        """English, Hindi, Marathi."""
        return frozenset(self._voices)

    async def start(self) -> None:
        """Start the workers. Raises `EngineUnavailableError` with the remedy when espeak-ng is not installed."""
        await self._pool.start()

    async def close(self) -> None:
        """End the workers. Idempotent."""
        await self._pool.close()

    def fingerprint(self, speech: Speech) -> str:
        """Engine, wheel's version, voice and its settings."""
        return f"{self.name} {_installed_version()} {json.dumps(asdict(self._spoken_by(speech)))}"

    async def speak(self, speech: Speech) -> AsyncIterator[Pcm]:
        """Chunks of 60 ms at 22,050 Hz. Raises `EngineError` for a language or voice that espeak-ng does not have."""
        voice = self._spoken_by(speech)
        text = prepared(speech.text, speech.language)
        if not text:
            return
        if len(text) > _MAX_CHARACTERS:
            raise EngineError(
                f"{self.name}: a text of {len(text)} characters; at most {_MAX_CHARACTERS} are spoken at once"
            )
        if speech.language == "en":
            text = as_read(text)
        chunks = self._pool.run(json.dumps({"text": text, **asdict(voice)}).encode(), speech.rank)
        try:
            async for chunk in chunks:
                yield Pcm(RATE_HZ, chunk)
        finally:
            await chunks.aclose()

    def _spoken_by(self, speech: Speech) -> EspeakVoice:
        voice = self._voices.get(speech.language)
        if voice is None:
            raise EngineError(f"{self.name} speaks {', '.join(sorted(self._voices))}, not {speech.language!r}")
        lowest, highest = _RATES
        rate = min(highest, max(lowest, round(voice.rate * speech.speed)))
        named = _named(voice, speech.voice) if speech.voice else voice
        return EspeakVoice(named.voice, rate, named.pitch, named.range, named.volume)


def _named(like: EspeakVoice, voice: str) -> EspeakVoice:
    return EspeakVoice(voice, like.rate, like.pitch, like.range, like.volume)


@cache
def _installed_version() -> str:
    try:
        return version("espeakng-loader")
    except PackageNotFoundError:
        return "absent"
