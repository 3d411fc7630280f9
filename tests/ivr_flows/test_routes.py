"""Which flow answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from ivr_flows.loader import parse_flows
from ivr_flows.routes import Arriving, Rule, choose, to_e164
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


MONDAY_NOON = datetime(2026, 10, 5, 6, 30, tzinfo=UTC)
"""In Kolkata."""


def flow_for(
    rules: Sequence[Rule], dialled: str, trunk: str = "", open_now: Sequence[str] = (), **headers: str
) -> str | None:
    call = Arriving(dialled, trunk, {name.replace("_", "-"): value for name, value in headers.items()}, at=MONDAY_NOON)
    choice = choose(rules, call, lambda hours: hours in open_now)
    return choice.flow if choice else None


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
    assert flow_for(RULES, dialled, trunk) == flow


def test_no_route() -> None:
    assert flow_for(RULES[2:], "100", "test") is None


HEADED = (
    Rule("any"),
    Rule("vip", headers={"X-Class": "vip*"}),
    Rule("vip_gold", headers={"X-Class": "vip*", "X-Metal": "gold"}),
    Rule("trunk", trunk="exotel"),
)


@pytest.mark.parametrize(
    ("trunk", "headers", "flow"),
    [
        ("", {}, "any"),
        ("", {"x_class": "vip-1"}, "vip"),
        ("", {"X_CLASS": " vip "}, "vip"),
        ("", {"X_Class": "VIP"}, "any"),
        ("", {"X_Class": "vip", "X_Metal": "gold"}, "vip_gold"),
        ("", {"X_Class": "vip", "X_Metal": "golden"}, "vip"),
        ("exotel", {"X_Class": "vip"}, "trunk"),
    ],
)
def test_headers_make_a_route_more_exact(trunk: str, headers: dict[str, str], flow: str) -> None:
    assert flow_for(HEADED, "100", trunk, **headers) == flow


HOURLY = (
    Rule("always"),
    Rule("by_day", prefix="+91", hours="day"),
    Rule("shop", number="+918047112233", hours="day", closed="voicemail"),
)


@pytest.mark.parametrize(
    ("dialled", "open_now", "flow"),
    [
        ("08047112233", ["day"], "shop"),
        ("08047112233", [], "voicemail"),
        ("08012345678", ["day"], "by_day"),
        ("08012345678", [], "always"),
    ],
)
def test_hours_choose_among_routes(dialled: str, open_now: list[str], flow: str) -> None:
    assert flow_for(HOURLY, dialled, open_now=open_now) == flow


def test_when_all_is_closed_there_is_no_route() -> None:
    assert flow_for(HOURLY[1:2], "08012345678") is None


BOOK = """\
unrouted: not_found
hours:
  shop: {open: {mon-fri: 09:00-21:00}, holidays: {2026-10-02: Gandhi Jayanti}}
routes:
  - number: "08047112233"
    headers: {X-Class: vip}
    flow: shop
    inputs: {dish: dal, table: 4}
  - {number: "08047112233", hours: shop, closed: after_hours, flow: shop, inputs: {dish: idli, table: 4}}
flows:
  shop:
    languages: [en]
    inputs: {dish: text, table: integer}
    outcomes: [done]
    on_hang_up: done
    gives_up: bye
    start: bye
    steps: {bye: {say: {en: "{{ dish }} at {{ table }}"}, hang_up: done}}
  after_hours:
    languages: [en]
    inputs: {dish: text}
    outcomes: [done]
    on_hang_up: done
    gives_up: bye
    start: bye
    steps: {bye: {say: {en: "No {{ dish }} now."}, hang_up: done}}
"""


@pytest.mark.parametrize(
    ("when", "headers", "flow", "inputs"),
    [
        ("2026-10-05T06:30:00+00:00", {}, "shop", {"dish": "idli", "table": 4}),
        ("2026-10-05T16:30:00+00:00", {}, "after_hours", {"dish": "idli"}),
        ("2026-10-02T06:30:00+00:00", {}, "after_hours", {"dish": "idli"}),
        ("2026-10-02T06:30:00+00:00", {"x-class": "vip"}, "shop", {"dish": "dal", "table": 4}),
    ],
)
def test_a_book_s_routes_by_hours_and_headers(
    when: str, headers: dict[str, str], flow: str, inputs: dict[str, object]
) -> None:
    route = parse_flows(BOOK).route(Arriving("+918047112233", "test", headers, at=datetime.fromisoformat(when)))
    assert route
    assert (route.flow.name, route.inputs) == (flow, inputs)


def test_a_book_says_what_it_asks_for_and_what_nobody_is_told() -> None:
    found = parse_flows(BOOK)
    assert found.headers == {"X-Class"}
    assert found.unrouted == "not_found"
    assert found.route(Arriving("100", at=MONDAY_NOON)) is None


def test_the_shop_s_numbers_are_answered() -> None:
    for dialled in ("08047112233", "1000"):
        assert book().route(Arriving(dialled, "test", at=MONDAY_NOON))
