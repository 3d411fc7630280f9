"""By what a machine is told from a person: every threshold, and where it comes from.

Asterisk's AMD() judges by the same kind of facts; its own defaults (2.5 s of initial silence, 1.5 s of greeting, 0.8 s
of silence after it, 5 s in all) call a silent callee a machine, and a greeting over 1.5 s. Here a person comes first:
silence is never a machine's, and a greeting must be as long as people don't speak without a breath. What is not a
standard's was chosen on the tuning half of bench/machine.py; docs/machine-detection.md has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class MachineManner:
    """How a call's first seconds are judged."""

    start_ms: int = 100
    """Voiced audio that makes speech, within `window_ms`."""
    window_ms: int = 200
    floor_dbfs: float = -40.0
    """Weaker frames are somebody in the background: speech on a phone line is -30 to -10 (ITU-T P.56 level, G.711)."""
    within_db: float = 15.0
    """What is that much weaker than the loudest speech so far is behind it: a radio, people in the shop."""
    silent_ms: int = 2000
    """Nobody spoke for so long: in doubt, and the call goes on."""
    pause_ms: int = 600
    """Silence that ends a greeting. Between a recording's sentences it is mostly shorter."""
    short_most_ms: int = 1800
    """A greeting up to this is a person's."""
    long_ms: int = 4000
    """Speech without such a pause that is a recording's."""
    monologue_ms: int = 6000
    """The same from the first word on, across the pause that gave a first verdict: people leave off when they are
    spoken to."""
    rest_ms: int = 1000
    """Silence that ends speech after a first verdict: between a menu's sentences it is mostly shorter."""
    dense: float = 0.5
    """Share of a long greeting that is voiced: words come close together, coughs and dishes don't."""
    watch_ms: int = 12_000
    """After the answer, how long a first verdict may be taken back."""
    beep_low_hz: float = 420.0
    beep_high_hz: float = 1600.0
    """Recorders' beeps: 425 to 1400 Hz mostly. Call progress tones of India are 400 Hz (ITU-T E.180, supplement 2)."""
    beep_ms: int = 80
    """Shortest beep after a greeting that is known to be a machine's."""
    proof_ms: int = 140
    """Shortest beep that itself proves a machine."""
    proof_speech_ms: int = 700
    """Speech there must have been before such a beep: a greeting, if a short one."""
    beep_below_db: float = 12.0
    """How much weaker than the speech before it a beep is at most: the till of a shop is weaker."""
    beep_rest_ms: int = 200
    """Silence after a tone that makes it a beep: in music a note follows."""
    quiet_ms: int = 2500
    """Silence after a machine's greeting that ends it without a beep."""
    greeting_most_ms: int = 45_000
    """After a machine is known, how long its greeting is waited for."""


BEFORE_SPEAKING = MachineManner()
"""The agent is silent until there is a verdict."""
WHILE_SPEAKING = replace(BEFORE_SPEAKING, long_ms=5000)
"""The agent speaks from the answer on: callee and agent may begin at once, so more is asked for."""
