"""How much of the end of a caller's words the noise of their place hides: a pause seems longer than it is. Pure."""

from __future__ import annotations

from math import log10

_VOICE, _NOISE = 1 / 32, 1 / 16
"""Memory of the last 640 ms of voice, about, and of the last 320 ms between."""
CLEAR_DB = 32.0
"""A voice so much louder than what is between its words is heard to its end."""
HIDDEN_MS_PER_DB = 8.0
"""What is hidden with each dB less (docs/turn-taking.md says how that was measured)."""
MOST_HIDDEN_MS = 170.0


class Masking:
    """One caller's frames, by their root mean square."""

    __slots__ = ("_noise", "_voice")

    def __init__(self) -> None:
        self._voice = self._noise = 0.0

    def frame(self, voiced: bool, level: int) -> None:
        """A frame came."""
        if voiced:
            self._voice += (level - self._voice) * _VOICE if self._voice else level
        else:
            self._noise += (level - self._noise) * _NOISE if self._noise else level

    @property
    def hidden_ms(self) -> float:
        """Milliseconds of a word's end that are heard as silence."""
        if self._voice < 1 or self._noise < 1:
            return 0.0
        clear_db = 20 * log10(self._voice / self._noise)
        return min(MOST_HIDDEN_MS, max(0.0, (CLEAR_DB - clear_db) * HIDDEN_MS_PER_DB))
