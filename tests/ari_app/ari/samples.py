"""JSON as Asterisk 22.10.1 sends it."""

from __future__ import annotations

from typing import Any


def channel(name: str = "leg-1", **changes: Any) -> dict[str, Any]:
    """A channel."""
    return {
        "id": name,
        "name": f"Local/{name}",
        "state": "Up",
        "protocol_id": "",
        "caller": {"name": "", "number": "+91981"},
        "connected": {"name": "", "number": ""},
        "accountcode": "",
        "dialplan": {"context": "default", "exten": "s", "priority": 1, "app_name": "Stasis", "app_data": "shop"},
        "creationtime": "2026-11-21T03:07:13.849+0000",
        "language": "en",
        **changes,
    }


def bridge(name: str = "bridge-1", **changes: Any) -> dict[str, Any]:
    """A bridge."""
    return {
        "id": name,
        "technology": "simple_bridge",
        "bridge_type": "mixing",
        "bridge_class": "stasis",
        "creator": "Stasis",
        "name": "",
        "channels": [],
        "creationtime": "2026-11-21T03:07:13.849+0000",
        "video_mode": "none",
        **changes,
    }


def event(kind: str, **fields: Any) -> dict[str, Any]:
    """An event."""
    return {
        "type": kind,
        "application": "shop",
        "timestamp": "2026-11-21T03:07:13.850+0000",
        "asterisk_id": "02:42:ac:11:00:02",
        **fields,
    }


def about(kind: str, name: str = "leg-1", **fields: Any) -> dict[str, Any]:
    """An event about a channel."""
    return event(kind, channel=channel(name), **fields)
