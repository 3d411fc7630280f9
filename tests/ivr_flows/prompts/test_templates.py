"""Templates that can't fail in a call."""

from __future__ import annotations

import re

import pytest

from ivr_flows.prompts.templates import BLANK, TemplateError, Worded, blanked, fill, names_in

VALUES = {"name": Worded("asha", "Asha"), "count": Worded(1, "one"), "gone": Worded(None, "")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello {{ name }}.", "Hello Asha."),
        ("{{ count }} {% if count == 1 %}item{% else %}items{% endif %}", "one item"),
        ("{{ 'x' if name != 'asha' else 'y' }}", "y"),
        ("{% if gone %}there{% else %}not there{% endif %}", "not there"),
        ("a\n   b", "a b"),
        ("[{{ gone }}{{ unknown }}]", "[]"),
    ],
)
def test_what_is_said(text: str, said: str) -> None:
    names_in(text)
    assert fill(text, VALUES) == said


@pytest.mark.parametrize(
    "text",
    [
        "{{ a.b }}",
        "{{ a['b'] }}",
        "{{ a() }}",
        "{{ a|upper }}",
        "{{ a + 1 }}",
        "{{ 1/0 }}",
        "{% for x in a %}{% endfor %}",
        "{% set a = 1 %}",
        "{% include 'x' %}",
        "{{ a > 1 }}",
        "{{",
        "{% if a %}",
        "{{ a }",
    ],
)
def test_what_a_prompt_may_not_do(text: str) -> None:
    with pytest.raises(TemplateError):
        names_in(text)


def test_names() -> None:
    assert names_in("{{ a }} {% if b == 'c' %}{{ a }}{% endif %}") == {"a", "b"}
    assert names_in("plain") == frozenset()


COUNTED = {"items": Worded(["a", "b"], "a and b"), "one": Worded(1, "1"), "number": Worded("AB-4321", "A B, 4 3 2 1")}


@pytest.mark.parametrize(
    ("written", "filled"),
    [
        ("{{ items | count }} {{ items | plural('item', 'items') }}", "2 items"),
        ("{{ one }} {{ one | plural('item', 'items') }}", "1 item"),
        ("{{ nothing_there }}{{ number | last(3) }}", "3 2 1"),
        ("{{ number | digits }}", "A B, 4 3 2 1"),
    ],
)
def test_filters(written: str, filled: str) -> None:
    names_in(written)
    assert fill(written, COUNTED) == filled


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{{ x | upper }}", "no filter 'upper'; known: plural, count, digits, last"),
        ("{{ x | plural('item') }}", "expected {{ count | plural"),
        ("{{ x | last('a') }}", "expected {{ number | last"),
        ("{{ x | last(0) }}", "expected {{ number | last"),
        ("{{ x | last(true) }}", "expected {{ number | last"),
        ("{{ x | last(n) }}", "expected {{ number | last"),
        ("{{ 'a' | count }}", "expected {{ items | count"),
    ],
)
def test_filters_that_can_fail_are_refused(written: str, message: str) -> None:
    with pytest.raises(TemplateError, match=re.escape(message)):
        names_in(written)


@pytest.mark.parametrize("value", ["--1", "1.5", "x", "", None, "9" * 40, [], "-3"])
def test_counting_what_is_no_number_never_fails(value: object) -> None:
    assert fill("{{ x | count }} {{ x | plural('one', 'many') }}", {"x": Worded(value, str(value))})


@pytest.mark.parametrize(
    ("template", "own"),
    [
        ("Nothing but words.", "Nothing but words."),
        ("{{ name }} is here, {{ count }}", "￼ is here, ￼"),
        ("Hello. It is {{ total }} now. Press one.", "Hello. It is ￼ now. Press one."),
        ("{% if a == 'b' %}This way.{% else %}That way.{% endif %} Thanks.", "￼ This way. ￼ That way. ￼ Thanks."),
    ],
)
def test_a_templates_own_words_are_known_before_any_call(template: str, own: str) -> None:
    assert blanked(template) == own.replace("￼", BLANK)
