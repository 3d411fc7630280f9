"""Variables are set to what is held, not to what is said."""

from __future__ import annotations

import pytest

from ivr_flows.filling import assigned, filled, misfit
from ivr_flows.model.values import MOST_TEXT, Type, Value

VALUES = {"total": "1250.50", "items": ["idli", "vada"], "count": 3, "trap": "{{ total }}", "caller": "+919812345678"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("as it stands", "as it stands"),
        ("{{ items }}", ["idli", "vada"]),
        ("{{ count }}", 3),
        ("{{ nothing }}", ""),
        ("{{ count }} of {{ items }}", "3 of idli, vada"),
        ("{{ total }} rupees", "1250.50 rupees"),
        ("a {{ nothing }} b", "a b"),
        ("{% if count == 3 %}three{% else %}more{% endif %}", "three"),
        ("say {{ trap }}", "say {{ total }}"),
    ],
)
def test_templates_are_filled(text: str, expected: object) -> None:
    assert filled(text, VALUES) == expected


def test_what_grows_is_cut() -> None:
    assert filled("{{ a }} {{ a }}", {"a": "x" * MOST_TEXT}) == "x" * MOST_TEXT


def test_what_does_not_fit_its_type_leaves_the_variable_as_it_was() -> None:
    types = {"minutes": Value(type=Type.MINUTES), "paid": Value(type=Type.RUPEES)}
    texts = {"minutes": "15", "paid": "{{ nothing }}", "note": "{{ count }}"}
    assert assigned(texts, types, VALUES) == {"minutes": 15, "note": 3}


KNOWN = {"total": Value(type=Type.RUPEES), "how": Value(type=Type.CHOICE, words={"cash": {"en": "cash"}})}


@pytest.mark.parametrize(
    ("text", "spec", "expected"),
    [
        ("15", Value(type=Type.MINUTES), ""),
        ("soon", Value(type=Type.MINUTES), "x: expected a whole number of minutes, got 'soon'"),
        ("{{ total }}", Value(type=Type.RUPEES), ""),
        ("{{ total }}", Value(type=Type.MINUTES), "x: expected minutes as written, or one variable of this type"),
        ("{{ total }}0", Value(type=Type.RUPEES), "x: expected rupees as written, or one variable of this type"),
        ("{{ total }}0", Value(type=Type.TEXT), ""),
        ("{{ how }}", Value(type=Type.CHOICE, words={"cash": {}, "card": {}}), ""),
        ("{{ how }}", Value(type=Type.CHOICE, words={"card": {}}), "x: expected choice"),
        ("{{ total", Value(type=Type.TEXT), "not a template"),
    ],
)
def test_what_can_be_set_to_what(text: str, spec: Value, expected: str) -> None:
    found = misfit("x", text, spec, KNOWN)
    assert found.startswith(expected) if expected else found == ""
