"""N call legs of the real media loop without Asterisk, for a load generator (bench/media_load.py) to call.

    python bench/media_server.py N PORT [--reply SECONDS] [--beside python|native]

Leg n answers whoever sends RTP to PORT + n, from wherever it comes: G.711, webrtcvad, 200 ms start and stop windows,
engines that take 395 ms in all, then a reply of SECONDS. Prints `READY <pid> <tasks>`, and at SIGTERM a line of JSON.
`--beside` runs a thread that never rests: of Python, which wants the interpreter's lock all the time, or of native code
that has let go of it. SIGUSR1 starts the count of the beat's lateness afresh.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import math
import os
import resource
import signal
import socket
import struct
import sys
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import uvloop

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])

from media.asr.protocol import Hint, Recognition
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.clock import MonotonicClock
from media.dialog.conversation import Conversation
from media.dialog.options import Options
from media.dialog.protocol import Listening, MediaEvent, TurnEnded, Utterance
from media.native.loading import Native, status
from media.ticker import Ticker
from media.transport.rtp import RtpTransport, answer_of
from media.tts.answer import SpokenAnswer
from media.tts.protocol import Speech
from media.turn.expectation import Manner
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

    def answer(self, like: Speech) -> SpokenAnswer | None:
        return None


class Pulse:
    """One member of the beat that does nothing but note how late it is, against the earliest that it ever was."""

    def __init__(self, clock: MonotonicClock) -> None:
        self._clock = clock
        self.afresh()

    def afresh(self) -> None:
        """Forget what was noted."""
        self._ticks = 0
        self._offsets_s: list[float] = []

    def tick(self, now: float) -> None:
        """20 ms."""
        self._offsets_s.append(self._clock.now() - self._ticks * 0.02)
        self._ticks += 1

    def skip(self, frames: int, now: float) -> None:
        """What was left out is late all the same: it shows with the next tick."""
        self._ticks += frames

    @property
    def late_ms(self) -> list[float]:
        """Of every tick."""
        earliest = min(self._offsets_s, default=0.0)
        return [(offset - earliest) * 1000 for offset in self._offsets_s]


class Pulses:
    """The lateness of the beat, taken by members of its own."""

    def __init__(self, ticker: Ticker, clock: MonotonicClock, count: int = 20) -> None:
        self._pulses = [Pulse(clock) for _ in range(count)]
        for pulse in self._pulses:
            ticker.add(pulse)

    def afresh(self) -> None:
        """Forget what was noted."""
        for pulse in self._pulses:
            pulse.afresh()

    def summary(self) -> dict[str, float]:
        """Milliseconds."""
        late = sorted(ms for pulse in self._pulses for ms in pulse.late_ms) or [0.0]
        at = {"p50": 0.5, "p99": 0.99, "p999": 0.999}
        shares = {name: round(late[int(len(late) * share)], 2) for name, share in at.items()}
        return shares | {"worst": round(late[-1], 2)}


def _python_beside() -> None:
    """What a model in pure Python does."""
    value = 1
    while True:
        value = value * 1103515245 + 12345 & 0x7FFFFFFF


def _native_beside() -> None:
    """What a model in native code does: long stretches without the interpreter's lock."""
    block = bytes(1 << 22)
    while True:
        hashlib.sha256(block).digest()


BESIDE: dict[str, Callable[[], None]] = {"python": _python_beside, "native": _native_beside}


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


async def serve(count: int, port: int, step: int, seconds: float, beside: str) -> None:
    legs = Legs(seconds)
    pulses = Pulses(legs.ticker, legs.clock)
    for number in range(count):
        legs.await_call(port + step * number)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, pulses.afresh)
    if beside in BESIDE:
        threading.Thread(target=BESIDE[beside], daemon=True).start()
    print(f"READY {os.getpid()} {len(asyncio.all_tasks())}", flush=True)
    await stop.wait()
    beat, late_ms = legs.ticker.statistics, pulses.summary()
    counts = [await leg.close() for leg in legs.legs]
    report = {
        "legs": len(counts),
        "turns": legs.turns,
        "received": sum(count.received for count in counts),
        "sent": sum(count.sent for count in counts),
        "lost": sum(count.lost for count in counts),
        "late": sum(count.late for count in counts),
        "compiled": status() is Native.USED,
        "beside": beside,
        "beat": {
            "late_ms": late_ms,
            "wakes": beat.wakes,
            "skipped_periods": beat.skipped_periods,
        },
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    print(json.dumps(report), flush=True)
    os._exit(0)  # a thread that never rests would hold up the interpreter's end


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("port", type=int)
    parser.add_argument("--reply", type=float, default=2.0, metavar="SECONDS")
    parser.add_argument("--step", type=int, default=1, help="2 for even ports only")
    parser.add_argument("--beside", choices=("none", *BESIDE), default="none")
    asked = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, asked.count * 2 + 64)), hard))
    uvloop.run(serve(asked.count, asked.port, asked.step, asked.reply, asked.beside))


if __name__ == "__main__":
    main()
