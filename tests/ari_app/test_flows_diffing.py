"""`mercury flows diff`: files, commits and kept versions; its exit status is diff's."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ari_app.cli import main
from ari_app.store.calls import CallStore
from ivr_flows.loader import parse_flows
from tests.ari_app.store.samples import NOON
from tests.ivr_flows.test_versions import NEW, OLD


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old.yaml").write_text(OLD)
    Path("new.yaml").write_text(NEW)


def diff(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["flows", "diff", *arguments])


def git(*arguments: str) -> None:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"]
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


def test_files_that_differ_exit_with_1_and_the_same_calls_with_0() -> None:
    different = diff("old.yaml", "new.yaml")
    assert different.exit_code == 1
    assert "  accept.options.take.next: leads to: yes_ → no_" in different.output.splitlines()
    Path("new.yaml").write_text(f"# one more line\n{OLD}")
    same = diff("old.yaml", "new.yaml")
    assert (same.exit_code, same.output) == (0, "the same calls\n")


def test_as_json() -> None:
    found = json.loads(diff("old.yaml", "new.yaml", "--json").output)
    assert [flow["name"] for flow in found["changed"]] == ["order"]


def test_a_file_of_a_commit_with_what_it_includes() -> None:
    Path("more.yaml").write_text(OLD)
    Path("flows.yaml").write_text("include: [more.yaml]\n")
    git("init", "-q")
    git("add", "flows.yaml", "more.yaml")
    git("commit", "-q", "-m", "Begin")
    Path("more.yaml").write_text(NEW)
    result = diff("flows.yaml@HEAD", "flows.yaml")
    assert result.exit_code == 1, result.output
    assert "accept.options.take.next: leads to: yes_ → no_" in result.output
    unknown = diff("flows.yaml@nowhere", "flows.yaml")
    assert unknown.exit_code == 1
    assert "Error: git: " in unknown.output
    assert "there is no other.yaml in HEAD" in diff("other.yaml@HEAD", "flows.yaml").output


def test_a_kept_version_is_compared_with_its_flow_alone() -> None:
    flow = parse_flows(OLD).flows["order"]

    async def keep() -> None:
        store = await CallStore.open("sqlite:///.mercury/mercury.db", node="node-1")
        await store.versions.keep([flow], NOON)
        await store.close()

    asyncio.run(keep())
    Path("new.yaml").write_text(NEW + NEW.replace("flows:\n", "").replace("  order:", "  trip:"))
    result = diff(flow.hash[:8], "new.yaml")
    assert result.exit_code == 1
    assert "flow trip" not in result.output
    assert "accept.options.take.next: leads to: yes_ → no_" in result.output
    assert "no version begins with 0000000" in diff("0000000", "new.yaml").output


def test_a_broken_file_says_what_is_wrong_with_it() -> None:
    Path("new.yaml").write_text(NEW.replace("start: accept", "start: nowhere"))
    result = diff("old.yaml", "new.yaml")
    assert result.exit_code == 1
    assert "new.yaml can't be used:\nnew.yaml:8:12: there is no step 'nowhere'" in result.output
