"""What the voices behind a network cost beside the network and the model: `python -m bench.remote_voices`.

Servers that answer at once, in this process: until the first audio is here; and from a listener's leaving until the
server knows of it. Then an answer of two sentences, by a server to which it takes 120 ms to connect (three ways over
40 ms): from each sentence's coming to its first audio, by a socket each and by one, opened when the thinking began.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from media.tts.cache import PromptCache
from media.tts.elevenlabs import ElevenLabs
from media.tts.protocol import Speech
from media.tts.speech_api import SpeechApi
from media.tts.streamed_text import SentenceOver
from media.tts.voice import Voice
from tests.standins.elevenlabs import ElevenLabsServer
from tests.standins.speech import Answer, SpeechServer

TIMES = 100
HANDSHAKE_S = 0.12
THINKS_S = 0.2
SENTENCES = ("You have a new order.", "It has three items.")
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
    async with ElevenLabsServer("k", handshake_s=HANDSHAKE_S) as socket:
        eleven = ElevenLabs(url=socket.url, key="k", voices={"en": "v"})
        await measure_answers("a socket a sentence", eleven, streamed=False)
        await measure_answers("one socket an answer", eleven, streamed=True)
        await eleven.close()


async def measure_answers(how: str, engine: ElevenLabs, *, streamed: bool) -> None:
    first, second = [], []
    for _ in range(TIMES // 5):
        took_s = await (_by_one(engine) if streamed else _by_each(engine))
        first.append(took_s[0])
        second.append(took_s[1])
    print(f"{how}: first sentence to audio {figures(first)}; second {figures(second)}")


async def _by_each(engine: ElevenLabs) -> list[float]:
    took_s = []
    await asyncio.sleep(THINKS_S)
    for sentence in SENTENCES:
        start = time.perf_counter()
        chunks = engine.speak(replace(SAID, text=sentence))
        await anext(chunks)
        took_s.append(time.perf_counter() - start)
        await chunks.aclose()
    return took_s


async def _by_one(engine: ElevenLabs) -> list[float]:
    spoken = Voice([engine], PromptCache(None)).answer(replace(SAID, text=""))
    if spoken is None:
        raise SystemExit(f"expected {engine.name} to take sentences while it speaks")
    audio = spoken.audio()
    coming = asyncio.ensure_future(anext(audio))
    await asyncio.sleep(THINKS_S)
    took_s = []
    for sentence in SENTENCES:
        start = time.perf_counter()
        spoken.say(replace(SAID, text=sentence))
        await coming
        took_s.append(time.perf_counter() - start)
        while not isinstance(await anext(audio), SentenceOver):
            pass
        coming = asyncio.ensure_future(anext(audio))
    spoken.end()
    await asyncio.gather(coming, return_exceptions=True)
    return took_s


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
