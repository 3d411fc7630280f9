"""What a caller, or a called person, does in a call: listens until the agent pauses, then makes the next move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from load.figures import Called
from load.paths import Way
from phones.measure import answer_to_voice_ms, jitter, key_gaps_ms
from phones.phone import Phone
from phones.trace import CallTrace

PAUSE_MS = 700
"""The agent has said what it had to say after so much silence."""
_SPEAKS_WITHIN_S = 20.0
_LONGEST_PROMPT_S = 90.0


async def walk(phone: Phone, way: Way) -> None:
    """Walk the way, from the answer to the end. Raises `PhoneError` where the call does not go that way."""
    for move in way.moves:
        for _ in range(move.silences or 1):
            await _listen(phone)
        if move.keys:
            await phone.press(move.keys)
        elif not move.silences:
            await phone.hang_up()
            return
    await phone.ended(_LONGEST_PROMPT_S)


async def _listen(phone: Phone) -> None:
    await phone.agent_starts(_SPEAKS_WITHIN_S)
    await phone.agent_pauses(PAUSE_MS, _LONGEST_PROMPT_S)


def read_trace(called: Called, trace: CallTrace, *, inbound: bool) -> None:
    """Note the figures of a call off its wire."""
    called.began_at = trace.invited_at if inbound and trace.invited_at else called.began_at
    called.ended_at = trace.ended_at or called.ended_at
    reached = trace.answered_at if inbound else trace.invited_at
    called.set_up_ms = None if reached is None else (reached - called.began_at) * 1000
    called.greeting_ms = answer_to_voice_ms(trace)
    called.turn_gaps = list(_gaps(trace))
    called.packets = len(trace.arrivals)
    if strayed := jitter(trace.arrivals):
        called.jitter_p50_ms, called.jitter_p99_ms, called.lost = strayed.p50_ms, strayed.p99_ms, strayed.lost


def _gaps(trace: CallTrace) -> Iterator[tuple[float, float]]:
    """Of the last key of each row: when it ended, and how long after it the agent spoke."""
    for key, following in zip_longest(trace.keys, trace.keys[1:]):
        for gap_ms in key_gaps_ms(replace(trace, keys=(key,))):
            if following is None or following.started_at > key.ended_at + gap_ms / 1000:
                yield key.ended_at, gap_ms
