"""Engines that take a known time, as a plug-in of their own: what a call takes beside them is Mercury's."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from media.asr.protocol import Hint, Recognition
from media.audio.music import sine
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.tts.protocol import Speech

RECOGNISER_MS = 100.0
VOICE_MS = 100.0
"""To the first audio of a text."""
SPOKEN_MS = 2500
_PLUGIN = """[mercury.recognisers]
timed = bench.timed_engines:TimedRecogniser
[mercury.synthesisers]
timed = bench.timed_engines:TimedVoice
"""


class TimedStream:
    """Hears the first phrase of the list, so long after the end of the turn, and nothing before."""

    def __init__(self, hint: Hint) -> None:
        self._hint = hint

    def feed(self, frame: bytes) -> None:
        """It is not looked at."""

    async def so_far(self) -> Recognition:
        """The phrase, as it is at the end."""
        return await self.finish()

    async def finish(self) -> Recognition:
        """The phrase."""
        await asyncio.sleep(RECOGNISER_MS / 1000)
        return Recognition(next(iter(self._hint.phrases), ""), 1.0, "timed", RECOGNISER_MS)

    def cancel(self) -> None:
        """Nothing to free."""


class TimedRecogniser:
    """Serves every language."""

    name = "timed"

    def can(self, hint: Hint) -> bool:
        """Always."""
        return True

    def open(self, hint: Hint) -> TimedStream:
        """A turn's."""
        return TimedStream(hint)


class TimedVoice:
    """Says everything as a tone."""

    name = "timed"
    languages = frozenset({"en", "hi", "mr"})

    def fingerprint(self, speech: Speech) -> str:
        """Another in each process: what an earlier run said is not to be found in the cache."""
        return f"timed-{os.getpid()}"

    async def speak(self, speech: Speech) -> AsyncIterator[Pcm]:
        """The tone, so long after it was asked for."""
        await asyncio.sleep(VOICE_MS / 1000)
        yield Pcm(TELEPHONE_RATE, sine(440, SPOKEN_MS))


def write_plugin(folder: Path) -> Path:
    """What makes these engines an installed package for whoever has the folder on PYTHONPATH; the folder."""
    about = folder / "mercury_timed_engines-1.dist-info"
    about.mkdir(parents=True, exist_ok=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: mercury-timed-engines\nVersion: 1\n", "utf-8")
    (about / "entry_points.txt").write_text(_PLUGIN, "utf-8")
    return folder
