"""Text made fit to be read aloud, by language: figures in words, and nothing that is written but not said. Pure."""

from __future__ import annotations

from media.tts.prepare.pipeline import bounded, prepared
from media.tts.prepare.tags import authored, unmarked

__all__ = ["authored", "bounded", "prepared", "unmarked"]
