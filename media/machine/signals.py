"""Tones that no person makes: a network's before its announcement, and a fax's answer."""

from __future__ import annotations

from media.machine.tones import Tone
from media.machine.verdict import Because

_INFORMATION_HZ = ((900.0, 1000.0), (1350.0, 1450.0), (1750.0, 1850.0))
"""Special information tones, in this order (ITU-T E.180: 950 ± 50, 1400 ± 50, 1800 ± 50 Hz, 330 ± 70 ms each)."""
_INFORMATION_MS = (230.0, 430.0)
_BETWEEN_S = 0.15
"""Silence between two of them at most: 30 ms, and what a line adds."""
_FAX_HZ = (2085.0, 2115.0)
"""An answering fax's tone (ITU-T T.30, CED: 2100 ± 15 Hz, 2.6 to 4 s)."""
_FAX_MS = 600.0


class Signals:
    """Hears them in the tones of one call."""

    def __init__(self) -> None:
        self._last: tuple[int, float] | None = None

    def hear(self, tone: Tone) -> Because | None:
        """A tone ended: what it says with the one before it, if anything."""
        if _within(tone.hertz, _FAX_HZ) and tone.ms >= _FAX_MS:
            return Because.FAX
        place = next((place for place, band in enumerate(_INFORMATION_HZ) if _within(tone.hertz, band)), None)
        before, self._last = self._last, None
        if place is None or not _within(tone.ms, _INFORMATION_MS):
            return None
        self._last = place, tone.ended_at
        follows = before and before[0] == place - 1 and tone.started_at - before[1] <= _BETWEEN_S
        return Because.NETWORK_TONES if follows else None


def _within(value: float, band: tuple[float, float]) -> bool:
    return band[0] <= value <= band[1]
