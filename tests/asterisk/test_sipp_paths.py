"""Paths of the shop's flow, walked on the wire by SIPp with the scenarios that `mercury flows sipp` writes."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from ari_app.ops.asterisk import Installation
from ivr_flows.model import Flow
from ivr_flows.paths import explore
from ivr_flows.paths.explore import Walk
from ivr_flows.paths.tracing import Path as FlowPath
from ivr_flows.sipp import scenario
from phones.sipp import free_port
from tests.asterisk.mercury import SUPPORT, Mercury, history, new_number
from tests.ivr_flows.shop import book

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="session")]
_LIFE_S = 90


@pytest.fixture(autouse=True)
def may_press() -> None:
    """SIPp sends keys over a raw socket."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP).close()
    except PermissionError:
        pytest.skip("SIPp needs root, or CAP_NET_RAW, to press keys")


def _only_keys(walk: Walk) -> bool:
    moves = [act.move for act in walk.acts]
    return "keys" in moves and set(moves) <= {"keys", "hang_up"}


def _found(how: str, outcome: str) -> tuple[Flow, FlowPath, Walk]:
    """The shop's shortest path by keys alone that is left in this way."""
    flow = book().flows["customer_support"]
    paths = explore(flow, {}, "en").paths.items()
    fit = [
        (path, walk) for path, walk in paths if path[-1].how == how and path[-1].outcome == outcome and _only_keys(walk)
    ]
    assert fit, f"no path of keys alone ends with ({how}) = {outcome}"
    return flow, *min(fit, key=lambda each: (len(each[0]), each[0]))


async def _walk(installation: Installation, folder: Path, text: str, to: str) -> tuple[int, str]:
    """Run SIPp; its exit status and what it complained of."""
    (folder / "scenario.xml").write_text(text, encoding="utf-8")
    port, media = free_port("127.0.0.1"), free_port("127.0.0.1")
    command = [*installation.command("sipp"), "-sf", "scenario.xml", "-m", "1", "-nostdin", "-skip_rlimit"]
    command += ["-i", "127.0.0.1", "-p", str(port), "-mi", "127.0.0.1", "-min_rtp_port", str(media)]
    command += ["-s", SUPPORT, "-timeout", str(_LIFE_S), "-trace_err", "-error_file", "errors.log", to]
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


@pytest.mark.parametrize(("how", "outcome"), [("hung up", "hung_up"), ("no match", "unclear")])
async def test_sipp_walks_a_path(
    mercury: Mercury, installation: Installation, tmp_path: Path, how: str, outcome: str
) -> None:
    flow, path, walk = _found(how, outcome)
    made = scenario(flow, path, walk, caller=(caller := new_number()))
    for name, sound in made.sounds.items():
        (tmp_path / name).write_bytes(sound)
    status, complaint = await _walk(installation, tmp_path, made.xml, mercury.running.sip_udp)
    record = await mercury.ended(await mercury.call_from(caller))
    assert status == 0, complaint
    assert record["outcome"] == outcome
    pressed = "".join(act.keys or "" for act in walk.acts)
    assert "".join(line["digit"] for line in history(record, "key")) == pressed
