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
class Heard:
    """What a message of the server brought: audio as it was asked for, and whether it was the last."""

    audio: bytes
    final: bool


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
        return Heard(base64.b64decode(audio or "", validate=True), said.get("isFinal") is True)
    except ValueError as error:
        raise EngineError(f"expected audio in base64: {error}") from error


def _reason(said: Mapping[str, object]) -> str:
    told = (said.get("error"), said.get("message"), said.get("code"))
    return ", ".join(str(part) for part in told if part)
