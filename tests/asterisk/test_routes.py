"""Who answers: by SIP header and by the hour, and what a caller is told whom no route is for, on the real wire."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr_flows.model.hours import WEEKDAYS
from phones.phone import Phone
from tests.asterisk.conftest import StartMercury
from tests.asterisk.mercury import Mercury, new_number, until

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]

SHOP, KITCHEN, CLOSED_KITCHEN = "+918047110001", "+918047110002", "+918047110003"
LATER = WEEKDAYS[(datetime.now(UTC).weekday() + 3) % 7]
"""A day that is not today, in any zone."""
BOOK = f"""\
unrouted: not_found
hours:
  later: {{open: {{{LATER}: 10:00-12:00}}}}
routes:
  - {{number: "{SHOP}", flow: shop}}
  - {{number: "{SHOP}", headers: {{X-Class: vip*}}, flow: vip}}
  - {{number: "{KITCHEN}", hours: later, closed: after_hours, flow: shop}}
  - {{number: "{CLOSED_KITCHEN}", hours: later, flow: shop}}
flows:
"""
FLOW = """\
  {name}:
    languages: [en]
    outcomes: [{name}_over]
    on_hang_up: {name}_over
    gives_up: bye
    start: bye
    steps: {{bye: {{say: {{en: Goodbye.}}, hang_up: {name}_over}}}}
"""


async def _called(mercury: Mercury, number: str, **headers: str) -> str:
    """The outcome of a call, which tells the flow that took it."""
    caller = new_number()
    target = f"sip:{number}@{mercury.running.sip_udp}"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with await Phone.call(mercury.line, target, caller=caller, headers=named) as phone:
        await phone.answered()
        assert (await phone.ended()).by == "far"
    return str((await mercury.ended(await mercury.call_from(caller)))["outcome"])


async def _refused(mercury: Mercury, number: str) -> int:
    async with await mercury.dial(to=number) as phone:
        return (await phone.ended()).status


async def test_routes_by_header_and_hour_and_calls_that_none_is_for(tmp_path: Path, own_mercury: StartMercury) -> None:
    file = tmp_path / "flows.yaml"
    book = BOOK + "".join(FLOW.format(name=name) for name in ("shop", "vip", "after_hours"))
    file.write_text(book, encoding="utf-8")
    mercury = await own_mercury({"flows": str(file)})
    assert await _called(mercury, SHOP) == "shop_over"
    assert await _called(mercury, SHOP, X_Class="vip-gold") == "vip_over"
    assert await _called(mercury, SHOP, x_class="usual") == "shop_over"
    assert await _called(mercury, KITCHEN) == "after_hours_over"
    assert await _refused(mercury, CLOSED_KITCHEN) == 404
    assert await _refused(mercury, "100") == 404
    for number, (unrouted, status) in enumerate((("decline", 603), ("busy", 486)), start=1):
        file.write_text(book.replace("not_found", unrouted), encoding="utf-8")

        async def taken(count: int = number) -> bool:
            return len(mercury.logged("flows.taken")) >= count

        await until(taken, "the edited routes to be taken")
        assert await _refused(mercury, "100") == status
    await mercury.is_idle()
