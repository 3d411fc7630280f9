from __future__ import annotations

from load.figures import Called
from load.people import read_trace
from phones.trace import Arrival, CallTrace, End, KeyPress


def _voice(*spans: tuple[float, float]) -> tuple[Arrival, ...]:
    """The far end's packets: voiced within the spans, every 20 ms."""
    times = [n * 0.02 for n in range(int(spans[-1][1] / 0.02) + 1)]
    return tuple(
        Arrival(100 + at, n, n * 160, 1, any(start <= at <= end for start, end in spans)) for n, at in enumerate(times)
    )


def _trace(*keys: KeyPress) -> CallTrace:
    return CallTrace(
        phone="p",
        invited_at=99.0,
        ringing_at=None,
        answered_at=99.5,
        ended_at=110.0,
        end=End("far", "bye", 200),
        own_voiced=(),
        keys=keys,
        arrivals=_voice((1.0, 3.0), (5.1, 6.0), (8.0, 9.0)),
    )


def test_figures_of_a_call_in_are_read_off_its_wire() -> None:
    called = Called(0, "+91", "a", "b", 0.0)
    read_trace(called, _trace(KeyPress("1", 104.8, 104.9)), inbound=True)
    assert (called.began_at, called.ended_at) == (99.0, 110.0)
    assert called.set_up_ms == 500.0
    assert called.greeting_ms is not None
    assert round(called.greeting_ms) == 1500
    assert called.lost == 0
    assert called.packets == 451


def test_a_call_out_is_set_up_when_the_phone_is_rung() -> None:
    called = Called(0, "+91", "a", "b", 98.2)
    read_trace(called, _trace(), inbound=False)
    assert called.set_up_ms is not None
    assert round(called.set_up_ms) == 800


def test_a_turn_gap_is_from_the_last_key_of_a_row_to_the_next_words() -> None:
    called = Called(0, "+91", "a", "b", 0.0)
    rows = (KeyPress("2", 104.2, 104.3), KeyPress("0", 104.5, 104.6), KeyPress("#", 107.4, 107.5))
    read_trace(called, _trace(*rows), inbound=True)
    assert [(at, round(ms)) for at, ms in called.turn_gaps] == [(104.6, 500), (107.5, 500)]
