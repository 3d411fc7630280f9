"""Hostile calls: no exception, no frame of another size, no buffer without a bound, and every packet counted once."""

from __future__ import annotations

import os

import pytest

from tests.media.rtp.fuzz import PACKETS, call

FIRST = int(os.environ.get("FUZZ_SEED", "1"))
"""The seeds go on from here; each is a call of its own, and `python -m tests.media.rtp.fuzz SEED` runs it again."""


def hostile(calls: int, first: int = FIRST) -> None:
    taken = heard = 0
    for seed in range(first, first + calls):
        counts = call(seed)
        taken += counts.received
        heard += counts.concealed_frames + counts.noise_frames
    assert taken > calls * PACKETS / 10, (
        f"seeds {first} to {first + calls - 1}: too few got past the door to try the rest"
    )
    assert heard > calls


def test_twenty_thousand_hostile_packets() -> None:
    hostile(20)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_million_hostile_packets() -> None:
    hostile(1_000_000 // PACKETS)
