"""The folder of a Kokoro model: its files, the voices that there are, and what tells it from another."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from media.errors import EngineError, EngineUnavailableError

WEIGHTS = "kokoro-v1_0.pth"
_CONFIG = "config.json"
_VOICES = "voices"
_EXPECTED = f"expected {_CONFIG}, {WEIGHTS} and {_VOICES}/NAME.pt; fetch them with: mercury models fetch kokoro-82m"
_DIRECTORY_BYTES = 1 << 20
_NEAR = 6


@dataclass(frozen=True)
class KokoroFolder:
    """Where a model is. Raises `EngineUnavailableError`, with what is missing and where, if it is not whole."""

    path: Path

    def __post_init__(self) -> None:
        if not self.path.is_dir():
            raise EngineUnavailableError(f"no Kokoro model at {self.path}: {_EXPECTED}")
        missing = [name for name in (_CONFIG,) if not (self.path / name).is_file()]
        missing += [] if self._weights else [WEIGHTS]
        missing += [] if self.voices else [f"{_VOICES}/NAME.pt"]
        if missing:
            raise EngineUnavailableError(f"the Kokoro model at {self.path} lacks {', '.join(missing)}: {_EXPECTED}")

    @property
    def config(self) -> Path:
        """Its widths and phonemes."""
        return self.path / _CONFIG

    @property
    def weights(self) -> Path:
        """The one of the usual name, or the only other one."""
        return self._weights[0]

    @cached_property
    def voices(self) -> tuple[str, ...]:
        """The names of its voices, in order."""
        return tuple(sorted(path.stem for path in (self.path / _VOICES).glob("*.pt")))

    @cached_property
    def digest(self) -> str:
        """Of configuration and weights, in a moment: a file of torch's ends with a checksum of each of its weights."""
        with self.weights.open("rb") as file:
            size = self.weights.stat().st_size
            file.seek(max(0, size - _DIRECTORY_BYTES))
            return _digest(self.config.read_bytes() + str(size).encode() + file.read())

    def voice_files(self, voice: str) -> list[Path]:
        """Of a voice, or of several with commas between, whose mean is spoken with.

        Raises `EngineError` for one that there is not, with those that there are, the nearest first.
        """
        names = [name.strip() for name in voice.split(",")]
        for name in names:
            if name not in self.voices:
                raise EngineError(
                    f"Kokoro has no voice {name!r} at {self.path / _VOICES}; it has {self._nearest(name)}"
                )
        return [self.path / _VOICES / f"{name}.pt" for name in names]

    def voice_digest(self, voice: str) -> str:
        """What tells the voice from another of its name; "" where there is none of it. Read once."""
        if voice not in self._digests:
            try:
                files = self.voice_files(voice)
            except EngineError:
                return ""
            self._digests[voice] = _digest(b"".join(path.read_bytes() for path in files))
        return self._digests[voice]

    @cached_property
    def _digests(self) -> dict[str, str]:
        return {}

    @cached_property
    def _weights(self) -> list[Path]:
        if (usual := self.path / WEIGHTS).is_file():
            return [usual]
        found = sorted(self.path.glob("*.pth"))
        return found if len(found) == 1 else []

    def _nearest(self, name: str) -> str:
        near = difflib.get_close_matches(name, self.voices, _NEAR, cutoff=0.3)
        alike = [*near, *(voice for voice in self.voices if voice not in near)]
        rest = len(alike) - 2 * _NEAR
        return ", ".join(alike[: 2 * _NEAR]) + (f" and {rest} more" if rest > 0 else "")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
