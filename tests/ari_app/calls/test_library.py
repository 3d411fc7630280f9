"""Edits are taken while calls go on: new calls get them, running ones keep theirs, mistakes change nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from ari_app.calls.library import Edition, FlowLibrary
from ari_app.calls.understanding import Understanding
from ari_app.ops.file_digest import FileDigest
from ivr_flows.book import FlowBook
from ivr_flows.loader import load_flows
from ivr_flows.problems import FlowError
from media.errors import EngineError
from tests.ari_app.calls.fakes import spawn
from tests.ari_app.calls.office import ARRIVAL, Office, open_office
from tests.ari_app.calls.scene import FLOWS
from tests.ivr_flows.test_versions import NEW, OLD


class Shelf:
    """A library over a file, and what was published."""

    def __init__(self, folder: Path, text: str = OLD) -> None:
        self.file = folder / "flows.yaml"
        self.file.write_text(text)
        self.first = load_flows(self.file)
        self.published: list[FlowBook] = []
        self.away = False
        self.library = FlowLibrary(
            self.file,
            Edition(self.first, Understanding([])),
            self.publish,
            taken=FileDigest().of([self.file]),
            poll_s=0.01,
        )

    async def publish(self, book: FlowBook) -> Edition:
        if self.away:
            raise OperationalError("insert", {}, Exception("disk full"))
        self.published.append(book)
        return Edition(book, Understanding([]))

    @property
    def hash(self) -> str:
        return self.library.current().flows["order"].hash

    async def looks(self, count: int = 2) -> None:
        for _ in range(count):
            await self.library.look()


async def test_the_same_flows_are_made_ready_by_others_and_taken_together_with_them(tmp_path: Path) -> None:
    shelf, order = Shelf(tmp_path), list[str]()
    renewed = Edition(shelf.first, Understanding([]))

    async def publish(book: FlowBook) -> Edition:
        assert book is shelf.first
        assert shelf.library.edition() is not renewed
        return renewed

    await shelf.library.renew(publish, lambda: order.append(str(shelf.library.edition() is renewed)))
    assert order == ["True"]


async def test_flows_that_others_can_t_make_ready_stay_as_they_are(tmp_path: Path) -> None:
    shelf, taken = Shelf(tmp_path), list[str]()
    before = shelf.library.edition()

    async def publish(_book: FlowBook) -> Edition:
        raise EngineError("no synthesiser speaks 'hi'")

    with pytest.raises(EngineError, match="speaks 'hi'"):
        await shelf.library.renew(publish, lambda: taken.append("taken"))
    assert shelf.library.edition() is before
    assert taken == []


async def test_an_edit_is_taken_once_it_has_settled(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    await shelf.looks(3)
    assert shelf.published == []
    mind = shelf.library.edition().understanding
    shelf.file.write_text(NEW)
    with capture_logs() as logs:
        await shelf.looks(1)
        assert shelf.library.current() is shelf.first
        await shelf.looks(3)
    (taken,) = shelf.published
    assert shelf.library.current() is taken
    assert shelf.library.edition().understanding is not mind
    old, new = shelf.first.flows["order"].hash, taken.flows["order"].hash
    assert [(log["event"], log["changed"]) for log in logs] == [("flows.taken", [f"order {old} → {new}"])]


async def test_an_edit_of_the_layout_alone_is_no_news(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    await shelf.looks()
    shelf.file.write_text(f"# a word to the reader\n{OLD}")
    with capture_logs() as logs:
        await shelf.looks()
    assert shelf.hash == shelf.first.flows["order"].hash
    assert logs == []


async def test_a_broken_file_is_refused_with_every_problem_and_taken_when_mended(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    await shelf.looks()
    shelf.file.write_text(OLD.replace("start: accept", "start: nowhere").replace("hang_up: taken", "hang_up: unknown"))
    with capture_logs() as logs:
        with pytest.raises(FlowError):
            await shelf.looks()
        await shelf.looks(1)
    assert shelf.library.current() is shelf.first
    (log,) = logs
    assert (log["event"], log["log_level"]) == ("flows.refused", "error")
    assert log["problems"] == list(shelf.library.trouble)
    assert len(log["problems"]) >= 2
    assert all(problem.startswith(f"{shelf.file}:") for problem in log["problems"])
    shelf.file.write_text(NEW)
    with capture_logs() as logs:
        await shelf.looks(2)
    assert [log["event"] for log in logs] == ["flows.mended", "flows.taken"]
    assert shelf.library.trouble == ()


async def test_an_edit_of_an_included_file_is_taken_too(tmp_path: Path) -> None:
    more, late = tmp_path / "more.yaml", tmp_path / "late.yaml"
    more.write_text(OLD)
    shelf = Shelf(tmp_path, "include: [more.yaml]\n")
    await shelf.looks()
    more.write_text(NEW)
    await shelf.looks()
    assert shelf.hash != shelf.first.flows["order"].hash
    shelf.file.write_text("include: [more.yaml, late.yaml]\n")
    with pytest.raises(FlowError):
        await shelf.looks()
    assert "late.yaml" in shelf.library.trouble[0]
    late.write_text(OLD.replace("  order:", "  trip:"))
    await shelf.looks(5)
    assert list(shelf.library.current().flows) == ["order", "trip"]
    late.write_text(NEW.replace("  order:", "  trip:"))
    before = shelf.library.current()
    await shelf.looks(2)
    assert shelf.library.current().flows["trip"].hash != before.flows["trip"].hash


async def test_the_old_text_back_again_ends_the_alarm(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    await shelf.looks()
    shelf.file.write_text("flows: [")
    with pytest.raises(FlowError):
        await shelf.looks()
    shelf.file.write_text(OLD)
    await shelf.looks()
    assert shelf.library.trouble == ()


async def test_a_database_that_is_away_keeps_the_old_flows_until_it_is_back(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    await shelf.looks()
    shelf.away = True
    shelf.file.write_text(NEW)
    with pytest.raises(OperationalError):
        await shelf.looks()
    assert shelf.library.current() is shelf.first
    assert "disk full" in shelf.library.trouble[0]
    shelf.away = False
    await shelf.looks(5)
    assert shelf.library.current() is shelf.published[0]


async def test_the_watch_goes_on_after_mistakes(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    watch = spawn(shelf.library.watch())
    shelf.file.write_text("flows: [")
    await Office.until(lambda: bool(shelf.library.trouble), "the alarm")
    shelf.file.write_text(NEW)
    await Office.until(lambda: not shelf.library.trouble, "the end of the alarm")
    watch.cancel()
    assert shelf.hash == load_flows(shelf.file).flows["order"].hash


async def test_added_and_lost_flows_are_told(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.file.write_text(OLD.replace("  order:", "  trip:"))
    changes = await shelf.library.reload()
    assert {(change.name, bool(change.before), bool(change.after)) for change in changes} == {
        ("order", True, False),
        ("trip", False, True),
    }
    assert all(change.changed for change in changes)


async def test_a_running_call_keeps_its_flow_and_the_next_one_has_the_new(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        first = spawn(office.desk.take(ARRIVAL))
        call = await office.talking()
        before = office.flows.flows["order"]
        file = tmp_path / "flows.yaml"
        file.write_text(FLOWS.replace("languages: [", "description: Newer.\n    languages: [", 1))
        office.flows = load_flows(file)
        after = office.flows.flows["order"]
        assert before.hash != after.hash
        assert call.runner._flow is before
        second = spawn(office.desk.take(ARRIVAL))
        calls = await office.live(2)
        assert {call.runner._flow.hash for call in calls} == {before.hash, after.hash}
        for live in list(office.desk.live):
            office.desk.cancel(live, "the test is over")
        await asyncio.gather(first, second)
        stamped = {record.flow_hash for record in await office.store.list_recent()}
        assert stamped == {before.hash, after.hash}
