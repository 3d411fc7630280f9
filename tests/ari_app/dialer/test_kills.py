"""kill -9 while calls are accepted, decided and delivered: nothing that was told is lost, nothing has effect twice."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from ari_app.store.calls import CallStore
from ari_app.store.records import Status
from tests.ari_app.dialer.conftest import once
from tests.standins.jupiter import Behaviour, Jupiter, Mode

KILLS = 3
CALLS_A_LIFE = 8


async def live(folder: Path, url: str, first: int, count: int, lines: int | None) -> list[str]:
    """Start it and kill it after so many lines (None: when stopped by the caller); what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.ari_app.dialer.victim",
        *map(str, (folder, url, first, count)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    said: list[str] = []
    assert process.stdout
    try:
        async with asyncio.timeout(60):
            while lines is None or len(said) < lines:
                line = await process.stdout.readline()
                if not line:
                    break
                said.append(line.decode().strip())
    finally:
        if process.returncode is None:
            process.kill()
        rest = await process.stdout.read()
        await process.wait()
    return said + rest.decode().split("\n")[:-1]


async def test_killed_again_and_again_it_loses_and_doubles_nothing(tmp_path: Path, jupiter: Jupiter) -> None:
    jupiter.behaviour = Behaviour(Mode.LOSE, times=3)
    chance = random.Random(7)
    said: list[str] = []
    for life in range(KILLS):
        lines = chance.randint(2, 3 * CALLS_A_LIFE)
        said += await live(tmp_path, jupiter.url, life * CALLS_A_LIFE, CALLS_A_LIFE, lines)
    accepted = {line.split()[1] for line in said if line.startswith("accepted ")}
    told = {line.split()[1] for line in said if line.startswith("told ")}
    assert accepted

    last = asyncio.create_task(live(tmp_path, jupiter.url, 0, 0, None))
    store = await CallStore.open(f"sqlite:///{tmp_path}/calls.db", node="test")
    await once(store.list_active, lambda active: not active, timeout_s=60)
    await once(store.pending_callbacks, lambda pending: not pending, timeout_s=60)
    last.cancel()
    await asyncio.wait({last})

    calls = {call.id: call for call in await store.list_recent(1000)}
    results = [len(await store.callbacks_of(call)) for call in calls]
    await store.close()
    received = {str(entry["body"]["data"]["call_id"]): entry for entry in jupiter.received}
    assert accepted <= set(calls), "an accepted call was lost"
    assert told <= set(received), "a confirmation that was said never reached the backend"
    assert set(received) == set(calls)
    assert set(results) == {1}, "exactly one result a call"
    assert {call.status for call in calls.values()} == {Status.COMPLETED}
    assert {entry["body"]["data"]["outcome"] for entry in jupiter.received} == {"confirmed"}
    assert all(entry["verified"] for entry in jupiter.received)
    bodies = {(entry["id"], str(entry["body"])) for entry in jupiter.received}
    assert len(bodies) == len(calls), "one message came with two contents"
