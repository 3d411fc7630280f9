"""Calls in fast succession: what makes them, and what a process holds after each round of them."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ari_app.ops.asterisk import Installation
from ivr_flows.sipp_messages import CALLS, CALLS_BYE, EVENTS
from phones.errors import PhoneError
from phones.phone import Phone
from phones.sipp import free_port
from tests.asterisk.mercury import SUPPORT, Mercury, new_number, until
from tests.running_asterisk import listening

CALLS_A_DAY = 10_000
"""A node's, in a day: 200 lines, two minutes a call, busy through a seventh of the day."""
_KEY_MS = 100
_PRESSES = "15001#"


@dataclass
class Tally:
    """How many calls were set up, by how they went."""

    ended: Counter[str] = field(default_factory=Counter)

    @property
    def calls(self) -> int:
        """All of them."""
        return self.ended.total()


@dataclass(frozen=True)
class Holdings:
    """What Mercury's process holds while it has no call."""

    rss_kb: int
    descriptors: int
    udp_ports: int
    asterisk_ports: int
    left_in_asterisk: int
    tasks: Mapping[str, int]
    threads: tuple[str, ...]
    blocks: int
    kinds: Mapping[str, int]

    def grown(self, before: Holdings) -> dict[str, int]:
        """The kinds of objects of which there are more than before, the most first."""
        more = {kind: count - before.kinds.get(kind, 0) for kind, count in self.kinds.items()}
        return dict(sorted(((kind, n) for kind, n in more.items() if n > 0), key=lambda each: -each[1])[:12])


class Soak:
    """Rounds of calls on one Mercury, which runs as `tests.asterisk.watched`."""

    def __init__(self, mercury: Mercury, installation: Installation, folder: Path, calls_a_second: float) -> None:
        self.tally = Tally()
        self.troubles: list[str] = []
        """What the phones complained of."""
        self.rounds: list[Holdings] = []
        self._mercury = mercury
        self._installation = installation
        self._folder = folder
        self._rate = calls_a_second
        self._round_over = asyncio.Event()

    async def round(self, calls: int) -> None:
        """So many calls by SIPp; phones call, cancel, refuse and press beside it."""
        self._round_over.clear()
        makers = (self._cancels, self._speaks, self._is_called)
        beside = [asyncio.create_task(self._goes_on(maker)) for maker in makers]
        keyed = calls // 5
        await asyncio.gather(
            self._sipp("hung up", calls - keyed, self._rate * 0.8, 40, _hangs_up()),
            self._sipp("pressed keys", keyed, self._rate * 0.2, 15, _presses()),
        )
        self._round_over.set()
        await asyncio.gather(*beside)
        await self._mercury.is_idle(60)
        self.rounds.append(await self._holdings())

    async def _sipp(self, how: str, calls: int, rate: float, at_once: int, scenario: str) -> None:
        folder = self._folder / f"{how}-{len(self.rounds)}".replace(" ", "-")
        folder.mkdir()
        (folder / "scenario.xml").write_text(scenario, encoding="utf-8")
        life_s = calls / rate + 60
        command = [*self._installation.command("sipp"), "-sf", "scenario.xml", "-m", str(calls), "-nostdin"]
        command += ["-r", f"{max(1, round(rate * 10))}", "-rp", "10000", "-l", str(at_once), "-skip_rlimit"]
        command += ["-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", str(free_port("127.0.0.1")), "-s", SUPPORT]
        command += ["-min_rtp_port", str(free_port("127.0.0.1")), "-timeout", f"{life_s:.0f}"]
        command += ["-trace_stat", "-stf", "calls.csv", "-fd", "5", self._mercury.running.sip_udp]
        with (folder / "screen").open("wb") as screen:
            process = await asyncio.create_subprocess_exec(
                *command, cwd=folder, stdin=asyncio.subprocess.DEVNULL, stdout=screen, stderr=screen
            )
            try:
                await asyncio.wait_for(process.wait(), life_s + 10)
            finally:
                if process.returncode is None:
                    process.kill()
        counts = _counts(folder / "calls.csv")
        self.tally.ended[how] += counts["SuccessfulCall(C)"]
        self.tally.ended["failed"] += counts["FailedCall(C)"]

    async def _goes_on(self, maker: Callable[[], Awaitable[str]]) -> None:
        """One call after the other until the round is over."""
        while not self._round_over.is_set():
            try:
                self.tally.ended[await maker()] += 1
            except (PhoneError, AssertionError) as error:
                self.troubles.append(str(error))

    async def _cancels(self) -> str:
        """A caller gives up while it rings, or as it is answered."""
        async with await self._mercury.dial(new_number()) as phone:
            await phone.pause(random.choice((0, 0, 0.01, 0.02, 0.05)))
            with suppress(PhoneError):
                await phone.hang_up()
        return "cancelled"

    async def _speaks(self) -> str:
        """A caller hears the voice, presses a key over it, and goes."""
        async with await self._mercury.dial(new_number()) as phone:
            await phone.answered()
            await phone.agent_starts()
            await phone.pause(random.uniform(0.1, 2.0))
            await phone.press("1")
            await phone.hang_up()
        return "spoke with"

    async def _is_called(self) -> str:
        """A vendor is called, and is busy or hangs up over the order."""
        number = self._mercury.next_number()
        port = self._mercury.ports[number]
        async with await Phone.listen(self._mercury.line, sip_port=port, name=number) as phone:
            await self._mercury.initiate(number)
            if random.random() < 0.5:
                await phone.refuse(603)
                return "refused"
            await phone.answer(ring_s=0.1)
            await phone.pause(random.uniform(0.0, 1.0))
            await phone.hang_up()
        return "called"

    async def _holdings(self) -> Holdings:
        mercury = self._mercury
        held = await self._census()
        return Holdings(
            rss_kb=_rss_kb(mercury.pid),
            descriptors=_descriptors(mercury.pid),
            udp_ports=len(listening(mercury.pid, "udp")),
            asterisk_ports=sum(len(listening(child, "udp")) for child in _children(mercury.pid)),
            left_in_asterisk=len(await mercury.left_in_asterisk()),
            tasks=dict(Counter(held["tasks"])),
            threads=tuple(held["threads"]),
            blocks=held["blocks"],
            kinds=held["kinds"],
        )

    async def _census(self) -> dict[str, Any]:
        file = Path(self._mercury.program[1])
        _forget(file)
        os.kill(self._mercury.pid, signal.SIGUSR1)

        async def look() -> dict[str, Any]:
            return _read(file)

        return await until(look, "Mercury's census", 10)


def _rss_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def _descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _forget(file: Path) -> None:
    file.unlink(missing_ok=True)


def _read(file: Path) -> dict[str, Any]:
    """The file's JSON; nothing while it is not there."""
    with suppress(FileNotFoundError):
        return dict(json.loads(file.read_text(encoding="utf-8")))
    return {}


def _children(pid: int) -> list[int]:
    """The processes that this one has started and that run: its Asterisk, its engines' workers."""
    children = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            number, _, rest = stat.read_text(encoding="utf-8", errors="replace").partition(" (")
            if int(rest.rpartition(")")[2].split()[1]) == pid:
                children.append(int(number))
    return children


def _counts(file: Path) -> dict[str, int]:
    """The last line of SIPp's statistics."""
    with file.open(encoding="utf-8", newline="") as lines:
        last = list(csv.DictReader(lines, delimiter=";"))[-1]
    return {name: int(value) for name, value in last.items() if name and value and value.isdigit()}


def _hangs_up() -> str:
    return _scenario('  <pause distribution="uniform" min="10" max="3000"/>')


def _presses() -> str:
    keys = f'  <nop><action><exec play_dtmf="{_PRESSES},{_KEY_MS},{EVENTS}"/></action></nop>'
    pressing_ms = 300 + 2 * _KEY_MS * len(_PRESSES)
    return _scenario(
        f'  <pause milliseconds="300"/>\n{keys}\n'
        f'  <pause distribution="uniform" min="{pressing_ms}" max="{pressing_ms + 1500}"/>'
    )


def _scenario(talk: str) -> str:
    calls, bye = (part.replace("@caller@", "+9198765[call_number]") for part in (CALLS, CALLS_BYE))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="soak">\n{calls}\n{talk}\n{bye}\n</scenario>\n'
