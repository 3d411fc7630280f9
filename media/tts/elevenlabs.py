"""ElevenLabs' streaming websocket, in the telephone's own format (G.711 µ-law, 8 kHz)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from media.audio.g711 import ULAW
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.errors import EngineError, EngineUnavailableError
from media.http_engine import Deadlines, EngineHttp, Socket
from media.tts.elevenlabs_messages import END, Heard, begin, heard, sentence
from media.tts.owed import Owed
from media.tts.paced import Pace, paced
from media.tts.prepare import prepared
from media.tts.protocol import Speech
from media.tts.remote import checked_voices, voice_for, within_limit
from media.tts.sentences import sentences
from media.tts.spelled import Spelled
from media.tts.streamed_text import SentenceOver

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
    def streams(self) -> bool:
        """It takes sentences while it speaks."""
        return True

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

    def speak_sentences(self, texts: AsyncIterator[str], like: Speech) -> AsyncGenerator[Pcm | SentenceOver, None]:
        """Sentences that still come, through one websocket, opened at once; language, voice and speed are `like`'s.

        Behind each sentence's audio comes a `SentenceOver`; where the server tells no characters, all come at the end.
        Raises `EngineError`, and what `texts` raises, after what came before. Closing it closes the websocket.
        """
        return self._fed(texts, like)

    async def _audio(self, speech: Speech) -> AsyncGenerator[Pcm, None]:
        voice_for(self._name, self._voices, speech)
        text = within_limit(self._name, prepared(speech.text, speech.language), self._most_characters)
        if not text:
            return
        async with self._socket(speech) as socket:
            for part in sentences(text):
                await socket.send(sentence(part))
            await socket.send(END)
            came = final = False
            while not final:
                message = await self._next(socket)
                final = message.final
                if message.audio:
                    came = True
                    yield _decoded(message)
        if not came:
            raise EngineError(f"{self._name}: expected audio, got isFinal without any")

    async def _fed(self, texts: AsyncIterator[str], like: Speech) -> AsyncGenerator[Pcm | SentenceOver, None]:
        owed, spelled = Owed(self._name, self._pace), Spelled()
        async with self._socket(like, spelling=True) as socket:
            feeding = asyncio.create_task(self._feed(socket, texts, like, owed, spelled), name=f"text for {self._name}")
            try:
                final, left_ms = False, self._pace.longest_s * 1000
                while not final:
                    message = await owed.within(self._next(socket))
                    final = message.final
                    if message.audio:
                        owed.paid()
                        chunk = _decoded(message)
                        left_ms -= chunk.duration_ms
                        if left_ms < 0:
                            raise EngineError(f"{self._name}: expected at most {self._pace.longest_s:g} s of audio")
                        for part in spelled.parted(chunk, message.spoken):
                            yield part
                await feeding
                for over in spelled.rest():
                    yield over
            finally:
                feeding.cancel()
                await asyncio.gather(feeding, return_exceptions=True)

    async def _feed(
        self, socket: Socket, texts: AsyncIterator[str], like: Speech, owed: Owed, spelled: Spelled
    ) -> None:
        """A task's root: whatever ends the text, what was sent of it is still spoken."""
        try:
            async for text in texts:
                said = within_limit(self._name, prepared(text, like.language), self._most_characters)
                spelled.sent(said)
                if said:
                    await socket.send(sentence(said))
                    owed.sent()
        except Exception:
            await _end(socket, owed)
            raise
        await _end(socket, owed)

    @asynccontextmanager
    async def _socket(self, like: Speech, *, spelling: bool = False) -> AsyncIterator[Socket]:
        """An open websocket to the voice, which was told its settings."""
        voice = voice_for(self._name, self._voices, like)
        if not _VOICE_ID.fullmatch(voice):
            raise EngineError(f"{self._name}: expected a voice's id (letters and digits), got {voice!r}")
        path = f"/text-to-speech/{voice}/stream-input"
        async with self._http.websocket(path, query=self._query(like, spelling), rank=like.rank) as socket:
            await socket.send(begin(self._key, self._settings, like.speed))
            yield socket

    def _query(self, speech: Speech, spelling: bool) -> list[tuple[str, str]]:
        query = [("model_id", self._model), ("output_format", _FORMAT)]
        if spelling:
            query.append(("sync_alignment", "true"))
        return [*query, ("language_code", speech.language)] if self._send_language else query

    async def _next(self, socket: Socket) -> Heard:
        message = await socket.receive()
        if message is None:
            raise EngineError(f"{self._name}: expected audio until isFinal, the server closed before it")
        try:
            return heard(message)
        except EngineError as error:
            raise EngineError(f"{self._name}: {str(error).replace(self._key, '***')}") from error


def _decoded(message: Heard) -> Pcm:
    return Pcm(TELEPHONE_RATE, ULAW.decode(message.audio))


async def _end(socket: Socket, owed: Owed) -> None:
    await socket.send(END)
    owed.ended()
