"""Writes the modules of resources/: an object and its repository for each Swagger file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ari_app.ari.codegen.naming import GENERATED, SCALARS, identifier, parameter_type, snake, title
from ari_app.ari.codegen.swagger import Operation, Parameter, Resource, element_of


@dataclass(frozen=True, slots=True)
class Entity:
    """A model with a path of its own, and so with methods."""

    model: str
    resource: str
    path: str
    id_fields: tuple[str, ...]


ENTITIES = {
    each.model: each
    for each in (
        Entity("Application", "applications", "/applications/{applicationName}", ("name",)),
        Entity("Bridge", "bridges", "/bridges/{bridgeId}", ("id",)),
        Entity("Channel", "channels", "/channels/{channelId}", ("id",)),
        Entity("DeviceState", "deviceStates", "/deviceStates/{deviceName}", ("name",)),
        Entity("Endpoint", "endpoints", "/endpoints/{tech}/{resource}", ("technology", "resource")),
        Entity("Mailbox", "mailboxes", "/mailboxes/{mailboxName}", ("name",)),
        Entity("Playback", "playbacks", "/playbacks/{playbackId}", ("id",)),
        Entity("LiveRecording", "recordings", "/recordings/live/{recordingName}", ("name",)),
        Entity("StoredRecording", "recordings", "/recordings/stored/{recordingName}", ("name",)),
        Entity("Sound", "sounds", "/sounds/{soundId}", ("id",)),
    )
}


def resource_module(resource: Resource) -> str:
    """The text of resources/<name>.py."""
    entities = [each for each in ENTITIES.values() if each.resource == resource.name]
    body = "".join(_entity_class(each, resource) for each in entities) + _repository_class(resource, entities)
    return _head(resource.name, body, {each.model for each in entities}) + body


def package_module(api: Sequence[Resource]) -> str:
    """The text of resources/__init__.py."""
    imports = ["from ari_app.ari.resources.base import Link"]
    imports += [f"from ari_app.ari.resources.{snake(each.name)} import {title(each.name)}" for each in api]
    made = "".join(f"        self.{each.name} = {title(each.name)}(link)\n" for each in api)
    return (
        f'"""All of ARI\'s operations by resource.\n\n{GENERATED}\n"""\n\nfrom __future__ import annotations\n\n'
        f"{_sorted(imports)}\n\n\n"
        'class Repositories:\n    """One attribute for each of Asterisk\'s Swagger files."""\n\n'
        f"    def __init__(self, link: Link) -> None:\n{made}"
    )


def _head(name: str, body: str, own: set[str]) -> str:
    def used(word: str) -> bool:
        return re.search(rf"\b{word}\b", body) is not None

    base = ["Repository", *(["Resource"] if own else [])]
    imports = [f"from ari_app.ari.resources.base import {', '.join(sorted(base))}"]
    imports += [
        f"from ari_app.ari.resources.{snake(each.resource)} import {each.model}"
        for each in ENTITIES.values()
        if each.model not in own and re.search(rf"(?<!\.)\b{each.model}\(", body)
    ]
    standard = {"Iterable": "from collections.abc import Iterable", "Literal": "from typing import Literal"}
    local = {
        "models": "from ari_app.ari import models",
        "segment": "from ari_app.ari.address import segment",
        "Json": "from ari_app.ari.fields import Json",
    }
    sections = (
        f'"""ARI\'s operations on {snake(name).replace("_", " ")}.\n\n{GENERATED}\n"""',
        "from __future__ import annotations",
        "\n".join(line for word, line in standard.items() if used(word)),
        _sorted([*(line for word, line in local.items() if used(word)), *imports]),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _sorted(imports: Sequence[str]) -> str:
    return "\n".join(sorted(imports, key=lambda line: line.split()[1]))


def _entity_class(entity: Entity, resource: Resource) -> str:
    operations = [each for each in resource.operations if _is_about(each, entity)]
    fields = "" if entity.id_fields == ("id",) else f"    id_fields = {entity.id_fields!r}\n"
    return (
        f'\n\nclass {entity.model}(Resource):\n    """Asterisk\'s `{entity.model}`, with what can be done to it."""\n\n'
        f"    __slots__ = ()\n{fields}\n"
        f"    @property\n    def data(self) -> models.{entity.model}:\n"
        f'        """`json`, typed."""\n        return models.{entity.model}.from_json(self.json)\n'
        + "".join(_method(each, entity) for each in operations)
    )


def _repository_class(resource: Resource, entities: Sequence[Entity]) -> str:
    return (
        f'\n\nclass {title(resource.name)}(Repository):\n    """Asterisk\'s {snake(resource.name)}.json."""\n\n'
        "    __slots__ = ()\n"
        + "".join(_handle(each, alone=len(entities) == 1) for each in entities)
        + "".join(_operation(each) for each in resource.operations)
    )


def _handle(entity: Entity, *, alone: bool) -> str:
    """`of(id)`: an object without a request (`ofLive`, `ofStored` where a file has two kinds)."""
    names = re.findall(r"{(\w+)}", entity.path)
    nickname = "of" if alone else "of" + entity.model.removesuffix("Recording")
    pairs = ", ".join(f'"{field}": {name}' for field, name in zip(entity.id_fields, names, strict=True))
    return (
        f"\n    def {nickname}(self, {', '.join(f'{name}: str' for name in names)}) -> {entity.model}:\n"
        f'        """The {entity.model} of this id, without asking Asterisk: only its id is known."""\n'
        f"        return {entity.model}(self._link, {{{pairs}}})\n"
    )


def _is_about(operation: Operation, entity: Entity) -> bool:
    return operation.path == entity.path or operation.path.startswith(f"{entity.path}/")


def _method(operation: Operation, entity: Entity) -> str:
    """The operation on the object itself: the repository's, with the id filled in."""
    bound = re.findall(r"{(\w+)}", entity.path)
    rest = [each for each in operation.parameters if not (each.place == "path" and each.name in bound)]
    ids = ["self.id"] if len(bound) == 1 else [f'self.part("{name}")' for name in entity.id_fields]
    passed = ids + [f"{identifier(each.name)}={identifier(each.name)}" for each in rest]
    return (
        _signature(operation, rest)
        + f"        return await {title(entity.resource)}(self.link).{operation.nickname}({', '.join(passed)})\n"
    ).replace("return await", "await" if operation.answer == "void" else "return await")


def _operation(operation: Operation) -> str:
    return _signature(operation, operation.parameters) + _request(operation)


def _signature(operation: Operation, parameters: Sequence[Parameter]) -> str:
    """Ids by place or name, the rest by name only, as Asterisk may reorder it."""
    ids = [f"{identifier(each.name)}: str" for each in parameters if each.place == "path"]
    named = sorted((each for each in parameters if each.place != "path"), key=lambda each: not each.required)
    rest = [
        f"{identifier(each.name)}: {parameter_type(each)}" + ("" if each.required else " | None = None")
        for each in named
    ]
    arguments = ["self", *ids, *(["*", *rest] if rest else [])]
    errors = f"\n\n        Refused with {', '.join(map(str, operation.errors))}.\n        " if operation.errors else ""
    return (
        f"\n    async def {operation.nickname}({', '.join(arguments)}) -> {_answer_type(operation.answer)}:\n"
        f'        """`{operation.method} {operation.path}`, since {operation.since}.{errors}"""\n'
    )


def _answer_type(answer: str) -> str:
    if answer == "void":
        return "None"
    if answer == "binary":
        return "bytes"
    if element := element_of(answer):
        return f"tuple[{_answer_type(element)}, ...]"
    return answer if answer in ENTITIES else f"models.{answer}"


def _request(operation: Operation) -> str:
    path = re.sub(r"{(\w+)}", lambda match: f"{{segment({identifier(match[1])})}}", operation.path)
    arguments = [f'"{operation.method}"', f'f"{path}"' if "{" in path else f'"{path}"']
    query = [f'"{each.name}": {identifier(each.name)}' for each in operation.parameters if each.place == "query"]
    if query:
        arguments.append(f"query={{{', '.join(query)}}}")
    arguments += [f"body={_body(each)}" for each in operation.parameters if each.place == "body"]
    asked = f"await self._link.ask({', '.join(arguments)})"
    return (
        f"        {asked}\n" if operation.answer == "void" else f"        answer = {asked}\n{_result(operation.answer)}"
    )


def _body(item: Parameter) -> str:
    """`containers` stand in the body under their name, an `object` is the body."""
    if item.type in SCALARS:
        return identifier(item.name)
    name = identifier(item.name)
    value = f"list({name})" if item.name == "fields" else f"{name}"
    wrapped = f'{{"{item.name}": {value}}}'
    return wrapped if item.required else f"None if {name} is None else {wrapped}"


def _result(answer: str) -> str:
    if answer == "binary":
        return "        return answer.body\n"
    if element := element_of(answer):
        if element in ENTITIES:
            return f"        return tuple({element}(self._link, item) for item in answer.mappings())\n"
        return f"        return answer.models(models.{element})\n"
    if answer in ENTITIES:
        return f"        return {answer}(self._link, answer.mapping())\n"
    return f"        return answer.model(models.{answer})\n"
