"""A bad network: a UDP relay that loses, delays, reorders and doubles what it passes on, as Linux's netem does.

In the place of netem where the kernel has none, and where a test wants the same bad luck each time: all chance comes
from a seeded generator. `Impairment` decides (no clock, no socket), `BadPath` does it.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

Address = tuple[str, int]
_LARGEST = 65536
_READ_AT_ONCE = 64
_MOST_WAITING = 2000
_APART_S = 1e-6
"""Between packets that leave together: their timers are to go off in order."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How bad it is. Shares of packets are 0 to 1; the delay of each is drawn evenly from `delay_ms`.

    Packets keep their order (a slow one holds up those behind it, as in a queue), but for the share that is
    `reordered`: these leave at once, before those that wait. With `overtaking` each takes its own time, as in netem
    without a rate.
    """

    name: str
    loss: float = 0.0
    delay_ms: tuple[float, float] = (0.0, 0.0)
    reordered: float = 0.0
    doubled: float = 0.0
    overtaking: bool = False
    burst: int = 1
    """Packets lost in a row, when any is."""


class Impairment:
    """One direction's fate: when each packet leaves again. Pure."""

    def __init__(self, condition: Condition, seed: int) -> None:
        self._condition = condition
        self._chance = random.Random(seed)
        self._last = 0.0
        self._losing = 0
        self.fates: Counter[str] = Counter()

    def leaves(self, at: float) -> tuple[float, ...]:
        """The times (seconds) at which a packet that came at `at` leaves: none, one or two."""
        condition, chance = self._condition, self._chance
        self.fates["came"] += 1
        if self._lost():
            self.fates["lost"] += 1
            return ()
        copies = 1
        if chance.random() < condition.doubled:
            self.fates["doubled"] += 1
            copies = 2
        return tuple(self._leaves(at) for _ in range(copies))

    def _lost(self) -> bool:
        if not self._losing and self._chance.random() < self._condition.loss / self._condition.burst:
            self._losing = self._condition.burst
        if not self._losing:
            return False
        self._losing -= 1
        return True

    def _leaves(self, at: float) -> float:
        condition, chance = self._condition, self._chance
        if chance.random() < condition.reordered:
            self.fates["reordered"] += 1
            return at
        due = at + chance.uniform(*condition.delay_ms) / 1000
        if condition.overtaking:
            return due
        self._last = due = max(due, self._last + _APART_S)
        return due


class BadPath:
    """One socket between two: what `near` sends goes to the far end, what anybody else sends goes to `near`.

    Used from one event loop. `near` None: whoever sends first.
    """

    def __init__(self, condition: Condition, seed: int, near: Address | None = None, host: str = "127.0.0.1") -> None:
        self._near = near
        self._far: Address | None = None
        self.out = Impairment(condition, seed)
        """From near to far."""
        self.back = Impairment(condition, seed + 1)
        self._waiting = 0
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((host, 0))
        self._loop.add_reader(self._socket, self._read)

    @property
    def address(self) -> Address:
        """Where both sides send to."""
        host, port = self._socket.getsockname()
        return str(host), int(port)

    def leads_to(self, far: Address) -> None:
        """The far end is there."""
        self._far = far

    def close(self) -> None:
        """Pass nothing on any more, what is under way neither. Idempotent."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._socket.close()

    def _read(self) -> None:
        for _ in range(_READ_AT_ONCE):
            try:
                datagram, source = self._socket.recvfrom(_LARGEST)
            except OSError:
                return
            if self._near is None:
                self._near = source
            impairment, to = (self.out, self._far) if source == self._near else (self.back, self._near)
            if to is not None:
                self._pass_on(impairment, datagram, to)

    def _pass_on(self, impairment: Impairment, datagram: bytes, to: Address) -> None:
        now = self._loop.time()
        for at in impairment.leaves(now):
            if at <= now:
                self._send(datagram, to)
            elif self._waiting < _MOST_WAITING:
                self._waiting += 1
                self._loop.call_at(at, self._send_late, datagram, to)

    def _send_late(self, datagram: bytes, to: Address) -> None:
        self._waiting -= 1
        self._send(datagram, to)

    def _send(self, datagram: bytes, to: Address) -> None:
        with contextlib.suppress(OSError):
            self._socket.sendto(datagram, to)


def bad_paths(condition: Condition, seed: int, opened: list[BadPath]) -> Callable[[Address], BadPath]:
    """Opens a path of this kind for each phone (`Line.path`), with bad luck of its own; each is added to `opened`."""

    def open_path(near: Address) -> BadPath:
        opened.append(BadPath(condition, seed + 100 * len(opened), near))
        return opened[-1]

    return open_path
