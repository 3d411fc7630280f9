"""One turn heard by Whisper: its audio, the words agreed upon so far, the decodings it asks for."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass

from media.asr.agreement import Agreement
from media.asr.protocol import Hint, Recognition
from media.asr.whisper_guards import Evidence, Limits, confidence, invented
from media.asr.whisper_hints import prompt
from media.asr.whisper_work import Decode, Decoded, Passage, Prefix
from media.audio.pcm import FRAME_BYTES, FRAME_MS
from media.errors import EngineError
from media.vad.protocol import VoiceActivityDetector
from media.workers.line import Rank

_MOST_FRAMES = 30_000 // FRAME_MS
_CONTEXT_WORDS = 40
"""Of what was cut away, told to the model as what was said before."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """How a turn is heard."""

    partial_every_ms: int = 0
    """Voiced audio after which the turn is decoded anew while the caller speaks; 0: only when asked."""
    cut_after_ms: int = 12_000
    """Audio past which that of stable words is cut away."""
    grown_ms: int = 200
    """Voiced audio by which a hypothesis must have grown to bear witness."""


class WhisperStream:
    """A `RecognitionStream`. Made on the loop that it is used on."""

    def __init__(
        self,
        name: str,
        hint: Hint,
        *,
        languages: tuple[str, ...],
        decode: Decode,
        vad: VoiceActivityDetector,
        limits: Limits,
        options: StreamOptions,
    ) -> None:
        self._name = name
        self._prompt = prompt(hint)
        self._languages = languages
        self._decode = decode
        self._vad = vad
        self._limits = limits
        self._options = options
        self._frames: list[bytes] = []
        self._voiced: list[bool] = []
        self._voiced_ms = self._decoded_ms = self._witnessed_ms = 0
        self._agreement = Agreement()
        self._logprob = 0.0
        self._language = ""
        self._known: Recognition | None = None
        self._known_ms = 0
        self._asked: Passage | None = None
        self._over = False
        self._work: set[asyncio.Task[Decoded]] = set()
        self._ahead: asyncio.Task[None] | None = None

    @property
    def stable(self) -> str:
        """The words that will not be taken back."""
        return " ".join((*self._agreement.gone, *self._agreement.stable))

    def feed(self, frame: bytes) -> None:
        """Keep a frame; none past 30 s that are not cut away. Raises `ValueError` unless it is 20 ms of 8 kHz audio."""
        if len(frame) != FRAME_BYTES:
            raise ValueError(f"expected a frame of {FRAME_BYTES} bytes (20 ms, 16-bit, 8 kHz), got {len(frame)}")
        if self._over or len(self._frames) >= _MOST_FRAMES:
            return
        voiced = self._vad.is_speech(frame)
        self._frames.append(frame)
        self._voiced.append(voiced)
        self._voiced_ms += FRAME_MS * voiced
        every_ms = self._options.partial_every_ms
        if every_ms and self._voiced_ms - self._decoded_ms >= every_ms and self._ahead is None:
            self._ahead = asyncio.get_running_loop().create_task(self._look_ahead())

    async def so_far(self) -> Recognition:
        """What was said up to here: stable words, then those that may change. Raises `EngineError`."""
        return await self._recognised(Rank.PAUSE)

    async def finish(self) -> Recognition:
        """The turn's text; "" at once when nothing was voiced. Raises `EngineError`, `EngineBusyError` when late."""
        if self._over:
            raise EngineError(f"{self._name}: this turn is over already")
        self._over = True
        try:
            return await self._recognised(Rank.WAITING)
        finally:
            self.cancel()

    def cancel(self) -> None:
        """Stop all work. Idempotent."""
        self._over = True
        self._frames.clear()
        self._voiced.clear()
        if self._ahead:
            self._ahead.cancel()
        for work in self._work:
            work.cancel()

    async def _recognised(self, rank: Rank) -> Recognition:
        started = time.monotonic()
        if self._ahead:
            self._ahead.cancel()
        known, voiced_ms = self._known, self._voiced_ms
        if known is None or voiced_ms > self._known_ms:
            known = await self._heard(rank)
            self._known, self._known_ms = known, voiced_ms
        return Recognition(
            known.text, known.confidence, self._name, (time.monotonic() - started) * 1000, known.language
        )

    async def _heard(self, rank: Rank) -> Recognition:
        voiced_ms = FRAME_MS * sum(self._voiced)
        if voiced_ms < self._limits.least_voiced_ms:
            return self._kept(0.0)
        passage = self._asked = self._passage()
        total_ms = self._voiced_ms
        work = asyncio.ensure_future(self._decode(passage, rank))
        self._work.add(work)
        work.add_done_callback(self._work.discard)
        try:
            decoded = await work
        finally:
            work.cancel()
        if passage is self._asked:
            self._decoded_ms = total_ms
        return self._weighed(passage, decoded, voiced_ms)

    def _passage(self) -> Passage:
        gone, stable = self._agreement.gone, self._agreement.stable
        return Passage(
            audio=b"".join(self._frames),
            languages=(self._language,) if self.stable else self._languages,
            context=" ".join((self._prompt, *gone[-_CONTEXT_WORDS:])).strip(),
            prefix=Prefix(stable, self._logprob),
            locate_prefix=bool(stable) and not self._over and len(self._frames) * FRAME_MS > self._options.cut_after_ms,
        )

    def _weighed(self, passage: Passage, decoded: Decoded, voiced_ms: int) -> Recognition:
        evidence = Evidence(" ".join(decoded.words), decoded.logprob, decoded.no_speech, voiced_ms)
        if why := invented(evidence, self._limits):
            _log.info("whisper text dropped: %s, %d words", why, len(decoded.words))
            return self._kept(decoded.no_speech)
        sure = confidence(decoded.logprob, decoded.no_speech)
        if passage is self._asked:
            self._learn(passage, decoded)
            return Recognition(self._agreement.text, sure, self._name, 0.0, decoded.language)
        text = " ".join((*self._agreement.gone, *decoded.words))
        return Recognition(text, sure, self._name, 0.0, decoded.language)

    def _learn(self, passage: Passage, decoded: Decoded) -> None:
        grown = self._decoded_ms - self._witnessed_ms >= self._options.grown_ms
        if grown:
            self._witnessed_ms = self._decoded_ms
        self._agreement = self._agreement.heard(decoded.words, grown=grown)
        self._logprob, self._language = decoded.logprob, decoded.language
        if decoded.prefix_ends_ms and not self._over:
            self._cut(decoded.prefix_ends_ms, len(passage.prefix.words))

    def _kept(self, no_speech: float) -> Recognition:
        """What was stable before, where there is nothing else to believe."""
        if not self.stable:
            return Recognition("", 0.0, self._name, 0.0)
        return Recognition(self.stable, confidence(self._logprob, no_speech), self._name, 0.0, self._language)

    def _cut(self, until_ms: int, words: int) -> None:
        frames = min(until_ms // FRAME_MS, len(self._frames))
        del self._frames[:frames], self._voiced[:frames]
        self._agreement = self._agreement.cut(words)

    async def _look_ahead(self) -> None:
        """Decode what there is while the caller goes on, where nobody else needs the model."""
        try:
            await self._heard(Rank.AHEAD)
        except EngineError as error:
            self._decoded_ms = self._voiced_ms
            _log.debug("whisper did not look ahead: %s", error)
        finally:
            self._ahead = None
