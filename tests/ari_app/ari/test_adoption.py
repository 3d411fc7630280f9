from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ari_app.ari.adoption import Known, Snapshot, reconcile
from ari_app.ari.models import Bridge, Channel
from tests.ari_app.ari.samples import bridge, channel


def in_stasis(name: str, data: str = "shop") -> Channel:
    return Channel.from_json(
        channel(name, dialplan={"context": "x", "exten": "s", "priority": 1, "app_name": "Stasis", "app_data": data})
    )


def in_dialplan(name: str) -> Channel:
    return Channel.from_json(
        channel(name, dialplan={"context": "x", "exten": "s", "priority": 1, "app_name": "Echo", "app_data": ""})
    )


def snapshot(*channels: Channel, bridges: tuple[str, ...] = ()) -> Snapshot:
    return Snapshot("shop", channels, tuple(Bridge.from_json(bridge(name)) for name in bridges))


def ours(name: str) -> bool:
    return name.startswith("our-")


def known(*channels: str, bridges: tuple[str, ...] = ()) -> Known:
    return Known(frozenset(channels), frozenset(bridges))


def test_calls_that_are_there_go_on_and_others_have_ended() -> None:
    found = reconcile(known("a", "our-b", "c"), snapshot(in_stasis("a"), in_dialplan("our-b")), ours)
    assert found.still_live == {"a", "our-b"}
    assert found.ended == {"c"}
    assert not found.unknown_live
    assert not found.orphan_channels


def test_what_an_earlier_life_made_is_an_orphan_wherever_it_is() -> None:
    there = snapshot(in_stasis("our-leg"), in_dialplan("our-other"), bridges=("our-bridge", "theirs"))
    found = reconcile(known(), there, ours)
    assert found.orphan_channels == {"our-leg", "our-other"}
    assert found.orphan_bridges == {"our-bridge"}
    assert not found.unknown_live


def test_calls_that_came_in_and_wait_in_the_application_are_to_be_adopted() -> None:
    there = snapshot(in_stasis("1763.1", "shop,inbound,exotel"), in_stasis("1763.2", "shopping"), in_dialplan("1763.3"))
    assert reconcile(known(), there, ours).unknown_live == {"1763.1"}


def test_bridges_are_compared_too() -> None:
    found = reconcile(known(bridges=("our-1", "our-2")), snapshot(bridges=("our-2",)), ours)
    assert found.ended_bridges == {"our-1"}
    assert not found.orphan_bridges


names = st.frozensets(st.sampled_from(["a", "b", "c", "our-a", "our-b", "our-c"]))


@given(names, names, names, names)
def test_everything_is_in_exactly_one_group(
    channels: frozenset[str], bridges: frozenset[str], there: frozenset[str], bridges_there: frozenset[str]
) -> None:
    found = reconcile(
        Known(channels, bridges), snapshot(*map(in_stasis, sorted(there)), bridges=tuple(sorted(bridges_there))), ours
    )
    groups = (found.still_live, found.ended, found.orphan_channels, found.unknown_live)
    assert frozenset().union(*groups) == channels | there
    assert sum(map(len, groups)) == len(channels | there)
    assert found.orphan_bridges == {name for name in bridges_there - bridges if ours(name)}
