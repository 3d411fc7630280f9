"""Which beginning of a prompt is taken up again, and which are kept."""

from __future__ import annotations

from media.llm.prefixes import Plan, Prefixes, Tokens, common, tokens_of


def tokens(*parts: tuple[int, int]) -> Tokens:
    """Each part: a number, and how often it comes."""
    return tokens_of([number for number, times in parts for _ in range(times)])


NOTHING = tokens()
PERSONA, OTHER = tokens((1, 100)), tokens((2, 100))


def test_what_both_begin_with() -> None:
    assert common(tokens((1, 5), (2, 3)), tokens((1, 5), (3, 9))) == 5
    assert common(PERSONA, PERSONA[:40]) == 40
    assert common(NOTHING, PERSONA) == 0


def test_what_is_held_is_gone_on_from_and_one_token_is_left_to_evaluate() -> None:
    prefixes = Prefixes[str](1000)
    assert prefixes.plan(tokens((1, 100), (5, 9)), PERSONA) == Plan(100)
    assert prefixes.plan(PERSONA, tokens((1, 100), (5, 9))) == Plan(99)
    assert prefixes.plan(PERSONA, NOTHING) == Plan(0)


def test_what_is_kept_is_taken_up_where_it_saves_more_than_what_is_held() -> None:
    prefixes = Prefixes[str](1000)
    prefixes.keep(PERSONA, "persona", 100)
    assert prefixes.plan(tokens((1, 100), (5, 9)), OTHER) == Plan(100, "persona")
    assert prefixes.plan(tokens((1, 60), (5, 9)), OTHER) == Plan(60, "persona")
    assert prefixes.plan(tokens((1, 100), (5, 9)), PERSONA[:90]) == Plan(90)
    assert prefixes.plan(tokens((1, 10), (5, 9)), OTHER) == Plan(0)


def test_only_what_none_reaches_is_wanted() -> None:
    prefixes = Prefixes[str](1000)
    assert prefixes.wants(PERSONA, 100)
    prefixes.keep(PERSONA, "persona", 100)
    assert not prefixes.wants(PERSONA[:80], 80)
    assert not prefixes.wants(tokens((1, 100), (7, 4)), 104)
    assert prefixes.wants(tokens((1, 100), (7, 40)), 140)
    assert prefixes.wants(OTHER, 1000)
    assert not prefixes.wants(OTHER, 1001)
    assert not prefixes.wants(OTHER[:8], 8)


def test_what_was_not_used_for_the_longest_time_makes_room() -> None:
    prefixes = Prefixes[str](250)
    prefixes.keep(PERSONA, "persona", 100)
    prefixes.keep(OTHER, "other", 100)
    prefixes.plan(tokens((1, 101)), NOTHING)
    prefixes.keep(tokens((3, 100)), "third", 100)
    assert (len(prefixes), prefixes.size_bytes) == (2, 200)
    assert prefixes.plan(tokens((2, 101)), NOTHING) == Plan(0)
    assert prefixes.plan(tokens((1, 101)), NOTHING) == Plan(100, "persona")


def test_one_that_is_kept_again_counts_once_and_one_too_large_not_at_all() -> None:
    prefixes = Prefixes[str](250)
    prefixes.keep(PERSONA, "before", 100)
    prefixes.keep(PERSONA, "now", 120)
    prefixes.keep(OTHER, "large", 251)
    assert (len(prefixes), prefixes.size_bytes) == (1, 120)
    assert prefixes.plan(tokens((1, 101)), NOTHING) == Plan(100, "now")


def test_a_talk_takes_the_place_of_what_it_has_grown_from_and_its_beginning_stays() -> None:
    prefixes = Prefixes[str](1000)
    prefixes.keep(PERSONA, "persona", 100)
    for turns in (20, 40, 60):
        prefixes.keep(tokens((1, 100), (5, turns)), f"{turns} tokens of talk", 100 + turns, grows=True)
    prefixes.keep(tokens((1, 100), (6, 20)), "another's talk", 120, grows=True)
    assert (len(prefixes), prefixes.size_bytes) == (3, 100 + 160 + 120)
    assert prefixes.plan(tokens((1, 100), (5, 70)), NOTHING) == Plan(160, "60 tokens of talk")
    assert prefixes.plan(tokens((1, 100), (7, 70)), NOTHING).reused == 100
