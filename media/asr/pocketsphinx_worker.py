"""The process that hears closed lists, whose many small steps keep the interpreter's lock (docs/engines.md).

A job is the length of its JSON head (4 bytes, big-endian), the head (`{"phrases": []}`), then 16-bit 8 kHz audio.
Its result is JSON: `{"phrase", "confidence"}`. Started as `python -m media.asr.pocketsphinx_worker`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence

from threadpoolctl import threadpool_limits

from media.asr.closed_list import ClosedLists, as_samples
from media.asr.judgement import confidence
from media.workers.server import Emit, Handler, serve

_LENGTH = struct.Struct("!I")


def encode_job(phrases: Sequence[str], audio: bytes) -> bytes:
    """A job's payload."""
    head = json.dumps({"phrases": list(phrases)}).encode()
    return _LENGTH.pack(len(head)) + head + audio


def decode_job(payload: bytes) -> tuple[tuple[str, ...], bytes]:
    """Phrases and audio of a job's payload."""
    (length,) = _LENGTH.unpack_from(payload)
    start = _LENGTH.size + length
    return tuple(json.loads(payload[_LENGTH.size : start])["phrases"]), payload[start:]


def start() -> Handler:
    """Load the model: about 0.5 s of CPU."""
    threadpool_limits(limits=1, user_api="blas")  # small matrices: threads would only wait for each other
    lists = ClosedLists()

    def hear(payload: bytes, emit: Emit) -> bytes:
        phrases, audio = decode_job(payload)
        heard = lists.hear(as_samples(audio), phrases, lambda: emit(b""))
        sure = confidence(heard.evidence) if heard.evidence else 0.0
        return json.dumps({"phrase": heard.phrase, "confidence": sure}).encode()

    return hear


if __name__ == "__main__":
    serve(start)
