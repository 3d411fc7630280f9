"""`mercury replay`, on flight logs of calls that were held on the virtual clock."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ari_app.cli import main
from ari_app.store.calls import CallStore
from tests.ari_app.replay.calls import FLOWS, a_call, flow
from tests.ari_app.store.samples import NOON
from tests.virtual_time import virtual_time

LOG = Path(".mercury/flights/call_1.flight")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def keep(*, words: bool = True, change: int | None = None, length: int | None = None) -> None:
    """A call's log where Mercury keeps it; one byte changed there, or broken off."""

    held = []

    @virtual_time
    async def hold() -> None:
        held.append(await a_call(flow(Path()), words=words))

    hold()
    data = bytearray(held[0].data)
    if change is not None:
        data[change] ^= 1
    LOG.parent.mkdir(parents=True)
    LOG.write_bytes(data[:length])


def replay(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["replay", *arguments])


def test_a_timeline_has_lanes_words_events_and_latencies() -> None:
    keep()
    result = replay("call_1")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "call_<1>  inbound shop (en)"
    assert any(line.startswith("caller ") and "█" in line for line in lines)
    assert any(line.startswith("agent ") and "▒" in line for line in lines)
    assert any("turn 1: “yes”  scripted 0.90" in line for line in lines)
    assert any("Speech → take" in line for line in lines)
    assert any(line.strip().startswith("turn 1") and "end silence" in line and "first audio" in line for line in lines)
    assert "\x1b" not in result.output


def test_a_file_is_shown_as_well_as_an_id_and_drawn() -> None:
    keep()
    result = replay(str(LOG), "--picture", "call.svg")
    assert result.exit_code == 0, result.output
    assert Path("call.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_check_finds_all_the_same() -> None:
    keep()
    result = replay("call_1", "--check")
    assert result.exit_code == 0, result.output
    turns, flows = result.output.splitlines()
    assert turns.startswith("turns") and turns.endswith("all the same")
    assert flows == "flow    3 events: all the same"


def test_a_check_takes_the_flow_s_version_from_the_records() -> None:
    keep()
    shop = flow(Path())

    async def record() -> None:
        store = await CallStore.open("sqlite:///.mercury/mercury.db", node="node-1")
        await store.versions.keep([shop], NOON)
        await store.close()

    asyncio.run(record())
    Path("flows.yaml").write_text(FLOWS.replace("Goodbye", "Bye"), encoding="utf-8")
    result = replay("call_1", "--check")
    assert result.exit_code == 0, result.output
    assert "3 events: all the same" in result.output


def test_a_check_without_the_flow_s_version_says_so() -> None:
    keep()
    Path("flows.yaml").unlink()
    result = replay("call_1", "--check")
    assert result.exit_code == 1
    assert "of shop is neither in the records nor in --file" in result.output


def test_a_check_of_a_masked_log_replays_the_turns_and_says_that_the_flow_is_not() -> None:
    keep(words=False)
    result = replay("call_1", "--check")
    assert result.exit_code == 0, result.output
    assert "decisions: all the same" in result.output
    assert "NOT replayed: the log keeps no words" in result.output


def test_a_check_finds_a_changed_log() -> None:
    keep(change=700)
    result = replay("call_1", "--check")
    assert result.exit_code == 1
    assert "its checksum does not fit" in result.output


def test_a_log_that_broke_off_is_shown_as_far_as_it_goes() -> None:
    keep(length=2500)
    assert "the log is damaged: the file breaks off within piece" in replay("call_1").output
    assert replay("call_1", "--check").exit_code == 1


def test_a_call_without_a_log_is_told_with_what_to_expect() -> None:
    result = replay("call_7")
    assert result.exit_code == 1
    assert "there is no flight log of 'call_7'" in result.output
    assert "kept for 7 days" in result.output


def test_another_version_is_told() -> None:
    LOG.parent.mkdir(parents=True)
    LOG.write_bytes(b"mercury flight 9\n")
    result = replay("call_1")
    assert result.exit_code == 1
    assert "got one of version 9" in result.output
