"""One 20 ms tick for all calls of a process, in 20 slots of 1 ms each, on a schedule that doesn't drift.

Slot n is due at start + n ms, start + n + 20 ms … by the clock, however late the last one was. A late ticker makes up
for what it missed at no more than four times the pace, and leaves out whole periods once it is more than three behind.
"""

from __future__ import annotations

import asyncio
import math
import sys
from dataclasses import dataclass
from typing import Protocol

import structlog

from media.audio.pcm import FRAME_MS
from media.clock import Clock
from media.lateness import RecentLateness

SLOTS = FRAME_MS
MOST_BEHIND = 3 * SLOTS
"""Steps (milliseconds) that are made up for."""
GROUP = 4
"""Members that share a slot before another is begun: with few calls, a wake-up costs more than a tick."""
PACE = 4
"""Steps a millisecond, at most, while making up."""

SWITCH_S = 0.0005
"""How long a thread beside the loop may keep the interpreter's lock from it at a time; Python's own 5 ms are a beat."""

_log = structlog.stdlib.get_logger(__name__)


class Member(Protocol):
    """Who is ticked. Neither method may block; one that raises is taken out."""

    def tick(self, now: float) -> None:
        """20 ms more have passed; `now` is the clock's time in seconds."""

    def skip(self, frames: int, now: float) -> None:
        """So many ticks were left out."""


class Beats(Protocol):
    """What a member sees of the ticker."""

    def add(self, member: Member) -> None:
        """Tick it from now on."""

    def remove(self, member: Member) -> None:
        """Leave it alone. Idempotent."""


class Schedule:
    """Which steps are due. Pure: one step is one slot's turn, every millisecond."""

    def __init__(self, start: float) -> None:
        self._start = start
        self._last = start
        self.step = 0
        """The next step; its slot is `step % SLOTS`."""

    def due_at(self, step: int) -> float:
        """Seconds on the clock."""
        return self._start + step / 1000

    def behind(self, now: float) -> int:
        """Steps that are due and not done."""
        return max(0, math.floor((now - self._start) * 1000 + 1e-6) + 1 - self.step)

    def skip(self, now: float) -> int:
        """Leave out the whole periods that are too late to make up for; how many."""
        periods = max(0, (self.behind(now) - MOST_BEHIND - 1) // SLOTS)
        self.step += periods * SLOTS
        return periods

    def allowed(self, now: float) -> int:
        """Steps that may be done now, so that late frames don't leave in a burst."""
        elapsed = max(1.0, (now - self._last) * 1000)
        self._last = now
        return min(self.behind(now), int(elapsed * PACE))


@dataclass(slots=True)
class TickerStatistics:
    """How well the beat was kept."""

    wakes: int = 0
    ticks: int = 0
    late_5ms: int = 0
    """Wake-ups that came more than 5 ms after their time."""
    worst_late_ms: float = 0.0
    skipped_periods: int = 0
    failed_members: int = 0


class Ticker:
    """Calls its members every 20 ms. Used from one event loop; made inside it."""

    def __init__(self, clock: Clock) -> None:
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_S))
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._slots: list[tuple[Member, ...]] = [()] * SLOTS
        self._schedule = Schedule(clock.now())
        self._timer: asyncio.TimerHandle | None = None
        self.statistics = TickerStatistics()
        self.lateness = RecentLateness()

    def add(self, member: Member) -> None:
        """Tick it from now on, in a slot that is begun, or else the emptiest."""
        sizes = [len(slot) for slot in self._slots]
        begun = [size for size in sizes if 0 < size < GROUP]
        slot = sizes.index(max(begun) if begun else min(sizes))
        self._slots[slot] += (member,)
        if self._timer is None:
            self._schedule = Schedule(self._clock.now())
        self._sleep()

    def remove(self, member: Member) -> None:
        """Leave it alone. Idempotent."""
        self._slots = [tuple(other for other in slot if other is not member) for slot in self._slots]

    def _sleep(self) -> None:
        """Wait for the next step that has members; without any, stop."""
        if self._timer is not None:
            self._timer.cancel()
        schedule = self._schedule
        for ahead in range(SLOTS):
            if self._slots[(schedule.step + ahead) % SLOTS]:
                delay_ms = math.ceil((schedule.due_at(schedule.step + ahead) - self._clock.now()) * 1000)
                self._timer = self._loop.call_later(max(0, delay_ms) / 1000, self._wake)
                return
        self._timer = None

    def _wake(self) -> None:
        now = self._clock.now()
        schedule, statistics = self._schedule, self.statistics
        statistics.wakes += 1
        if skipped := schedule.skip(now):
            statistics.skipped_periods += skipped
            self.lateness.note(skipped * FRAME_MS, now)
            self._skip(skipped, now)
        for _ in range(schedule.allowed(now)):
            slot = self._slots[schedule.step % SLOTS]
            if slot:
                self._note_lateness((now - schedule.due_at(schedule.step)) * 1000, now)
            schedule.step += 1
            for member in slot:
                self._tick(member, now)
        self._sleep()

    def _tick(self, member: Member, now: float) -> None:
        self.statistics.ticks += 1
        try:
            member.tick(now)
        except Exception:
            self._fail(member)

    def _skip(self, frames: int, now: float) -> None:
        for slot in self._slots:
            for member in slot:
                try:
                    member.skip(frames, now)
                except Exception:
                    self._fail(member)

    def _fail(self, member: Member) -> None:
        """One call's fault is not the others': it is taken out of the beat, and its watchdog ends it."""
        _log.exception("media.tick_failed", member=repr(member))
        self.statistics.failed_members += 1
        self.remove(member)

    def _note_lateness(self, late_ms: float, now: float) -> None:
        self.lateness.note(late_ms, now)
        statistics = self.statistics
        if late_ms > 5:
            statistics.late_5ms += 1
        statistics.worst_late_ms = max(statistics.worst_late_ms, late_ms)
