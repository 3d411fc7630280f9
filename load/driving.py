"""Makes the calls of a plan, in or out, and notes what comes of each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import aiohttp

from load import scenarios
from load.errors import LoadError
from load.exchange import Exchange, Seat
from load.figures import Called
from load.guard import contact_address
from load.judging import differences
from load.people import read_trace, walk
from load.plan import Entry
from load.remote import Remote
from load.results import Results
from load.system import System
from phones.errors import CallEndedError, PhoneError
from phones.phone import Line
from phones.programs import Programs
from phones.sip import SipMessage
from phones.sipp import Report, free_port

_ANSWER_WITHIN_S = 30.0
_RING_WITHIN_S = 60.0
_RINGS_S = 0.3
_UNANSWERED_WITHIN_S = 200.0
_RECORD_WITHIN_S = 45.0
_LOOK_S = 0.5
_WRONG_FIELDS = 422


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast calls begin, and how many may be up at once."""

    rate: float
    at_once: int


class Drive:
    """The calls of one step, as they are made. `called` grows by each as it ends."""

    def __init__(self, system: System, remote: Remote, programs: Programs, results: Results | None = None) -> None:
        self.called: list[Called] = []
        self.up: set[int] = set()
        """Calls in progress, by their number in the plan."""
        self.refused_address = False
        """Whether Mercury does not take the address at which results are listened for (its settings allow no such)."""
        self._system = system
        self._remote = remote
        self._programs = programs
        self._results = results
        self._line = Line(programs, host=system.local_host, payloads=(8,), timeout_s=_ANSWER_WITHIN_S)

    # -- calls in

    async def inbound(self, plan: Sequence[Entry], dialled: str, pace: Pace) -> None:
        """Have SIPp call `dialled`, once an entry, at its rate."""
        target = "{}:{}".format(*self._system.sip)
        local = (self._system.local_host, free_port(self._system.local_host))
        seats: dict[str, Seat] = {}
        scenario = scenarios.calling(local, f"sip:{dialled}@{target}")
        async with Exchange(self._programs, local, scenario, lambda report: seats.get(_caller(report))) as exchange:
            for entry in plan:
                seats[entry.number] = Seat(exchange, self._line, entry.number)
            rows = scenarios.rows((entry.number, seats[entry.number].phone.rtp_address[1]) for entry in plan)
            async with self._ids_by_caller() as ids, asyncio.TaskGroup() as calls:
                for entry in plan:
                    calls.create_task(self._customer(entry, seats[entry.number], exchange, ids))
                await exchange.start([target, *_paced(pace, len(plan))], rows)

    async def _customer(self, entry: Entry, seat: Seat, exchange: Exchange, ids: Mapping[str, str]) -> None:
        called = Called(entry.index, entry.number, entry.way.shown, entry.way.outcome, 0.0)
        try:
            await _first(seat.begun, exchange.exited)
            called.began_at = time.time()
            if not seat.begun.is_set():
                called.failed = f"SIPp did not make the call: {exchange.complaint()}"
                return
            self.up.add(entry.index)
            await self._talk(called, entry, seat, inbound=True)
        finally:
            await self._close(called, entry, seat, inbound=True)
            self.called.append(called)
        if not called.failed:
            called.call_id = ids.get(entry.number[-4:], "")
            await self._judge(called, entry)

    @asynccontextmanager
    async def _ids_by_caller(self) -> AsyncIterator[Mapping[str, str]]:
        """The ids of calls in, by the last four digits of the number that calls: more is not shown."""
        ids: dict[str, str] = {}

        async def look() -> None:
            while True:
                with suppress(aiohttp.ClientError, TimeoutError, LoadError):
                    active = await self._remote.active()
                    ids.update({str(call["from"])[-4:]: str(call["id"]) for call in active if _came_in(call)})
                await asyncio.sleep(_LOOK_S)

        looking = asyncio.create_task(look())
        try:
            yield ids
        finally:
            looking.cancel()

    # -- calls out

    async def outbound(self, plan: Sequence[Entry], flow: str, language: str, pace: Pace) -> None:
        """Have Mercury call each entry's number, at the pace; SIPp answers at the numbers' contacts."""
        seats: dict[str, Seat] = {}
        async with AsyncExitStack() as stack:
            exchanges = await self._answering(plan, seats, stack)
            slots = asyncio.Semaphore(pace.at_once)
            busy: dict[str, asyncio.Lock] = {entry.number: asyncio.Lock() for entry in plan}
            began = time.monotonic()
            async with asyncio.TaskGroup() as calls:
                for count, entry in enumerate(plan):
                    await asyncio.sleep(max(0.0, began + count / pace.rate - time.monotonic()))
                    await slots.acquire()
                    exchange = exchanges[self._contact(entry.number)]
                    task = calls.create_task(
                        self._vendor(entry, exchange, seats, busy[entry.number], _body(entry, flow, language))
                    )
                    task.add_done_callback(lambda _: slots.release())

    async def _answering(
        self, plan: Sequence[Entry], seats: Mapping[str, Seat], stack: AsyncExitStack
    ) -> dict[tuple[str, int], Exchange]:
        """A SIPp at each address that the numbers lead to."""
        exchanges = {}
        for local in sorted({self._contact(entry.number) for entry in plan}):
            exchange = Exchange(
                self._programs, local, scenarios.called(local), lambda report: seats.get(_callee(report))
            )
            exchanges[local] = await stack.enter_async_context(exchange)
            await exchange.start([])
        return exchanges

    def _contact(self, number: str) -> tuple[str, int]:
        return contact_address((self._system.contacts or {})[number])

    async def _vendor(
        self, entry: Entry, exchange: Exchange, seats: dict[str, Seat], number: asyncio.Lock, body: dict[str, object]
    ) -> None:
        async with number:
            called = Called(entry.index, entry.number, entry.way.shown, entry.way.outcome, time.time())
            seat = seats[entry.number] = Seat(exchange, self._line, entry.number)
            try:
                if await self._asked(called, body):
                    await self._reached(called, entry, seat)
            finally:
                await self._close(called, entry, seat, inbound=False)
                seats.pop(entry.number)
                self.called.append(called)
            if called.call_id:
                await self._judge(called, entry)

    async def _asked(self, called: Called, body: dict[str, object]) -> bool:
        if self._results and not self.refused_address:
            body["callback_url"] = self._results.url
        try:
            status, document = await self._remote.post_call(body)
            if status == _WRONG_FIELDS and "callback_url" in body and "callback_url" in str(document.get("errors")):
                self.refused_address = True
                del body["callback_url"]
                status, document = await self._remote.post_call(body)
        except (aiohttp.ClientError, TimeoutError) as error:
            called.failed = f"no answer to the request: {type(error).__name__}"
            return False
        if status >= 400:
            named = "; ".join(f"{error['field']}: {error['message']}" for error in document.get("errors") or ())
            called.failed = f"the request was answered {status}: {named or document.get('detail', '')}"
            return False
        called.call_id = str(document["id"])
        return True

    async def _reached(self, called: Called, entry: Entry, seat: Seat) -> None:
        try:
            async with asyncio.timeout(_RING_WITHIN_S):
                await seat.begun.wait()
        except TimeoutError:
            record = await self._remote.record(called.call_id)
            why = record["reason"] or record["outcome"]
            called.failed = (
                f"the phone did not ring within {_RING_WITHIN_S:g} s: the call is {record['status']} ({why})"
            )
            return
        self.up.add(entry.index)
        await self._talk(called, entry, seat, inbound=False)

    # -- both

    async def _talk(self, called: Called, entry: Entry, seat: Seat, *, inbound: bool) -> None:
        """From the beginning of the call to its end, with everything that goes wrong noted."""
        phone = seat.phone
        try:
            if inbound:
                await phone.answered(_ANSWER_WITHIN_S)
            elif entry.way.refusal is not None:
                await self._turn_down(seat, entry.way.refusal)
                return
            else:
                await phone.answer(ring_s=_RINGS_S)
        except PhoneError as error:
            end = phone.end if isinstance(error, CallEndedError) else None
            called.failed = f"{end.how}: {end.status or ''} {end.reason}".strip() if end else "not answered in time"
            return
        try:
            await walk(phone, entry.way)
        except PhoneError as error:
            called.differs = str(error)[:500]

    @staticmethod
    async def _turn_down(seat: Seat, status: int) -> None:
        if status:
            await seat.phone.ring()
            await seat.phone.refuse(status)
            return
        await seat.phone.ring()
        await seat.phone.ended(_UNANSWERED_WITHIN_S)

    async def _close(self, called: Called, entry: Entry, seat: Seat, *, inbound: bool) -> None:
        """Hang up, and read what was on the wire."""
        await seat.phone.close()
        self.up.discard(entry.index)
        called.ended_at = time.time()
        if seat.begun.is_set():
            read_trace(called, seat.phone.trace(), inbound=inbound)

    async def _judge(self, called: Called, entry: Entry) -> None:
        try:
            record = await self._remote.ended(called.call_id, _RECORD_WITHIN_S) if called.call_id else None
        except (aiohttp.ClientError, TimeoutError, LoadError) as error:
            called.differs = called.differs or f"its record can't be read: {error}"
            return
        if record is None:
            called.differs = called.differs or ("its end is not on record" if called.call_id else "it is on no record")
            return
        called.outcome = record["outcome"]
        if called.failed:
            called.failed += f": {record['outcome']} ({record['reason']})"
        else:
            called.differs = differences(entry.way, record) or called.differs


def _paced(pace: Pace, calls: int) -> list[str]:
    """SIPp's pace: whole calls in whole milliseconds."""
    per_ms = max(1, round(1000 / pace.rate * max(1, round(pace.rate))))
    arguments = ["-r", str(max(1, round(pace.rate))), "-rp", str(per_ms)]
    return [*arguments, "-m", str(calls), "-l", str(pace.at_once)]


def _body(entry: Entry, flow: str, language: str) -> dict[str, object]:
    return {
        "flow": flow,
        "to": entry.number,
        "language": language,
        "inputs": dict(entry.inputs),
        "metadata": {"load": entry.index},
    }


def _came_in(call: Mapping[str, object]) -> bool:
    """Calls out have a number that they come from, too."""
    return call["direction"] == "inbound" and bool(call["from"])


def _caller(report: Report) -> str:
    return _user(report.message, "From")


def _callee(report: Report) -> str:
    return _user(report.message, "To")


def _user(message: SipMessage | None, header: str) -> str:
    """The number in a From or To."""
    return message.header(header).partition("sip:")[2].partition("@")[0] if message else ""


async def _first(*events: asyncio.Event) -> None:
    """Wait for the first of them."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
