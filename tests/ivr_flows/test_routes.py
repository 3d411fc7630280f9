"""Which flow answers."""

from __future__ import annotations

import pytest

from ivr_flows.routes import Rule, choose, to_e164
from tests.ivr_flows.shop import book


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+918047112233", "+918047112233"),
        ("918047112233", "+918047112233"),
        ("08047112233", "+918047112233"),
        ("8047112233", "+918047112233"),
        ("0091 80471 12233", "+918047112233"),
        ("tel:+91-80-4711-2233", "+918047112233"),
        ("1800", "1800"),
        ("mercury", "mercury"),
        ("", ""),
        ("+1 (212) 555-0100", "+12125550100"),
        ("४२", "४२"),
    ],
)
def test_numbers_in_their_usual_forms(number: str, expected: str) -> None:
    assert to_e164(number) == expected


RULES = (
    Rule("any"),
    Rule("any_exotel", trunk="exotel"),
    Rule("bengaluru", prefix="+9180"),
    Rule("bengaluru_4711", prefix="+91804711"),
    Rule("exact", number="+918047112233"),
    Rule("exact_test", number="+918047112233", trunk="test"),
)


@pytest.mark.parametrize(
    ("dialled", "trunk", "flow"),
    [
        ("08047112233", "exotel", "exact"),
        ("08047112233", "test", "exact_test"),
        ("08047119999", "test", "bengaluru_4711"),
        ("08012345678", "exotel", "bengaluru"),
        ("100", "exotel", "any_exotel"),
        ("100", "", "any"),
    ],
)
def test_the_most_exact_route_wins(dialled: str, trunk: str, flow: str) -> None:
    rule = choose(RULES, dialled, trunk)
    assert rule
    assert rule.flow == flow


def test_no_route() -> None:
    assert choose(RULES[2:], "100", "test") is None


def test_the_shop_s_numbers_reach_customer_support() -> None:
    for dialled in ("08047112233", "1000"):
        route = book().route(dialled, "test")
        assert route
        assert (route.flow.name, route.inputs) == ("customer_support", {})
