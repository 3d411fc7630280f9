"""How a fetch shows what it does: a bar on a terminal, elsewhere a line every few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TaskID, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.progress import Progress as RichProgress

from ari_app.models.fetching import Progress
from ari_app.models.plan import gigabytes

_EVERY_S = 5.0


class Lines:
    """A line at the beginning, every few seconds, and where something happens."""

    def __init__(self, write: Callable[[str], None], now: Callable[[], float] = time.monotonic) -> None:
        self._write = write
        self._now = now
        self._told = now()
        self._total = 0

    def begin(self, name: str, files: int, total_bytes: int) -> None:
        """Say what is to be fetched."""
        self._total, self._told = total_bytes, self._now()
        self._write(f"{name}: {files} file{'s' * (files != 1)}, {_size(total_bytes)}")

    def at(self, path: str, done_bytes: int) -> None:
        """Say how far it is, if that was some time ago."""
        if self._now() - self._told < _EVERY_S:
            return
        self._told = self._now()
        share = f" of {gigabytes(self._total)} ({done_bytes / self._total:.0%})" if self._total else ""
        self._write(f"{gigabytes(done_bytes)}{share}: {path}")

    def say(self, line: str) -> None:
        """Say it."""
        self._write(line)


class Bar:
    """A bar of all files, with speed and time to go."""

    def __init__(self, bar: RichProgress) -> None:
        self._bar = bar
        self._task: TaskID | None = None

    def begin(self, name: str, files: int, total_bytes: int) -> None:
        """Show it."""
        self._bar.console.print(f"{name}: {files} files, {_size(total_bytes)}", highlight=False)
        self._task = self._bar.add_task(name, total=total_bytes or None)

    def at(self, path: str, done_bytes: int) -> None:
        """Move it."""
        if self._task is not None:
            self._bar.update(self._task, completed=done_bytes, description=path)

    def say(self, line: str) -> None:
        """Above the bar."""
        self._bar.console.print(line, highlight=False, markup=False, soft_wrap=True)


@contextmanager
def shown(write: Callable[[str], None]) -> Iterator[Progress]:
    """What suits standard error: a bar on a terminal, else lines through `write`."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines(write)
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
    with RichProgress(*columns, TransferSpeedColumn(), TimeRemainingColumn(), console=console) as bar:
        yield Bar(bar)


def _size(total_bytes: int) -> str:
    return gigabytes(total_bytes) if total_bytes else "of unknown size"
