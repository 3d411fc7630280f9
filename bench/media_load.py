"""Calls bench/media_server.py with N callers in the talk cycle, and reports what it cost and how well it kept time.

    python -m bench.media_load N [--seconds 20] [--cycle talk|idle|agent] [--beside none|python|native] [--json FILE]

A caller sends 20 ms A-law frames all the time: in the talk cycle 1 s of a voice-like sound, then 5 s of silence, in
which the server replies for 2 s; in the agent cycle the same while the server talks on for 20 s, so that every one of
them is a barge-in; idle is silence throughout. Times of arrival are the kernel's (SO_TIMESTAMPNS), so that this
process's own lateness is not taken for the server's. The server's loop is kept on one core, this process on another
where there is one. Processor time is that of the server's loop alone, without what runs beside it. `starved_share` is
how long the loop was ready to run and another thread had its core: jitter and turns are its own only where that is
near 0, and are held to their budgets only there. Exits with 1 where a budget is missed.
"""

from __future__ import annotations

import argparse
import audioop
import json
import math
import os
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PERIOD_S = 0.02
_SETTLING_S = 6.0
CYCLE_FRAMES, VOICED_FRAMES = 300, 50
_SO_TIMESTAMPNS = 35
_HEADER = struct.Struct("!BBHII")
_SILENT_RTP = b"\xd5" * 160
TALK, IDLE, AGENT = "talk", "idle", "agent"
REPLY_S = {TALK: 2.0, IDLE: 2.0, AGENT: 20.0}
BUDGETS = {TALK: 0.15, IDLE: 0.08, AGENT: 0.15}
PROMISED_LEGS = 400
"""Calls from which on the processor time is promised: with few, each wakes the process for itself."""
"""Processor seconds a call-minute."""
MOST_JITTER_MS, MOST_LATE_MS, MOST_BARGE_IN_MS, MOST_MEMORY_KB = 10.0, 5.0, 150.0, 60.0
MOST_STARVED = 0.02
"""With more of it, the machine was not the server's, and times say nothing about it."""


def voice() -> list[bytes]:
    """20 ms A-law frames of a vowel: harmonics of 130 Hz under three formants, with a slow tremor."""
    samples = []
    for n in range(8000):
        at = n / 8000
        value = 0.0
        for k in range(1, 25):
            hertz = 130 * k
            shape = sum(gain * math.exp(-(((hertz - formant) / 180) ** 2)) for formant, gain in _FORMANTS)
            value += shape * math.sin(2 * math.pi * hertz * at + k)
        samples.append(round(5000 * value * (0.8 + 0.2 * math.sin(2 * math.pi * 4 * at))))
    linear = struct.pack("<8000h", *(max(-32768, min(32767, sample)) for sample in samples))
    return [audioop.lin2alaw(linear[at : at + 320], 2) for at in range(0, len(linear), 320)]


_FORMANTS = ((700, 1.0), (1200, 0.6), (2600, 0.3))


@dataclass(slots=True)
class Caller:
    """One leg's caller."""

    sock: socket.socket
    to: tuple[str, int]
    phase: int
    sequence: int = 0
    last_at: float = 0.0
    speech_end_at: float = 0.0
    speech_at: float = 0.0
    agent_voiced: bool = False
    answered: bool = True


@dataclass(slots=True)
class Measured:
    """What was seen on the wire."""

    gaps_ms: list[float] = field(default_factory=list)
    turns_ms: list[float] = field(default_factory=list)
    barge_ins_ms: list[float] = field(default_factory=list)
    missed: int = 0
    missed_barge_ins: int = 0
    received: int = 0


class Load:
    """All callers, on one thread."""

    def __init__(self, count: int, port: int, *, talk: bool) -> None:
        self.talk = talk
        self.frames = voice()
        rng = random.Random(1)  # noqa: S311
        self.poller = select.epoll()
        self.callers: dict[int, Caller] = {}
        for number in range(count):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.setblocking(False)
            sock.bind(("127.0.0.1", 0))
            sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
            self.poller.register(sock, select.EPOLLIN)
            phase = rng.randrange(VOICED_FRAMES, CYCLE_FRAMES)
            self.callers[sock.fileno()] = Caller(sock, ("127.0.0.1", port + number), phase)
        self.measured: Measured | None = None

    def run(self, seconds: float) -> None:
        """Send and receive for so long, each caller in its own part of the 20 ms."""
        callers = list(self.callers.values())
        start, sent = time.monotonic(), 0
        total = round(seconds / PERIOD_S) * len(callers)
        while sent < total:
            due = min(total, int((time.monotonic() - start) / PERIOD_S * len(callers)))
            while sent < due:
                self.send(callers[sent % len(callers)])
                sent += 1
            for number, _ in self.poller.poll(PERIOD_S / 20):
                self.receive(self.callers[number])

    def send(self, caller: Caller) -> None:
        place = (caller.sequence + caller.phase) % CYCLE_FRAMES
        voiced = self.talk and place < VOICED_FRAMES
        payload = self.frames[place] if voiced else _SILENT_RTP
        header = _HEADER.pack(0x80, 8, caller.sequence & 0xFFFF, caller.sequence * 160 & 0xFFFFFFFF, 7)
        caller.sock.sendto(header + payload, caller.to)
        caller.sequence += 1
        if self.talk and place == 0 and caller.agent_voiced:
            caller.speech_at = time.time()
        if self.talk and place == VOICED_FRAMES - 1:
            self._speech_ends(caller)

    def _speech_ends(self, caller: Caller) -> None:
        if self.measured:
            self.measured.missed += not caller.answered
            self.measured.missed_barge_ins += caller.speech_at > 0
        caller.speech_end_at, caller.speech_at, caller.answered = time.time(), 0.0, False

    def receive(self, caller: Caller) -> None:
        datagram, control, _, _ = caller.sock.recvmsg(2048, 64)
        seconds, nanoseconds = struct.unpack("qq", control[0][2])
        at = seconds + nanoseconds / 1e9
        measured = self.measured
        if measured is not None:
            measured.received += 1
            if caller.last_at:
                measured.gaps_ms.append((at - caller.last_at) * 1000)
        caller.last_at = at
        caller.agent_voiced = voiced = datagram[12:16] != _SILENT_RTP[:4]
        if caller.speech_at and not voiced:
            if measured is not None:
                measured.barge_ins_ms.append((at - caller.speech_at) * 1000)
            caller.speech_at = 0.0
        if not caller.answered and voiced:
            caller.answered = True
            if measured is not None:
                measured.turns_ms.append((at - caller.speech_end_at) * 1000)


def loop_seconds(pid: int) -> tuple[float, float]:
    """Of a process's main thread: seconds that it ran, and that it was ready to run and did not."""
    ran, waited, _ = Path(f"/proc/{pid}/schedstat").read_text().split()
    return int(ran) / 1e9, int(waited) / 1e9


def resident_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2) if ordered else 0.0


def free_port(count: int) -> int:
    """A run of `count` ports below the ephemeral range, not proven free: the server says so when it isn't."""
    return 12000 + os.getpid() % (20_000 - count)


def measure(count: int, seconds: float, *, cycle: str, reply: float, beside: str = "none") -> dict[str, Any]:
    """Call a server of its own with so many callers; what came of it. Raises `SystemExit` where none starts."""
    cores, port = sorted(os.sched_getaffinity(0)), free_port(count)
    what = [str(count), str(port), "--reply", str(reply), "--beside", beside]
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.media_server", *what], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        answers = server.stdout or sys.stdin
        ready = answers.readline().split()
        if not ready or ready[0] != "READY":
            raise SystemExit(f"the server did not get ready (a port from {port} on may be taken): run again")
        os.sched_setaffinity(server.pid, {cores[0]})
        os.sched_setaffinity(0, set(cores[1:]) or set(cores))
        load, before_kb = Load(count, port, talk=cycle != IDLE), resident_kb(server.pid)
        load.run(_SETTLING_S)
        memory_kb = (resident_kb(server.pid) - before_kb) / count
        os.kill(server.pid, signal.SIGUSR1)
        spent = _spent(load, server.pid, seconds)
        head = {"legs": count, "cycle": cycle, "beside": beside}
        told = {"memory_kb_per_call": round(memory_kb, 1), "server": json.loads(answers.readline())}
        return head | spent | told
    finally:
        server.kill()
        server.wait()
        os.sched_setaffinity(0, set(cores))


def _spent(load: Load, pid: int, seconds: float) -> dict[str, Any]:
    """Processor time, and what the callers saw, of so many seconds; then the server is told to end."""
    count = len(load.callers)
    load.measured = seen = Measured()
    (ran, starved), own, started = loop_seconds(pid), time.process_time(), time.monotonic()
    load.run(seconds)
    elapsed = time.monotonic() - started
    after, own = loop_seconds(pid), time.process_time() - own
    os.kill(pid, signal.SIGTERM)  # at once: callers that fall silent all together are no part of the load
    ran, starved = after[0] - ran, after[1] - starved
    jitter_ms = [abs(gap - 20) for gap in seen.gaps_ms]
    return {
        "seconds": round(elapsed, 1),
        "cpu_s_per_call_minute": round(ran / (count * elapsed / 60), 4),
        "core_share": round(ran / elapsed, 3),
        "starved_share": round(starved / elapsed, 3),
        "generator_core_share": round(own / elapsed, 3),
        "jitter_p50_ms": percentile(jitter_ms, 0.50),
        "jitter_p99_ms": percentile(jitter_ms, 0.99),
        "packets_share": round(seen.received / (count * elapsed * 50), 4),
        "turn_ms_p50": percentile(seen.turns_ms, 0.50),
        "turn_ms_p95": percentile(seen.turns_ms, 0.95),
        "turns": len(seen.turns_ms),
        "missed_turns": seen.missed,
        "barge_in_ms_p50": percentile(seen.barge_ins_ms, 0.50),
        "barge_in_ms_p95": percentile(seen.barge_ins_ms, 0.95),
        "barge_ins": len(seen.barge_ins_ms),
        "missed_barge_ins": seen.missed_barge_ins,
    }


def missed(result: dict[str, Any]) -> list[str]:
    """The budgets that a result misses: processor time and memory always, times where the machine was the server's."""
    bounds = [("memory_kb_per_call", MOST_MEMORY_KB)]
    if result["legs"] >= PROMISED_LEGS:
        bounds.append(("cpu_s_per_call_minute", BUDGETS[result["cycle"]]))
    if result["starved_share"] <= MOST_STARVED:
        bounds += [("jitter_p99_ms", MOST_JITTER_MS), ("late_p99_ms", MOST_LATE_MS), ("missed_turns", 0)]
        bounds += [("barge_in_ms_p95", MOST_BARGE_IN_MS), ("missed_barge_ins", 0)]
    found = result | {"late_p99_ms": result["server"]["beat"]["late_ms"]["p99"]}
    return [f"{name} {found[name]}, at most {most}" for name, most in bounds if found[name] > most]


def main() -> int:
    """The command: 0 where all budgets are kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="+")
    parser.add_argument("--seconds", type=float, default=18.0)
    parser.add_argument("--cycle", choices=tuple(REPLY_S), nargs="+", default=[TALK])
    parser.add_argument("--beside", choices=("none", "python", "native"), nargs="+", default=["none"])
    parser.add_argument("--reply", type=float, help="seconds; 2, and 20 in the agent cycle, unless given")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    results = []
    for count, cycle, beside in product(asked.count, asked.cycle, asked.beside):
        reply = REPLY_S[cycle] if asked.reply is None else asked.reply
        result = measure(count, asked.seconds, cycle=cycle, reply=reply, beside=beside)
        result["missed"] = missed(result)
        print(json.dumps(result, indent=2), flush=True)
        results.append(result)
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(results, indent=2) + "\n")
    return int(any(result["missed"] for result in results))


if __name__ == "__main__":
    sys.exit(main())
