"""Flows are edited while calls go on: a call ends on the version that it began with, the next one runs the new."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.asterisk.conftest import StartMercury
from tests.asterisk.mercury import Mercury, history, new_number, until
from tests.ivr_flows.test_versions import NEW, OLD

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]

ROUTES = "routes:\n  - {any: true, flow: order}\n"


async def flows_are(mercury: Mercury, *, ok: bool) -> str:
    """What the health tells of the flows, once it is so."""

    async def look() -> str:
        check = (await mercury.health())["checks"]["flows"]
        return str(check["detail"]) if check["ok"] is ok else ""

    return await until(look, f"flows that are {'well' if ok else 'refused'}")


async def drawn(mercury: Mercury, call_id: str) -> str:
    arguments = ["flows", "graph", "order", "--call", call_id, "--settings", str(mercury.run_dir / "mercury.yaml")]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ari_app", *arguments, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(20):
        output, _ = await process.communicate()
    return output.decode()


async def test_calls_end_on_the_version_that_they_began_with(own_mercury: StartMercury, tmp_path: Path) -> None:
    flows = tmp_path / "flows.yaml"
    flows.write_text(ROUTES + OLD, encoding="utf-8")
    mercury = await own_mercury({"flows": str(flows)})

    async with await mercury.dial(first := new_number()) as phone:
        await phone.answered()
        await phone.agent_starts()
        old_call = await mercury.call_from(first)

        flows.write_text(ROUTES + NEW.replace("start: accept", "start: nowhere"), encoding="utf-8")
        assert "there is no step 'nowhere'" in await flows_are(mercury, ok=False)
        flows.write_text(ROUTES + NEW, encoding="utf-8")
        await flows_are(mercury, ok=True)

        async with await mercury.dial(second := new_number()) as other:
            await other.answered()
            await other.agent_starts()
            await other.press("1")
            assert (await other.ended()).by == "far"
        await phone.press("1")
        assert (await phone.ended()).by == "far"

    old = await mercury.ended(old_call)
    new = await mercury.ended(await mercury.call_from(second))
    assert (old["outcome"], new["outcome"]) == ("taken", "refused")
    assert old["flow_hash"] != new["flow_hash"]
    (taken,) = mercury.logged("flows.taken")
    assert taken["changed"] == [f"order {old['flow_hash']} → {new['flow_hash']}"]
    assert [line["path"] for line in history(old, "steps")] == [["accept"], ["accept", "yes_"]]
    assert "class n0,n1 taken" in await drawn(mercury, old_call)
