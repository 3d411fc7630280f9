from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ari_app.dialer.retry import Answer, Verdict, judge, retry_after
from ari_app.store.records import CallbackStatus

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WAITS = (1.0, 10.0)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_2xx_is_success(status: int) -> None:
    assert judge(Answer(status), made=1, waits_s=WAITS, spread=0.5) == Verdict(CallbackStatus.DELIVERED)


@pytest.mark.parametrize("status", [0, 199, 301, 307, 400, 404, 429, 500, 503])
def test_anything_else_is_tried_again(status: int) -> None:
    assert judge(Answer(status), made=2, waits_s=WAITS, spread=0.5) == Verdict(CallbackStatus.PENDING, 10.0)


def test_410_asks_for_no_more() -> None:
    assert judge(Answer(410), made=1, waits_s=WAITS, spread=0.5) == Verdict(CallbackStatus.GONE)


def test_after_the_last_wait_it_is_given_up() -> None:
    assert judge(Answer(500), made=3, waits_s=WAITS, spread=0.5) == Verdict(CallbackStatus.DEAD)


def test_waits_are_spread_within_a_fifth() -> None:
    waits = [judge(Answer(500), made=2, waits_s=WAITS, spread=spread).wait_s for spread in (0.0, 0.5, 1.0)]
    assert waits == pytest.approx([8.0, 10.0, 12.0])


def test_retry_after_is_heeded_within_a_day() -> None:
    asked = judge(Answer(503, retry_after_s=60.0), made=1, waits_s=WAITS, spread=0.5)
    assert asked.wait_s == 60.0
    sooner = judge(Answer(503, retry_after_s=0.0), made=2, waits_s=WAITS, spread=0.5)
    assert sooner.wait_s == 10.0
    never = judge(Answer(503, retry_after_s=1e9), made=1, waits_s=WAITS, spread=0.5)
    assert never.wait_s == 86_400.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("-5", None),
        ("soon", None),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Sun, 01 Mar 2026 12:00:30 -0000", 30.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds
