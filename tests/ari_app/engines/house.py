"""A node's engines without any call around them: made, replaced and closed as a node does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ari_app.engines import Engines, Generations, making
from ari_app.engines.exchange import Exchange, Publish
from ari_app.ops.settings import Settings, SettingsError
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.clock import MonotonicClock
from media.errors import EngineUnavailableError
from media.lid.text_identifier import TextIdentifier
from media.needs import Need
from media.registry import Engines as Kind
from media.tts.protocol import Speech
from media.vad.webrtc_engine import WebRtcVads
from tests.media.fakes import tone

CLOCK = MonotonicClock()
ROOM = Need(ram_mib=1000)


class Engine:
    """Any engine, of 100 MiB unless `mib` says otherwise; remembers what was done with it."""

    talks = True

    def __init__(self, house: House, name: str, voice: str, mib: int) -> None:
        self.name, self.voice = name, voice
        self.languages = house.languages
        self.need = Need(ram_mib=mib)
        self.done: list[str] = []
        self._house = house
        house.made.append(self)

    async def start(self) -> None:
        self._house.loading.set()
        await self._house.may_load.wait()
        if self.voice == "broken":
            raise EngineUnavailableError("broken can't be loaded; choose another voice")
        self.done.append("start")

    async def close(self) -> None:
        self.done.append("close")

    def fingerprint(self, speech: Speech) -> str:
        return self.voice

    async def speak(self, speech: Speech) -> AsyncIterator[Pcm]:
        yield Pcm(TELEPHONE_RATE, tone(40))


class House:
    """A node's engines; its settings are edited by `set`, its calls come and go."""

    def __init__(self, folder: Path) -> None:
        self.made: list[Engine] = []
        self.may_load, self.loading = asyncio.Event(), asyncio.Event()
        self.may_load.set()
        self.languages = frozenset({"en"})
        """Of voices that are made from now on."""
        self.publish: Publish = self._publish
        self.publish_error: Exception | None = None
        self.unreadable = ""
        self.settled: list[int] = []
        """Calls that there were, whenever memory was looked through."""
        self._folder = folder
        self._settings = self._of({"ear": "one", "voice": "one"}, {})

    async def open(self) -> None:
        engines = Engines.made(self._settings, ROOM, CLOCK)
        await engines.load(lambda _: None)
        self.generations = Generations(engines, settle=lambda: self.settled.append(len(self.generations.current.calls)))
        self.exchange = Exchange(self.generations, self._read, self._published, CLOCK)

    def set(self, ear: str, voice: str, **changes: Any) -> None:
        """Edit the settings."""
        self._settings = self._of({"ear": ear, "voice": voice}, changes)

    async def reload(self) -> None:
        await self.exchange.begin()
        await self.exchange.settled()

    def engine(self, name: str, voice: str) -> Engine:
        (found,) = (one for one in self.made if (one.name, one.voice) == (name, voice))
        return found

    @property
    def stages(self) -> list[tuple[int, str]]:
        return [(one.number, str(one.stage)) for one in self.generations.all]

    def make(self, *, name: str, voice: str, mib: int = 100) -> Engine:
        return Engine(self, name, voice, mib)

    def _of(self, models: dict[str, str], changes: dict[str, Any]) -> Settings:
        of = {name: {"engine": "any", "voice": voice} for name, voice in models.items()}
        for name, more in changes.pop("models", {}).items():
            of[name] |= more
        chosen = {"recognisers": ["ear"], "synthesisers": ["voice"], "minds": [], "models": of, **changes}
        return Settings(run_dir=self._folder, cache_dir=self._folder, engines=chosen)

    def _read(self) -> Settings:
        if self.unreadable:
            raise SettingsError(self.unreadable)
        return self._settings

    async def _published(self, engines: Engines, taken: Callable[[], None]) -> None:
        await self.publish(engines, taken)

    async def _publish(self, engines: Engines, taken: Callable[[], None]) -> None:
        if self.publish_error:
            raise self.publish_error
        taken()


@asynccontextmanager
async def open_house(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """At its end each engine that was made must have been closed once."""
    house = House(folder)
    real = {Kind.LANGUAGE_IDENTIFIERS: TextIdentifier, Kind.VADS: WebRtcVads}
    monkeypatch.setattr(making, "engine", lambda kind, _name: real.get(kind, house.make))
    await house.open()
    yield house
    await house.exchange.close()
    await house.generations.close()
    assert all(one.done.count("close") == 1 for one in house.made), [one.done for one in house.made]
