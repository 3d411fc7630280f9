"""What a voice activity detector is."""

from __future__ import annotations

from typing import Protocol


class VoiceActivityDetector(Protocol):
    """Tells speech from silence, one 20 ms frame at a time. May be shared by all calls if it keeps no state."""

    def is_speech(self, frame: bytes) -> bool:
        """Whether 20 ms of 16-bit 8 kHz audio hold speech. Must take microseconds: it runs in the ticker."""
