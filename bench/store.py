"""How long a commit takes, and how soon after it the result is at the backend.

    python -m bench.store [--calls N] [--dir FOLDER]

Prints a table and, with --json FILE, writes it. The event loop's longest stop while this runs is part of the result.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import structlog
import uvloop

from ari_app.dialer.dialer import Dialer
from ari_app.dialer.gate import OpenGate
from ari_app.ops.settings import DialerSettings
from ari_app.store.calls import CallStore
from ari_app.store.records import Attempt, CallEvent, CallRecord, Direction, NewCall
from tests.standins.jupiter import Jupiter, serve

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105
Work = Callable[[int], Awaitable[object]]


async def timed(count: int, work: Work) -> dict[str, float]:
    """Milliseconds of `count` runs, one after the other."""
    took = []
    for number in range(count):
        started = time.perf_counter()
        await work(number)
        took.append((time.perf_counter() - started) * 1000)
    took.sort()
    return {
        "p50_ms": round(took[count // 2], 2),
        "p99_ms": round(took[int(count * 0.99)], 2),
        "max_ms": round(took[-1], 2),
    }


async def watch_loop(gaps_ms: list[float]) -> None:
    """Note how late the loop wakes up."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        gaps_ms.append((time.perf_counter() - before - 0.005) * 1000)


async def no_call(_call: CallRecord, _attempt: Attempt) -> None:
    """No call is placed here."""


async def at_once() -> None:
    """There would be room."""


async def measure(folder: Path, count: int) -> dict[str, dict[str, float]]:
    """All figures."""
    jupiter = Jupiter(SECRET)
    runner, _ = await serve(jupiter)
    store = await CallStore.open(f"sqlite:///{folder}/calls.db", node="bench")
    dialer = Dialer(
        DialerSettings(callback_allow=("127.0.0.1",)),
        store=store,
        place=no_call,
        ready=at_once,
        gate=OpenGate(),
        trunks=("test-trunk",),
        node="bench",
        queue_url=f"sqlite:///{folder}/queue.db",
        webhook_secrets=[SECRET],
    )
    gaps_ms: list[float] = []

    async def create(number: int, url: str = "") -> None:
        await store.create(
            NewCall(f"call_{number}", Direction.INBOUND, "f", "h", "hi", "+91", "+91", {"order_id": str(number)}, url)
        )

    async def decide(number: int) -> None:
        await store.decide(f"call_{number}", f"f/{number}", "confirmed", {"minutes": 20})

    async def note(number: int) -> None:
        await store.add_events(f"call_{number}", [CallEvent(datetime.now(UTC), "turn", {"text": "haan"})] * 4)

    async def deliver(number: int) -> None:
        await decide(count + number)
        await jupiter.wait_received(number + 1)

    figures = {
        "create": await timed(count, create),
        "decide": await timed(count, decide),
        "add_events (4)": await timed(count, note),
    }
    await dialer.start()
    watcher = asyncio.create_task(watch_loop(gaps_ms))
    for number in range(count, 2 * count):
        await create(number, jupiter.url)
    figures["decide → at the backend"] = await timed(count, deliver)
    watcher.cancel()
    gaps_ms.sort()
    figures["loop late"] = {
        "p50_ms": round(gaps_ms[len(gaps_ms) // 2], 2),
        "p99_ms": round(gaps_ms[int(len(gaps_ms) * 0.99)], 2),
        "max_ms": round(gaps_ms[-1], 2),
    }
    await dialer.close()
    await store.close()
    await runner.cleanup()
    return figures


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--dir", type=Path, help="where the databases lie: the disk to be measured")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory(dir=arguments.dir) as folder:
        figures = uvloop.run(measure(Path(folder), arguments.calls))
    for name, values in figures.items():
        print(f"{name:26} " + "  ".join(f"{key} {value:8.2f}" for key, value in values.items()))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
