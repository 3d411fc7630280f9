"""Any server of OpenAI's transcription API: whisper.cpp, vLLM (Voxtral), a server of IndicConformer, Groq, OpenAI.

Such a server hears whole recordings. At a pause it is sent what was said so far; if nothing more is said, that is the
turn's result.
"""

from __future__ import annotations

import asyncio
import io
import time
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import aiohttp

from media.asr.closed_list import as_samples
from media.asr.invented import credible
from media.asr.kept import KeptTurn
from media.asr.likely import likely
from media.asr.protocol import Hint, Recognition
from media.asr.sound import at_16_khz
from media.asr.transcript import Transcript, transcript_of
from media.audio.pcm import TELEPHONE_RATE
from media.errors import EngineError, EngineUnavailableError
from media.http_engine import Deadlines, EngineHttp, RefusedError, json_object
from media.workers.line import Rank

NAME = "openai-transcriptions"
UNTOLD = 0.8
"""The confidence of a server that tells none (`json`): enough for a flow to take it, too little to call it sure."""
FORMATS = ("verbose_json", "json")
RATES = (TELEPHONE_RATE, 16_000)
_MOST_TERMS, _MOST_TOKENS = 100, 200
"""Of the prompt: whisper reads its last 224 tokens."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """How the server is asked."""

    path: str
    model: str
    sample_rate: int
    prompt: str
    hints: bool
    detects: bool
    fields: Mapping[str, str]

    def language(self, hint: Hint) -> str:
        """The one that is spoken; "" to have the server find out which of several."""
        several = len({hint.language, *hint.languages}) > 1
        return "" if several and self.detects else hint.language

    def form(self, wav: bytes, hint: Hint, response_format: str) -> aiohttp.FormData:
        """The request: the sound file, and the fields that have a value."""
        form = aiohttp.FormData()
        form.add_field("file", wav, filename="turn.wav", content_type="audio/wav")
        terms = likely(hint, _MOST_TERMS, _MOST_TOKENS) if self.hints else []
        told = {
            "model": self.model,
            "language": self.language(hint),
            "prompt": " ".join(filter(None, (self.prompt, ", ".join(terms)))),
            "response_format": response_format,
            "temperature": "0",
        }
        for name, value in (told | dict(self.fields)).items():
            if value:
                form.add_field(name, str(value))
        return form


class Transcriptions:
    """A recogniser of whole turns over HTTP: free speech and lists alike, the list being no more than a prompt.

    `url` is the API's base (`https://host/v1`); `languages` those that are served (any when empty); `detects` whether
    the server finds the language out when none is told; `prompt` goes before what the hint says is likely (`hints`);
    `fields` are more of the form's fields; `sample_rate` is 8000 or 16000 Hz; `confidence` is given where the server
    tells none. Raises `EngineUnavailableError`.
    """

    def __init__(
        self,
        *,
        name: str = NAME,
        url: str = "",
        model: str = "whisper-1",
        key: str = "",
        path: str = "/audio/transcriptions",
        languages: Sequence[str] = (),
        detects: bool = True,
        sample_rate: int = TELEPHONE_RATE,
        response_format: str = FORMATS[0],
        prompt: str = "",
        hints: bool = True,
        confidence: float = UNTOLD,
        fields: Mapping[str, str] | None = None,
        deadline_s: float = 4.0,
        connect_s: float = 1.0,
        connections: int = 16,
    ) -> None:
        if sample_rate not in RATES:
            raise EngineUnavailableError(f"{name}: expected a sample_rate of 8000 or 16000 Hz, got {sample_rate!r}")
        if response_format not in FORMATS:
            raise EngineUnavailableError(
                f"{name}: expected a response_format of {' or '.join(FORMATS)}, got {response_format!r}"
            )
        if not 0 <= confidence <= 1:
            raise EngineUnavailableError(f"{name}: expected a confidence of 0 to 1, got {confidence!r}")
        self.name = name
        self._languages = frozenset(languages)
        self._format = response_format
        self._untold = confidence
        self._asking = _Asking(path, model, sample_rate, prompt, hints, detects, fields or {})
        deadlines = Deadlines(connect_s, deadline_s, deadline_s)
        self._http = EngineHttp(name, url, key=key, deadlines=deadlines, connections=connections)

    async def close(self) -> None:
        """Close the connections. Idempotent."""
        await self._http.close()

    def can(self, hint: Hint) -> bool:
        """Whether one of the hint's languages is served."""
        return not self._languages or not self._languages.isdisjoint({hint.language, *hint.languages})

    def open(self, hint: Hint) -> TranscribedStream:
        """Listen for one turn. Raises `EngineError` for a language that is not served."""
        if not self.can(hint):
            raise EngineError(f"{self.name} hears {', '.join(sorted(self._languages))}, not {hint.language!r}")
        return TranscribedStream(self, hint)

    async def hear(self, frames: Sequence[bytes], voiced_ms: float, hint: Hint, rank: Rank) -> Recognition:
        """What is said in these frames, of which so much is voice. Raises `EngineError` and `TimeoutError`."""
        wav = await asyncio.to_thread(wav_of, frames, self._asking.sample_rate)
        heard = await self._transcribed(wav, hint, rank)
        if not heard.text or not credible(heard.text, voiced_ms):
            return Recognition("", 0.0, self.name, 0.0)
        sure = self._untold if heard.confidence is None else heard.confidence
        told = heard.language if not self._asking.language(hint) and heard.language in hint.languages else ""
        return Recognition(heard.text, sure, self.name, 0.0, told)

    async def _transcribed(self, wav: bytes, hint: Hint, rank: Rank) -> Transcript:
        asked = self._format
        try:
            body = await self._posted(wav, hint, asked, rank)
        except RefusedError as error:
            if asked == FORMATS[-1] or not _refuses_format(error):
                raise
            self._format = FORMATS[-1]
            body = await self._posted(wav, hint, self._format, rank)
        return transcript_of(self.name, json_object(self.name, body))

    async def _posted(self, wav: bytes, hint: Hint, response_format: str, rank: Rank) -> bytes:
        form = partial(self._asking.form, wav, hint, response_format)
        return await self._http.post(self._asking.path, form=form, rank=rank)


class TranscribedStream:
    """One turn: kept as it comes, sent when it is asked about. A turn without any voice is not sent at all."""

    def __init__(self, engine: Transcriptions, hint: Hint) -> None:
        self._engine = engine
        self._hint = hint
        self._kept = KeptTurn()
        self._known = (0, Recognition("", 0.0, engine.name, 0.0))
        """How many frames of voice there were when it was asked last, and what was recognised."""
        self._work: asyncio.Task[Recognition] | None = None
        self._over = False

    def feed(self, frame: bytes) -> None:
        """Keep a frame; none past 30 s. Raises `ValueError` for one that is not 20 ms of 8 kHz audio."""
        if not self._over:
            self._kept.keep(frame)

    async def so_far(self) -> Recognition:
        """What was said up to here. Cancelling it cuts the request off. Raises `EngineError` and `TimeoutError`."""
        return await self._recognised(Rank.PAUSE)

    async def finish(self) -> Recognition:
        """What was said; at once if nothing was since it was asked last. Raises `EngineError` and `TimeoutError`."""
        if self._over:
            raise EngineError(f"{self._engine.name}: this turn is over already")
        self._over = True
        recognition = await self._recognised(Rank.WAITING)
        self._kept.frames.clear()
        return recognition

    def cancel(self) -> None:
        """Stop. Idempotent."""
        self._over = True
        self._kept.frames.clear()
        if self._work:
            self._work.cancel()

    async def _recognised(self, rank: Rank) -> Recognition:
        started, voiced = time.monotonic(), self._kept.voiced
        if self._known[0] == voiced:
            return self._known[1]
        if self._work:
            self._work.cancel()
        kept = self._kept
        work = asyncio.ensure_future(self._engine.hear(tuple(kept.frames), kept.voiced_ms, self._hint, rank))
        self._work = work
        try:
            await asyncio.wait({work})
        finally:
            work.cancel()
        if work.cancelled():
            raise EngineError(f"{self._engine.name}: what was said up to here is no longer wanted")
        took_ms = (time.monotonic() - started) * 1000
        self._known = voiced, replace(work.result(), took_ms=0.0)
        return replace(work.result(), took_ms=took_ms)


def wav_of(frames: Sequence[bytes], rate: int) -> bytes:
    """8 kHz frames as a sound file at 8000 or 16000 Hz."""
    samples = b"".join(frames)
    if rate != TELEPHONE_RATE:
        samples = at_16_khz(as_samples(samples))
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples)
    return file.getvalue()


def _refuses_format(error: RefusedError) -> bool:
    """Voxtral and older vLLM take no `verbose_json`, and say so with 400 (others: 422)."""
    return error.status in (400, 422) and any(word in error.reason for word in ("verbose_json", "response_format"))
