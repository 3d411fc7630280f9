"""What a voice activity detector is."""

from __future__ import annotations

from typing import Protocol


class VoiceActivityDetector(Protocol):
    """One call's: tells speech from silence, one 20 ms frame at a time."""

    def is_speech(self, frame: bytes) -> bool:
        """Whether 20 ms of 16-bit 8 kHz audio hold speech. Must take microseconds: it runs in the ticker."""


class VoiceActivity(Protocol):
    """An engine: it makes each call a detector."""

    @property
    def name(self) -> str:
        """The engine's name in settings, logs and records."""

    def open(self) -> VoiceActivityDetector:
        """A call's. At once; raises nothing."""
