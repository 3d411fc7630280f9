"""Any server of OpenAI's `POST /v1/audio/speech`: Chatterbox-Turbo, VibeVoice, CosyVoice3, XTTS, Kokoro-FastAPI.

The body: https://platform.openai.com/docs/api-reference/audio/createSpeech (speed 0.25 to 4; "pcm" is 24 kHz, 16 bit,
little-endian, mono, without a header).
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Collection, Mapping
from urllib.parse import urlsplit

from media.audio.pcm import Pcm
from media.errors import EngineError, EngineUnavailableError
from media.http_engine import Answer, Deadlines, EngineHttp
from media.tts.paced import Pace, paced
from media.tts.prepare import prepared, unmarked
from media.tts.protocol import Speech
from media.tts.remote import checked_voices, known_tags, voice_for, within_limit
from media.tts.sample_stream import SampleStream

_PATH = "/audio/speech"
_FORMATS = ("pcm", "wav")
_SLOWEST, _FASTEST = 0.25, 4.0
_RATES = (8_000, 48_000)
_BYTES_A_SECOND = 48_000 * 2 * 2
"""The most that a second of audio takes."""
_COMPRESSED = ("audio/mpeg", "audio/mp3", "audio/ogg", "audio/opus", "audio/flac", "audio/aac")
"""Heard as samples these would be noise."""
_NOT_AUDIO = ("text/", "application/json")


class SpeechApi:
    """A synthesiser; safe to share by all calls.

    `url` ends before /audio/speech: http://gpu:8880/v1. `voices`: language → voice, which is also what it speaks.
    `rate` Hz of bare samples. `tags`: the sounds that its model knows ([laugh] …), or true for the usual ones. `extra`
    goes into each request (`stream: true`, `instructions` …), `extra_by_language` after it (`hi: {lang_code: h}`).
    """

    def __init__(
        self,
        *,
        name: str = "openai-speech",
        url: str,
        model: str,
        voices: Mapping[str, str],
        key: str = "",
        response_format: str = "pcm",
        rate: int = 24_000,
        tags: bool | Collection[str] = False,
        extra: Mapping[str, object] | None = None,
        extra_by_language: Mapping[str, Mapping[str, object]] | None = None,
        connect_s: float = 1.0,
        first_audio_s: float = 2.5,
        gap_s: float = 2.0,
        most_characters: int = 4096,
        longest_s: float = 120.0,
    ) -> None:
        if response_format not in _FORMATS:
            raise EngineUnavailableError(f"{name}: expected response_format pcm or wav, got {response_format!r}")
        if not _RATES[0] <= rate <= _RATES[1]:
            raise EngineUnavailableError(f"{name}: expected a rate of {_RATES[0]} to {_RATES[1]} Hz, got {rate!r}")
        self._name = name
        self._model = model
        self._voices = checked_voices(name, voices)
        self._format = response_format
        self._rate = rate
        self._tags = known_tags(name, tags)
        self._extra = dict(extra or {})
        self._extra_by_language = {language: dict(more) for language, more in (extra_by_language or {}).items()}
        self._most_characters = most_characters
        self._most_bytes = int(longest_s * _BYTES_A_SECOND)
        self._pace = Pace(first_audio_s, gap_s, longest_s)
        deadlines = Deadlines(connect_s, max(first_audio_s, gap_s), longest_s)
        self._http = EngineHttp(name, url, key=key, deadlines=deadlines, largest_bytes=self._most_bytes)
        self._host = urlsplit(url).netloc.rpartition("@")[2]

    @property
    def name(self) -> str:
        """Its name in the settings."""
        return self._name

    @property
    def languages(self) -> frozenset[str]:
        """Those that have a voice."""
        return frozenset(self._voices)

    @property
    def tags(self) -> frozenset[str]:
        """The sounds that it makes of tags; all others are left out of the text."""
        return self._tags

    def fingerprint(self, speech: Speech) -> str:
        """Engine, host, model, voice, format, rate, and what else a request says; no key."""
        voice = speech.voice or self._voices.get(speech.language, "")
        sound = [self._host, self._model, voice, self._format, self._rate, sorted(self._tags), self._more(speech)]
        return f"openai-speech {json.dumps(sound, sort_keys=True)}"

    async def close(self) -> None:
        """Close all connections. Idempotent."""
        await self._http.close()

    def speak(self, speech: Speech) -> AsyncGenerator[Pcm, None]:
        """Chunks as they come. Raises `EngineError`; closing it closes the connection."""
        return paced(self._name, self._audio(speech), self._pace)

    async def _audio(self, speech: Speech) -> AsyncGenerator[Pcm, None]:
        voice = voice_for(self._name, self._voices, speech)
        text = unmarked(prepared(speech.text, speech.language, self._tags))
        if not text:
            return
        body = {
            "model": self._model,
            "input": within_limit(self._name, text, self._most_characters),
            "voice": voice,
            "response_format": self._format,
            "speed": min(_FASTEST, max(_SLOWEST, speech.speed)),
        }
        async with self._http.stream(_PATH, body=body | self._more(speech), rank=speech.rank) as answer:
            self._expect_audio(answer)
            samples = SampleStream(self._rate, most_bytes=self._most_bytes)
            came = False
            async for data in answer.chunks():
                if chunk := self._sampled(samples, data):
                    came = True
                    yield chunk
            self._end(samples, came=came)

    def _more(self, speech: Speech) -> dict[str, object]:
        return self._extra | self._extra_by_language.get(speech.language, {})

    def _expect_audio(self, answer: Answer) -> None:
        if answer.content_type.startswith(_COMPRESSED + _NOT_AUDIO):
            raise EngineError(f"{self._name}: expected {self._format} audio, got {answer.content_type}")

    def _sampled(self, samples: SampleStream, data: bytes) -> Pcm | None:
        try:
            return samples.feed(data)
        except EngineError as error:
            raise EngineError(f"{self._name}: {error}") from error

    def _end(self, samples: SampleStream, *, came: bool) -> None:
        try:
            samples.finish()
        except EngineError as error:
            raise EngineError(f"{self._name}: {error}") from error
        if not came:
            raise EngineError(f"{self._name}: expected audio, got an answer without any")
