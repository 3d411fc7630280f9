"""Flows and engines are made ready for each other, whichever of the two is new."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ari_app.engines import Engines
from ari_app.ops.settings import CallSettings
from ari_app.publishing import Publishing
from ivr_flows.loader import parse_flows
from media.tts.protocol import Speech
from tests.ari_app.calls.office import Office, open_office
from tests.ari_app.calls.scene import FLOWS
from tests.ari_app.engines.house import House, open_house

EDITED = FLOWS.replace("To accept, press one.", "Press one to accept.")


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    async with open_house(tmp_path, monkeypatch) as house:
        yield house


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as office:
        yield office


@pytest.fixture
async def publishing(house: House, office: Office) -> Publishing:
    """With words for callers whom there is no room for."""
    settings = office.settings.model_copy(update={"calls": CallSettings(overload="apology")})
    publishing = Publishing(
        settings, office.store, house.generations, read=(office.flows, "1"), load=lambda _: parse_flows(EDITED)
    )
    house.publish = publishing.take
    await publishing.begin()
    return publishing


def speaks(engines: Engines, text: str) -> bool:
    return engines.voice.ready(Speech(text, "en")) is not None


async def test_new_engines_have_the_flows_prompts_before_any_call_gets_them(
    house: House, office: Office, publishing: Publishing
) -> None:
    apology = publishing.apologies.next("en", 0.0)
    assert apology
    before, written = publishing.library.edition(), apology.stat().st_mtime_ns
    house.set("one", "two")
    await house.reload()
    assert house.exchange.failure == ""
    assert speaks(house.generations.current.engines, "To accept, press one.")
    assert publishing.library.edition() is not before
    assert publishing.library.current() is office.flows
    assert apology.stat().st_mtime_ns > written


async def test_edited_flows_are_said_by_the_engines_of_the_moment(house: House, publishing: Publishing) -> None:
    house.set("one", "two")
    await house.reload()
    await house.generations.settled()
    await publishing.library.reload()
    assert speaks(house.generations.current.engines, "Press one to accept.")
    house.set("one", "three")
    await house.reload()
    assert speaks(house.generations.current.engines, "Press one to accept.")


async def test_a_voice_that_can_t_say_the_flows_is_not_taken(
    house: House, publishing: Publishing, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = publishing.library.edition()
    house.languages = frozenset({"hi"})
    house.set("one", "two")
    await house.reload()
    assert house.exchange.failure.startswith("no synthesiser speaks 'en'")
    assert publishing.library.edition() is before
    assert house.generations.current.number == 1
