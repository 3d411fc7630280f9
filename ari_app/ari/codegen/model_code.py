"""Writes models.py and events.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ari_app.ari.codegen.naming import GENERATED, field_of, identifier
from ari_app.ari.codegen.swagger import Model, Resource

_ROOT, _EVENT, _ABSTRACT = "Message", "Event", ("Message", "MissingParams", "Event")
KINDS = ("Channel", "Bridge", "Playback", "LiveRecording", "Endpoint", "DeviceState")
"""Objects that events may be about, and that can be listened to."""

_MODELS_HEAD = f'''"""Asterisk's models as typed values.

{GENERATED}
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ari_app.ari import fields
from ari_app.ari.fields import Json
'''

_EVENTS_HEAD = f'''"""Asterisk's events as typed values.

{GENERATED}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self, TypedDict

from ari_app.ari import fields, models
from ari_app.ari.errors import MalformedMessage
from ari_app.ari.fields import Json


class _Common(TypedDict):
    type: str
    application: str
    timestamp: datetime | None
    asterisk_id: str | None
    json: Json


def _common(json: Json) -> _Common:
    return {{
        "type": fields.text(json, "type"),
        "application": fields.text(json, "application"),
        "timestamp": fields.moment(json, "timestamp"),
        "asterisk_id": fields.maybe_text(json, "asterisk_id"),
        "json": json,
    }}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Any event, and one of a type that this client does not know. `json` is the whole of it, as it came."""

    type: str
    application: str
    timestamp: datetime | None
    asterisk_id: str | None
    json: Json = field(repr=False, compare=False)

    @classmethod
    def from_json(cls, json: Json) -> Self:
        """Read it from Asterisk's JSON."""
        return cls(**_common(json))
'''

_EVENTS_TAIL = '''
def parse_event(json: object) -> Event:
    """The event of a websocket message. Unknown fields are left in `json`, an unknown type gives a plain `Event`.

    Raises `MalformedMessage` where it is no event, or what the event is about is missing.
    """
    if not isinstance(json, dict) or not isinstance(kind := json.get("type"), str):
        raise MalformedMessage(f"expected an object with a type, got {str(json)[:200]}")
    return EVENTS.get(kind, Event).from_json(json)
'''


def models_module(api: Sequence[Resource]) -> str:
    """The text of models.py."""
    events = set(_event_names(api))
    found = [model for model in _all_models(api) if model.name not in events and model.name not in _ABSTRACT]
    return _MODELS_HEAD + "".join(_class(model) for model in found)


def events_module(api: Sequence[Resource]) -> str:
    """The text of events.py."""
    known = {model.name: model for model in _all_models(api)}
    names = _event_names(api)
    classes = "".join(_class(known[name], base=_EVENT, models="models.") for name in names)
    table = "".join(f'    "{name}": {name},\n' for name in names)
    subjects = "".join(
        f'    "{name}": {{{", ".join(_entries(found))}}},\n'
        for name in names
        if (found := _subjects(known[name], known))
    )
    return (
        f"{_EVENTS_HEAD}{classes}\n\nEVENTS: Mapping[str, type[Event]] = {{\n{table}}}\n"
        '"""Every event by its type."""\n\n'
        f"SUBJECTS: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]] = {{\n{subjects}}}\n"
        '"""By event type and kind of object: where the objects that it is about are in the JSON, chief one first."""\n'
        f"\n{_EVENTS_TAIL}"
    )


def _all_models(api: Sequence[Resource]) -> list[Model]:
    return [model for resource in api for model in resource.models]


def _event_names(api: Sequence[Resource]) -> tuple[str, ...]:
    event = next(model for model in _all_models(api) if model.name == _EVENT)
    return tuple(sorted(event.subtypes))


def _class(model: Model, base: str = "", models: str = "") -> str:
    read = [(identifier(item.name), *field_of(item, models)) for item in model.properties]
    arguments = [f"{name}={reader}" for name, _, reader in read]
    lines = [
        "\n\n@dataclass(frozen=True, slots=True, kw_only=True)",
        f"class {model.name}{f'({base})' if base else ''}:",
        f'    """Asterisk\'s {"event" if base else "model"} `{model.name}`."""',
        "",
        *(f"    {name}: {annotation}" for name, annotation, _ in read),
        "",
        "    @classmethod",
        "    def from_json(cls, json: Json) -> Self:",
        '        """Read it from Asterisk\'s JSON."""',
        f"        return cls({', '.join((['**_common(json)'] if base else []) + arguments)})",
    ]
    return "\n".join(lines) + "\n"


def _subjects(event: Model, known: Mapping[str, Model]) -> dict[str, list[tuple[str, ...]]]:
    """The objects within an event; those that are always there come first."""
    found = sorted(_walk(event, known, (), always=True), key=lambda item: not item[2])
    kinds: dict[str, list[tuple[str, ...]]] = {}
    for kind, path, _ in found:
        kinds.setdefault(kind, []).append(path)
    return kinds


def _walk(
    model: Model, known: Mapping[str, Model], path: tuple[str, ...], *, always: bool
) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    for item in model.properties:
        here, sure = (*path, item.name), always and item.required
        if item.type in KINDS:
            yield item.type, here, sure
        elif item.type in known:
            yield from _walk(known[item.type], known, here, always=sure)


def _entries(kinds: Mapping[str, Sequence[tuple[str, ...]]]) -> list[str]:
    return [f'"{kind}": ({"".join(f"{path!r}, " for path in paths)})' for kind, paths in kinds.items()]
