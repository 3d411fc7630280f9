"""Submissions that arrive once however often they are sent, services by name, and flows that name one too many."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ari_app.jupiter.client import Service, ServiceClient, ServiceError
from ari_app.jupiter.services import Services, load_served, services_of
from ari_app.ops.doctor import run_checks
from ari_app.ops.secrets import load_secrets
from ari_app.ops.settings import Settings, SettingsError, load_settings
from ivr_flows.commands import Fetch
from ivr_flows.problems import FlowError
from media.needs import NOTHING
from tests.standins.jupiter import Behaviour, Jupiter, Mode, serve

COMPLAINT = {"order_id": "A17", "text": "खाना ठंडा था"}
FLOWS = """
flows:
  shop:
    languages: [en]
    outcomes: [done, failed]
    on_hang_up: failed
    gives_up: bye
    start: look
    steps:
      look: {lookup: {name: order, service: orders}, next: send, failed: bye}
      send: {submit: {name: complaint, service: tickets}, next: thanks, failed: bye}
      thanks: {say: {en: "Thank you."}, hang_up: done}
      bye: {say: {en: "Goodbye."}, hang_up: failed}
"""


@dataclass
class Line:
    tickets: Jupiter
    client: ServiceClient
    base: str


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    tickets = Jupiter("whsec_c2VjcmV0", token="t0ken", orders={"A17": {"status": "late"}})
    runner, base = await serve(tickets)
    client = ServiceClient(Service("tickets", base, "t0ken", timeout_s=1.0, breaker_failures=20))
    yield Line(tickets, client, base)
    await client.close()
    await runner.cleanup()


async def submit(line: Line, timeout_s: float = 3.0) -> object:
    return await line.client.submit("complaint", COMPLAINT, key="call_1:send-1", timeout_s=timeout_s)


async def test_a_submission_is_taken_with_its_key(line: Line) -> None:
    assert await submit(line) == {"reference": "T1"}
    assert line.tickets.submitted == {"call_1:send-1": {"name": "complaint", "values": COMPLAINT, "reference": "T1"}}


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_it_is_sent_again_when_it_was_not_taken(line: Line, status: int) -> None:
    line.tickets.behaviour = Behaviour(Mode.ERROR, times=2, status=status)
    assert await submit(line) == {"reference": "T1"}
    assert line.tickets.requests == 3


async def test_an_answer_that_was_lost_does_not_make_it_two(line: Line) -> None:
    line.tickets.behaviour = Behaviour(Mode.LOSE, times=1)
    assert await submit(line) == {"reference": "T1"}
    assert (line.tickets.requests, len(line.tickets.submitted)) == (2, 1)


@pytest.mark.parametrize("status", [400, 404, 409, 302])
async def test_what_is_refused_is_not_sent_again(line: Line, status: int) -> None:
    line.tickets.behaviour = Behaviour(Mode.ERROR, status=status, location=f"{line.base}/received")
    with pytest.raises(ServiceError, match=f"tickets: submit complaint: expected 200, got {status}"):
        await submit(line)
    assert line.tickets.requests == 1


async def test_it_is_given_up_when_its_time_is_over(line: Line) -> None:
    line.tickets.behaviour = Behaviour(Mode.ERROR)
    began = time.monotonic()
    with pytest.raises(ServiceError, match="answered 500"):
        await submit(line, timeout_s=0.6)
    assert time.monotonic() - began < 1.0
    assert 2 <= line.tickets.requests < 60


async def test_a_service_that_hangs_costs_no_more_than_the_time(line: Line) -> None:
    line.tickets.behaviour = Behaviour(Mode.HANG)
    began = time.monotonic()
    with pytest.raises(ServiceError, match="no answer in"):
        await submit(line, timeout_s=0.3)
    assert time.monotonic() - began < 1.0


async def test_each_call_has_keys_of_its_own_and_services_their_names(line: Line, tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {
            "run_dir": tmp_path,
            "services": {"tickets": {"url": f"{line.base}/", "token": "t0ken"}, "other": {"url": line.base}},
        }
    )
    services = Services(services_of(settings, load_secrets(settings)))
    sent = Fetch("complaint", COMPLAINT, service="tickets", key="send-1")
    assert await services.fetch(sent, "call_1") == {"reference": "T1"}
    assert await services.fetch(sent, "call_2") == {"reference": "T2"}
    assert list(line.tickets.submitted) == ["call_1:send-1", "call_2:send-1"]
    asked = Fetch("order", {"order_id": "A17"}, service="tickets")
    assert await services.fetch(asked, "call_1") == {"status": "late"}
    with pytest.raises(ServiceError, match=r"there is no service 'nobody'; set services\.nobody\.url"):
        await services.fetch(Fetch("order", {}, service="nobody"), "call_1")
    with pytest.raises(ServiceError, match="got 401"):
        await services.fetch(Fetch("order", {}, service="other"), "call_1")
    with pytest.raises(ServiceError, match=r"jupiter\.base_url"):
        await services.fetch(Fetch("order", {}), "call_1")
    await services.close()


def test_a_token_that_is_not_given_is_generated_and_kept(tmp_path: Path) -> None:
    settings = Settings.model_validate({"run_dir": tmp_path, "services": {"tickets": {"url": "http://127.0.0.1:1"}}})
    secrets = load_secrets(settings)
    assert (tmp_path / "secrets" / "service-tickets-token").read_text().strip() == secrets.service_tokens["tickets"]
    assert secrets.service_tokens["tickets"] not in repr(secrets)
    assert services_of(settings, secrets)["tickets"].token == secrets.service_tokens["tickets"]


def test_services_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERCURY_SERVICES__TICKETS__URL", "https://tickets.example")
    assert load_settings().services["tickets"].url == "https://tickets.example"
    monkeypatch.setenv("MERCURY_SERVICES__TICKETS__URL", "tickets.example")
    with pytest.raises(SettingsError, match=r"services\.tickets\.url"):
        load_settings()


def test_jupiter_is_no_other_service() -> None:
    with pytest.raises(ValueError, match=r"set jupiter\.base_url"):
        Settings.model_validate({"services": {"jupiter": {"url": "http://127.0.0.1:1"}}})


def test_a_flow_that_names_a_service_too_many_is_refused_with_its_step(tmp_path: Path) -> None:
    file = tmp_path / "flows.yaml"
    file.write_text(FLOWS, encoding="utf-8")
    settings = Settings.model_validate({"flows": file, "services": {"orders": {"url": "http://127.0.0.1:1"}}})
    with pytest.raises(FlowError, match=r"flow shop, step send: there is no service 'tickets'") as refused:
        load_served(settings, file)
    assert len(refused.value.problems) == 1
    checks = run_checks(settings, {}, lambda: ({}, NOTHING), lambda path: load_served(settings, path))
    (check,) = [check for check in checks if check.name == "flows"]
    assert check.status == "fail"
    assert "step send" in check.found
