"""What a running Mercury says of itself in its run folder: where it is reached, and where its token is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

_NAME = "running.json"


@dataclass(frozen=True, slots=True)
class Running:
    """Addresses of a running Mercury."""

    pid: int
    api_url: str
    token_file: Path
    sip_udp: str
    sip_tcp: str
    sip_tls: str
    ari_url: str


def write_running(run_dir: Path, running: Running) -> None:
    """Say that it runs; whole or not at all."""
    temporary = run_dir / f"{_NAME}.new"
    temporary.write_text(json.dumps(asdict(running), indent=2, default=str) + "\n", encoding="utf-8")
    temporary.replace(run_dir / _NAME)


def read_running(run_dir: Path) -> Running | None:
    """What the Mercury of this run folder said, or None when none runs."""
    try:
        values = json.loads((run_dir / _NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Running(**{**values, "token_file": Path(values["token_file"])})


def forget_running(run_dir: Path) -> None:
    """Say that it runs no more."""
    (run_dir / _NAME).unlink(missing_ok=True)
