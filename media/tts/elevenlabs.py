"""ElevenLabs' streaming websocket, in the telephone's own format (G.711 µ-law, 8 kHz)."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Mapping
from urllib.parse import urlsplit

from media.audio.g711 import ULAW
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.errors import EngineError, EngineUnavailableError
from media.http_engine import Deadlines, EngineHttp, Socket
from media.tts.elevenlabs_messages import END, Heard, begin, heard, sentence
from media.tts.paced import Pace, paced
from media.tts.protocol import Speech
from media.tts.remote import checked_voices, voice_for, within_limit
from media.tts.sentences import sentences
from media.tts.text import prepared

_FORMAT = "ulaw_8000"
_VOICE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LARGEST_MESSAGE = 4 * 1024 * 1024


class ElevenLabs:
    """A synthesiser; safe to share by all calls. One websocket a text, which is sent sentence by sentence.

    `voices`: language → voice's id, which is also what it speaks. `settings` of the voice: stability,
    similarity_boost, style, use_speaker_boost. `send_language`: false for models that refuse `language_code`.
    """

    def __init__(
        self,
        *,
        name: str = "elevenlabs",
        key: str,
        voices: Mapping[str, str],
        model: str = "eleven_flash_v2_5",
        url: str = "wss://api.elevenlabs.io/v1",
        settings: Mapping[str, object] | None = None,
        send_language: bool = True,
        connect_s: float = 2.0,
        first_audio_s: float = 2.5,
        gap_s: float = 2.0,
        most_characters: int = 4096,
        longest_s: float = 120.0,
    ) -> None:
        if not key:
            raise EngineUnavailableError(f"{name}: expected ElevenLabs' API key in `key`, got none")
        self._name = name
        self._key = key
        self._voices = checked_voices(name, voices)
        self._model = model
        self._settings = dict(settings or {})
        self._send_language = send_language
        self._most_characters = most_characters
        self._pace = Pace(first_audio_s, gap_s, longest_s)
        deadlines = Deadlines(connect_s, first_audio_s, longest_s)
        self._http = EngineHttp(
            name, url, key=key, key_header="xi-api-key", deadlines=deadlines, largest_bytes=_LARGEST_MESSAGE
        )
        self._host = urlsplit(url).netloc.rpartition("@")[2]

    @property
    def name(self) -> str:
        """Its name in the settings."""
        return self._name

    @property
    def languages(self) -> frozenset[str]:
        """Those that have a voice."""
        return frozenset(self._voices)

    def fingerprint(self, speech: Speech) -> str:
        """Engine, host, model, voice and its settings; no key."""
        voice = speech.voice or self._voices.get(speech.language, "")
        sound = [self._host, self._model, voice, _FORMAT, self._settings, self._send_language]
        return f"elevenlabs {json.dumps(sound, sort_keys=True)}"

    async def close(self) -> None:
        """Close all connections. Idempotent."""
        await self._http.close()

    def speak(self, speech: Speech) -> AsyncGenerator[Pcm, None]:
        """Chunks at 8 kHz as they come. Raises `EngineError`; closing it closes the websocket."""
        return paced(self._name, self._audio(speech), self._pace)

    async def _audio(self, speech: Speech) -> AsyncGenerator[Pcm, None]:
        voice = voice_for(self._name, self._voices, speech)
        text = within_limit(self._name, prepared(speech.text, speech.language), self._most_characters)
        if not text:
            return
        if not _VOICE_ID.fullmatch(voice):
            raise EngineError(f"{self._name}: expected a voice's id (letters and digits), got {voice!r}")
        path = f"/text-to-speech/{voice}/stream-input"
        async with self._http.websocket(path, query=self._query(speech)) as socket:
            await socket.send(begin(self._key, self._settings, speech.speed))
            for part in sentences(text):
                await socket.send(sentence(part))
            await socket.send(END)
            came = final = False
            while not final:
                message = await self._next(socket)
                final = message.final
                if message.audio:
                    came = True
                    yield Pcm(TELEPHONE_RATE, ULAW.decode(message.audio))
        if not came:
            raise EngineError(f"{self._name}: expected audio, got isFinal without any")

    def _query(self, speech: Speech) -> list[tuple[str, str]]:
        query = [("model_id", self._model), ("output_format", _FORMAT)]
        return [*query, ("language_code", speech.language)] if self._send_language else query

    async def _next(self, socket: Socket) -> Heard:
        message = await socket.receive()
        if message is None:
            raise EngineError(f"{self._name}: expected audio until isFinal, the server closed before it")
        try:
            return heard(message)
        except EngineError as error:
            raise EngineError(f"{self._name}: {str(error).replace(self._key, '***')}") from error
