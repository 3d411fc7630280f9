"""How loud a frame must be to be the caller's: above the line's noise, the agent's echo and people far away. Pure.

All levels are root mean squares of 16-bit samples.
"""

from __future__ import annotations

from media.audio.levels import rms_of

_AGENT_MEMORY = 0.9
"""What is left of the agent's level after a frame: its echo comes some 200 ms later still."""
_CALLER_MEMORY = 1 / 64


class VoiceGate:
    """One call's.

    `floor_dbfs`: below it there is no speech. `over_agent_dbfs`: the same while the agent speaks. `echo_db`: how much
    weaker than the agent its echo is at most. `far_db`: how much weaker than the caller somebody is who doesn't speak
    into the phone.
    """

    __slots__ = ("_agent", "_caller", "_echo", "_far", "_over_agent", "floor")

    def __init__(
        self,
        floor_dbfs: float = -47.0,
        over_agent_dbfs: float = -42.0,
        *,
        echo_db: float = 18.0,
        far_db: float = 14.0,
    ) -> None:
        self.floor = rms_of(floor_dbfs)
        self._over_agent = rms_of(over_agent_dbfs)
        self._echo = 10 ** (-echo_db / 20)
        self._far = 10 ** (-far_db / 20)
        self._agent = 0.0
        self._caller = 0.0

    def agent_said(self, level: int) -> None:
        """A frame of the agent's went out; 0 for one in which it stood still."""
        kept = self._agent * _AGENT_MEMORY
        self._agent = level if level > kept else kept

    def caller_said(self, level: int) -> None:
        """A voiced frame of a turn came: this is how loud the caller is."""
        self._caller += (level - self._caller) * _CALLER_MEMORY if self._caller else level

    def over_agent(self, level: int) -> bool:
        """Whether a frame that comes while the agent speaks may be the caller's."""
        return level > self._over_agent and level > self._agent * self._echo and level > self._caller * self._far

    def over_pause(self, level: int) -> bool:
        """The same while the agent stands still: only its echo is still on the way."""
        return level > self.floor and level > self._agent * self._echo
