"""The kill switch, the do-not-call list and the spending, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from ari_app.store import policy
from ari_app.store.policy import CALLER
from tests.ari_app.api.conftest import Api


async def test_dialling_is_on_until_somebody_switches_it_off(api: Api) -> None:
    first = await api.send("GET", "/admin/dialling")
    assert (first.status, first.body["on"], first.body["at"]) == (200, True, None)
    body = {"on": False, "reason": "wrong prices", "stop": "ringing"}
    off = await api.send("PUT", "/admin/dialling", json=body)
    assert (off.status, off.body["on"], off.body["reason"], off.body["ended"]) == (200, False, "wrong prices", [])
    assert off.body["by"]
    assert (await api.send("GET", "/admin/dialling")).body["on"] is False
    assert not (await api.store.policy.switch()).on
    assert (await api.send("PUT", "/admin/dialling", json={"on": True})).body["on"] is True


@pytest.mark.parametrize(("body", "field"), [({}, "on"), ({"on": "no"}, "on"), ({"on": False, "stop": "some"}, "stop")])
async def test_a_switch_is_clear_or_not_touched(api: Api, body: dict[str, object], field: str) -> None:
    answer = await api.send("PUT", "/admin/dialling", json=body)
    assert (answer.status, answer.fields) == (422, [field])
    assert (await api.store.policy.switch()).on


async def test_numbers_are_listed_by_pages(api: Api) -> None:
    body = {"numbers": ["098123 45678", "+919812345679", "9812345680", "+919812345679"], "reason": "a letter"}
    answer = await api.send("POST", "/admin/do-not-call", json=body)
    assert answer.body == {"added": 3, "known": 0}
    first = (await api.send("GET", "/admin/do-not-call?limit=2")).body
    rest = (await api.send("GET", f"/admin/do-not-call?limit=2&page={first['next']}")).body
    found = [each["number"] for each in first["numbers"] + rest["numbers"]]
    assert found == ["+919812345678", "+919812345679", "+919812345680"]
    assert rest["next"] is None
    one = (await api.send("GET", "/admin/do-not-call?number=9812345679")).body
    assert [(each["source"], each["reason"]) for each in one["numbers"]] == [("import", "a letter")]
    assert (await api.send("GET", "/admin/do-not-call?number=9812345600")).body["numbers"] == []


async def test_a_csv_file_is_taken_by_its_first_column(api: Api) -> None:
    await api.store.policy.opt_out("+919812345678", "call_1")
    lines = "number,name\n+919812345678,Asha\n\n9812345679,Ravi\n"
    answer = await api.send("POST", "/admin/do-not-call", data=lines, headers={"Content-Type": "text/csv"})
    assert answer.body == {"added": 1, "known": 1}
    entry = await api.store.policy.find("+919812345678")
    assert entry is not None
    assert entry.source == CALLER, "the first entry stands"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({"json": {"numbers": []}}, 422),
        ({"json": {"numbers": ["+919812345678", "hello"]}}, 422),
        ({"json": {"numbers": ["+919812345678"] * 5001}}, 413),
        ({"data": "number\n", "headers": {"Content-Type": "text/csv"}}, 422),
        ({"data": b"\xff\xfe", "headers": {"Content-Type": "text/csv"}}, 400),
        ({"data": "x", "headers": {"Content-Type": "text/plain"}}, 415),
    ],
    ids=["none", "a word", "too many", "empty file", "not UTF-8", "another type"],
)
async def test_a_list_that_is_wrong_changes_nothing(api: Api, arguments: dict[str, Any], status: int) -> None:
    answer = await api.send("POST", "/admin/do-not-call", **arguments)
    assert answer.status == status
    assert await api.store.policy.barred() == []


async def test_a_number_can_be_taken_off_the_list(api: Api) -> None:
    await api.store.policy.bar(["+919812345678"], source=policy.OPERATOR, reason="")
    assert (await api.send("DELETE", "/admin/do-not-call/+919812345678")).status == 204
    assert (await api.send("DELETE", "/admin/do-not-call/+919812345678")).status == 404
    lines = await api.store.audit.page()
    assert "9812345678" not in str(lines), "no number stands in the audit in full"


async def test_spending_is_told_by_day(api: Api) -> None:
    answer = await api.send("GET", "/admin/spending?since=2026-03-01&until=2026-03-31")
    assert (answer.status, answer.body) == (200, {"days": [], "paise": 0})
    wrong = await api.send("GET", "/admin/spending?since=2026-03-02&until=2026-03-01")
    assert (wrong.status, wrong.fields) == (422, ["until"])
    assert (await api.send("GET", "/admin/spending")).status == 422
