"""Clients of the real Asterisk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from ari_app import ari
from tests.running_asterisk import RunningAsterisk

MakeClient = Callable[[RunningAsterisk], Awaitable[ari.Client]]
QUICK = ari.Options(retry_first_s=0.05, retry_cap_s=0.2, request_timeout_s=5.0)


class Heard:
    """Events in the order in which callbacks had them; any can be waited for."""

    def __init__(self, client: ari.Client, *types: str) -> None:
        self.events: list[ari.Event] = []
        self._more = asyncio.Condition()
        for each in types:
            client.on_event(each, self._note)

    async def _note(self, event: ari.Event) -> None:
        async with self._more:
            self.events.append(event)
            self._more.notify_all()

    def types(self, channel: str) -> list[str]:
        """Types of the events about one channel."""
        return [event.type for event in self.events if _about(event) == channel]

    async def wait(self, kind: str, channel: str = "", timeout_s: float = 5.0) -> ari.Event:
        """The first event of a type (about a channel)."""
        async with asyncio.timeout(timeout_s), self._more:
            while not (found := [each for each in self.events if each.type == kind and channel in ("", _about(each))]):
                await self._more.wait()
        return found[0]


def _about(event: ari.Event) -> object:
    channel = event.json.get("channel")
    return channel.get("id") if isinstance(channel, dict) else None


@pytest.fixture
async def make_client() -> AsyncIterator[MakeClient]:
    """Makes clients of a running Asterisk, and closes them."""
    made: list[ari.Client] = []

    async def make(running: RunningAsterisk) -> ari.Client:
        user, password = running.settings.asterisk.ari_user, running.secrets.ari_password
        made.append(await ari.connect(running.endpoints.ari_url, user, password, app="mercury", options=QUICK))
        return made[-1]

    yield make
    for client in made:
        await client.close()


@pytest.fixture
async def client(asterisk: RunningAsterisk, make_client: MakeClient) -> ari.Client:
    """A connected client of the shared Asterisk."""
    made = await make_client(asterisk)
    made.start()
    await made.wait_connected(5)
    return made
