"""N call legs of the real media loop without Asterisk, for a load generator (bench/media_load.py) to call.

    python -m bench.media_server N PORT [--reply SECONDS]

Leg n answers whoever sends RTP to PORT + 2n (even ports, as RFC 3550 has them; `--step 1` for every port): webrtcvad,
200 ms start and stop windows, engines that take 395 ms in all, then a reply of SECONDS. Prints `READY <pid> <tasks>`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import resource
import signal
import socket
import struct
from collections.abc import AsyncIterator

import uvloop

from media.asr.protocol import Hint, Recognition
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.clock import MonotonicClock
from media.dialog.conversation import Conversation
from media.dialog.options import Options
from media.dialog.protocol import Listening, MediaEvent, TurnEnded, Utterance
from media.ticker import Ticker
from media.transport.rtp import RtpTransport, answer_of
from media.tts.protocol import Speech
from media.turn.taking import Manner
from media.vad.webrtc import WebRtcVad

ENGINES_MS = 395
_LISTENING = Listening("en", free=True, end_silence_ms=200)


class TimedStream:
    """Takes as long as the engines of one turn are said to take."""

    def feed(self, frame: bytes) -> None:
        """Nothing to do."""

    async def so_far(self) -> None:
        """It tells at the end."""

    async def finish(self) -> Recognition:
        await asyncio.sleep(ENGINES_MS / 1000)
        return Recognition("yes", 1.0, "timed", ENGINES_MS)

    def cancel(self) -> None:
        """Nothing to free."""


class TimedRecogniser:
    name = "timed"

    def can(self, hint: Hint) -> bool:
        return True

    def open(self, hint: Hint) -> TimedStream:
        return TimedStream()


class ToneVoice:
    """The reply: a tone, rendered once."""

    def __init__(self, seconds: float) -> None:
        count = round(seconds * TELEPHONE_RATE)
        tone = (round(8000 * math.sin(2 * math.pi * 440 * n / TELEPHONE_RATE)) for n in range(count))
        self._reply = Pcm(TELEPHONE_RATE, struct.pack(f"<{count}h", *tone))

    def ready(self, speech: Speech) -> Pcm:
        return self._reply

    async def render(self, speech: Speech) -> AsyncIterator[Pcm]:
        yield self._reply

    def prepare(self, speech: Speech) -> None:
        """It is rendered already."""


class Legs:
    """The server: a leg for each port, started by the first packet that comes to it."""

    def __init__(self, seconds: float) -> None:
        self.clock = MonotonicClock()
        self.ticker = Ticker(self.clock)
        self.voice = ToneVoice(seconds)
        self.legs: list[Conversation] = []
        self._answering: set[asyncio.Task[None]] = set()
        self.turns = 0

    def await_call(self, port: int) -> None:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.bind(("127.0.0.1", port))
        asyncio.get_running_loop().add_reader(sock, self._first, sock)

    def _first(self, sock: socket.socket) -> None:
        _, caller = sock.recvfrom(2048)
        asyncio.get_running_loop().remove_reader(sock)
        task = asyncio.get_running_loop().create_task(self._answer(sock, caller))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, sock: socket.socket, caller: tuple[str, int]) -> None:
        leg = Conversation(
            transport=RtpTransport(sock, self.clock),
            ticker=self.ticker,
            clock=self.clock,
            vad=WebRtcVad(2),
            recognisers=(TimedRecogniser(),),
            voice=self.voice,
            options=Options(manner=Manner(start_ms=200, window_ms=240)),
        )
        self.legs.append(leg)

        def heard(event: MediaEvent) -> None:
            if isinstance(event, TurnEnded):
                self.turns += 1
                leg.say(Utterance(f"reply-{self.turns}", (Speech("reply", "en"),)))

        await leg.attach(answer_of(caller))
        leg.connect(heard)
        leg.listen(_LISTENING)


async def serve(count: int, port: int, step: int, seconds: float) -> None:
    legs = Legs(seconds)
    for number in range(count):
        legs.await_call(port + step * number)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    print(f"READY {os.getpid()} {len(asyncio.all_tasks())}", flush=True)
    await stop.wait()
    beat = legs.ticker.statistics
    counts = [await leg.close() for leg in legs.legs]
    report = {
        "legs": len(counts),
        "turns": legs.turns,
        "received": sum(count.received for count in counts),
        "sent": sum(count.sent for count in counts),
        "lost": sum(count.lost for count in counts),
        "late": sum(count.late for count in counts),
        "beat": {
            "wakes": beat.wakes,
            "late_5ms": beat.late_5ms,
            "worst_late_ms": round(beat.worst_late_ms, 1),
            "skipped_periods": beat.skipped_periods,
        },
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    print(json.dumps(report), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("port", type=int)
    parser.add_argument("--reply", type=float, default=2.0, metavar="SECONDS")
    parser.add_argument("--step", type=int, default=2)
    asked = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, asked.count * 2 + 64)), hard))
    uvloop.run(serve(asked.count, asked.port, asked.step, asked.reply))


if __name__ == "__main__":
    main()
