"""A path of a flow as a SIPp scenario, which walks it on a real trunk.

Made for SIPp 3.8 built with PCAP: keys go as RFC 4733 events by its `play_dtmf`, which needs a raw socket (root, or
CAP_NET_RAW), silence and speech as A-law by its `rtp_stream`, from raw files (8000 bytes a second) beside the scenario.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from xml.sax.saxutils import quoteattr

from ivr_flows.cases.model import CALLER_MOVES, Act, Given, Unfinished
from ivr_flows.cases.runner import begin, perform
from ivr_flows.cases.writing import one_line
from ivr_flows.model import Flow
from ivr_flows.paths.explore import Walk
from ivr_flows.paths.skeletons import ordered
from ivr_flows.paths.tracing import Path, shown
from ivr_flows.simulator import MS_PER_LETTER, Simulator
from ivr_flows.sipp_messages import CALLED, CALLED_BYE, CALLS, CALLS_BYE, ENDED, EVENTS

SILENCE_FILE = "silence.alaw"
SILENCE = b"\xd5" * 8000
"""A second of silence (ITU-T G.711 A-law), played over and over."""
_KEY_MS = 200
_BEFORE_KEYS_MS = 800
"""`play_dtmf` begins with packets that hold nothing."""
_SETTLE_MS = 500
_MARGIN_MS = 1500
"""Added to a silence, and a quarter of what was said before it: prompts take other times than on the virtual clock."""
_ENDS_WITHIN_MS = 60_000


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario, and the sound files that it needs beside it; `missing` are those that somebody has to record."""

    name: str
    xml: str
    sounds: Mapping[str, bytes]
    missing: Mapping[str, str]
    """File → the words in it."""


@dataclass(frozen=True, slots=True)
class _Move:
    """A move of the caller's: after how long, and how long it takes."""

    after_ms: int
    act: Act
    takes_ms: int


@dataclass(frozen=True, slots=True)
class _Script:
    """A call from the caller's side; `rest_ms` goes on being heard after the last move."""

    given: Given
    world: tuple[Act, ...]
    moves: tuple[_Move, ...]
    rest_ms: int
    outcome: str


def scenario(flow: Flow, path: Path, walk: Walk, *, called: bool = False, caller: str = "sipp") -> Scenario:
    """The scenario of a path, by the walk that takes it.

    `called`: SIPp is called (outbound flows); else it calls, from the number `caller`. Raises `ValueError` for one that
    can't stand in a SIP address.
    """
    if not re.fullmatch(r"[A-Za-z0-9+._-]{1,40}", caller):
        raise ValueError(f"expected a caller of letters, digits, +, -, . and _; got {caller!r}")
    script = _script(flow, walk)
    missing = {f"words-{number}.alaw": words for number, words in enumerate(_words(script.moves), 1)}
    opening, closing = (CALLED, CALLED_BYE) if called else (CALLS, CALLS_BYE)
    body = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        *(f"<!-- {_comment(line)} -->" for line in _head(flow, path, script, missing, called=called)),
        f"<scenario name={quoteattr(flow.name)}>",
        opening.replace("@caller@", caller),
        _play(SILENCE_FILE),
        *_played(script, closing.replace("@caller@", caller)),
        *(['  <Reference variables="own,remote"/>'] if called else []),
        "</scenario>",
    ]
    return Scenario(flow.name, "\n".join(body) + "\n", {SILENCE_FILE: SILENCE}, missing)


def _script(flow: Flow, walk: Walk) -> _Script:
    given, acts = ordered(walk)
    call, moves, done_ms = begin(flow, given), [], -_SETTLE_MS
    for act in acts:
        if act.move in CALLER_MOVES:
            began_ms, takes_ms = call.at_ms, _takes_ms(call, act)
            moves.append(_Move(began_ms - done_ms, act, takes_ms))
            done_ms = began_ms + takes_ms
        perform(call, act)
    world = tuple(act for act in acts if act.move not in CALLER_MOVES)
    outcome = call.end.outcome if call.end else ""
    if not call.end:
        moves.append(_Move(call.at_ms - done_ms, Act(hang_up=True), 0))
    return _Script(given, world, tuple(moves), max(0, call.at_ms - done_ms), outcome)


def _takes_ms(call: Simulator, act: Act) -> int:
    match act.move:
        case "keys":
            return 300 * len(act.keys or "")
        case "silence":
            return call.wait.silence_ms * (act.silence or 1)
        case "wait":
            return act.wait or 0
        case "time_up":
            longest = call.flow.body.longest
            return max(0, longest.after - call.at_ms) if longest else 0
        case _:
            return len(_said(act) or "") * MS_PER_LETTER


def _said(act: Act) -> str | None:
    return act.hang_up.say if isinstance(act.hang_up, Unfinished) else act.say


def _words(moves: Iterable[_Move]) -> list[str]:
    return [said for move in moves if (said := _said(move.act)) is not None]


def _head(flow: Flow, path: Path, script: _Script, missing: Mapping[str, str], *, called: bool) -> Iterator[str]:
    yield f"{flow.name}: {shown(path)}"
    yield f"The call ends with: {script.outcome or 'the hang-up of the caller'}"
    yield f"It begins with: {one_line(script.given.model_dump(exclude_none=True))}"
    for act in script.world:
        yield f"On the way: {one_line(act.model_dump(exclude_defaults=True))}"
    if any(move.act.time_up for move in script.moves):
        yield "The time is up before the caller does anything: give the flow, or the node, a longest call to suit"
    yield f"Beside this file: {SILENCE_FILE}, A-law of 8 kHz without a head, a second of bytes D5 (hexadecimal)"
    for file, words in missing.items():
        yield f"Beside this file: {file}, A-law of 8 kHz without a head, in which is said: {words!r}"
    who = "sipp -sf FILE -m 1 -p PORT" if called else "sipp -sf FILE -m 1 -s DIALLED HOST:PORT"
    yield f"Run with: {who} -i LOCAL_ADDRESS -nostdin (keys need root or CAP_NET_RAW)"


def _comment(text: str) -> str:
    """XML has no two hyphens in a comment."""
    return text.replace("--", "- -").rstrip("-")


def _played(script: _Script, closing: str) -> Iterator[str]:
    """The talk: every move after its pause, then the end."""
    numbers = count(1)
    for move in script.moves:
        yield _pause(move.after_ms)
        if move.act.move == "hang_up":
            if _said(move.act) is not None:
                yield from _speaks(next(numbers), move.takes_ms)
            yield closing
            return
        if move is script.moves[-1]:
            yield from _last(move, next(numbers))
        else:
            yield from _moved(move, numbers)
    last_ms = script.moves[-1].takes_ms if script.moves else 0
    yield ENDED.format(timeout=last_ms + script.rest_ms + _ENDS_WITHIN_MS)


def _moved(move: _Move, numbers: Iterator[int]) -> Iterator[str]:
    keys = move.act.keys or ""
    if keys:
        yield from (_stream("pause"), _keys(keys), _pause(_keys_ms(keys)), _stream("resume"))
    elif move.act.say is not None:
        yield from _speaks(next(numbers), move.takes_ms)
        yield from (_pause(_MARGIN_MS), _play(SILENCE_FILE))
    else:
        margin = _MARGIN_MS + move.after_ms // 4 if move.act.silence else 0
        yield _pause(move.takes_ms + margin)


def _last(move: _Move, number: int) -> Iterator[str]:
    """After the last move the other side may hang up at any time."""
    if move.act.keys:
        yield from (_stream("pause"), _keys(move.act.keys), _hears_bye(_keys_ms(move.act.keys)), _stream("resume"))
    elif move.act.say is not None:
        yield from (*_speaks(number, move.takes_ms), _hears_bye(_MARGIN_MS), _play(SILENCE_FILE))


def _speaks(number: int, takes_ms: int) -> tuple[str, str]:
    return _play(f"words-{number}.alaw", once=True), _pause(takes_ms)


def _keys_ms(keys: str) -> int:
    return _BEFORE_KEYS_MS + 2 * _KEY_MS * len(keys)


def _keys(keys: str) -> str:
    return f'  <nop><action><exec play_dtmf="{keys},{_KEY_MS},{EVENTS}"/></action></nop>'


def _stream(what: str) -> str:
    return f'  <nop><action><exec rtp_stream="{what}"/></action></nop>'


def _play(file: str, *, once: bool = False) -> str:
    return _stream(f"{file},{1 if once else -1},8,PCMA/8000")


def _pause(milliseconds: int) -> str:
    return f'  <pause milliseconds="{max(milliseconds, 1)}"/>'


def _hears_bye(milliseconds: int) -> str:
    return f"""  <recv request="BYE" timeout="{milliseconds}" ontimeout="goes_on" next="ended"/>
  <label id="goes_on"/>"""
