"""Calls bench/media_server.py with N callers in the talk cycle, and reports what it cost and how well it kept time.

    python -m bench.media_load N [--seconds 20] [--cycle talk|idle] [--json FILE]

A caller sends 20 ms A-law frames all the time: in the talk cycle 1 s of a voice-like sound, 3 s of silence and 2 s
more while the server replies; idle is silence throughout. Times of arrival are the kernel's (SO_TIMESTAMPNS), so that
this process's own lateness is not taken for the server's. The server is kept on one core, this process on another
where there is one. `starved_share` is how long the server was ready to run and another process had its core: jitter
and turns are the server's own only where it is near 0.
"""

from __future__ import annotations

import argparse
import audioop
import json
import math
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

PERIOD_S = 0.02
CYCLE_FRAMES, VOICED_FRAMES = 300, 50
_SO_TIMESTAMPNS = 35
_HEADER = struct.Struct("!BBHII")
_SILENT_RTP = b"\xd5" * 160


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
    missed: int = 0
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
            self.callers[sock.fileno()] = Caller(sock, ("127.0.0.1", port + 2 * number), phase)
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
        if self.talk and place == VOICED_FRAMES - 1:
            if self.measured and not caller.answered:
                self.measured.missed += 1
            caller.speech_end_at, caller.answered = time.time(), False

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
        if not caller.answered and datagram[12:16] != _SILENT_RTP[:4]:
            caller.answered = True
            if measured is not None:
                measured.turns_ms.append((at - caller.speech_end_at) * 1000)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def starved_seconds(pid: int) -> float:
    """Time for which the process's main thread was ready to run and did not."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


def resident_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2) if ordered else 0.0


def free_port(count: int) -> int:
    """A run of `count` even ports below the ephemeral range, not proven free: the server says so when it isn't."""
    return 12000 + 2 * (os.getpid() % (10_000 - count))


def measure(count: int, seconds: float, *, talk: bool, reply: float) -> dict[str, object]:
    cores = sorted(os.sched_getaffinity(0))
    port = free_port(count)
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.media_server", str(count), str(port), "--reply", str(reply)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        answers = server.stdout or sys.stdin
        ready = answers.readline().split()
        if not ready or ready[0] != "READY":
            raise SystemExit(f"the server did not get ready (a port from {port} on may be taken): run again")
        os.sched_setaffinity(server.pid, {cores[0]})
        os.sched_setaffinity(0, set(cores[1:]) or set(cores))
        load, before_kb = Load(count, port, talk=talk), resident_kb(server.pid)
        load.run(6.0)
        load.measured = measured = Measured()
        cpu, own_cpu, started = cpu_seconds(server.pid), time.process_time(), time.monotonic()
        starved = starved_seconds(server.pid)
        load.run(seconds)
        elapsed = time.monotonic() - started
        cpu, own_cpu = cpu_seconds(server.pid) - cpu, time.process_time() - own_cpu
        starved = starved_seconds(server.pid) - starved
        memory_kb = (resident_kb(server.pid) - before_kb) / count
        server.terminate()
        return {
            "legs": count,
            "cycle": "talk" if talk else "idle",
            "seconds": round(elapsed, 1),
            "cpu_s_per_call_minute": round(cpu / (count * elapsed / 60), 4),
            "core_share": round(cpu / elapsed, 3),
            "starved_share": round(starved / elapsed, 3),
            "generator_core_share": round(own_cpu / elapsed, 3),
            "jitter_p50_ms": percentile([abs(gap - 20) for gap in measured.gaps_ms], 0.50),
            "jitter_p99_ms": percentile([abs(gap - 20) for gap in measured.gaps_ms], 0.99),
            "packets_share": round(measured.received / (count * elapsed * 50), 4),
            "turn_ms_p50": percentile(measured.turns_ms, 0.50),
            "turn_ms_p95": percentile(measured.turns_ms, 0.95),
            "turns": len(measured.turns_ms),
            "missed_turns": measured.missed,
            "memory_kb_per_call": round(memory_kb, 1),
            "server": json.loads(answers.readline()),
        }
    finally:
        server.kill()
        server.wait()
        os.sched_setaffinity(0, set(cores))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="+")
    parser.add_argument("--seconds", type=float, default=18.0)
    parser.add_argument("--cycle", choices=("talk", "idle"), default="talk")
    parser.add_argument("--reply", type=float, default=2.0)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    results = [measure(count, asked.seconds, talk=asked.cycle == "talk", reply=asked.reply) for count in asked.count]
    for result in results:
        print(json.dumps(result, indent=2))
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
