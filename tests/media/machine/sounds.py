"""What a callee's line brings: words, silences, tones; frame by frame, into a detector."""

from __future__ import annotations

import math
import struct

from media.audio.levels import rms, rms_of
from media.audio.pcm import FRAME_BYTES, FRAME_MS, FRAME_SAMPLES, TELEPHONE_RATE
from media.machine.detector import MachineDetector
from media.machine.manner import BEFORE_SPEAKING, MachineManner
from media.machine.verdict import CalleeJudged, Found, GreetingOver

SPEECH_RMS = rms_of(-22)
_FRAME_S = FRAME_MS / 1000
_SILENT = bytes(FRAME_BYTES)


def sine(*hertz: float, level_dbfs: float = -20, frame: int = 0) -> bytes:
    """20 ms of tones at once, the wave going on from frame to frame."""
    peak = rms_of(level_dbfs) * math.sqrt(2) / math.sqrt(len(hertz))
    at = range(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES)
    waves = (sum(math.sin(2 * math.pi * each * n / TELEPHONE_RATE) for each in hertz) for n in at)
    return struct.pack(f"<{FRAME_SAMPLES}h", *(round(peak * wave) for wave in waves))


class Line:
    """A call that was answered at 100 s; `ms` counts from there."""

    def __init__(self, manner: MachineManner = BEFORE_SPEAKING) -> None:
        self.start = 100.0
        self.frames = 0
        self.detector = MachineDetector(self.start, manner)
        self.found: list[Found] = []

    @property
    def now(self) -> float:
        return self.start + self.frames * _FRAME_S

    @property
    def verdicts(self) -> list[CalleeJudged]:
        return [each for each in self.found if isinstance(each, CalleeJudged)]

    @property
    def told(self) -> list[tuple[str, str, int]]:
        """Every verdict: who, why, when."""
        return [(each.callee.value, each.because.value, self.ms(each.at)) for each in self.verdicts]

    @property
    def over(self) -> list[GreetingOver]:
        return [each for each in self.found if isinstance(each, GreetingOver)]

    def ms(self, at: float) -> int:
        return round((at - self.start) * 1000)

    def speak(self, ms: int, level: int = SPEECH_RMS) -> Line:
        """Voiced audio that is no tone."""
        return self._frames(ms, voiced=True, level=level)

    def quiet(self, ms: int) -> Line:
        return self._frames(ms, voiced=False, level=10)

    def say(self, ms: int) -> Line:
        """Speech with the stops of words: 160 ms voiced, 60 ms not."""
        for _ in range(round(ms / 220)):
            self.speak(160).quiet(60)
        return self

    def tone(self, hertz: float, ms: int, level_dbfs: float = -20) -> Line:
        """A tone, which a detector of voices takes for one."""
        for count in range(ms // FRAME_MS):
            samples = sine(hertz, level_dbfs=level_dbfs, frame=count)
            self._frame(samples, voiced=True, level=rms(samples))
        return self

    def nothing(self, ms: int) -> Line:
        """No packets: only time passes."""
        for _ in range(ms // FRAME_MS):
            self.frames += 1
            self.found += self.detector.tick(self.now)
        return self

    def _frames(self, ms: int, *, voiced: bool, level: int) -> Line:
        for _ in range(ms // FRAME_MS):
            self._frame(_SILENT, voiced=voiced, level=level)
        return self

    def _frame(self, samples: bytes, *, voiced: bool, level: int) -> None:
        self.frames += 1
        self.found += self.detector.frame(samples, voiced, level, self.now)
