"""What is told of a decision is what became of it: slow records, lost acknowledgements, records that come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from ari_app.calls.deciding import WITHIN_S, WithdrawnError, decided
from ari_app.store.records import Decision
from tests.virtual_time import virtual_time

AWAY = OperationalError("COMMIT", {}, Exception("server closed the connection"))
ACCEPTED = Decision(accepted=True, outcome="confirmed")


class Records:
    """Take `before_s` to come to the commit and `commit_s` for it; the first `lost` acknowledgements don't come."""

    def __init__(self, *, before_s: float = 0.0, commit_s: float = 0.0, lost: int = 0, away: int = 0) -> None:
        self.before_s, self.commit_s, self.lost, self.away = before_s, commit_s, lost, away
        self.committed = 0

    async def decide(self, may_commit: Callable[[], None]) -> Decision:
        await asyncio.sleep(self.before_s)
        if self.away:
            self.away -= 1
            raise AWAY
        may_commit()
        await asyncio.sleep(self.commit_s)
        self.committed = 1
        if self.lost:
            self.lost -= 1
            raise AWAY
        return ACCEPTED


@virtual_time
async def test_what_comes_to_its_commit_too_late_is_withdrawn_at_once_and_for_good() -> None:
    records = Records(before_s=WITHIN_S + 1)
    began = asyncio.get_running_loop().time()
    with pytest.raises(WithdrawnError):
        await decided(records.decide)
    assert asyncio.get_running_loop().time() - began == pytest.approx(WITHIN_S, abs=0.01)
    await asyncio.sleep(60)
    assert not records.committed


@virtual_time
async def test_a_commit_under_way_is_waited_for() -> None:
    records = Records(before_s=WITHIN_S - 1, commit_s=8)
    assert await decided(records.decide) == ACCEPTED
    assert records.committed


@virtual_time
async def test_a_commit_whose_answer_was_lost_is_asked_about() -> None:
    records = Records(commit_s=1, lost=3)
    assert await decided(records.decide) == ACCEPTED


@virtual_time
async def test_records_that_are_away_for_a_moment_are_asked_again() -> None:
    assert await decided(Records(away=3).decide) == ACCEPTED


@virtual_time
async def test_records_that_stay_away_had_nothing_committed() -> None:
    records = Records(away=1000)
    with pytest.raises(OperationalError):
        await decided(records.decide)
    assert not records.committed
