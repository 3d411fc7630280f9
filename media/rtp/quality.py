"""How a call sounded, estimated: the E-model's rating and the mean opinion score that goes with it. Pure.

R = 93.2 - Id - Ie,eff (ITU-T G.107, default values elsewhere).
Id = 0.024 d + 0.11 (d - 177.3) for d above 177.3, with d the one-way delay in ms (Cole and Rosenbluth, 2001).
Ie,eff = Ie + (95 - Ie) P / (P / BurstR + Bpl), with P the loss in percent; for G.711 with concealment Ie = 0 and
Bpl = 25.1 (ITU-T G.113, table I.2).
MOS = 1 + 0.035 R + R (R - 60) (100 - R) 7e-6, from 1 to 4.5 (G.107, annex B).
"""

from __future__ import annotations

from dataclasses import dataclass

_BEST = 93.2
_BPL = 25.1
_NETWORK_MS = 20.0
"""What packetising takes; the way beyond Asterisk is not known here."""


@dataclass(frozen=True, slots=True)
class Quality:
    """`rating` is R, 0 to 93.2; `mos` 1 to 4.41."""

    rating: float
    mos: float


def estimate(lost: int, late: int, received: int, delay_ms: float, burst_ratio: float = 1.0) -> Quality:
    """From packet counts and the playout delay. `burst_ratio` is 1 for random loss, more when it comes in bursts."""
    expected = received + lost
    percent = 100.0 * min(expected, lost + late) / expected if expected else 0.0
    way_ms = delay_ms + _NETWORK_MS
    delay_impairment = 0.024 * way_ms + (0.11 * (way_ms - 177.3) if way_ms > 177.3 else 0.0)
    loss_impairment = 95.0 * percent / (percent / burst_ratio + _BPL)
    rating = max(0.0, min(100.0, _BEST - delay_impairment - loss_impairment))
    return Quality(round(rating, 1), round(_opinion(rating), 2))


def _opinion(rating: float) -> float:
    if rating <= 0.0:
        return 1.0
    return min(4.5, max(1.0, 1.0 + 0.035 * rating + rating * (rating - 60.0) * (100.0 - rating) * 7e-6))
