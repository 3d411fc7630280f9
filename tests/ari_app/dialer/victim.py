"""A process to be killed: a store and a dialer that make calls and decide, as Mercury does.

    python -m tests.ari_app.dialer.victim FOLDER CALLBACK_URL FIRST COUNT

It places calls FIRST to FIRST + COUNT - 1, prints `told CALL` where the caller would hear "confirmed", and `done` at
the end of the last. Started again with COUNT 0 it only resumes.
"""

from __future__ import annotations

import asyncio
import sys

import uvloop

from ari_app.dialer.dialer import Dialer
from ari_app.dialer.gate import OpenGate
from ari_app.ops.settings import DialerSettings
from ari_app.store.calls import CallStore
from ari_app.store.records import Attempt, CallRecord
from tests.ari_app.dialer.conftest import SECRET, at_once
from tests.ari_app.store.samples import NOON, End, new_call


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main(folder: str, url: str, first: int, count: int) -> None:
    store = await CallStore.open(f"sqlite:///{folder}/calls.db", node="node-1")

    await store.join()

    async def place(call: CallRecord, attempt: Attempt) -> None:
        call_id = call.id
        await store.dialled(call_id, attempt.channel_id)
        await store.answered(call_id, NOON)
        decision = await store.decide(call_id, call_id, "confirmed", {"minutes": 20})
        if decision.accepted:
            say(f"told {call_id}")
        await store.finish(call_id, End(), 16, NOON)
        say(f"ended {call_id}")

    dialer = Dialer(
        DialerSettings.model_validate(
            {"queue_poll_s": 0.05, "calls_per_second": 500, "callback_retry_s": [0.2] * 100, "sweep_s": 0.5}
            | {"callback_allow": ["127.0.0.1"]}
        ),
        store=store,
        place=place,
        ready=at_once,
        gate=OpenGate(),
        trunks=("test-trunk",),
        node="node-1",
        queue_url=f"sqlite:///{folder}/queue.db",
        webhook_secrets=[SECRET],
    )
    await dialer.start()
    for record in await store.list_active("node-1"):
        if record.due_at is None:
            dialer.resume(record, (await store.attempts_of(record.id))[-1])
    say("started")
    for number in range(first, first + count):
        await store.create(new_call(f"call_{number}", callback_url=url, to=f"+9198{number:08d}"))
        say(f"accepted call_{number}")
        await dialer.enqueue(f"call_{number}")
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
