"""What the recognisers behind a network cost beside the network and the model: `python -m bench.remote_ears`.

Servers that answer at once, in this process, and turns of 3 s: what a frame costs, from the end of the turn to its
text, and from the moment that nobody wants it any more until the server knows of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from media.asr.deepgram import Deepgram
from media.asr.protocol import Hint, Recogniser, RecognitionStream
from media.asr.transcriptions import Transcriptions
from tests.media.asr.voice import silent, voiced
from tests.standins.deepgram import DeepgramServer, Misbehaviour, Word, numbered
from tests.standins.transcriptions import Mode, TranscriptionServer

TIMES = 100
HINT = Hint("en", ("Track my order", "Cancel the order", "Talk to an agent"))
TURN = numbered([*voiced(2400), *silent(600)])
Ready = Callable[[], Awaitable[None]]


async def main() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        for rate in (8000, 16_000):
            ear = Transcriptions(url=url, sample_rate=rate)
            await measure(f"openai-transcriptions, {rate} Hz", ear, _at_once)
            await ear.close()
    async with TranscriptionServer(mode=Mode.HANG).served() as http:
        ear = Transcriptions(url=http.url)
        await measure_leaving(ear, lambda: _asked(http), lambda: _left(http))
        await ear.close()
    async with DeepgramServer((Word(1.0, "track"),), key="k").served() as socket:
        live = Deepgram(key="k", url=socket.url)
        await measure("deepgram", live, lambda: _sent(socket))
        socket.misbehaviours = [Misbehaviour(deaf=True)] * TIMES
        await measure_leaving(live, lambda: _sent(socket), lambda: socket.until(streams=0))
        await live.close()


async def measure(name: str, ear: Recogniser, ready: Ready) -> None:
    frame_s, text_s, work_s = [], [], []
    for _ in range(TIMES):
        stream = ear.open(HINT)
        start = time.perf_counter()
        _feed(stream)
        frame_s.append((time.perf_counter() - start) / len(TURN))
        await ready()
        start, worked = time.perf_counter(), time.process_time()
        heard = await stream.finish()
        text_s.append(time.perf_counter() - start)
        work_s.append(time.process_time() - worked)
        if not heard.text:
            raise SystemExit(f"{name} heard nothing")
    frame_us = sorted(frame_s)[TIMES // 2] * 1e6
    print(f"{name}: a frame {frame_us:.1f} µs; end of the turn → text {figures(text_s)}, of work {figures(work_s)}")


async def measure_leaving(ear: Recogniser, busy: Ready, left: Ready) -> None:
    left_s = []
    for _ in range(TIMES):
        stream = ear.open(HINT)
        _feed(stream)
        finishing = asyncio.ensure_future(stream.finish())
        await busy()
        start = time.perf_counter()
        stream.cancel()
        await left()
        left_s.append(time.perf_counter() - start)
        await asyncio.gather(finishing, return_exceptions=True)
    print(f"{ear.name}: not wanted → the server knows {figures(left_s)}")


def figures(took_s: list[float]) -> str:
    took_ms = sorted(seconds * 1000 for seconds in took_s)
    return f"p50 {took_ms[len(took_ms) // 2]:.1f} ms, p95 {took_ms[int(len(took_ms) * 0.95)]:.1f} ms"


def _feed(stream: RecognitionStream) -> None:
    for frame in TURN:
        stream.feed(frame)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read requests without looking into their forms, and answer: what that takes is the server's, not ours."""
    body = b'{"text": "track my order"}'
    while head := await _head(reader):
        length = next(line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        await reader.readexactly(int(length))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body))
        writer.write(body)


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


async def _at_once() -> None:
    return


async def _asked(server: TranscriptionServer) -> None:
    await server.arrived.wait()
    server.arrived.clear()


async def _left(server: TranscriptionServer) -> None:
    await server.left.wait()
    server.left.clear()


async def _sent(server: DeepgramServer) -> None:
    """The last stream has all of the turn but what is not yet worth a message."""
    async with asyncio.timeout(5), server.news:
        await server.news.wait_for(lambda: bool(server.streams) and len(server.streams[-1]) >= len(TURN) - 2)
    server.streams.append([])


if __name__ == "__main__":
    asyncio.run(main())
