"""The JSON Schema takes what the loader takes, and says what each thing is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from openapi_schema_validator import OAS31Validator

from ivr_flows.schema import json_schema
from ivr_flows.yaml_loader import Path, read_yaml
from tests.ivr_flows.shop import FLOWS


def as_an_editor_reads(text: str) -> object:
    """YAML 1.2, as editors read it: numbers and booleans are such unless they stand in quotes."""
    document = read_yaml(text, "f")

    def read(value: object, path: Path) -> object:
        if isinstance(value, dict):
            return {key: read(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [read(item, (*path, index)) for index, item in enumerate(value)]
        if path in document.plain and value in ("true", "false"):
            return value == "true"
        return float(str(value)) if path in document.plain and re.fullmatch(r"\d+(\.\d+)?", str(value)) else value

    return read(document.value, ())


def errors(text: str) -> list[str]:
    return [error.message for error in OAS31Validator(json_schema()).iter_errors(as_an_editor_reads(text))]


def test_the_shop_s_flows_fit_the_schema() -> None:
    assert errors(FLOWS.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("start: order", "begin: order", "'start' is a required property"),
        ('number: "+918047112233"', 'nmber: "+918047112233"', "Additional properties are not allowed"),
        ("after: 5s", "after: 5", "5.0 is not valid under any"),
        ("languages: [hi, mr, en]", "languages: [ta]", "'ta' is not one of"),
    ],
)
def test_mistakes_do_not_fit_the_schema(old: str, new: str, expected: str) -> None:
    text = FLOWS.read_text(encoding="utf-8")
    assert old in text
    assert any(expected in message for message in errors(text.replace(old, new, 1)))


def test_everything_in_the_schema_is_described() -> None:
    assert list(_undescribed(json_schema()["$defs"])) == []


def _undescribed(parts: dict[str, dict[str, dict[str, object]]]) -> Iterator[str]:
    for part, schema in parts.items():
        for name, field in schema.get("properties", {}).items():
            if isinstance(field, dict) and not field.keys() & {"description", "$ref"}:
                yield f"{part}.{name}"


def test_the_schema_beside_the_flows_is_the_model_s() -> None:
    written = json.loads((FLOWS.parent / "flows.schema.json").read_text(encoding="utf-8"))
    assert written == json_schema(), "write it again: mercury flows schema > flows.schema.json"
