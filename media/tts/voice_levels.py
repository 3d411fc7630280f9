"""How loud each voice speaks, learnt from what it has said and kept beside the prompts."""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from media.audio.loudness import BLOCK_S, SILENT_LUFS

FILE = "voices.json"
MOST_VOICES = 1000
MOST_S = 60.0
"""A voice is known as well as if so much had been heard of it: one whose vendor changes it is learnt again."""


def voice_key(fingerprint: str, language: str) -> str:
    """The name of a voice: an engine's fingerprint, and the language it speaks."""
    return hashlib.sha256(f"{fingerprint}\0{language}".encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class VoiceLevel:
    """Loudness, and the speech that it was measured on."""

    lufs: float
    seconds: float


class VoiceLevels:
    """Loudness by voice, in the telephone's band before any gain. `learn` and `save` may be called in any thread.

    Several processes may share a folder: the one that writes last is kept, for all of them learn the same.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / FILE if folder else None
        self._lock = threading.Lock()
        self._levels = _read(self._path) if self._path else {}
        self._saved = dict(self._levels)

    def known(self, voice: str) -> float | None:
        """LUFS of a voice; None for one that was never heard."""
        level = self._levels.get(voice)
        return level.lufs if level else None

    def learn(self, voice: str, lufs: float, seconds: float) -> None:
        """It said so much at this loudness. Less than 400 ms, and silence, say nothing of a voice."""
        if seconds < BLOCK_S or lufs <= SILENT_LUFS:
            return
        with self._lock:
            before = self._levels.get(voice, VoiceLevel(lufs, 0.0))
            share = seconds / (before.seconds + seconds)
            level = VoiceLevel(before.lufs + share * (lufs - before.lufs), min(MOST_S, before.seconds + seconds))
            if voice in self._levels or len(self._levels) < MOST_VOICES:
                self._levels[voice] = level

    def save(self) -> None:
        """Write what was learnt, where it is not what was written last. Blocks. Raises `OSError`."""
        with self._lock:
            if self._path is None or not self._news:
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part = self._path.with_suffix(f".{threading.get_ident()}.part")
            text = {voice: [round(level.lufs, 2), round(level.seconds, 1)] for voice, level in self._levels.items()}
            part.write_text(json.dumps(text))
            part.replace(self._path)
            self._saved = dict(self._levels)

    @property
    def _news(self) -> bool:
        return any(
            voice not in self._saved or abs(level.lufs - self._saved[voice].lufs) > 0.1
            for voice, level in self._levels.items()
        )


def _read(path: Path) -> dict[str, VoiceLevel]:
    """What was kept; nothing where the file is missing or not whole: it is learnt again."""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        found = json.loads(path.read_text())
        return {str(voice): VoiceLevel(float(lufs), float(seconds)) for voice, (lufs, seconds) in found.items()}
    return {}
