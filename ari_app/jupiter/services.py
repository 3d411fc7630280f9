"""All services that flows may name: Jupiter and those of the settings; and which of them a book of flows lacks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

from ari_app.jupiter.client import JUPITER, Service, ServiceClient, ServiceError, jupiter_service, other_service
from ari_app.ops.secrets import Secrets
from ari_app.ops.settings import Settings
from ivr_flows.book import FlowBook
from ivr_flows.commands import Fetch
from ivr_flows.loader import load_flows
from ivr_flows.model.steps import ConverseStep, LookupStep, Step, SubmitStep
from ivr_flows.problems import FlowError, Problem
from media.clock import Clock


class Services:
    """Clients by the services' names."""

    def __init__(self, services: Mapping[str, Service], clock: Clock | None = None) -> None:
        self._clients = {name: ServiceClient(service, clock) for name, service in services.items()}

    async def fetch(self, fetch: Fetch, call_id: str) -> Mapping[str, object]:
        """Carry it out for a call: a submission where it has a key. Raises `ServiceError`."""
        client = self._clients.get(fetch.service)
        timeout_s = fetch.timeout_ms / 1000
        if client is None:
            raise ServiceError(f"{fetch.name}: there is no service {fetch.service!r}; set services.{fetch.service}.url")
        if fetch.key:
            return await client.submit(fetch.name, fetch.arguments, key=f"{call_id}:{fetch.key}", timeout_s=timeout_s)
        return await client.lookup(fetch.name, fetch.arguments, timeout_s=timeout_s)

    async def whether_to_answer(self, call: Mapping[str, object], timeout_s: float) -> Mapping[str, object]:
        """Ask Jupiter about a call that came in. Raises `ServiceError`."""
        client = self._clients.get(JUPITER)
        if client is None:
            raise ServiceError("jupiter: no address is set up; set jupiter.base_url")
        return await client.whether_to_answer(call, timeout_s=timeout_s)

    async def close(self) -> None:
        """Close all connections."""
        await asyncio.gather(*(client.close() for client in self._clients.values()))


def services_of(settings: Settings, secrets: Secrets) -> dict[str, Service]:
    """Jupiter and the others, by name."""
    others = {
        name: other_service(name, service, secrets.service_tokens.get(name, ""))
        for name, service in settings.services.items()
    }
    return {**others, JUPITER: jupiter_service(settings.jupiter, secrets.jupiter_token)}


def load_served(settings: Settings, path: Path) -> FlowBook:
    """Flows that ask nothing of services that the settings lack. Raises `FlowError`."""
    book = load_flows(path)
    if lacks := missing_services(book, settings):
        raise FlowError(Problem(str(path), 1, 1, "service", lack, fix="name it in the settings") for lack in lacks)
    return book


def missing_services(book: FlowBook, settings: Settings) -> list[str]:
    """What flows ask of services that the settings don't have: one line each, naming flow and step."""
    known = {JUPITER, *settings.services}
    return [
        f"flow {flow.name}, step {name}: there is no service {service!r}; set services.{service}.url"
        for flow in book.flows.values()
        for name, step in flow.steps.items()
        for service in dict.fromkeys(_services(step))
        if service not in known
    ]


def _services(step: Step) -> Iterator[str]:
    match step:
        case LookupStep():
            yield step.lookup.service
        case SubmitStep():
            yield step.submit.service
        case ConverseStep():
            yield from (query.service for query in step.converse.tools.values())
