"""The composition root's own pieces: addresses, health, who is buried, how it stops."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from ari_app import app, ari, beside, health
from ari_app.calls.library import Edition, FlowLibrary
from ari_app.calls.understanding import Understanding
from ari_app.engines import EngineState
from ari_app.ops.asterisk import Endpoints
from ari_app.ops.settings import DialerSettings, Settings, SipSettings
from ari_app.store.location import queue_url, store_url
from ivr_flows.book import FlowBook
from ivr_flows.problems import FlowError, Problem
from media.health import EngineHealth
from media.registry import Engines as Kind
from tests.ari_app.ari.samples import channel
from tests.ari_app.calls.fakes import spawn
from tests.ari_app.calls.office import Office, open_office
from tests.standins.ari_server import PASSWORD, USER, AriServer

ENDPOINTS = Endpoints("127.0.0.1", 8088, "127.0.0.2", 5060, 5061, 5062, 12000, 12100)
QUICK = ari.Options(retry_first_s=0.01, retry_cap_s=0.05)


# -- addresses --------------------------------------------------------------------------------------------------------


def test_what_runs_is_reached_where_it_listens() -> None:
    running = app._addresses(Settings(run_dir=Path("run")), ENDPOINTS, "http://127.0.0.1:8080")
    assert (running.pid, running.api_url, running.ari_url) == (
        os.getpid(),
        "http://127.0.0.1:8080",
        "http://127.0.0.1:8088/ari",
    )
    assert (running.sip_udp, running.sip_tcp, running.sip_tls) == ("127.0.0.2:5060", "127.0.0.2:5061", "127.0.0.2:5062")
    assert running.token_file == Path("run/secrets/api-token").absolute()


def test_behind_nat_it_is_reached_at_its_public_address() -> None:
    settings = Settings(sip=SipSettings(public_host="198.51.100.7"))
    assert app._addresses(settings, ENDPOINTS, "").sip_tls == "198.51.100.7:5062"


def test_whoever_starts_it_is_told_all_addresses() -> None:
    running = app._addresses(Settings(run_dir=Path("run")), ENDPOINTS, "http://127.0.0.1:8080")
    told = "\n".join(app._welcome(running, Settings(run_dir=Path("run"))))
    for words in (
        "@127.0.0.2:5060",
        "127.0.0.2:5062",
        "http://127.0.0.1:8080",
        "api-token",
        str(Path("run").absolute()),
    ):
        assert words in told


def test_databases_are_in_the_run_folder_unless_they_are_named() -> None:
    plain = Settings(run_dir=Path("/srv/run"))
    assert store_url(plain) == "sqlite:////srv/run/mercury.db"
    assert queue_url(plain) == "sqlite:////srv/run/queue.db"
    named = Settings(store_url="postgresql://db/calls", dialer=DialerSettings(queue_url="postgresql://db/queue"))
    assert (store_url(named), queue_url(named)) == ("postgresql://db/calls", "postgresql://db/queue")


def library_of(office: Office) -> FlowLibrary:
    """The office's flows; nothing of them is ever edited."""

    async def publish(_book: FlowBook) -> Edition:
        raise FlowError([Problem("flows.yaml", 3, 5, "value", "expected a name")])

    return FlowLibrary(
        Path("flows.yaml"), Edition(office.flows, Understanding([])), publish, load=lambda _: office.flows
    )


# -- health, flows ----------------------------------------------------------------------------------------------------


async def test_health_tells_each_part_s_state(tmp_path: Path) -> None:
    async with (
        open_office(tmp_path) as office,
        AriServer() as server,
        ari.connect(server.url, USER, PASSWORD, app="shop", options=QUICK) as client,
    ):
        told = health.Health(client, office.store, library_of(office), office.desk, prompts=lambda: "3 hits")
        checks = await told.checks()
        assert {name: check.ok for name, check in checks.items()} == {
            "ari": False,
            "store": True,
            "flows": True,
            "calls": True,
            "prompts": True,
        }
        assert checks["prompts"].detail == "3 hits"
        client.start()
        await client.wait_connected(5)
        assert (await told.checks())["ari"].ok


async def test_refused_flows_show_in_the_health(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office, AriServer() as server:
        library = library_of(office)
        async with ari.connect(server.url, USER, PASSWORD, app="shop") as client:
            with pytest.raises(FlowError):
                await library.reload()
            check = (await health.Health(client, office.store, library, office.desk).checks())["flows"]
    assert not check.ok
    assert check.detail == (
        "the file is refused, the 1 flows of before are used: flows.yaml:3:5: expected a name [value]"
    )


async def test_a_store_that_is_away_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away() -> None:
        raise OSError("disk I/O error")

    async with open_office(tmp_path) as office, AriServer() as server:
        monkeypatch.setattr(office.store, "ping", away)
        async with ari.connect(server.url, USER, PASSWORD, app="shop") as client:
            told = health.Health(client, office.store, library_of(office), office.desk, prompts=lambda: "3 hits")
            check = (await told.checks())["store"]
        assert (check.ok, check.detail) == (False, "OSError: disk I/O error")


async def test_an_engine_that_is_left_alone_is_trouble_only_where_nobody_stands_in(tmp_path: Path) -> None:
    def state(name: str, *, missed: bool) -> EngineState:
        record = EngineHealth(failures=1, open_s=10.0)
        record.went_wrong(0.0, "no route")
        return EngineState(Kind.RECOGNISERS, name, record.report(0.0), missed)

    states = [state("whisper", missed=False), state("hindi", missed=True)]
    async with (
        open_office(tmp_path) as office,
        AriServer() as server,
        ari.connect(server.url, USER, PASSWORD, app="shop") as client,
    ):
        told = health.Health(client, office.store, library_of(office), office.desk, engines=lambda: states)
        checks = await told.checks()
    assert (checks["recogniser whisper"].ok, checks["recogniser hindi"].ok) == (True, False)
    assert checks["recogniser hindi"].detail.endswith("tried again in 10 s; last: no route")


async def test_the_api_finds_flows_by_name(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        catalog = health.Catalog(lambda: office.flows)
        assert catalog.names() == ["order"]
        assert catalog.find("order") is office.flows.flows["order"]
        assert catalog.find("other") is None


# -- starting ---------------------------------------------------------------------------------------------------------


async def test_it_waits_for_asterisk_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_FIRST_WAIT_S", 0.01)
    said: list[str] = []
    async with AriServer() as server, ari.connect(server.url, USER, PASSWORD, app="shop", options=QUICK) as client:
        await server.stop()
        client.start()
        waiting = spawn(beside.until_connected(client, said.append))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        assert set(said) == {"Asterisk is away: waiting for its ARI"}
        await server.start()
        async with asyncio.timeout(5):
            await waiting


async def test_a_call_that_is_due_while_asterisk_is_away_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_PLACE_WAIT_S", 0.05)
    async with (
        open_office(tmp_path) as office,
        AriServer() as server,
        ari.connect(server.url, USER, PASSWORD, app="shop", options=QUICK) as client,
    ):
        with pytest.raises(TimeoutError, match=r"Asterisk was away for 0\.05 s"):
            await app._ready(client, office.desk, lambda: True)
        server.reply("GET", "/channels", [channel()])
        client.start()
        await client.wait_connected(5)
        await app._ready(client, office.desk, lambda: True)
        with pytest.raises(TimeoutError, match="that this node lives"):
            await app._ready(client, office.desk, lambda: False)


# -- stopping ---------------------------------------------------------------------------------------------------------


async def test_a_signal_while_it_runs_lets_live_calls_end() -> None:
    said: list[str] = []
    stop = app._Stop(said.append)
    stop.started()
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(5):
        await stop.asked.wait()
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.sleep(0.01)
    assert said == ["Stopping: no new calls, live ones may end"]
    assert (stop.reason, stop.patience_s) == ("", app._DRAIN_S)


async def test_a_signal_while_it_starts_ends_the_start() -> None:
    async def starting() -> None:
        app._Stop(print)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(5)

    task = spawn(starting())
    await asyncio.wait([task], timeout=5)
    assert task.cancelled()


async def test_another_process_that_takes_the_application_over_ends_it_at_once() -> None:
    stop = app._Stop(print)
    stop.started()
    stop.disconnected(ari.Loss("cut"))
    assert not stop.asked.is_set()
    stop.disconnected(ari.Loss("taken", replaced=True))
    assert stop.asked.is_set()
    assert "another process took over" in stop.reason
    assert stop.patience_s == 0
