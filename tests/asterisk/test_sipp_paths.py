"""Paths of the shop's flow, walked on the wire by SIPp with the scenarios that `mercury flows sipp` writes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ari_app.ops.asterisk import Installation
from ivr_flows.model import Flow
from ivr_flows.paths import explore
from ivr_flows.paths.explore import Walk
from ivr_flows.paths.tracing import Path as FlowPath
from ivr_flows.paths.values import mixes
from ivr_flows.sipp import Scenario, scenario
from phones.sipp import free_port
from tests.asterisk.mercury import SUPPORT, Mercury, history, new_number, until
from tests.ivr_flows.shop import TRIP, book

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]
_LIFE_S = 90
INPUTS: Mapping[str, Mapping[str, object]] = {"rider_assignment": TRIP}


@pytest.fixture(autouse=True)
def may_press() -> None:
    """SIPp sends keys over a raw socket."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP).close()
    except PermissionError:
        pytest.skip("SIPp needs root, or CAP_NET_RAW, to press keys")


def _pressed(record: Mapping[str, Any]) -> str:
    return "".join(line["digit"] for line in history(record, "key"))


async def until_bound(port: int) -> None:
    """Wait until SIPp listens."""

    async def look() -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                return True
        return False

    await until(look, "a SIPp that listens")


def _only_keys(walk: Walk) -> bool:
    moves = {act.move for act in walk.acts if act.decision != "accepted"}
    return moves <= {"keys", "hang_up"}


def _found(name: str, how: str, outcome: str, *, hops: int = 1) -> tuple[Flow, FlowPath, Walk]:
    """The shop's shortest path of more than so many hops that is left in this way, by keys alone."""
    flow = book().flows[name]
    inputs = INPUTS.get(name) or mixes(flow, flow.inputs)[0]
    paths = explore(flow, inputs, "en").paths.items()
    ends = (how, outcome)
    fit = [
        (path, walk)
        for path, walk in paths
        if len(path) > hops and (path[-1].how, path[-1].outcome) == ends and _only_keys(walk)
    ]
    assert fit, f"no path of keys alone ends with ({how}) = {outcome}"
    return flow, *min(fit, key=lambda each: (len(each[0]), each[0]))


async def _walk(
    installation: Installation, folder: Path, made: Scenario, *to: str, port: int | None = None
) -> tuple[int, str]:
    """Run SIPp; its exit status and what it complained of."""
    (folder / "scenario.xml").write_text(made.xml, encoding="utf-8")
    for name, sound in made.sounds.items():
        (folder / name).write_bytes(sound)
    command = [*installation.command("sipp"), "-sf", "scenario.xml", "-m", "1", "-nostdin", "-skip_rlimit"]
    command += ["-i", "127.0.0.1", "-p", str(port or free_port("127.0.0.1")), "-mi", "127.0.0.1"]
    command += ["-min_rtp_port", str(free_port("127.0.0.1")), "-s", SUPPORT, "-timeout", str(_LIFE_S)]
    command += ["-trace_err", "-error_file", "errors.log", *to]
    with (folder / "screen").open("wb") as screen:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdin=asyncio.subprocess.DEVNULL, stdout=screen, stderr=screen
        )
        try:
            status = await asyncio.wait_for(process.wait(), _LIFE_S + 5)
        finally:
            if process.returncode is None:
                process.kill()
    errors = folder / "errors.log"
    return status, errors.read_text(encoding="utf-8") if errors.exists() else ""


async def test_sipp_walks_a_path(mercury: Mercury, installation: Installation, tmp_path: Path) -> None:
    flow, path, walk = _found("customer_support", "hung up", "hung_up", hops=2)
    made = scenario(flow, path, walk, caller=(caller := new_number()))
    status, complaint = await _walk(installation, tmp_path, made, mercury.running.sip_udp)
    record = await mercury.ended(await mercury.call_from(caller))
    assert status == 0, complaint
    assert record["outcome"] == "hung_up"
    assert _pressed(record) == "".join(act.keys or "" for act in walk.acts) != ""


@pytest.mark.parametrize(("how", "outcome"), [("hung up", "hung_up"), ("committed", "accepted")])
async def test_sipp_is_called_and_walks_a_path(
    mercury: Mercury, installation: Installation, tmp_path: Path, how: str, outcome: str
) -> None:
    flow, path, walk = _found("rider_assignment", how, outcome)
    made = scenario(flow, path, walk, called=True)
    number, port = next(iter(mercury.ports.items()))
    walking = asyncio.create_task(_walk(installation, tmp_path, made, port=port))
    await until_bound(port)
    call_id = await mercury.initiate(number, flow.name, inputs=TRIP)
    status, complaint = await walking
    record = await mercury.ended(call_id)
    assert status == 0, complaint
    assert record["outcome"] == outcome
    assert _pressed(record) == "".join(act.keys or "" for act in walk.acts)
