"""Numbers that callers say reach the flow as numbers."""

from __future__ import annotations

import asyncio

import pytest

from ari_app.calls.numbers import read_number
from ari_app.calls.state import State
from media.dialog.protocol import TurnEnded, TurnExpected
from tests.ari_app.calls.scene import Scene
from tests.virtual_time import settle, virtual_time


@pytest.mark.parametrize(
    ("text", "language", "number", "row"),
    [
        ("twenty five", "en", "25", "25"),
        ("nine double eight", "en", "988", "988"),
        ("डेढ़ सौ", "hi", "150", "150"),
        ("one and a half", "en", "1.5", ""),
        ("zero zero seven", "en", "7", "007"),
        ("yes please", "en", "", ""),
    ],
)
def test_what_is_said_is_read_as_one_number_and_as_a_row_of_digits(
    text: str, language: str, number: str, row: str
) -> None:
    assert read_number(text, language) == (number, row)


async def asked_for_minutes() -> Scene:
    scene = Scene()
    await scene.reach(State.TALKING)
    scene.call.key("1")
    await settle()
    assert scene.leg.listened[-1].numbers
    return scene


@virtual_time
async def test_a_number_that_was_said_is_read_back_and_decided() -> None:
    scene = await asked_for_minutes()
    scene.leg.turn("twenty five")
    await settle()
    assert scene.leg.texts[-1] == "25 minutes. Is that right? For yes, press 1; for no, press 2."
    scene.call.key("1")
    await scene.final()
    assert scene.backend.decided == [("confirmed", {"ready_in": 25})]


@virtual_time
async def test_it_is_read_in_the_language_that_was_heard() -> None:
    scene = await asked_for_minutes()
    now = asyncio.get_running_loop().time()
    scene.leg.tell(TurnEnded(now, "पच्चीस", 0.9, "whisper", now - 2, now - 0.6, 0.0, None, "hi"))
    await settle()
    assert scene.leg.texts[-1].startswith("25 minutes.")


@virtual_time
async def test_its_read_back_is_rendered_while_the_caller_may_still_be_speaking() -> None:
    scene = await asked_for_minutes()
    scene.leg.tell(TurnExpected(0.0, "twenty five", 0.9, "scripted"))
    await settle()
    assert [getattr(part, "text", "") for one in scene.leg.prepared for part in one.parts][-1].startswith("25 minutes.")


@virtual_time
async def test_the_keys_after_it_are_the_entry() -> None:
    scene = await asked_for_minutes()
    scene.leg.turn("three hundred")
    await settle()
    assert scene.leg.texts[-1] == "How many minutes?"
    for key in "15#":
        scene.call.key(key)
    await scene.final()
    assert scene.backend.decided == [("confirmed", {"ready_in": 15})]
