"""Whether a call's record says what was pressed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from load.paths import Way

_KEYS = frozenset("0123456789*#")


def differences(way: Way, record: Mapping[str, Any]) -> str:
    """What of a record (as the REST interface gives it) is otherwise than the way has it; "" for nothing."""
    return "; ".join(_differences(way, record))


def _differences(way: Way, record: Mapping[str, Any]) -> Iterator[str]:
    if record["outcome"] != way.outcome:
        yield f"outcome {record['outcome'] or 'none'!r}, expected {way.outcome!r}"
        return
    for name, expected in way.data.items():
        if (got := record["data"].get(name)) is not None and str(got) != str(expected):
            yield f"{name} {got!r}, expected {expected!r}"
    heard = [str(event["data"].get("digit", "")) for event in record["events"] if event["kind"] == "key"]
    if set(heard) <= _KEYS and "".join(heard) != way.keys:
        yield f"keys {''.join(heard)!r} heard, {way.keys!r} pressed"
