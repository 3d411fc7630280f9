"""What a leg hears, speaks and judges pauses with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from media.asr.protocol import Recogniser
from media.dialog.speaking import Voice
from media.eot.protocol import EndOfTurn
from media.lid.protocol import LanguageIdentifier
from media.vad.protocol import VoiceActivity
from media.vad.webrtc_engine import WebRtcVads


@dataclass(frozen=True, slots=True)
class Faculties:
    """Engines of a leg, from its opening to its end: others may be opened with others meanwhile."""

    recognisers: Sequence[Recogniser]
    voice: Voice
    end_of_turn: EndOfTurn | None = None
    """Judges the caller's pauses; None: silence and words alone do."""
    identifiers: Sequence[LanguageIdentifier] = ()
    """Tell which of several languages a turn was in, where its recogniser does not."""
    vad: VoiceActivity = field(default_factory=WebRtcVads)
