"""Which modules are compiled: those that run fifty times a second for every call."""

from __future__ import annotations

import hashlib
import sys
import sysconfig
from pathlib import Path

MODULES = (
    "media.audio.concealment",
    "media.audio.ducking",
    "media.audio.g711",
    "media.audio.levels",
    "media.audio.pcm",
    "media.audio.player",
    "media.audio.track",
    "media.clock",
    "media.dialog.conversation",
    "media.dialog.hearing",
    "media.lateness",
    "media.rtp.delay",
    "media.rtp.jitter",
    "media.rtp.losses",
    "media.rtp.packet",
    "media.rtp.playout",
    "media.rtp.session",
    "media.rtp.statistics",
    "media.ticker",
    "media.transport.rtp",
    "media.turn.contest",
    "media.turn.endpointing",
    "media.turn.gate",
    "media.turn.heard",
    "media.turn.masking",
    "media.turn.onset",
    "media.turn.table",
    "media.turn.taking",
    "media.turn.trend",
    "media.turn.words",
    "media.vad.webrtc",
)
DATAGRAMS = "media.native._datagrams"
"""What is written in C."""
ROOT = Path(__file__).parents[2]
"""The folder that the package `media` is in."""
BUILT = Path(__file__).parent / "built"
MANIFEST = "manifest.json"
TAG = sysconfig.get_config_var("EXT_SUFFIX") or ""
"""What a compiled module must be for: this Python, on this kind of machine."""


def source(module: str) -> Path:
    """Where a module's source is."""
    return ROOT.joinpath(*module.split(".")).with_suffix(".py")


def digest() -> str:
    """SHA-256 of all that decides what comes out: any module may hold a type that another is compiled against."""
    found = hashlib.sha256(sys.version.encode())
    for path in sorted([*(ROOT / "media").rglob("*.py"), *(ROOT / "media").rglob("*.c")]):
        found.update(b"%s\n%d\n" % (path.name.encode(), path.stat().st_size))
        found.update(path.read_bytes())
    return found.hexdigest()
