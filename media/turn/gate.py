"""How loud a frame must be to be the caller's: above the line's noise, the agent's echo and people far away. Pure.

All levels are root mean squares of 16-bit samples.
"""

from __future__ import annotations

from media.audio.levels import rms_of

_AGENT_MEMORY = 0.9
"""What is left of the agent's level after a frame: its echo comes some 200 ms later still."""
_CALLER_MEMORY = 1 / 64
_NOISE_DOWN = 0.2
"""How much of the way down to a weaker frame the line's noise is taken to be."""
_NOISE_UP = 10 ** (3 * 0.02 / 20)
"""By how much it grows with each louder frame: 3 dB a second."""
_WITHIN = 10 ** (-2 / 20)
"""How much weaker than at its beginning speech may be later on: it fades towards its pauses."""
_NOISE_LEAST, _NOISE_MOST = rms_of(-64), rms_of(-27)


class VoiceGate:
    """One call's.

    `floor_dbfs`: below it there is no speech. `over_agent_dbfs`: the same while the agent speaks. `echo_db`: how much
    weaker than the agent its echo is at most. `far_db`: how much weaker than the caller somebody is who doesn't speak
    into the phone. `noise_db`: how much louder than the line's own noise, which is followed, speech is at least.
    """

    __slots__ = (
        "_above_noise",
        "_agent",
        "_caller",
        "_echo",
        "_far",
        "_least",
        "_noise",
        "_over_agent",
        "floor",
        "within",
    )

    def __init__(
        self,
        floor_dbfs: float = -47.0,
        over_agent_dbfs: float = -42.0,
        *,
        echo_db: float = 18.0,
        far_db: float = 14.0,
        noise_db: float = 6.0,
    ) -> None:
        self._least = float(rms_of(floor_dbfs))
        self.floor = self._least
        """What is no louder begins no speech."""
        self.within = self._least
        """What is no louder is a pause of it."""
        self._over_agent = rms_of(over_agent_dbfs)
        self._echo = 10 ** (-echo_db / 20)
        self._far = 10 ** (-far_db / 20)
        self._above_noise = 10 ** (noise_db / 20)
        self._noise = 0.0
        self._agent = 0.0
        self._caller = 0.0

    def came(self, level: int) -> None:
        """A frame came, whatever is in it. What never goes away between words is noise: `floor` rises above it."""
        noise = self._noise or float(level)
        noise = noise + (level - noise) * _NOISE_DOWN if level < noise else noise * _NOISE_UP
        self._noise = noise = min(max(noise, _NOISE_LEAST), _NOISE_MOST)
        above = noise * self._above_noise
        self.floor = max(self._least, above)
        self.within = max(self._least, above * _WITHIN)

    def agent_said(self, level: int) -> None:
        """A frame of the agent's went out; 0 for one in which it stood still."""
        kept = self._agent * _AGENT_MEMORY
        self._agent = float(level) if level > kept else kept

    def caller_said(self, level: int) -> None:
        """A voiced frame of a turn came: this is how loud the caller is."""
        self._caller += (level - self._caller) * _CALLER_MEMORY if self._caller else level

    def over_agent(self, level: int) -> bool:
        """Whether a frame that comes while the agent speaks may be the caller's."""
        least = max(self._over_agent, self.floor)
        return level > least and level > self._agent * self._echo and level > self._caller * self._far

    def over_pause(self, level: int) -> bool:
        """The same while the agent stands still: only its echo is still on the way."""
        return level > self.floor and level > self._agent * self._echo
