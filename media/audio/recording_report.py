"""What became of a recording. Plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordingReport:
    """What became of a recording: `recorded_ms` of the call, of which private and unwritten time is silence."""

    recorded_ms: int
    private_ms: int
    unwritten_ms: int
    error: str = ""
    """Why the file ends before the call, "" when it does not."""
