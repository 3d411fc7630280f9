"""How a call sounded, estimated: the E-model's rating and the mean opinion score that goes with it. Pure.

R = 93.2 - Id - Ie,eff (ITU-T G.107, default values elsewhere).
Id = 0.024 d + 0.11 (d - 177.3) for d above 177.3, with d the one-way delay in ms (Cole and Rosenbluth, 2001).
Ie,eff = Ie + (95 - Ie) P / (P / BurstR + Bpl), with P the loss in percent of the audio, what came too late included.
BurstR is the frames of 20 ms lost in a row, on average, against what random loss of single frames would give,
1 / (1 - P): so a packet of 60 ms is a burst of three. 1 at least.
MOS = 1 + 0.035 R + R (R - 60) (100 - R) 7e-6, from 1 to 4.5 (G.107, annex B).

Ie and Bpl: G.711 with concealment 0 and 25.1 (ITU-T G.113, appendix I). Linear audio is taken for the same. What is
heard of G.722 is its lower band, 6 bits a sample of ADPCM; G.113 gives no value for that, so it is taken for the next
worse, ADPCM of 5 bits (G.726 at 40 kbit/s, Ie 2). The concealment is the same for all, and so is Bpl.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from media.audio.pcm import FRAME_MS

_BEST = 93.2
_PACKETISED_MS = 20.0
"""What packetising takes at least; the way beyond Asterisk is not known here."""


class Robustness(NamedTuple):
    """A codec's place in the E-model: its impairment, and how well it bears loss."""

    ie: float = 0.0
    bpl: float = 25.1


BY_CODEC = {"g722": Robustness(ie=2.0)}
"""By Asterisk's name; G.711's for the others."""
_G711 = Robustness()


@dataclass(frozen=True, slots=True)
class Quality:
    """`rating` is R, 0 to 93.2; `mos` 1 to 4.41."""

    rating: float
    mos: float


def estimate(
    lost: int,
    late: int,
    received: int,
    delay_ms: float,
    *,
    codec: str = "alaw",
    packet_ms: float = FRAME_MS,
    mean_row: float = 0.0,
) -> Quality:
    """From counts of packets and the playout delay. `mean_row` is the packets lost in a row, on average."""
    expected = received + lost
    share = min(expected, lost + late) / expected if expected else 0.0
    burst_ratio = max(1.0, mean_row * packet_ms / FRAME_MS * (1.0 - share))
    return rate(100.0 * share, delay_ms + max(_PACKETISED_MS, packet_ms), burst_ratio, BY_CODEC.get(codec, _G711))


def rate(loss_percent: float, way_ms: float, burst_ratio: float, codec: Robustness) -> Quality:
    """The formulas above."""
    delay_impairment = 0.024 * way_ms + (0.11 * (way_ms - 177.3) if way_ms > 177.3 else 0.0)
    loss_impairment = codec.ie + (95.0 - codec.ie) * loss_percent / (loss_percent / burst_ratio + codec.bpl)
    rating = max(0.0, min(100.0, _BEST - delay_impairment - loss_impairment))
    return Quality(round(rating, 1), round(_opinion(rating), 2))


def _opinion(rating: float) -> float:
    if rating <= 0.0:
        return 1.0
    return min(4.5, max(1.0, 1.0 + 0.035 * rating + rating * (rating - 60.0) * (100.0 - rating) * 7e-6))
