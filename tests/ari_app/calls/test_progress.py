"""What the network tells before the answer: ringing and early media are two things, each noted once."""

from __future__ import annotations

import pytest

from ari_app.calls.progress import TABLE, Sign, Stage, of_dial, step


def _noted(*statuses: str) -> list[str]:
    stage, noted = Stage.DIALLED, []
    for status in statuses:
        if sign := of_dial(status):
            stage, news = step(stage, sign)
            noted += [news.name.lower()] if news else []
    return noted


@pytest.mark.parametrize(
    ("statuses", "noted"),
    [
        (("", "RINGING", "RINGING", "ANSWER"), ["ringing"]),
        (("PROGRESS", "PROGRESS", "CHANUNAVAIL"), ["early_media"]),
        (("PROGRESS", "RINGING", "PROGRESS", "ANSWER"), ["early_media", "ringing"]),
        (("RINGING", "PROGRESS", "RINGING", "NOANSWER"), ["ringing", "early_media"]),
        (("ANSWER", "RINGING", "PROGRESS"), []),
    ],
)
def test_each_is_noted_once_in_the_order_in_which_it_came(statuses: tuple[str, ...], noted: list[str]) -> None:
    assert _noted(*statuses) == noted


def test_every_pair_stands_in_the_table() -> None:
    assert set(TABLE) == {(stage, sign) for stage in Stage for sign in Sign}


def test_only_an_answer_answers() -> None:
    answered = {sign for (stage, sign), (after, _) in TABLE.items() if after is Stage.ANSWERED is not stage}
    assert answered == {Sign.ANSWER}
