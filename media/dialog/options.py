"""How a conversation listens, whatever is listened for."""

from __future__ import annotations

from dataclasses import dataclass, field

from media.dialog.protocol import Listening
from media.turn.endpointing import Bounds
from media.turn.expectation import Expectation, Manner


@dataclass(frozen=True, slots=True)
class Options:
    """How a conversation listens."""

    manner: Manner = field(default_factory=Manner)
    """How turns are taken."""
    least_silence_ms: int = 300
    """Silence that ends a turn whose answer is complete, unless what is listened for says otherwise."""
    most_silence_share: float = 2.0
    """Of the usual silence, after words that go on, unless what is listened for says otherwise."""
    pre_roll_ms: int = 500
    """Audio from before speech was certain: 300 ms before its first voiced frame."""
    floor_dbfs: float = -47.0
    """Frames below this are no speech, though a detector that hangs on may say so."""
    barge_in_gate_dbfs: float = -42.0
    """While the agent speaks, frames below this are its echo or the room, not the caller."""
    echo_db: float = 18.0
    """While the agent speaks, frames that much weaker than it are its echo."""
    far_db: float = 14.0
    """While the agent speaks, frames that much weaker than the caller's are somebody else's."""
    lost_after_s: float = 15.0
    recognition_deadline_s: float = 5.0
    chunk_deadline_s: float = 10.0
    """Longest wait for a synthesiser's next piece."""

    def expectation(self, listening: Listening, *, recognised: bool, judged: bool) -> Expectation:
        """What is listened for, as the turns take it.

        `recognised`: whether anybody can hear its words; `judged`: whether a model judges pauses.
        """
        least_ms, most_ms = listening.least_silence_ms, listening.most_silence_ms
        usual_ms = max(listening.end_silence_ms, least_ms or 0)
        usual_ms = min(usual_ms, most_ms or usual_ms)
        pauses = Bounds(
            min(usual_ms, least_ms or self.least_silence_ms),
            usual_ms,
            max(usual_ms, most_ms or round(usual_ms * self.most_silence_share)),
        )
        return Expectation(
            speech=listening.speech,
            silence_ms=listening.silence_ms,
            pauses=pauses,
            max_turn_ms=listening.max_turn_ms,
            recognised=recognised,
            judged=judged and listening.recognise,
        )
