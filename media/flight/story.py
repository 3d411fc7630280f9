"""What a flight log tells: who spoke when, turns and their latencies, and what else happened. Pure.

Times are seconds from the log's first record.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from media.flight.records import AgentLevel, Called, CallerFrame, Flight, Gap, Note

FRAME_S = 0.02
_APART_S = 0.2
"""Voiced frames that lie further apart are two spans."""
_SAME_S = 0.01
LATENCY = "turn_latency"
STAGES: Mapping[str, str] = {
    "endpoint_ms": "end silence",
    "text_ms": "recogniser",
    "meaning_ms": "understanding",
    "words_ms": "words",
    "audio_ms": "first audio",
    "played_ms": "played",
}
"""What a caller waits for after their last voiced frame, in order: the fact, in milliseconds, and its name for people.

Until the turn was taken to be over; until its text was there; until it was known what it means; until the flow had
words (a mind's first sentence, a lookup, a decision); until the first of them was rendered; until it left for the
caller, behind what was being said.
"""
_Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasts."""

    start: float
    end: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Said(Span):
    """What the agent said. `heard` is as much of `text` as was played."""

    heard: str = ""
    complete: bool = True
    utterance: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at a moment. `kind`: key, flow, agent, caller, call or trouble."""

    at: float
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of the caller's, and what its answer waited for: None where that did not come."""

    started: float
    voiced_until: float
    closed: float
    """When it was taken to be over."""
    told: float
    """When its text was there."""
    text: str
    confidence: float
    engine: str
    understood: float | None = None
    """When the flow was told what it means."""
    answered: float | None = None
    """When the agent's next words began."""
    stages: tuple[tuple[str, float], ...] = ()
    """What the call itself measured of it, in milliseconds; nothing in logs of before, or without a flow."""

    @property
    def waits(self) -> tuple[tuple[str, float], ...]:
        """What the caller waited for, in milliseconds: each part by its name, in order."""
        if self.stages:
            return self.stages
        parts: list[tuple[str, float | None]] = [
            ("end silence", self.closed),
            ("recogniser", self.told),
            ("understanding", self.understood),
            ("first audio", self.answered),
        ]
        waits, before = [], self.voiced_until
        for name, at in parts:
            if at is not None:
                waits.append((name, max(0.0, at - before) * 1000))
                before = max(before, at)
        return tuple(waits)

    @property
    def answer_ms(self) -> float | None:
        """From the caller's last voiced frame to the agent's first; None where no answer came."""
        if self.stages:
            return sum(ms for _, ms in self.stages) if len(self.stages) == len(STAGES) else None
        return None if self.answered is None else (self.answered - self.voiced_until) * 1000


@dataclass(frozen=True, slots=True)
class Story:
    """One call."""

    call: _Facts
    end: _Facts
    statistics: _Facts
    start: float
    """The first record on the call's clock, from which all times count."""
    talk_start: float
    """When audio began to flow."""
    length: float
    voice: tuple[Span, ...]
    """Voiced frames of the caller's."""
    turns: tuple[Turn, ...]
    agent: tuple[Said, ...]
    pauses: tuple[Span, ...]
    """The agent stood still: until it was cut, or went on."""
    listening: tuple[Span, ...]
    marks: tuple[Mark, ...]
    caller_levels: tuple[tuple[float, int], ...]
    agent_levels: tuple[tuple[float, int], ...]


def story(flight: Flight) -> Story:
    """The story of a log."""
    records = flight.records
    start = records[0].at if records else 0.0
    frames = [record for record in records if isinstance(record, CallerFrame)]
    connected = flight.notes("connected")
    agent = tuple(_said(flight, start))
    return Story(
        call=flight.facts("call"),
        end=flight.facts("ended"),
        statistics=flight.facts("statistics"),
        start=start,
        talk_start=connected[0].at - start if connected else 0.0,
        length=max((record.at for record in records), default=start) - start,
        voice=tuple(_merged([frame.at - start for frame in frames if frame.voiced])),
        turns=tuple(_turns(flight, start, agent)),
        agent=agent,
        pauses=tuple(_pauses(flight, start)),
        listening=tuple(_listening(flight, start)),
        marks=tuple(sorted(_marks(flight, start), key=lambda mark: mark.at)),
        caller_levels=tuple((frame.at - start, frame.level) for frame in frames),
        agent_levels=tuple((record.at - start, record.level) for record in records if isinstance(record, AgentLevel)),
    )


def _merged(times: Sequence[float]) -> Iterator[Span]:
    begun = before = None
    for at in times:
        if begun is None or before is None or at - before > _APART_S:
            if begun is not None and before is not None:
                yield Span(begun - FRAME_S, before)
            begun = at
        before = at
    if begun is not None and before is not None:
        yield Span(begun - FRAME_S, before)


def _said(flight: Flight, start: float) -> Iterator[Said]:
    """An utterance that had no voiced frame was not said; one that was never finished lasts to the log's end."""
    begun: dict[str, float] = {}
    texts = {str(note.facts["id"]): _text(note) for note in flight.notes("Utterance")}
    for note in flight.notes("AgentStarted", "AgentFinished"):
        name = str(note.facts["utterance"])
        if note.kind == "AgentStarted":
            begun[name] = note.at
        elif name in begun:
            heard, complete = str(note.facts["heard"]), bool(note.facts["complete"])
            yield Said(begun.pop(name) - start, note.at - start, texts.get(name, heard), heard, complete, name)
    last = max((record.at for record in flight.records), default=start)
    for name, at in begun.items():
        yield Said(at - start, last - start, texts.get(name, ""), complete=False, utterance=name)


def _text(note: Note) -> str:
    parts = note.facts["parts"]
    return " ".join(part.get("text", "") for part in parts if isinstance(part, dict)) if isinstance(parts, list) else ""


def _pauses(flight: Flight, start: float) -> Iterator[Span]:
    since = None
    for note in flight.notes("AgentPaused", "AgentResumed", "BargedIn"):
        if note.kind == "AgentPaused":
            since = note.at
        elif since is not None:
            yield Span(since - start, note.at - start, "cut" if note.kind == "BargedIn" else "went on")
            since = None


def _listening(flight: Flight, start: float) -> Iterator[Span]:
    since = None
    for record in flight.records:
        if not isinstance(record, Called):
            continue
        if record.method in ("deafen", "forget") and since is not None:
            yield Span(since - start, record.at - start)
            since = None
        elif record.method == "listen" and since is None:
            since = record.at
    if since is not None:
        yield Span(since - start, max(record.at for record in flight.records) - start)


def _turns(flight: Flight, start: float, agent: Sequence[Said]) -> Iterator[Turn]:
    ended = flight.notes("TurnEnded")
    advanced = [note.at - start for note in flight.notes("advanced") if note.facts.get("event") == "Speech"]
    begun = sorted(said.start for said in agent)
    latencies = [(note.at - start, note.facts) for note in flight.notes(LATENCY)]
    for note, following in zip(ended, [*ended[1:], None], strict=False):
        facts: _Facts = note.facts
        told = note.at - start
        until = following.at - start if following else None
        understood = _next(advanced, told, until)
        yield Turn(
            started=facts["speech_started_at"] - start,
            voiced_until=facts["speech_ended_at"] - start,
            closed=told - facts["recognised_ms"] / 1000,
            told=told,
            text=facts["text"],
            confidence=facts["confidence"],
            engine=facts["engine"],
            understood=understood,
            answered=_next(begun, told if understood is None else understood, until),
            stages=_stages(latencies, facts["speech_ended_at"] - start),
        )


def _stages(latencies: Sequence[tuple[float, _Facts]], voiced_until: float) -> tuple[tuple[str, float], ...]:
    """Those of the turn that ended then: each is noted at the end of its last stage."""
    for at, facts in latencies:
        if abs(at - facts["total_ms"] / 1000 - voiced_until) < _SAME_S:
            return tuple((name, float(facts[stage])) for stage, name in STAGES.items() if stage in facts)
    return ()


def _next(times: Sequence[float], after: float, until: float | None) -> float | None:
    """The first of the times from `after` on, if it comes before `until`."""
    index = bisect_left(times, after)
    found = times[index] if index < len(times) else None
    return None if found is None or (until is not None and found >= until) else found


def _marks(flight: Flight, start: float) -> Iterator[Mark]:
    step = ""
    for record in flight.records:
        if isinstance(record, Note) and "step" in record.facts:
            stays, step = record.facts["step"] == step, str(record.facts["step"])
            if stays and record.facts.get("event") == "Digit":
                continue
        if isinstance(record, Gap):
            yield Mark(record.at - start, "trouble", f"{record.pieces} s of the log are missing")
        elif isinstance(record, Note) and record.kind in _TELL:
            kind, tell = _TELL[record.kind]
            if text := tell(record.facts):
                yield Mark(record.at - start, kind, text)
    if flight.damage:
        last = max((record.at for record in flight.records), default=start)
        yield Mark(last - start, "trouble", f"the log is damaged: {flight.damage}")


def _advanced(facts: _Facts) -> str:
    event, step = facts.get("event"), facts.get("step")
    return f"{event} → {step}"


def _understood(facts: _Facts) -> str:
    guesses = facts["guesses"]
    if not isinstance(guesses, dict):
        return f"understood in {facts['took_ms']} ms"
    told = ", ".join(f"{option} {confidence:.2f}" for option, confidence in guesses.items())
    return f"means {told or 'nothing known'}, in {facts['took_ms']} ms"


_TELL: dict[str, tuple[str, Callable[[_Facts], str]]] = {
    "key": ("key", lambda facts: str(facts["digit"])),
    "flow": ("flow", lambda facts: f"flow {facts['flow']} begins at {facts['step']}"),
    "advanced": ("flow", _advanced),
    "understood": ("flow", _understood),
    "decided": ("flow", lambda facts: f"decided {facts['outcome']}"),
    "fetched": ("flow", lambda facts: f"looked up {facts['name']}"),
    "submitted": ("flow", lambda facts: f"sent {facts['name']}"),
    "decision_failed": ("trouble", lambda facts: f"decision not committed: {facts['error']}"),
    "fetch_failed": ("trouble", lambda facts: f"lookup {facts['name']} failed: {facts['error']}"),
    "submit_failed": ("trouble", lambda facts: f"{facts['name']} not taken: {facts['error']}"),
    "thinking_failed": ("trouble", lambda facts: f"no answer from the mind: {facts['error']}"),
    "time_up": ("flow", lambda facts: "the call's time is up"),
    "state": ("call", lambda facts: str(facts["state"]).replace("_", " ")),
    "AgentPaused": ("agent", lambda facts: "stands still"),
    "AgentResumed": ("agent", lambda facts: "goes on"),
    "BargedIn": ("agent", lambda facts: "is cut"),
    "SilenceElapsed": ("caller", lambda facts: "silence"),
    "TurnExpected": ("caller", lambda facts: f"so far: “{facts['text']}”"),
    "MediaLost": ("trouble", lambda facts: "no audio comes any more"),
    "SpeechFailed": ("trouble", lambda facts: f"{facts['engine']} failed: {facts['error']}"),
    "late": ("trouble", lambda facts: f"tick {facts['ms'] - 1000 * FRAME_S:.0f} ms late"),
    "skipped": ("trouble", lambda facts: f"{facts['frames']} ticks were left out"),
    "rest": ("call", lambda facts: "the caller's audio goes elsewhere"),
    "resume": ("call", lambda facts: "the caller's audio is back"),
    "path": (
        "call",
        lambda facts: f"playout {facts['depth'] * 20} ms deep, {facts['late']} late, {facts['concealed']} made up",
    ),
}
"""Notes that are told, by their kind."""
