"""Engines that hold something are started side by side, and closed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any


async def start_all(made: Iterable[Any]) -> None:
    """An engine may have `start` and `close` coroutines; the protocols ask for neither."""
    await asyncio.gather(*(one.start() for one in made if hasattr(one, "start")))


async def close_all(made: Iterable[Any]) -> None:
    """End them."""
    await asyncio.gather(*(one.close() for one in made if hasattr(one, "close")))
