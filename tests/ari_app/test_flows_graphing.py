"""`mercury flows graph` and `versions`, on a database of calls that ran."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ari_app.cli import main
from ari_app.store.calls import CallStore
from ari_app.store.records import CallEvent
from ivr_flows.loader import load_flows
from tests.ari_app.store.samples import NOON, new_call
from tests.ivr_flows.test_versions import NEW, OLD


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("flows.yaml").write_text(OLD)


def graph(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["flows", "graph", "order", *arguments])


def called(calls: dict[str, Sequence[Sequence[str]]], text: str = OLD) -> str:
    """Record calls with the steps that they took; the hash of their version."""
    Path("old.yaml").write_text(text)
    flow = load_flows("old.yaml").flows["order"]

    async def record() -> None:
        store = await CallStore.open("sqlite:///.mercury/mercury.db", node="node-1")
        await store.versions.keep([flow], NOON)
        for call_id, paths in calls.items():
            await store.create(new_call(call_id, flow="order", flow_hash=flow.hash))
            await store.add_events(call_id, [CallEvent(NOON, "steps", {"ms": 1, "path": path}) for path in paths])
        await store.close()

    asyncio.run(record())
    return flow.hash


def test_it_is_printed_as_mermaid_and_written_as_svg() -> None:
    printed = graph()
    assert printed.exit_code == 0
    assert '-->|"1 take"|' in printed.output
    assert graph("--out", "order.svg").output.startswith("order.svg: ")
    assert Path("order.svg").read_text().startswith("<svg ")
    graph("--out", "order.md")
    assert Path("order.md").read_text() == printed.output


def test_a_call_is_drawn_in_the_version_on_which_it_ran() -> None:
    called({"call_a": [["accept"], ["accept", "yes_"]]})
    Path("flows.yaml").write_text(NEW)
    result = graph("--call", "call_a")
    assert result.exit_code == 0, result.output
    assert "class n0,n1 taken" in result.output
    assert 'n0 -->|"1 take"| n1' in result.output


def test_ways_are_counted_over_the_recorded_calls() -> None:
    called({"call_a": [["accept"], ["accept", "yes_"]], "call_b": [["accept"], ["accept", "yes_"]], "call_c": []})
    result = graph("--counts", "--since", "1h")
    assert '"1 take<br/>× 2"' in result.output
    assert '"2 refuse<br/>× 0"' in result.output


def test_versions_are_listed_the_newest_first() -> None:
    old = called({})
    result = CliRunner().invoke(main, ["flows", "versions"])
    assert result.output == f"{old}  {NOON:%Y-%m-%d %H:%M}  order\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--language", "ta"], "language: expected one of en"),
        (["--file", "none.yaml"], "none.yaml:1:1: can't be read"),
        (["--since", "7d"], "--since is for --counts"),
        (["--counts", "--since", "soon"], "expected a time such as 7d"),
        (["--call", "call_z"], "there is no call call_z"),
        (["--call", "call_c"], "no steps of call call_c are recorded"),
        (["--out", "no/where.svg"], "can't be written"),
    ],
)
def test_what_cannot_be_drawn_says_why(arguments: list[str], words: str) -> None:
    called({"call_c": []})
    result = graph(*arguments)
    assert result.exit_code != 0
    assert words in result.output


def test_without_records_it_says_where_they_would_be() -> None:
    result = graph("--counts")
    assert result.exit_code == 1
    assert "no calls are recorded yet: there is no" in result.output


def test_another_flow_s_call_is_not_drawn() -> None:
    called({"call_a": [["accept"]]})
    result = CliRunner().invoke(main, ["flows", "graph", "trip", "--call", "call_a"])
    assert "call call_a ran order, not trip" in result.output
