from __future__ import annotations

from collections import Counter

import pytest

from load.errors import LoadError
from load.paths import BUSY, Move, Way
from load.plan import Share, allot, make_plan, read_mix

YES = Way(3, "yes", "confirmed", (Move("1"),), takes_ms=9)
SLOW_YES = Way(4, "silent, yes", "confirmed", (Move(silences=1), Move("1")), takes_ms=5)
NO = Way(5, "no", "rejected", (Move("2"),))
WAYS = [YES, SLOW_YES, NO]


def test_an_outcome_stands_for_the_quickest_way_and_a_number_for_its_path() -> None:
    assert read_mix("confirmed=3, 4=1,busy", WAYS, "out") == [Share(YES, 3), Share(SLOW_YES, 1), Share(BUSY, 1)]


@pytest.mark.parametrize(
    ("mix", "said"),
    [
        ("sold=1", "confirmed, rejected"),
        ("99", "3, 4, 5"),
        ("confirmed=much", "confirmed=much"),
        ("confirmed=-1", "0 or more"),
        ("confirmed=0", "above 0"),
        ("busy=1", "'busy'"),
    ],
)
def test_a_mix_that_names_nothing_says_what_there_is(mix: str, said: str) -> None:
    with pytest.raises(LoadError, match=said):
        read_mix(mix, WAYS, "in")


@pytest.mark.parametrize(
    ("weights", "calls", "expected"),
    [
        ((1, 1, 1), 10, (4, 3, 3)),
        ((6, 2, 1), 9, (6, 2, 1)),
        ((99, 1), 10, (10, 0)),
        ((1, 0), 3, (3, 0)),
        ((1, 1), 1, (1, 0)),
    ],
)
def test_shares_are_kept_as_exactly_as_whole_calls_allow(
    weights: tuple[int, ...], calls: int, expected: tuple[int, ...]
) -> None:
    shares = [Share(Way(number, str(number), "any"), weight) for number, weight in enumerate(weights)]
    counts = Counter(way.number for way in allot(shares, calls))
    assert tuple(counts[number] for number in range(len(weights))) == expected


def test_the_same_seed_gives_the_same_calls_and_another_one_others() -> None:
    shares = [Share(YES, 1), Share(NO, 1)]

    def order(seed: int) -> list[str]:
        return [entry.way.outcome for entry in make_plan(shares, 40, ["+911"], seed=seed, run="r")]

    assert order(1) == order(1) != order(2)
    assert Counter(order(1)) == Counter(order(2))


def test_every_call_is_about_an_order_of_its_own_in_every_run() -> None:
    orders = [
        entry.inputs["order_id"]
        for run in ("1", "2")
        for entry in make_plan([Share(YES, 1)], 3, ["+911", "+912"], seed=1, order_inputs=["order_id"], run=run)
    ]
    assert len(set(orders)) == 6


def test_numbers_take_turns() -> None:
    plan = make_plan([Share(YES, 1)], 5, ["+911", "+912"], seed=1, run="r")
    assert [entry.number for entry in plan] == ["+911", "+912", "+911", "+912", "+911"]
