"""What the generated resources stand on: how they ask Asterisk, and how an object is listened to."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Protocol, Self, TypeVar

from ari_app.ari.address import Query
from ari_app.ari.answers import Answer
from ari_app.ari.events import Event
from ari_app.ari.fields import Json
from ari_app.ari.listeners import Registration

E = TypeVar("E", bound=Event)


class Link(Protocol):
    """What resources need of the client."""

    async def ask(self, method: str, path: str, query: Query | None = None, body: object = None) -> Answer:
        """Ask Asterisk. Raises `AriError` when it refuses, or does not answer in time."""

    def listen(self, event_type: str, kind: str, object_id: str, callback: Callable[..., object]) -> Registration:
        """Call `callback(object, event)` for events about one object, or ("") about any of its kind."""


class Resource:
    """An object in Asterisk: `json` as Asterisk last described it here, with methods named as in Asterisk's Swagger."""

    __slots__ = ("json", "link")
    id_fields: ClassVar[tuple[str, ...]] = ("id",)

    def __init__(self, link: Link, json: Json) -> None:
        self.link = link
        self.json = json

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"

    @property
    def id(self) -> str:
        """What it is known by (recordings and mailboxes: the name; endpoints: technology/resource)."""
        return identity(self.json, self.id_fields)

    def on_event(self, event_type: type[E] | str, callback: Callable[[Self, E], object]) -> Registration:
        """Call `callback(object, event)` for each event of this type about this object, until its last event or
        `close()` of what is returned."""
        return self.link.listen(type_name(event_type), type(self).__name__, self.id, callback)

    def part(self, name: str) -> str:
        """One part of its id."""
        return str(self.json.get(name, ""))


class Repository:
    """The operations of one of Asterisk's Swagger files."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link


def identity(json: Json, id_fields: tuple[str, ...]) -> str:
    """An object's id out of its JSON; "" when it has none."""
    parts = [part for name in id_fields if isinstance(part := json.get(name), str) and part]
    return "/".join(parts) if len(parts) == len(id_fields) else ""


def type_name(event_type: type[Event] | str) -> str:
    """`StasisStart` for the class or the name."""
    return event_type if isinstance(event_type, str) else event_type.__name__
