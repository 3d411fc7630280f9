"""Keeps Mercury running: one that crashes is started again at once, and its callers hear music meanwhile.

The supervisor does nothing else, so that nothing of a call can end it. It passes on SIGINT and SIGTERM and the exit
status, and starts nothing again after an end that was meant: a clean one, or an error that only a person can mend.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

CRASHED = 70
"""Exit status of a Mercury that ends by an error of its own (EX_SOFTWARE of sysexits.h)."""
_PAUSES_S = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_STEADY_S = 60.0
"""Whoever lives so long is started again at once."""
_PR_SET_PDEATHSIG = 1
Say = Callable[[str], None]


class Restarts:
    """How long to wait before each start again: not at all at first, longer and longer while it keeps crashing."""

    def __init__(self) -> None:
        self._in_a_row = 0

    def pause_s(self, lived_s: float) -> float:
        """Before the next start, after a life of so many seconds: 30 s at most."""
        if lived_s >= _STEADY_S:
            self._in_a_row = 0
        pause_s = _PAUSES_S[min(self._in_a_row, len(_PAUSES_S) - 1)]
        self._in_a_row += 1
        return pause_s


def is_crash(status: int) -> bool:
    """Whether a process with this exit status (negative: the signal that ended it) is to be started again."""
    return status < 0 or status == CRASHED


class Supervisor:
    """Runs a command until it ends as it should. `meanwhile` is called, in a thread, after each crash."""

    def __init__(self, command: Sequence[str], meanwhile: Callable[[], None], say: Say) -> None:
        self._command = list(command)
        self._meanwhile = meanwhile
        self._say = say
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._restarts = Restarts()
        self.crashed = False
        """Whether it has crashed at all: something of it may be left behind."""

    def run(self) -> int:
        """Until the command ends as it should, or is asked to; gives the exit status. For the main thread."""
        before = {number: signal.signal(number, self._pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            return self._run()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _run(self) -> int:
        while True:
            began = time.monotonic()
            self._process = subprocess.Popen(self._command)
            status = self._process.wait()
            if self._stopping.is_set() or not is_crash(status):
                return status if status >= 0 else 128 - status
            self.crashed = True
            threading.Thread(target=self._meanwhile, name="meanwhile", daemon=True).start()
            pause_s = self._restarts.pause_s(time.monotonic() - began)
            self._say(f"Mercury ended ({_told(status)}); starting it again" + (f" in {pause_s:g} s" if pause_s else ""))
            if self._stopping.wait(pause_s):
                return 0

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        self._stopping.set()
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)


def supervised_command(option: str) -> list[str]:
    """This process's own command line, with an option that makes it the worker of this one."""
    return [sys.executable, *sys.orig_argv[1:], option]


def end_with(supervisor: int) -> None:
    """Have this process end with its supervisor, however that ends (Linux): nobody would start it again."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != supervisor:
        sys.exit(CRASHED)


def _told(status: int) -> str:
    return f"exit status {status}" if status >= 0 else signal.Signals(-status).name
