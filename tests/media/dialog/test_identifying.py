"""Which language a turn was in, where the recogniser does not tell."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from media.asr.protocol import Hint, Recognition
from media.chain import linked
from media.dialog.identifying import Identifying
from media.dialog.protocol import TurnEnded
from media.errors import EngineError
from media.lid.link import IdentifierLink
from media.lid.protocol import LanguageIdentifier, Said
from tests.media.dialog.harness import ENGLISH, Call
from tests.media.test_chain import break_, watched
from tests.virtual_time import virtual_time

CHOICE = Hint("en", languages=("en", "hi"))
FRAMES = [bytes(320)] * 50


class Identifier:
    """Tells these shares, after a while."""

    def __init__(
        self,
        shares: Mapping[str, float],
        name: str = "ear",
        *,
        hears: bool = True,
        takes_s: float = 0.0,
        error: Exception | None = None,
    ) -> None:
        self.name, self.hears = name, hears
        self.asked: list[Said] = []
        self.cancelled = 0
        self._shares, self._takes_s, self._error = shares, takes_s, error

    def tells(self, languages: tuple[str, ...]) -> bool:
        return set(languages) <= {"en", "hi"}

    async def identify(self, said: Said) -> Mapping[str, float]:
        self.asked.append(said)
        try:
            await asyncio.sleep(self._takes_s)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self._error:
            raise self._error
        return self._shares


async def settled(
    heard: Recognition | None, *engines: LanguageIdentifier, failures: list[str] | None = None
) -> Recognition | None:
    identifying = Identifying(engines, lambda name, error: (failures if failures is not None else []).append(name))
    asked = identifying.ask(CHOICE, FRAMES)
    assert asked
    try:
        return await asked.settled(heard)
    finally:
        asked.close()
        await asyncio.sleep(0)


def heard(text: str, language: str = "") -> Recognition:
    return Recognition(text, 0.8, "recogniser", 12.0, language)


async def test_words_get_their_language() -> None:
    ear = Identifier({"hi": 0.9, "en": 0.1})
    assert await settled(heard("haan"), ear) == heard("haan", "hi")
    assert ear.asked[0].audio.duration_ms == 1000


async def test_without_words_the_language_is_what_was_understood() -> None:
    ear = Identifier({"hi": 0.9, "en": 0.1})
    assert await settled(None, ear) == Recognition("", 0.9, "ear", 0.0, "hi")
    assert await settled(heard(""), ear) == Recognition("", 0.9, "ear", 12.0, "hi")


async def test_a_recogniser_that_tells_is_believed_and_the_others_are_stopped() -> None:
    ear = Identifier({"hi": 0.9}, takes_s=60)
    assert await settled(heard("hello", "en"), ear) == heard("hello", "en")
    assert ear.cancelled == 0, "it had not begun"
    assert ear.asked == []


@pytest.mark.parametrize("shares", [{}, {"hi": 0.4, "en": 0.3}, {"ta": 0.9}])
async def test_who_is_not_sure_leaves_it_to_the_next(shares: Mapping[str, float]) -> None:
    assert await settled(heard("x"), Identifier(shares)) == heard("x")
    assert await settled(heard("x"), Identifier(shares), Identifier({"en": 0.7}, "next")) == heard("x", "en")


async def test_who_reads_gets_what_a_list_made_nothing_of() -> None:
    reader = Identifier({"hi": 0.9}, hears=False)
    await settled(Recognition("", 0.1, "recogniser", 1.0, written="haan ji boliye"), reader)
    assert reader.asked[0].text == "haan ji boliye"


async def test_a_failure_is_told_and_the_next_is_asked() -> None:
    failures: list[str] = []
    ill = Identifier({}, error=EngineError("gone"))
    assert await settled(heard("x"), ill, Identifier({"en": 0.7}, "next"), failures=failures) == heard("x", "en")
    assert failures == ["ear"]


@virtual_time
async def test_the_call_goes_on_in_its_own_language_when_it_takes_too_long() -> None:
    failures: list[str] = []
    slow = Identifier({"hi": 0.9}, takes_s=60)
    began = asyncio.get_running_loop().time()
    assert await settled(heard("x"), slow, failures=failures) == heard("x")
    assert asyncio.get_running_loop().time() - began == pytest.approx(0.8)
    assert (slow.cancelled, failures) == (1, ["language identification"])


@pytest.mark.parametrize("hint", [None, Hint("en"), Hint("en", languages=("en",)), Hint("en", languages=("en", "ta"))])
async def test_nobody_is_asked_where_nothing_is_open_or_nobody_can_tell(hint: Hint | None) -> None:
    assert Identifying([Identifier({})], lambda name, error: None).ask(hint, FRAMES) is None


async def test_a_turn_tells_the_language_that_was_spoken() -> None:
    ear = Identifier({"hi": 0.9, "en": 0.1})
    call = Call(identifiers=(ear,))
    call.leg.listen(replace(ENGLISH, languages=("en", "hi")))
    await call.run("." * 10 + "#" * 40 + "." * 60)
    (turn,) = call.of(TurnEnded)
    assert (turn.language, turn.engine) == ("hi", call.recogniser.name)
    assert ear.asked[0].audio.duration_ms >= 800
    call.leg.listen(ENGLISH)
    await call.run("." * 10 + "#" * 40 + "." * 60)
    assert call.of(TurnEnded)[-1].language == "", "it was not asked"


async def test_who_keeps_failing_is_left_alone() -> None:
    one = watched(Identifier({"hi": 0.9}))
    (link,) = linked({"default": [one]}, IdentifierLink)
    assert (link.name, link.hears, link.tells(("en", "hi")), link.tells(("ta", "hi"))) == ("ear", True, True, False)
    assert await settled(heard("x"), link) == heard("x", "hi")
    assert one.watch.report().answered == 1
    break_(one)
    assert not link.tells(("en", "hi"))
