"""What the flow says, as the media take it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ivr_flows.commands import Recording, Rest, Say, SayPart, SoundFile, SpokenText, Think
from media.dialog import protocol as media
from media.tts.protocol import Speech


@dataclass(frozen=True, slots=True)
class Place:
    """What a flow takes from the node."""

    sounds: Path
    """Where its sounds are: beside the flows file."""
    recordings: Path
    """Where this call's recordings go."""
    end_silence_ms: int = 600
    """Silence that ends a turn where the step names none."""
    filler_after_ms: int = 1200
    """What a caller waits for an answer without a word, where the flow says nothing; 0: however long."""
    life: int = 1
    """How many processes have had the call: what one of them recorded, no later one overwrites."""
    longest_s: float = 880.0
    """After so much talking the flow is told that its time is up: soon enough for a goodbye before the watchdog."""

    def sound(self, path: str) -> Path:
        """A sound file of the flow."""
        return self.sounds / path

    def recording(self, name: str) -> Path:
        """A recording of this call, by the name that its turn gave: nothing outside of the call's own folder."""
        return self.recordings / Path(name).name


def utterance(say: Say, place: Place, *, goes_on: bool = False) -> media.Utterance:
    """One prompt; `goes_on`: a sentence of an answer that is still being thought of."""
    return media.Utterance(say.id, utterance_parts(say.parts, place), say.barge_in, goes_on=goes_on)


def answering(think: Think) -> Speech:
    """How the answer will be spoken; its text is not known yet."""
    return Speech("", think.language)


def utterance_parts(parts: Iterable[SayPart], place: Place) -> tuple[media.UtterancePart, ...]:
    """Texts, sounds, silences and recordings, in order."""
    return tuple(_part(part, place) for part in parts)


def _part(part: SayPart, place: Place) -> media.UtterancePart:
    match part:
        case SpokenText():
            return Speech(part.text, part.language, part.voice, part.speed)
        case SoundFile():
            return place.sound(part.path)
        case Recording():
            return place.recording(part.name)
        case Rest():
            return media.Rest(part.ms)
