"""`mercury`, which writes what it holds to a file when it is sent SIGUSR1: for the soak test, which looks for leaks.

python -m tests.asterisk.watched CENSUS.json run --settings mercury.yaml
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path

from ari_app.cli import main

_MOST_KINDS = 400


def census() -> dict[str, object]:
    """What this process holds, garbage apart. To be called on the thread of the running loop."""
    gc.collect()
    kinds = Counter(f"{type(each).__module__}.{type(each).__qualname__}" for each in gc.get_objects())
    return {
        "tasks": sorted(_kind(task) for task in asyncio.all_tasks()),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "blocks": sys.getallocatedblocks(),
        "kinds": dict(kinds.most_common(_MOST_KINDS)),
    }


def _kind(task: asyncio.Task[object]) -> str:
    work = task.get_coro()
    return getattr(work, "__qualname__", repr(work))


def _write(file: Path) -> None:
    part = file.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(census()), encoding="utf-8")
    part.replace(file)


if __name__ == "__main__":
    census_file = Path(sys.argv.pop(1))
    signal.signal(signal.SIGUSR1, lambda *_: _write(census_file))
    main()
