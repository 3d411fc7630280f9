"""What the application asks of a call's media, and what it hears back.

`Conversation` (media/dialog/conversation.py) is the one implementation; the protocol is what ari_app.calls holds, so
that a call is tested on a scripted conversation and a virtual clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from media.audio.recording_report import RecordingReport
from media.machine.manner import MachineManner
from media.machine.verdict import CalleeJudged, GreetingOver
from media.transport.protocol import MediaRequest
from media.tts.protocol import Speech


@dataclass(frozen=True, slots=True)
class Rest:
    """Silence within an utterance."""

    ms: int


@dataclass(frozen=True, slots=True)
class Tone:
    """A sine of -12 dBFS with soft ends."""

    hertz: int
    ms: int


UtterancePart = Speech | Path | Rest | Tone
"""A text, a sound file (any WAV), silence, or a tone."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something to be said: its parts in order, without a gap, under one id."""

    id: str
    parts: tuple[UtterancePart, ...]
    barge_in: bool = True
    """Whether speech or a key may cut it short."""
    over_music: bool = False
    """Whether it is said over music that plays, which goes down meanwhile, instead of after it."""
    goes_on: bool = False
    """Whether it is a sentence of the answer that was begun (`begin_answer`): more of it may follow."""


@dataclass(frozen=True, slots=True)
class Listening:
    """What is listened for until the next `listen` or `stop_listening`.

    The silence clock (`silence_ms`, None for never) starts when the player has drained, and again after each turn.
    """

    language: str
    phrases: tuple[str, ...] = ()
    """The closed list; empty with `free` for anything."""
    free: bool = False
    silence_ms: int | None = None
    end_silence_ms: int = 700
    """Silence that ends the caller's turn, as a rule."""
    least_silence_ms: int | None = None
    """The same after an answer that is complete; None: a share of `end_silence_ms`."""
    most_silence_ms: int | None = None
    """The same after words that go on; None: a multiple of `end_silence_ms`."""
    max_turn_ms: int = 15_000
    record: Path | None = None
    """Where the turn's audio is kept (8 kHz WAV), when it is."""
    recognise: bool = True
    """Whether a recogniser hears the turn; without one its text is empty."""
    languages: tuple[str, ...] = ()
    """Languages that the speech may be in, where `language` is not sure."""
    words: tuple[str, ...] = ()
    """Words that are likely to be said, beside the list."""
    numbers: bool = False
    """Whether numbers are listened for beside the list: by free speech, where somebody can hear that."""
    afresh: bool = False
    """Whether only what is said from now on counts (a tone said when to speak)."""

    @property
    def speech(self) -> bool:
        """Whether speech counts as an answer at all."""
        return self.free or bool(self.phrases) or self.record is not None


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller began to speak."""

    at: float


@dataclass(frozen=True, slots=True)
class AgentPaused:
    """A voice was heard over the agent, who stands still until it is clear whose turn it is."""

    at: float


@dataclass(frozen=True, slots=True)
class AgentResumed:
    """The voice did not take the turn: the agent goes on where it stood still, since `paused_at`."""

    at: float
    paused_at: float


@dataclass(frozen=True, slots=True)
class BargedIn:
    """The caller's speech took the turn from the agent. `heard` is the text played up to where it stood still."""

    at: float
    heard: str
    speech_started_at: float


@dataclass(frozen=True, slots=True)
class TurnExpected:
    """The caller pauses and may be done: what was said so far. More speech makes it worthless.

    What is made ready for it costs nobody anything: a `TurnEnded` with the same text may follow, or none.
    """

    at: float
    text: str
    confidence: float
    engine: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class TurnClosed:
    """The caller's turn is over, and they wait: its `TurnEnded` follows, once it is known what was said."""

    at: float
    speech_ended_at: float
    """When the last voiced frame came in."""


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The caller finished a turn. `text` is empty when nothing could be made of it (no-match)."""

    at: float
    text: str
    confidence: float
    engine: str
    speech_started_at: float
    speech_ended_at: float
    """When the last voiced frame came in."""
    recognised_ms: float
    recording: Path | None = None
    language: str = ""
    """That the recogniser heard (ISO 639-1); "" where it does not tell."""
    unheard: bool = False
    """Whether every recogniser that could have heard it failed."""


@dataclass(frozen=True, slots=True)
class SilenceElapsed:
    """Nobody spoke for `Listening.silence_ms` after the agent had finished (no-input)."""

    at: float


@dataclass(frozen=True, slots=True)
class AgentStarted:
    """The first voiced frame of an utterance left for Asterisk."""

    at: float
    utterance: str
    ready_at: float | None = None
    """Seconds: when its first audio was there; None where that is not known."""


@dataclass(frozen=True, slots=True)
class AgentFinished:
    """An utterance was played to its end (`complete`), or cut; `heard` is its text up to the last played sample."""

    at: float
    utterance: str
    heard: str
    complete: bool


@dataclass(frozen=True, slots=True)
class MediaLost:
    """The way to Asterisk is gone, or no audio came for the time-out, though some had come before."""

    at: float


@dataclass(frozen=True, slots=True)
class SpeechFailed:
    """An engine failed: the utterance was left out, or the turn not recognised. The call goes on."""

    at: float
    engine: str
    error: str


MediaEvent = (
    SpeechStarted
    | AgentPaused
    | AgentResumed
    | BargedIn
    | TurnExpected
    | TurnClosed
    | TurnEnded
    | SilenceElapsed
    | AgentStarted
    | AgentFinished
    | MediaLost
    | SpeechFailed
    | CalleeJudged
    | GreetingOver
)


@dataclass(frozen=True, slots=True)
class MediaStatistics:
    """A leg's counts at its end: packets unless said otherwise."""

    received: int = 0
    sent: int = 0
    lost: int = 0
    late: int = 0
    duplicates: int = 0
    malformed: int = 0
    wrong_source: int = 0
    wrong_ssrc: int = 0
    jitter_ms: float = 0.0
    """Interarrival jitter (RFC 3550, section 6.4.1)."""
    concealed: int = 0
    """Frames of 20 ms made up in place of packets that did not come in time."""
    noise: int = 0
    """Frames of comfort noise, where the peer suppressed its silence."""
    skipped: int = 0
    """Frames left out for a shallower buffer, or a sender whose clock is faster."""
    held: int = 0
    """Ticks held back for a deeper buffer, or a sender whose clock is slower."""
    send_errors: int = 0
    unsent: int = 0
    """Ticks of ours that were left out."""
    codec: str = ""
    ptime_ms: float = 0.0
    missing_ms: float = 0.0
    """Audio missing from the timeline although the packets' numbers go on: lost before Asterisk transcoded it."""
    out_of_order: int = 0
    max_gap_ms: float = 0.0
    """The longest time without a packet while the peer was sending."""
    longest_loss_ms: float = 0.0
    """Of audio in a row that never came, or came too late."""
    bursts: int = 0
    """Times that losses came close together (RFC 3611, section 4.7.2)."""
    burst_loss: float = 0.0
    """Share of the packets that was lost within bursts, 0 to 1."""
    gap_loss: float = 0.0
    """Share that was lost outside them."""
    delay_ms: float = 0.0
    """Playout delay at the end."""
    mos: float = 0.0
    """Estimated mean opinion score of the caller's audio (media/rtp/quality.py); 0 when there was none."""
    underruns: int = 0
    """Frames of the agent's that had to be filled, because its synthesiser was slower than speech."""
    recording: RecordingReport | None = None
    """What became of the call's recording; None where none was made."""
    engines_ms: dict[str, float] = field(default_factory=dict)


class MediaLeg(Protocol):
    """One call's ears and mouth. Every method returns at once unless it is a coroutine; nothing blocks the loop."""

    @property
    def request(self) -> MediaRequest:
        """The ExternalMedia channel that Asterisk is to make for it."""

    async def attach(self, answer: Mapping[str, str]) -> None:
        """Open the way to that channel, by its variables. Raises `TransportError`."""

    def connect(self, on_event: Callable[[MediaEvent], None]) -> None:
        """Start, once the channel is bridged; who hears the events (on the loop)."""

    def prepare(self, utterance: Utterance) -> None:
        """Have its speech rendered ahead, so that `say` starts at once. A hint: never fails."""

    def say(self, utterance: Utterance) -> None:
        """Queue it behind what is being said."""

    def begin_answer(self, like: Speech) -> None:
        """An answer is being thought of: its sentences are said (`goes_on`) as they come, in this language and voice.

        Where the voice can, all of them are one synthesis, which is made ready now. A hint: never fails.
        """

    def end_answer(self) -> None:
        """All of the answer was given to be said. Idempotent."""

    def stop_speaking(self) -> None:
        """Cut what may be cut (`barge_in`) within one frame, with a fade; each one cut gives its AgentFinished."""

    def play_music(self, path: Path | None) -> None:
        """Play a sound file over and over once all that was queued before has been played; None: a ringing tone.

        It is no speech: it is never cut by `stop_speaking`, and what is said meanwhile waits for its end, unless it may
        be said over it (`Utterance.over_music`). Music that plays or waits already gives way to it.
        """

    def stop_music(self) -> None:
        """End the music within one frame, with a fade; what was said meanwhile follows. Idempotent."""

    @property
    def speaking(self) -> bool:
        """Whether anything is playing or queued, music apart."""

    @property
    def interruptible(self) -> bool:
        """Whether what is playing may be cut (True in silence)."""

    async def drained(self) -> None:
        """Return when all that was queued has been played to its last sample."""

    def listen(self, listening: Listening) -> None:
        """Listen for this from now on. Speech that began before it still counts (pre-roll)."""

    def stop_listening(self) -> None:
        """Hear nothing: no turns, no silence clock. Recording of the call goes on."""

    def end_turn(self, within_s: float | None = None) -> bool:
        """End the caller's turn now (a key or a hang-up ended it); whether a turn's TurnEnded is still to come.

        `within_s`: what is not recognised by then is told without its text.
        """

    def rest(self) -> None:
        """Asterisk takes the caller's audio elsewhere for a while: that none comes is no loss."""

    def resume(self) -> None:
        """The caller's audio comes here again."""

    def pause_recording(self) -> None:
        """Private input begins: the call's recording is silent on both sides, and its time goes on. Idempotent."""

    def resume_recording(self) -> None:
        """It is over: recorded again, from a moment later. Idempotent."""

    def restart_silence(self) -> None:
        """Start the silence clock afresh (a key was pressed)."""

    def judge_callee(self, manner: MachineManner | None) -> None:
        """Find out, from now on, whether a person or a machine answered (None: no more).

        Told by `CalleeJudged`, whatever is listened for, and a machine's end of greeting by `GreetingOver`.
        """

    async def close(self) -> MediaStatistics:
        """Stop, free the port, finish the recording. Idempotent."""
