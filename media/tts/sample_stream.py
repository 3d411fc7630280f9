"""Audio out of a stream of bytes: bare samples, or WAV files, cut anywhere. Pure.

WAV by Microsoft's RIFF specification. Who streams one does not know its length beforehand and writes 0xFFFFFFFF
(OpenAI, Kokoro-FastAPI) or 0 (libsndfile) in its place; some servers send a file a sentence, one after the other.
"""

from __future__ import annotations

import audioop
import struct
from dataclasses import dataclass

import numpy as np

from media.audio.pcm import Pcm
from media.errors import EngineError

_SAMPLE_BYTES = 2
_CHUNK_HEADER = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIHH")
_FORM_BYTES = 4
_LONGEST_FORMAT = 64
_LINEAR, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_SUBFORMAT_AT = 24
"""Where WAVE_FORMAT_EXTENSIBLE tells what the samples are."""
_KINDS = {(_LINEAR, 16), (_LINEAR, 24), (_LINEAR, 32), (_FLOAT, 32)}
_LOWEST_RATE, _HIGHEST_RATE = 8_000, 48_000


@dataclass(frozen=True, slots=True)
class _Layout:
    rate: int
    channels: int = 1
    bits: int = 16
    is_float: bool = False

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.bits // 8

    def mono(self, frames: bytes) -> bytes:
        """Whole frames as 16-bit samples of one channel."""
        if self.is_float:
            frames = (np.nan_to_num(np.frombuffer(frames, "<f4")).clip(-1, 1) * 32767).round().astype("<i2").tobytes()
        elif self.bits != 16:
            frames = audioop.lin2lin(frames, self.bits // 8, _SAMPLE_BYTES)
        return audioop.tomono(frames, _SAMPLE_BYTES, 0.5, 0.5) if self.channels == 2 else frames


class SampleStream:
    """Bytes in as they come, whole samples out.

    `rate` Hz is that of bare samples (16-bit signed little-endian, mono); a stream that begins with "RIFF" is WAV
    whatever was asked for, and tells its own. A WAV that claims more than `most_bytes` does not know its length.
    """

    def __init__(self, rate: int, *, most_bytes: int) -> None:
        self._layout = _Layout(rate)
        self._most = most_bytes
        self._waiting = b""
        self._wav: bool | None = None
        self._left: int | None = None
        """Bytes of the data chunk that are still to come; None outside of one."""
        self._padding = 0
        """Bytes after the data chunk's, by which a chunk of odd size is made even."""
        self._skip = 0
        self._unbounded = False
        self._began = False

    def feed(self, data: bytes) -> Pcm | None:
        """What became whole. Raises `EngineError` for what is no such audio."""
        self._waiting += data
        if self._wav is None and not self._told():
            return None
        samples = self._files() if self._wav else self._whole(len(self._waiting))
        return Pcm(self._layout.rate, samples) if samples else None

    def finish(self) -> None:
        """The stream ended. Raises `EngineError` when it ended before its audio did."""
        if self._wav and self._left is not None and self._left and not self._unbounded:
            raise EngineError(f"the WAV stream ended {self._left - len(self._waiting)} bytes before its data did")
        if self._wav and not self._began:
            raise EngineError("the WAV stream ended within a header")
        if not self._wav and len(self._waiting) >= _SAMPLE_BYTES:
            raise EngineError(f"expected audio, got {len(self._waiting)} bytes")

    def _told(self) -> bool:
        """Whether enough came to tell WAV from bare samples."""
        if self._waiting[:4] != b"RIFF"[: len(self._waiting)]:
            self._wav = False
        elif len(self._waiting) >= _FORM_BYTES:
            self._wav = True
        return self._wav is not None

    def _whole(self, limit: int) -> bytes:
        """All whole frames among the first `limit` bytes that wait, as 16-bit samples of one channel."""
        size = min(limit, len(self._waiting))
        size -= size % self._layout.frame_bytes
        frames, self._waiting = self._waiting[:size], self._waiting[size:]
        return self._layout.mono(frames)

    def _files(self) -> bytes:
        samples = b""
        while True:
            if self._left is not None:
                before = len(self._waiting)
                samples += self._whole(before if self._unbounded else self._left)
                self._left -= 0 if self._unbounded else before - len(self._waiting)
                if self._unbounded or self._left >= self._layout.frame_bytes:
                    return samples
                self._skip, self._left = self._left + self._padding, None
            elif self._skip:
                passed = min(self._skip, len(self._waiting))
                self._waiting = self._waiting[passed:]
                self._skip -= passed
                if self._skip:
                    return samples
            elif not self._chunk():
                return samples

    def _chunk(self) -> bool:
        """Take a chunk's header, and the format with it; False while it is not all there."""
        if len(self._waiting) < _CHUNK_HEADER.size:
            return False
        kind, size = _CHUNK_HEADER.unpack_from(self._waiting)
        if kind == b"RIFF":
            return self._form()
        if kind == b"fmt ":
            return self._format(size)
        self._waiting = self._waiting[_CHUNK_HEADER.size :]
        if kind == b"data":
            self._unbounded = not size or size > self._most
            self._left, self._padding = size, size % 2
            self._began = True
        else:
            self._skip = size + size % 2
        return True

    def _form(self) -> bool:
        end = _CHUNK_HEADER.size + _FORM_BYTES
        if len(self._waiting) < end:
            return False
        form = self._waiting[_CHUNK_HEADER.size : end]
        if form != b"WAVE":
            raise EngineError(f"expected a RIFF stream of WAVE, got {form!r}")
        self._waiting = self._waiting[end:]
        return True

    def _format(self, size: int) -> bool:
        if not _FORMAT.size <= size <= _LONGEST_FORMAT:
            raise EngineError(f"expected a WAV format of {_FORMAT.size} to {_LONGEST_FORMAT} bytes, got {size}")
        end = _CHUNK_HEADER.size + size
        if len(self._waiting) < end:
            return False
        tag, channels, rate, _, _, bits = _FORMAT.unpack_from(self._waiting, _CHUNK_HEADER.size)
        if tag == _EXTENSIBLE and size >= _SUBFORMAT_AT + 2:
            tag = int.from_bytes(self._waiting[_CHUNK_HEADER.size + _SUBFORMAT_AT :][:2], "little")
        if (tag, bits) not in _KINDS or channels not in (1, 2):
            raise EngineError(f"expected PCM of one channel or two, got format {tag}, {bits} bit, {channels} channels")
        if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
            raise EngineError(f"expected {_LOWEST_RATE} to {_HIGHEST_RATE} Hz, got {rate}")
        self._layout = _Layout(rate, channels, bits, tag == _FLOAT)
        self._waiting = self._waiting[end:]
        return True
