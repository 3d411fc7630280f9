"""A worker for the tests: does what its job says."""

from __future__ import annotations

import os
import sys
import time

from media.workers.server import Emit, Handler, WorkerBrokenError, serve


def handle(payload: bytes, emit: Emit) -> bytes:
    match payload.decode().split():
        case ["die"]:
            os._exit(3)
        case ["fail", why]:
            raise ValueError(why)
        case ["stream", count]:
            for number in range(int(count)):
                if not emit(str(number).encode()):
                    return b""
                time.sleep(0.002)
        case ["hang"]:
            time.sleep(60)
        case ["break"]:
            raise WorkerBrokenError("the card is lost")
        case ["ask", count]:
            return str(sum(emit(b"") for _ in range(int(count)))).encode()
        case ["say", *words]:
            sys.stderr.write(" ".join(words) + "\n")
            sys.stderr.flush()
        case ["print"]:
            os.write(1, b"noise on standard output")
    return b"done"


def start() -> Handler:
    if "--lost" in sys.argv:
        sys.stderr.write("no such thing as a model\n")
        sys.stderr.flush()
        os._exit(4)
    if "--silent" in sys.argv:
        time.sleep(60)
    if "--broken" in sys.argv:
        raise RuntimeError("no engine here; install it with: pip install engine")
    return handle


if __name__ == "__main__":
    serve(start)
