"""Mercury with its Asterisk for the tests of whole calls. After each test nothing may be left of its calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from ari_app.ops.asterisk import Installation
from phones.phone import Line
from phones.sipp import free_port
from tests.asterisk.mercury import Mercury, until
from tests.asterisk.proxy import Proxy
from tests.running_asterisk import RunningAsterisk, start_asterisk
from tests.standins.exotel import EDGE_HOST, ExotelEdge

StartMercury = Callable[..., Awaitable[Mercury]]
EXOPHONE = "+918047100000"


@pytest.fixture(scope="session")
def edge_port() -> int:
    """Where the stand-in for Exotel's edge is called."""
    return free_port(EDGE_HOST)


@pytest.fixture(scope="session")
def edge(installation: Installation) -> ExotelEdge:
    """The stand-in for Exotel's edge."""
    return ExotelEdge(Line(installation, timeout_s=15), "shop1", EXOPHONE)


@pytest.fixture(scope="session")
def exotel(edge: ExotelEdge, edge_port: int) -> dict[str, Any]:
    """The settings of its trunk."""
    return {"account_sid": edge.account_sid, "exophone": edge.exophone, "edges": [f"{edge.host}:{edge_port}"]}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_mercury(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory, exotel: dict[str, Any]
) -> AsyncIterator[Mercury]:
    """One Mercury with both trunks, which manages its Asterisk, for all tests that leave both alive."""
    mercury = Mercury(tmp_path_factory.mktemp("mercury"), installation, {"exotel": exotel})
    try:
        await mercury.open()
        yield mercury
    finally:
        await mercury.close()


@pytest_asyncio.fixture(loop_scope="session")
async def mercury(shared_mercury: Mercury) -> AsyncIterator[Mercury]:
    """The shared Mercury; after the test nothing is left of its calls, and no error is in the log."""
    before = len(shared_mercury.errors())
    yield shared_mercury
    await shared_mercury.is_idle()
    assert shared_mercury.errors()[before:] == []


@pytest_asyncio.fixture(loop_scope="session")
async def own_mercury(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[StartMercury]:
    """Starts a Mercury for one test, which may do to it what it likes: `await own_mercury({"calls": {…}})`."""
    started: list[Mercury] = []

    async def start(
        changes: Mapping[str, Mapping[str, Any] | str] | None = None,
        program: tuple[str, ...] = ("ari_app",),
        *,
        supervised: bool = False,
    ) -> Mercury:
        mercury = Mercury(tmp_path_factory.mktemp("own"), installation, changes)
        mercury.program = program
        mercury.supervised = supervised
        started.append(mercury)
        await mercury.open()
        return mercury

    yield start
    for mercury in started:
        await mercury.close()


@dataclass(frozen=True)
class Apart:
    """A Mercury beside an Asterisk that it does not manage, with a proxy on its way to ARI."""

    mercury: Mercury
    asterisk: RunningAsterisk
    proxy: Proxy

    async def connected(self) -> None:
        """Wait until Mercury has its connection to ARI, and has put things right."""

        async def look() -> bool:
            health = await self.mercury.health()
            return bool(health["checks"]["ari"]["ok"])

        await until(look, "a connection to ARI", 15)

    async def cut(self) -> None:
        """Cut the connection, and wait until Asterisk knows: it gives no more calls to the application."""
        log = self.asterisk.prepared.folder / "log" / "messages.log"

        def deactivated() -> int:
            return log.read_text(encoding="utf-8").count("Deactivating Stasis app")

        before = deactivated()
        self.proxy.cut()

        async def look() -> bool:
            return deactivated() > before

        await until(look, "an Asterisk that knows of the cut", 5)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_apart(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Apart]:
    """One for all tests that put it together again."""
    asterisk = await start_asterisk(tmp_path_factory.mktemp("beside"), installation)
    endpoints = asterisk.endpoints
    proxy = Proxy((endpoints.ari_host, endpoints.ari_port), free_port("127.0.0.1"))
    await proxy.mend()
    changes = {
        "asterisk": {"managed": False, "ari_port": proxy.port, "ari_password": asterisk.secrets.ari_password},
        "sip": {name: getattr(endpoints, name) for name in ("udp_port", "tcp_port", "tls_port")},
    }
    mercury = Mercury(tmp_path_factory.mktemp("apart"), installation, changes)
    mercury.ari_url = endpoints.ari_url
    try:
        await mercury.open()
        yield Apart(mercury, asterisk, proxy)
    finally:
        await mercury.close()
        proxy.cut()
        await asterisk.process.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def apart(shared_apart: Apart) -> AsyncIterator[Apart]:
    """The shared one, connected (the test before may have cut it); after the test nothing is left of its calls."""
    await shared_apart.connected()
    yield shared_apart
    await shared_apart.mercury.is_idle(15)
