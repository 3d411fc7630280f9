"""The table of stages: whole, and true to its two rules."""

from __future__ import annotations

from media.machine.table import TABLE, Sign, Stage, Tell


def test_every_pair_stands_in_it() -> None:
    assert set(TABLE) == {(stage, sign) for stage in Stage for sign in Sign}


def test_a_machine_is_never_taken_back() -> None:
    for sign in Sign:
        stage, tells = TABLE[Stage.MACHINE, sign]
        assert stage in (Stage.MACHINE, Stage.OVER)
        assert not {Tell.HUMAN, Tell.DOUBT} & set(tells)


def test_nothing_is_told_once_it_is_over() -> None:
    assert all(TABLE[Stage.OVER, sign] == (Stage.OVER, ()) for sign in Sign)


def test_silence_alone_is_never_a_machine_s() -> None:
    told = [tells for (_, sign), (_, tells) in TABLE.items() if sign in (Sign.MUTE, Sign.SHORT, Sign.MIDDLING)]
    assert all(Tell.MACHINE not in tells for tells in told)
