"""Words on the list need no mind; all else is the minds'."""

from __future__ import annotations

import pytest

from ari_app.calls.listed import ListedFirst
from ivr_flows.commands import SpokenOption, Wait
from ivr_flows.events import Guess, Speech
from ivr_flows.matching import Candidate, match
from media.workers.line import Rank

OPTIONS = (
    SpokenOption("accept", ("हाँ", "ले लेंगे", "एक", "ek")),
    SpokenOption("reject", ("नहीं", "मना कर दो", "दो", "do")),
)
MENU = Wait("hi", options=OPTIONS)
MINDS = (Guess("reject", 0.66),)


class Minds:
    def __init__(self) -> None:
        self.asked: list[str] = []

    async def guesses(self, text: str, wait: Wait, rank: Rank = Rank.WAITING) -> tuple[Guess, ...]:
        self.asked.append(text)
        return MINDS


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1", "accept"),
        ("Two.", "reject"),
        ("२", "reject"),
        ("Yes.", "accept"),
        ("le lege ji", "accept"),
        ("मना करदो", "reject"),
    ],
)
async def test_a_listed_answer_is_known_without_a_mind_and_taken_by_the_flow(text: str, name: str) -> None:
    minds = Minds()
    guesses = await ListedFirst(minds).guesses(text, MENU)
    heard = match(Speech(0, text, 0.9, guesses), [Candidate(option.name, option.phrases, 0.6) for option in OPTIONS])
    assert heard
    assert (heard.name, heard.sure) == (name, True)
    assert minds.asked == []


@pytest.mark.parametrize("text", ["खाना ठंडा था", "9", "हाँ नहीं"])
async def test_what_is_not_listed_goes_to_the_minds(text: str) -> None:
    minds = Minds()
    assert await ListedFirst(minds).guesses(text, MENU) == MINDS
    assert minds.asked == [text]


@pytest.mark.parametrize("wait", [Wait("hi", options=OPTIONS, free=True), Wait("hi")])
async def test_free_speech_and_waits_without_options_are_the_minds(wait: Wait) -> None:
    minds = Minds()
    assert await ListedFirst(minds).guesses("1", wait) == MINDS
