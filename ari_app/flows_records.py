"""What the call records hold for the tools that look at flows: versions, and the steps that calls took."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import click
from sqlalchemy.exc import SQLAlchemyError

from ari_app.ops.settings import Settings
from ari_app.store.calls import CallStore
from ari_app.store.location import missing_file, store_url
from ari_app.store.records import CallEvent
from ivr_flows.model import Flow

_T = TypeVar("_T")
_SPAN = re.compile(r"^(\d+)([dhm])$")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
STEPS = "steps"
"""The kind of the lines of a history that tell of steps."""


def since(text: str) -> datetime:
    """The moment so long ago: 7d, 12h, 30m. Raises `click.BadParameter`."""
    found = _SPAN.match(text)
    if not found:
        raise click.BadParameter(f"expected a time such as 7d, 12h or 30m, got {text!r}", param_hint="--since")
    return datetime.now(UTC) - timedelta(**{_UNITS[found[2]]: int(found[1])})


def asked(settings: Settings, ask: Callable[[CallStore], Awaitable[_T]]) -> _T:
    """What `ask` finds in the records. Failures are `click.ClickException`s."""

    async def opened_and_asked() -> _T:
        async with _opened(settings) as store:
            return await ask(store)

    try:
        return asyncio.run(opened_and_asked())
    except (SQLAlchemyError, OSError) as error:
        raise click.ClickException(f"the call records can't be read: {error}") from error


async def taken_by(store: CallStore, call_id: str) -> tuple[Flow, Sequence[Sequence[str]]]:
    """The version of the flow that a call ran on, and the steps that it took."""
    record = await store.get(call_id)
    if record is None:
        raise click.ClickException(f"there is no call {call_id}")
    flow = await store.versions.get(record.flow, record.flow_hash)
    if flow is None:
        raise click.ClickException(f"version {record.flow_hash} of {record.flow}, on which the call ran, was not kept")
    paths = _paths(await store.events(call_id))
    if not paths:
        raise click.ClickException(f"no steps of call {call_id} are recorded: it was not answered, or ran before this")
    return flow, paths


async def taken_by_all(store: CallStore, flow: str, after: datetime | None) -> Sequence[Sequence[str]]:
    """The steps that all recorded calls of a flow took."""
    return _paths(await store.notes(flow, STEPS, after))


async def version(store: CallStore, hash_prefix: str) -> Flow:
    """The version whose hash begins so."""
    found = await store.versions.list(hash_prefix=hash_prefix)
    if len(found) != 1:
        what = f"{len(found)} versions begin" if found else "no version begins"
        raise click.ClickException(f"{what} with {hash_prefix}; `mercury flows versions` lists them")
    flow = await store.versions.get(found[0].name, found[0].hash)
    if flow is None:
        raise click.ClickException(f"version {found[0].hash} of {found[0].name} can't be read by this Mercury")
    return flow


def _paths(events: Sequence[CallEvent]) -> list[list[str]]:
    paths = (event.data.get("path") for event in events if event.kind == STEPS)
    return [[str(step) for step in path] for path in paths if isinstance(path, list)]


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[CallStore]:
    url = store_url(settings)
    if file := missing_file(url):
        raise click.ClickException(f"no calls are recorded yet: there is no {file}")
    store = await CallStore.open(url, node=settings.node)
    try:
        yield store
    finally:
        await store.close()
