"""YAML 1.1's traps, and files that mean harm."""

from __future__ import annotations

import pytest

from ivr_flows.problems import FlowError
from ivr_flows.yaml_loader import read_yaml


@pytest.mark.parametrize(
    "scalar", ["yes", "no", "on", "off", "010", "12:30", "1e3", "null", "~", "0x1f", "2026-01-01", "1_000", ".inf", "="]
)
def test_scalars_stay_what_was_written(scalar: str) -> None:
    assert read_yaml(f"key: {scalar}", "f").value == {"key": scalar}


def test_an_empty_value_is_empty_text() -> None:
    assert read_yaml("key:", "f").value == {"key": ""}
    assert read_yaml("", "f").value == ""


def test_places_of_keys_and_texts() -> None:
    document = read_yaml("a:\n  - b: text\n    c: [x]\n", "f")
    assert document.locate(("a",)) == (1, 1)
    assert document.locate(("a", 0, "b")) == (2, 8)
    assert document.locate_key(("a", 0, "b")) == (2, 5)
    assert document.locate(("a", 0, "<tag>", "c", 0)) == (3, 9)
    assert document.locate(("a", 0, "missing")) == (2, 5)


def refused(text: str) -> str:
    with pytest.raises(FlowError) as caught:
        read_yaml(text, "f")
    return str(caught.value)


def test_aliases_are_followed() -> None:
    assert read_yaml("a: &x {b: c}\nd: *x", "f").value == {"a": {"b": "c"}, "d": {"b": "c"}}


def test_aliases_that_explode_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "do aliases multiply?" in refused("\n".join(lines))


def test_an_alias_that_holds_itself_is_refused() -> None:
    assert "does an alias hold itself?" in refused("a: &a [*a]")


@pytest.mark.parametrize(
    "text", ["a: !!int 5", "a: !x y", "!!set {a}", "a: !!python/name:os.system x", "a: !!binary aGk="]
)
def test_tags_are_refused(text: str) -> None:
    assert "expected no tag" in refused(text)


def test_deep_nesting_is_refused() -> None:
    assert "nested deeper" in refused("[" * 200 + "]" * 200)


def test_every_duplicate_key_is_named() -> None:
    assert refused("a: 1\na: 2\nb: {c: 1, c: 2}") == (
        "f:2:1: the key 'a' is here twice; first on line 1 [yaml]\n"
        "f:3:11: the key 'c' is here twice; first on line 3 [yaml]"
    )


def test_a_key_that_is_no_name() -> None:
    assert "expected a name as key" in refused("{[a]: b}")


def test_an_unquoted_percent_or_at_says_what_to_do() -> None:
    assert "put the text in quotes" in refused("a: @b")
