"""`mercury`, which kills itself with SIGKILL at a boundary of what it writes or asks: before it, or right after it.

    python -m tests.asterisk.crashing PLAN.json run --settings mercury.yaml

Boundaries are the COMMITs of transactions that changed something (of the store, and of the durable queue), the ARI
requests that change something, and the POSTs of results. The plan is {"log": FILE} and, where it is to die, "kind"
(commit, ari or post), "at" (before or after) and "number": the how manyth of its kind. The log gets a line for the
boundary that killed it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
from sqlalchemy import Connection, Engine, event

from ari_app.cli import main

_WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?([\w.]+)', re.IGNORECASE)
_SOME_ID = re.compile(r"/(channels|bridges|applications)/(?!create|externalMedia)[^/?]+")


@dataclass
class Plan:
    """Where to die."""

    log: str
    kind: str = ""
    at: str = "before"
    number: int = 0


class Boundaries:
    """Counts them, and dies at the one of the plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._passed: Counter[str] = Counter()

    def before(self, kind: str, what: str) -> bool:
        """About to do it; whether it is the one after which to die."""
        self._passed[kind] += 1
        if kind != self._plan.kind or self._passed[kind] != self._plan.number:
            return False
        if self._plan.at == "before":
            self.die(what)
        return True

    def die(self, what: str) -> None:
        """At once, with a line in the log."""
        line = f"{self._plan.kind} {self._plan.at} {what}\n".encode()
        log = os.open(self._plan.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(log, line)
        os.kill(os.getpid(), signal.SIGKILL)


def watch_commits(boundaries: Boundaries) -> None:
    """All engines of SQLAlchemy, ours and dbos's."""
    commit: Callable[[Any], None] = Connection._commit_impl

    @event.listens_for(Engine, "before_cursor_execute")
    def _statement(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if found := _WRITES.match(statement):
            connection.info.setdefault("changed", {})[found[1].rpartition(".")[2]] = True

    @event.listens_for(Engine, "rollback")
    def _rolled_back(connection: Connection) -> None:
        connection.info.pop("changed", None)

    def committing(connection: Connection) -> None:
        changed = connection.info.pop("changed", None)
        if not changed:
            return commit(connection)
        what = "+".join(changed)
        last = boundaries.before("commit", what)
        commit(connection)
        if last:
            boundaries.die(what)
        return None

    patch.object(Connection, "_commit_impl", committing).start()


def watch_requests(boundaries: Boundaries) -> None:
    """All that is asked by HTTP with anything but GET."""
    ask = aiohttp.ClientSession._request

    async def asking(session: aiohttp.ClientSession, method: str, url: Any, **arguments: Any) -> Any:
        path = str(url).split("?", 1)[0]
        kind = "ari" if "/ari/" in path else "post"
        if method.upper() == "GET":
            return await ask(session, method, url, **arguments)
        where = _SOME_ID.sub(r"/\1/…", re.sub("^[a-z]+://[^/]+", "", path))
        what = f"{method} {where}"
        last = boundaries.before(kind, what)
        answer = await ask(session, method, url, **arguments)
        if last:
            boundaries.die(what)
        return answer

    patch.object(aiohttp.ClientSession, "_request", asking).start()


if __name__ == "__main__":
    found = Boundaries(Plan(**json.loads(Path(sys.argv.pop(1)).read_text(encoding="utf-8"))))
    watch_commits(found)
    watch_requests(found)
    main()
