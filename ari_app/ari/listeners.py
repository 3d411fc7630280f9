"""Who listens to which events: registered by event type, kind of object and object id. No asyncio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Registration:
    """One callback. `kind` and `object_id` are "" where it hears of all kinds, of all objects."""

    event_type: str
    kind: str
    object_id: str
    callback: Callable[..., object]
    _owner: Listeners = field(repr=False)
    closed: bool = False

    def close(self) -> None:
        """Hear no more events, not even those that wait to be delivered. May be repeated."""
        self.closed = True
        self._owner.remove(self)


class Listeners:
    """All registrations. Within one event type and object they are called in the order they were made."""

    def __init__(self) -> None:
        self._by_object: dict[tuple[str, str], dict[str, tuple[Registration, ...]]] = {}

    def __len__(self) -> int:
        return sum(len(found) for by_type in self._by_object.values() for found in by_type.values())

    def add(self, event_type: str, kind: str, object_id: str, callback: Callable[..., object]) -> Registration:
        """Register a callback."""
        made = Registration(event_type, kind, object_id, callback, self)
        by_type = self._by_object.setdefault((kind, object_id), {})
        by_type[event_type] = (*by_type.get(event_type, ()), made)
        return made

    def remove(self, registration: Registration) -> None:
        """Drop one, if it is there."""
        about = (registration.kind, registration.object_id)
        by_type = self._by_object.get(about, {})
        left = tuple(each for each in by_type.get(registration.event_type, ()) if each is not registration)
        if left:
            by_type[registration.event_type] = left
            return
        by_type.pop(registration.event_type, None)
        if not by_type:
            self._by_object.pop(about, None)

    def find(self, event_type: str, kind: str = "", object_id: str = "") -> tuple[Registration, ...]:
        """Those of exactly this type and object."""
        return self._by_object.get((kind, object_id), {}).get(event_type, ())

    def forget(self, kind: str, object_id: str) -> None:
        """Drop all that listened to one object; what they are yet to be told of it reaches them."""
        self._by_object.pop((kind, object_id), None)
