"""A process that has imported all of Mercury, and forks into one on demand: a life costs no start of the interpreter.

    python -m tests.asterisk.zygote

Each line of its standard input is a JSON object, {"program": […], "arguments": […], "log": FILE}; it answers `pid N`,
and `exit N STATUS` when that one has ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import sys
import threading
import traceback
from typing import Any, NoReturn


def _become(order: dict[str, Any]) -> NoReturn:
    """The child: the program, as `python -m` runs it."""
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    module, *rest = order["program"]
    sys.argv = [module, *rest, *order["arguments"]]
    status = 0
    try:
        runpy.run_module(f"{module}.__main__" if module == "ari_app" else module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # a process's root: its parent's code is not to run in it
        traceback.print_exc()
        status = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def _tell_end(pid: int) -> None:
    _, status = os.waitpid(pid, 0)
    _say(f"exit {pid} {os.waitstatus_to_exitcode(status)}")


def serve() -> None:
    """Until standard input ends; then the lives end, too."""
    for module in ("ari_app.app", "ari_app.cli", "tests.asterisk.crashing"):
        importlib.import_module(module)
    gc.freeze()
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            _become(json.loads(line))
        _say(f"pid {pid}")
        # The thread only waits: what a later fork copies of it is nothing.
        threading.Thread(target=_tell_end, args=(pid,), daemon=True).start()


class Life:
    """A process of a zygote's, as `asyncio.subprocess.Process` shows one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.ended = asyncio.Event()

    def send_signal(self, number: int) -> None:
        """Nothing where it has ended."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Its exit status: negative, the signal that ended it."""
        await self.ended.wait()
        assert self.returncode is not None, "it has ended without a status"
        return self.returncode


class Zygote:
    """The other side of it."""

    def __init__(self) -> None:
        self._lives: dict[int, Life] = {}
        self._newest: asyncio.Queue[Life] = asyncio.Queue()
        self._process: asyncio.subprocess.Process
        self._reading: asyncio.Task[None]

    async def open(self) -> None:
        """Start it."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        self._reading = asyncio.create_task(self._read(), name="zygote")

    async def close(self) -> None:
        """End it, and all its lives."""
        for life in self._lives.values():
            life.kill()
        assert self._process.stdin, "it was made with a pipe"
        self._process.stdin.close()
        await self._process.wait()
        await self._reading

    async def spawn(self, program: tuple[str, ...], arguments: tuple[str, ...], log: str) -> Life:
        """Begin a life."""
        assert self._process.stdin, "it was made with a pipe"
        order = {"program": program, "arguments": arguments, "log": log}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        async with asyncio.timeout(60):
            return await self._newest.get()

    async def _read(self) -> None:
        assert self._process.stdout, "it was made with a pipe"
        while line := await self._process.stdout.readline():
            word, pid, *rest = line.decode().split()
            if word == "pid":
                self._lives[int(pid)] = life = Life(int(pid))
                self._newest.put_nowait(life)
            else:
                ended = self._lives.pop(int(pid))
                ended.returncode = int(rest[0])
                ended.ended.set()


if __name__ == "__main__":
    serve()
