from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ari_app.ari.codegen.__main__ import main
from ari_app.ari.codegen.naming import field_of, identifier, parameter_type, snake, title
from ari_app.ari.codegen.resource_code import resource_module
from ari_app.ari.codegen.swagger import (
    RESOURCES,
    Operation,
    Parameter,
    Property,
    Resource,
    SwaggerError,
    element_of,
    read_api,
)
from ari_app.ari.codegen.write import HOME, generate


@pytest.mark.asterisk
def test_what_is_committed_is_what_asterisks_own_files_give(rest_api_dir: Path) -> None:
    made = generate(rest_api_dir)
    assert set(made) >= {"models.py", "events.py", "resources/channels.py", "resources/__init__.py"}
    stale = [name for name, text in made.items() if (HOME / name).read_text(encoding="utf-8") != text]
    assert not stale, f"run `python -m ari_app.ari.codegen {rest_api_dir}`: {stale} differ"
    kept = {f"resources/{file.name}" for file in (HOME / "resources").glob("*.py")} - {"resources/base.py"}
    assert kept <= set(made), "a module of resources/ that is made no more"


def test_names_become_python() -> None:
    assert (identifier("from"), identifier("media"), snake("deviceStates"), title("deviceStates")) == (
        "from_",
        "media",
        "device_states",
        "DeviceStates",
    )


@pytest.mark.parametrize(("swagger", "element"), [("List[Channel]", "Channel"), ("Channel", ""), ("List[", "")])
def test_lists_are_recognised(swagger: str, element: str) -> None:
    assert element_of(swagger) == element


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (Property("id", "string", True), ("str", 'fields.text(json, "id")')),
        (Property("cause", "int", False), ("int | None", 'fields.maybe_whole(json, "cause")')),
        (Property("at", "Date", True), ("datetime | None", 'fields.moment(json, "at")')),
        (Property("args", "List[string]", True), ("tuple[str, ...]", 'fields.texts(json, "args")')),
        (Property("parts", "List[Part]", True), ("tuple[m.Part, ...]", 'fields.objects(m.Part, json, "parts")')),
        (Property("part", "Part", True), ("m.Part", 'fields.one_object(m.Part, json, "part")')),
        (Property("part", "Part", False), ("m.Part | None", 'fields.maybe_object(m.Part, json, "part")')),
    ],
)
def test_fields_are_typed_and_read(item: Property, expected: tuple[str, str]) -> None:
    assert field_of(item, "m.") == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (Parameter("x", "query", "long", True, False, ()), "int"),
        (Parameter("x", "query", "string", True, True, ()), "str | Iterable[str]"),
        (Parameter("x", "query", "string", True, False, ("in", "out")), "Literal['in', 'out']"),
        (Parameter("variables", "body", "containers", True, False, ()), "Json"),
    ],
)
def test_parameters_are_typed(item: Parameter, expected: str) -> None:
    assert parameter_type(item) == expected


def test_an_operation_becomes_a_method_of_the_repository_and_of_the_object() -> None:
    mute = Operation(
        nickname="mute",
        method="POST",
        path="/channels/{channelId}/mute",
        since="12.0.0",
        answer="void",
        parameters=(
            Parameter("channelId", "path", "string", True, False, ()),
            Parameter("direction", "query", "string", False, False, ("in", "out")),
        ),
        errors=(404, 409),
    )
    text = resource_module(Resource("channels", (mute,), ()))
    assert "async def mute(self, *, direction: Literal['in', 'out'] | None = None) -> None:" in text
    assert "await Channels(self.link).mute(self.id, direction=direction)" in text
    assert "async def mute(self, channelId: str, *, direction: Literal['in', 'out'] | None = None) -> None:" in text
    assert (
        'await self._link.ask("POST", f"/channels/{segment(channelId)}/mute", query={"direction": direction})' in text
    )
    assert "Refused with 404, 409." in text


def write_api(folder: Path, **changes: Any) -> Path:
    empty: dict[str, Any] = {"apis": [], "models": {}}
    for name in RESOURCES:
        (folder / f"{name}.json").write_text(json.dumps(changes.get(name, empty)), encoding="utf-8")
    return folder


@pytest.mark.parametrize("wrong", [[], {}, {"apis": [{"operations": [{}]}]}, {"apis": [], "models": {"A": {}}}])
def test_a_file_that_is_not_asterisks_is_named(tmp_path: Path, wrong: object) -> None:
    with pytest.raises(SwaggerError, match=r"channels\.json: expected a Swagger 1\.1 file"):
        read_api(write_api(tmp_path, channels=wrong))


def test_the_program_says_what_it_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main([str(tmp_path)]) == 1
    assert "usage:" in (told := capsys.readouterr().err)
    assert "applications.json" in told
