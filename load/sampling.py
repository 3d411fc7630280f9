"""Looks once a second at what the parts use, and how many calls are up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from load.figures import Sample
from load.processes import Parts

EVERY_S = 1.0


@asynccontextmanager
async def sampled(parts: Parts, in_progress: Callable[[], int]) -> AsyncIterator[list[Sample]]:
    """The samples of what goes on in the block, from its beginning to its end."""
    samples: list[Sample] = []

    def look() -> None:
        cpu_s, memory_mb = parts.cpu_s(), parts.memory_mb()
        samples.append(Sample(time.time(), in_progress(), cpu_s, memory_mb))

    async def go_on() -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            look()

    look()
    going_on = asyncio.create_task(go_on())
    try:
        yield samples
    finally:
        going_on.cancel()
        look()
