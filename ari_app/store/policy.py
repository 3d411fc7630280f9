"""What the policy needs of the records, and what it keeps there: each function within its caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ari_app.dialer.policy.model import PolicyFacts
from ari_app.dialer.policy.opening import start_of_day
from ari_app.store.database import Database, insert_new
from ari_app.store.records import Direction, Status
from ari_app.store.tables import attempts, calls, controls, do_not_call, spending, switches

DIALLING = "dialling"
"""The switch of all outbound calls."""
CALLER, OPERATOR, IMPORT = "caller", "operator", "import"
"""Who puts numbers on the do-not-call list."""
_PAGE = 500


class Stop(StrEnum):
    """Which live outbound calls are ended when dialling is switched off."""

    NOTHING = "nothing"
    RINGING = "ringing"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Switch:
    """How a switch stands, and who set it so. `at` None: nobody ever has."""

    on: bool = True
    reason: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Barred:
    """A number that is not dialled. `call_id`: on which its owner said so."""

    number: str
    source: str
    reason: str
    call_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Spent:
    """What a day's (YYYY-MM-DD) calls on a trunk cost."""

    day: str
    trunk: str
    paise: int


_ENTRIES = select(
    do_not_call.c.number, do_not_call.c.source, do_not_call.c.reason, do_not_call.c.call_id, do_not_call.c.at
)


async def gather(
    connection: AsyncConnection, *, number: str, purpose: str, now: datetime, zone: ZoneInfo, usual: str = ""
) -> PolicyFacts:
    """The facts about a call that may be dialled now. `purpose` "" is `usual`, that of calls which name none."""
    made = await _purposes_today(connection, number, start_of_day(now, zone))
    wanted = purpose or usual
    switch = await read_switch(connection)
    return PolicyFacts(
        do_not_call=await _source(connection, number),
        attempts=len(made),
        attempts_of_purpose=sum((one or usual) == wanted for one in made),
        spent_paise=await _spent(connection, now.astimezone(zone).date().isoformat()),
        underway=await _underway(connection),
        off=None if switch.on else switch.reason,
    )


# -- the switch ---------------------------------------------------------------------------------------------------


async def read_switch(connection: AsyncConnection, name: str = DIALLING) -> Switch:
    """How it stands; on where nobody has set it."""
    query = select(switches.c.on, switches.c.reason, switches.c.by, switches.c.at).where(switches.c.name == name)
    row = (await connection.execute(query)).one_or_none()
    return Switch(*row) if row else Switch()


async def set_switch(
    connection: AsyncConnection, *, on: bool, reason: str, by: str, at: datetime, name: str = DIALLING
) -> Switch:
    """Set it. After this transaction's commit no call begins while it is off."""
    values = {"on": on, "reason": reason, "by": by, "at": at}
    if not await insert_new(connection, switches, {"name": name, **values}):
        await connection.execute(update(switches).where(switches.c.name == name).values(values))
    return Switch(on, reason, by, at)


async def cancel_live(
    connection: AsyncConnection, *, talking: bool, reason: str, by: str, at: datetime
) -> Sequence[str]:
    """Ask the nodes to end the outbound calls that ring (and those that talk, too): the calls' ids."""
    live = [Status.QUEUED, Status.RINGING, *([Status.IN_PROGRESS] if talking else [])]
    where = (attempts.c.ended_at.is_(None)) & (attempts.c.number != "") & calls.c.status.in_(live)
    where &= calls.c.direction == Direction.OUTBOUND
    query = select(calls.c.id, attempts.c.node).join(attempts, attempts.c.call_id == calls.c.id).where(where).distinct()
    found = (await connection.execute(query)).all()
    asked = {"kind": "cancel", "data": {"reason": reason}, "by": by, "at": at}
    if found:
        rows = [{"call_id": row.id, "node": row.node, **asked} for row in found]
        await connection.execute(insert(controls), rows)
    return [row.id for row in found]


# -- the do-not-call list -----------------------------------------------------------------------------------------


async def bar(
    connection: AsyncConnection,
    *,
    number: str,
    source: str,
    at: datetime,
    reason: str = "",
    call_id: str | None = None,
) -> bool:
    """Put a number on the list; False when it is on it already: the first entry stands."""
    row = {"number": number, "source": source, "reason": reason, "call_id": call_id, "at": at}
    return await insert_new(connection, do_not_call, row)


async def bar_all(
    connection: AsyncConnection, *, numbers: Sequence[str], source: str, reason: str, at: datetime
) -> int:
    """Put many on the list: how many were not on it."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    added = 0
    for start in range(0, len(numbers), _PAGE):
        rows = [
            {"number": number, "source": source, "reason": reason, "call_id": None, "at": at}
            for number in dict.fromkeys(numbers[start : start + _PAGE])
        ]
        new = dialect.insert(do_not_call).values(rows).on_conflict_do_nothing().returning(do_not_call.c.number)
        added += len((await connection.execute(new)).all())
    return added


async def unbar(connection: AsyncConnection, number: str) -> bool:
    """Take a number off the list; False when it was not on it."""
    return bool((await connection.execute(delete(do_not_call).where(do_not_call.c.number == number))).rowcount)


async def barred(connection: AsyncConnection, *, after: str = "", limit: int = 100) -> Sequence[Barred]:
    """The list in the order of its numbers, from the one after `after` on."""
    query = _ENTRIES.where(do_not_call.c.number > after).order_by(do_not_call.c.number).limit(limit)
    return [Barred(*row) for row in await connection.execute(query)]


async def find_barred(connection: AsyncConnection, number: str) -> Barred | None:
    """The number's entry, or None."""
    row = (await connection.execute(_ENTRIES.where(do_not_call.c.number == number))).one_or_none()
    return Barred(*row) if row else None


# -- money --------------------------------------------------------------------------------------------------------


async def add_spend(connection: AsyncConnection, trunk: str, day: str, paise: int) -> None:
    """Add what a call cost to its day (YYYY-MM-DD, of the policy's zone)."""
    if not paise:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    new = dialect.insert(spending).values(day=day, trunk=trunk, paise=paise)
    more = new.on_conflict_do_update(
        index_elements=[spending.c.day, spending.c.trunk], set_={"paise": spending.c.paise + new.excluded.paise}
    )
    await connection.execute(more)


async def spent(connection: AsyncConnection, *, since: str, until: str) -> Sequence[Spent]:
    """What the days from `since` to `until` (both YYYY-MM-DD, both included) cost, by trunk."""
    query = select(spending.c.day, spending.c.trunk, spending.c.paise).where(spending.c.day.between(since, until))
    rows = await connection.execute(query.order_by(spending.c.day.desc(), spending.c.trunk))
    return [Spent(*row) for row in rows]


async def _purposes_today(connection: AsyncConnection, number: str, since: datetime) -> Sequence[str]:
    """What each attempt of today whose phone may have rung was for; "" for a call that names no purpose."""
    query = select(calls.c.terms).join(attempts, attempts.c.call_id == calls.c.id)
    query = query.where(attempts.c.number == number, attempts.c.at >= since, attempts.c.dialled_at.is_not(None))
    return [str(row.terms.get("purpose", "")) for row in await connection.execute(query)]


async def _spent(connection: AsyncConnection, day: str) -> int:
    query = select(func.coalesce(func.sum(spending.c.paise), 0)).where(spending.c.day == day)
    return int((await connection.execute(query)).scalar_one())


async def _underway(connection: AsyncConnection) -> dict[str, int]:
    query = select(attempts.c.trunk, func.count()).where(attempts.c.ended_at.is_(None), attempts.c.trunk != "")
    return {row[0]: row[1] for row in await connection.execute(query.group_by(attempts.c.trunk))}


async def _source(connection: AsyncConnection, number: str) -> str:
    query = select(do_not_call.c.source).where(do_not_call.c.number == number)
    return str((await connection.execute(query)).scalar_one_or_none() or "")


class PolicyRecords:
    """The same for who has no transaction of their own. Methods that change something have committed it."""

    def __init__(self, database: Database, wall: Callable[[], datetime]) -> None:
        self._database = database
        self._wall = wall

    async def opt_out(self, number: str, call_id: str) -> None:
        """Whoever was called, or calls, wants no calls any more."""
        async with self._database.write() as connection:
            await bar(connection, number=number, source=CALLER, call_id=call_id, at=self._wall())

    async def switch(self) -> Switch:
        """How the switch of dialling stands."""
        async with self._database.read() as connection:
            return await read_switch(connection)

    async def set_switch(
        self, *, on: bool, reason: str, by: str, stop: Stop = Stop.NOTHING
    ) -> tuple[Switch, Sequence[str]]:
        """Set it, and ask for the end of live calls in the same commit: how it stands, and those calls' ids."""
        now = self._wall()
        async with self._database.write() as connection:
            switch = await set_switch(connection, on=on, reason=reason, by=by, at=now)
            if on or stop is Stop.NOTHING:
                return switch, ()
            ended = await cancel_live(connection, talking=stop is Stop.ALL, reason=reason, by=by, at=now)
        return switch, ended

    async def bar(self, numbers: Sequence[str], *, source: str, reason: str) -> int:
        """Put numbers on the do-not-call list: how many were not on it."""
        async with self._database.write() as connection:
            return await bar_all(connection, numbers=numbers, source=source, reason=reason, at=self._wall())

    async def unbar(self, number: str) -> bool:
        """Take a number off the list; False when it was not on it."""
        async with self._database.write() as connection:
            return await unbar(connection, number)

    async def find(self, number: str) -> Barred | None:
        """The number's entry on the list, or None."""
        async with self._database.read() as connection:
            return await find_barred(connection, number)

    async def barred(self, *, after: str = "", limit: int = 100) -> Sequence[Barred]:
        """The list in the order of its numbers."""
        async with self._database.read() as connection:
            return await barred(connection, after=after, limit=limit)

    async def spent(self, *, since: str, until: str) -> Sequence[Spent]:
        """What the days cost."""
        async with self._database.read() as connection:
            return await spent(connection, since=since, until=until)
