from __future__ import annotations

from ari_app.ari.listeners import Listeners


def hear(*_: object) -> None:
    """A callback."""


def test_only_those_of_exactly_this_type_and_object_are_found_in_their_order() -> None:
    listeners = Listeners()
    first = listeners.add("StasisStart", "Channel", "a", hear)
    listeners.add("StasisStart", "Channel", "b", hear)
    listeners.add("StasisEnd", "Channel", "a", hear)
    listeners.add("StasisStart", "", "", hear)
    second = listeners.add("StasisStart", "Channel", "a", hear)
    assert listeners.find("StasisStart", "Channel", "a") == (first, second)


def test_closing_leaves_nothing_behind() -> None:
    listeners = Listeners()
    made = [listeners.add("StasisStart", "Channel", "a", hear) for _ in range(3)]
    for each in made:
        each.close()
        each.close()
        assert each.closed
    assert len(listeners) == 0
    assert not listeners._by_object


def test_an_object_is_forgotten_with_all_that_listened_to_it() -> None:
    listeners = Listeners()
    gone = listeners.add("StasisEnd", "Channel", "a", hear)
    other = listeners.add("StasisEnd", "Channel", "b", hear)
    listeners.forget("Channel", "a")
    gone.close()
    assert listeners.find("StasisEnd", "Channel", "b") == (other,)
    assert len(listeners) == 1
