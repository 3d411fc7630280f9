"""What voice activity costs and tells: `python -m bench.vad`, where faster-whisper is installed (for Silero's model).

A prompt of espeak-ng, noise and a tone, window by window; and the CPU that a frame or a window takes.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from media.audio.pcm import FRAME_BYTES, TELEPHONE_RATE
from media.tts.cache import PromptCache
from media.tts.espeak import Espeak
from media.tts.protocol import Speech
from media.tts.voice import Voice
from media.vad.silero_model import WINDOW, Line, SileroModel, shipped
from media.vad.webrtc import WebRtcVad

SAID = Speech("Your order is ready. Press one to accept it, or two to decline.", "en")
TIMES = 2000
Samples = NDArray[np.int16]


async def main() -> None:
    model = SileroModel(shipped())
    prompt, rng = await rendered(), np.random.default_rng(1)
    tone = (np.sin(2 * np.pi * 440 * np.arange(2 * TELEPHONE_RATE) / TELEPHONE_RATE) * 8000).astype(np.int16)
    shares = told(model, prompt)
    print(f"prompt: {np.mean(shares >= 0.5):.0%} of the windows are speech")
    for level in (30, 300, 1000):
        noise = told(model, rng.normal(0, level, 2 * TELEPHONE_RATE).astype(np.int16))
        print(f"noise of {20 * np.log10(level / 32768):.0f} dBFS: at most {noise.max():.2f}")
    print(f"tone: at most {told(model, tone).max():.2f}")
    line, window = Line(), prompt[:WINDOW]
    print(f"silero: {cpu_us(lambda: model.share(line, window)):.0f} µs a window of 32 ms")
    vad, frame = WebRtcVad(3), prompt.tobytes()[8000 : 8000 + FRAME_BYTES]
    print(f"webrtcvad: {cpu_us(lambda: vad.is_speech(frame)):.1f} µs a frame of 20 ms")


async def rendered() -> Samples:
    engine = Espeak()
    await engine.start()
    try:
        audio = b"".join([chunk.samples async for chunk in Voice([engine], PromptCache(None)).render(SAID)])
    finally:
        await engine.close()
    return np.frombuffer(audio, np.int16)


def told(model: SileroModel, samples: Samples) -> NDArray[np.float64]:
    """The share of each window."""
    line = Line()
    starts = range(0, len(samples) - WINDOW + 1, WINDOW)
    return np.array([model.share(line, samples[at : at + WINDOW]) for at in starts])


def cpu_us(work: Callable[[], object]) -> float:
    """Of one, on average."""
    start = time.process_time()
    for _ in range(TIMES):
        work()
    return (time.process_time() - start) / TIMES * 1e6


if __name__ == "__main__":
    if find_spec("faster_whisper") is None:
        print(
            "faster-whisper, whose wheel has the model, is not installed: .venv-engines/bin/python -m bench.vad has it"
        )
        sys.exit()
    asyncio.run(main())
