"""Figures of a call, read off its trace. Pure; all results are milliseconds.

A pause parts two talkspurts of the agent when it is longer than `AGENT_GAP_MS`, two utterances of the caller when it is
longer than `CALLER_GAP_MS` (people pause between words; an agent that waits 600 ms must not be counted as slow).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from media.audio.pcm import TELEPHONE_RATE
from phones.trace import Arrival, CallTrace, Talkspurt, talkspurts

AGENT_GAP_MS = 200.0
CALLER_GAP_MS = 550.0


@dataclass(frozen=True, slots=True)
class Jitter:
    """How far packets strayed from 20 ms apart (by their timestamps), in milliseconds, and how many were lost."""

    p50_ms: float
    p99_ms: float
    lost: int


def answer_to_voice_ms(trace: CallTrace) -> float | None:
    """From the answer (200) to the far end's first voiced packet; None when it was not answered, or nobody spoke."""
    if trace.answered_at is None:
        return None
    first = next((at for at in trace.far_voiced if at >= trace.answered_at), None)
    return None if first is None else (first - trace.answered_at) * 1000


def turn_gaps_ms(trace: CallTrace, gap_ms: float = AGENT_GAP_MS) -> tuple[float, ...]:
    """From the caller's last voiced packet to the agent's first, for each turn of speech that was replied to."""
    turns = talkspurts(trace.own_voiced, CALLER_GAP_MS)
    pressed = [key.started_at for key in trace.keys]
    return _gaps([turn.end for turn in turns], [turn.start for turn in turns] + pressed, trace, gap_ms)


def key_gaps_ms(trace: CallTrace, gap_ms: float = AGENT_GAP_MS) -> tuple[float, ...]:
    """From the end of the last key of a row to the agent's first voiced packet, for each that was replied to."""
    pressed = [key.started_at for key in trace.keys]
    spoken = [turn.start for turn in talkspurts(trace.own_voiced, CALLER_GAP_MS)]
    return _gaps([key.ended_at for key in trace.keys], pressed + spoken, trace, gap_ms)


def barge_in_stop_ms(trace: CallTrace, gap_ms: float = AGENT_GAP_MS) -> tuple[float, ...]:
    """From the caller's first voiced packet to the agent's last, each time that the caller spoke over the agent."""
    starts = [turn.start for turn in talkspurts(trace.own_voiced, CALLER_GAP_MS)]
    return _stops(starts, trace, gap_ms)


def key_stop_ms(trace: CallTrace, gap_ms: float = AGENT_GAP_MS) -> tuple[float, ...]:
    """From a key's first packet to the agent's last voiced one, each time that a key was pressed over the agent."""
    return _stops([key.started_at for key in trace.keys], trace, gap_ms)


def jitter(arrivals: Sequence[Arrival]) -> Jitter | None:
    """The spread of the packets that came; None below two. A change of SSRC starts afresh."""
    pairs = [(a, b) for a, b in pairwise(arrivals) if a.ssrc == b.ssrc]
    strayed = sorted(
        abs((later.at - earlier.at) - _signed32(later.timestamp - earlier.timestamp) / TELEPHONE_RATE) * 1000
        for earlier, later in pairs
        if not (earlier.event or later.event)
    )
    lost = sum(max(0, _signed16(later.sequence - earlier.sequence) - 1) for earlier, later in pairs)
    if not strayed:
        return None
    return Jitter(percentile(strayed, 50), percentile(strayed, 99), lost)


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile. Raises `ValueError` for no values."""
    if not values:
        raise ValueError("expected at least one value")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def _gaps(ends: list[float], starts: list[float], trace: CallTrace, gap_ms: float) -> tuple[float, ...]:
    """From each end to the first agent's start after it, unless the caller did something else before."""
    replies = [spurt.start for spurt in talkspurts(trace.far_voiced, gap_ms)]
    gaps = []
    for end in ends:
        reply = next((at for at in replies if at > end), None)
        if reply is not None and not any(end < start < reply for start in starts):
            gaps.append((reply - end) * 1000)
    return tuple(gaps)


def _stops(starts: list[float], trace: CallTrace, gap_ms: float) -> tuple[float, ...]:
    spurts = talkspurts(trace.far_voiced, gap_ms)
    over = ((start, _around(spurts, start)) for start in starts)
    return tuple((spurt.end - start) * 1000 for start, spurt in over if spurt is not None)


def _around(spurts: Sequence[Talkspurt], at: float) -> Talkspurt | None:
    return next((spurt for spurt in spurts if spurt.start < at < spurt.end), None)


def _signed32(difference: int) -> int:
    return (difference + 0x80000000) % 0x100000000 - 0x80000000


def _signed16(difference: int) -> int:
    return (difference + 0x8000) % 0x10000 - 0x8000
