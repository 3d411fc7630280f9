"""What the voices behind a network cost beside the network and the model: `python -m bench.remote_voices`.

Servers that answer at once, in this process: until the first audio is here; and from a listener's leaving until the
server knows of it.
"""

from __future__ import annotations

import asyncio
import time

from media.tts.elevenlabs import ElevenLabs
from media.tts.protocol import Speech
from media.tts.speech_api import SpeechApi
from tests.standins.elevenlabs import ElevenLabsServer
from tests.standins.speech import Answer, SpeechServer

TIMES = 100
SAID = Speech("You have a new order. It has three items.", "en")


async def main() -> None:
    async with SpeechServer([Answer([bytes(4800)], hang=True)]) as http:
        api = SpeechApi(url=http.url, model="m", voices={"en": "v"})
        await measure(api, http.left)
        await api.close()
    async with ElevenLabsServer("k", gap_s=0.01) as socket:
        eleven = ElevenLabs(url=socket.url, key="k", voices={"en": "v"})
        await measure(eleven, socket.left)
        await eleven.close()


async def measure(engine: SpeechApi | ElevenLabs, left: asyncio.Event) -> None:
    first, stopped = [], []
    for _ in range(TIMES):
        left.clear()
        chunks = engine.speak(SAID)
        start = time.perf_counter()
        await anext(chunks)
        first.append(time.perf_counter() - start)
        start = time.perf_counter()
        await chunks.aclose()
        await left.wait()
        stopped.append(time.perf_counter() - start)
    print(f"{engine.name}: first audio {figures(first)}; left, until the server knows {figures(stopped)}")


def figures(took_s: list[float]) -> str:
    took_ms = sorted(seconds * 1000 for seconds in took_s)
    return f"p50 {took_ms[len(took_ms) // 2]:.1f} ms, p95 {took_ms[int(len(took_ms) * 0.95)]:.1f} ms"


if __name__ == "__main__":
    asyncio.run(main())
