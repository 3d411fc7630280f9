"""Text as an engine is to read it: see `media.tts.prepare`."""

from __future__ import annotations

from media.tts.prepare import prepared

__all__ = ["prepared"]
