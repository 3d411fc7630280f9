"""What each codec costs: CPU microseconds for a frame of 20 ms, to linear audio at 8 kHz and back.

`python -m bench.codecs` prints a table as JSON. CPU time, best of seven rounds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import numpy as np

from media.audio.codecs.protocol import Codec
from media.audio.codecs.registry import ON_RTP, ON_WEBSOCKET
from media.audio.pcm import FRAME_BYTES

FRAMES = 2000
ROUNDS = 7


def microseconds(work: Callable[[bytes], bytes], frames: list[bytes]) -> float:
    """For one frame."""

    def rounds() -> Iterator[float]:
        for _ in range(ROUNDS):
            start = time.process_time()
            for frame in frames:
                work(frame)
            yield (time.process_time() - start) / len(frames) * 1e6

    return round(min(rounds()), 1)


def cost(codec: Codec) -> dict[str, object]:
    """Both ways of one codec."""
    samples = (6000 * np.sin(0.3 * np.arange(FRAMES * FRAME_BYTES // 2))).astype("<i2").tobytes()
    linear = [samples[at : at + FRAME_BYTES] for at in range(0, len(samples), FRAME_BYTES)]
    encoder = codec.encoder()
    payloads = [encoder.encode(frame) for frame in linear]
    return {
        "codec": codec.name,
        "payload_type": codec.payload_type,
        "frame_bytes": codec.frame_bytes,
        "decode_us": microseconds(codec.decoder().decode, payloads),
        "encode_us": microseconds(encoder.encode, linear),
    }


def main() -> None:
    """Every codec of RTP, and those that only the websocket has."""
    codecs = [*ON_RTP.values(), ON_WEBSOCKET["slin16"]]
    print(json.dumps([cost(codec) for codec in codecs], indent=1))


if __name__ == "__main__":
    main()
