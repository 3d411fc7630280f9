"""What an end-of-turn model is: the caller's turn so far in, the probability that they are done out."""

from __future__ import annotations

from typing import Protocol

from media.audio.pcm import Pcm


class EndOfTurn(Protocol):
    """A model asked at pauses, one for all calls of a process. Its work runs off the event loop."""

    @property
    def name(self) -> str:
        """The model's name in settings, logs and records."""

    async def start(self) -> None:
        """Load it. Raises `EngineUnavailableError` with the remedy when it can't be."""

    async def probability(self, audio: Pcm) -> float:
        """How likely it is, 0 to 1, that who says this has finished; the end of `audio` is now.

        At most the last 8 s count. Raises `EngineBusyError` when the queue is full or the answer came too late to
        be one, `EngineError` when the work failed or the audio's rate is none of a telephone.
        """

    async def close(self) -> None:
        """Free what it holds. Idempotent."""
