from __future__ import annotations

import pytest

from ari_app.store.lifecycle import FIRST, PREDECESSORS, may_follow
from ari_app.store.records import FINAL, Direction, Status

ORDER = [Status.QUEUED, Status.RINGING, Status.IN_PROGRESS]


def test_every_status_and_direction_stands_in_the_tables() -> None:
    assert set(PREDECESSORS) == set(Status)
    assert set(FIRST) == set(Direction)


@pytest.mark.parametrize("after", list(Status))
@pytest.mark.parametrize("before", list(Status))
def test_a_status_only_goes_forward(before: Status, after: Status) -> None:
    if before in FINAL:
        expected = False
    elif after in FINAL:
        expected = True
    else:
        expected = ORDER.index(before) < ORDER.index(after)
    assert may_follow(before, after) is expected
