"""The messages of ElevenLabs' text-to-speech websocket, both ways. Pure.

Source: https://elevenlabs.io/docs/api-reference/text-to-speech/v-1-text-to-speech-voice-id-stream-input. Errors come as
{"message", "error", "code": 1008}, before the socket is closed with that code.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from media.errors import EngineError

SLOWEST, FASTEST = 0.7, 1.2
END = json.dumps({"text": ""})
"""No more text comes; what is buffered is spoken, and then the socket is closed."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The characters that a message's audio speaks, and when each begins, in milliseconds of that audio."""

    characters: tuple[str, ...] = ()
    starts_ms: tuple[float, ...] = ()


NOTHING_TOLD = Spoken()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message of the server brought: audio as it was asked for, and whether it was the last."""

    audio: bytes
    final: bool
    spoken: Spoken = NOTHING_TOLD
    """Nothing where the server does not tell it (it does when asked with `sync_alignment`)."""


def begin(key: str, settings: Mapping[str, object], speed: float) -> str:
    """The first message: one space, the voice's settings, the key. `speed` is kept within 0.7 to 1.2."""
    voice = {**settings, "speed": min(FASTEST, max(SLOWEST, speed))}
    return json.dumps({"text": " ", "voice_settings": voice, "xi_api_key": key})


def sentence(text: str) -> str:
    """Text to be spoken at once, without waiting for more to fill the buffer. It ends with a space, as it must."""
    return json.dumps({"text": f"{text.rstrip()} ", "flush": True}, ensure_ascii=False)


def heard(message: str | bytes) -> Heard:
    """A message of the server. Raises `EngineError` for one that tells an error, or can't be understood."""
    try:
        said = json.loads(message)
    except ValueError as error:
        raise EngineError(f"expected a message in JSON, got {message[:80]!r}") from error
    if not isinstance(said, dict):
        raise EngineError(f"expected a JSON object, got {type(said).__name__}")
    audio = said.get("audio")
    if said.get("error") or (audio is None and "message" in said):
        raise EngineError(_reason(said))
    if audio is not None and not isinstance(audio, str):
        raise EngineError(f"expected audio in base64, got {type(audio).__name__}")
    try:
        samples = base64.b64decode(audio or "", validate=True)
    except ValueError as error:
        raise EngineError(f"expected audio in base64: {error}") from error
    return Heard(samples, said.get("isFinal") is True, _spoken(said.get("alignment")))


def _spoken(told: object) -> Spoken:
    """Nothing, where it is not told, or not in the way that is known: audio is worth more than its spelling."""
    if not isinstance(told, Mapping):
        return NOTHING_TOLD
    characters, starts = told.get("chars"), told.get("charStartTimesMs")
    if not isinstance(characters, list) or not isinstance(starts, list) or len(characters) != len(starts):
        return NOTHING_TOLD
    if not all(isinstance(one, str) for one in characters) or not all(isinstance(ms, int | float) for ms in starts):
        return NOTHING_TOLD
    return Spoken(tuple(characters), tuple(starts))


def _reason(said: Mapping[str, object]) -> str:
    told = (said.get("error"), said.get("message"), said.get("code"))
    return ", ".join(str(part) for part in told if part)
