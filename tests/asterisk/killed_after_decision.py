"""`python -m tests.asterisk.killed_after_decision run …`: a Mercury that is killed once, as a decision is committed.

The kill comes between the commit and the words that tell of it. A file says that it was done, so that the Mercury that
is started after it lives.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from ari_app.cli import main
from ari_app.store.calls import CallStore
from ari_app.store.records import Decision

MARK = "TEST_KILLED_MARK"
"""The environment's name of the file that says that it was done."""


def _end_once() -> None:
    mark = Path(os.environ[MARK])
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def kill_after_commit(store: type[CallStore]) -> None:
    """Have the next decision, of this store's first life, end the process."""
    decide = store.decide

    async def decide_and_end(self: CallStore, *arguments: Any, **named: Any) -> Decision:
        decision = await decide(self, *arguments, **named)
        _end_once()
        return decision

    store.decide = decide_and_end  # type: ignore[method-assign]


if __name__ == "__main__":
    kill_after_commit(CallStore)
    main()
