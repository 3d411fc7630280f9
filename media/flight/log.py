"""One call's flight log while it flies: records are gathered, and handed over once a second. Pure."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING

from media.clock import Clock
from media.flight.format import (
    ACTIONS,
    AGENT,
    BYTE_RECORD,
    COUNT_RECORD,
    FRAME,
    GAP,
    INPUT,
    MAGIC,
    MOST_STEP_US,
    NARROW_FRAME,
    NOTE,
    PIECE,
    STEP_RECORD,
    TEXT_RECORD,
    TICK,
    TIME,
    TIME_RECORD,
    WIDE,
    WIDE_FRAME,
    short_level,
)
from media.flight.plain import plain
from media.turn.table import Action

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Keep = Callable[[bytes, bool], bool]
"""Takes a piece of the file without waiting (True: its last one); whether it will be written."""
Path = Callable[[], tuple[int, int, int]]
"""How the caller's audio comes: the playout's depth in frames, packets too late and frames made up so far."""
MOST_HELD = 64 * 1024
"""Bytes that wait for the second to be over, at most."""
_PIECE_S = 1.0
_HIDDEN = "…"
_WORDS = frozenset({"text", "heard", "digit", "guesses", "data", "to", "exit", "error", "parts"})
"""Facts that hold what was said or typed, or whom it is about."""
LATE_S = 0.04
"""A tick that comes so long after the one before it is noted."""
_MOST_STEP_S = MOST_STEP_US / 1e6
_AGENT_RECORDS = tuple(BYTE_RECORD.pack(AGENT, short) for short in range(256))
_narrow, _wide = NARROW_FRAME.pack, WIDE_FRAME.pack


class FlightLog:
    """What a call's parts write to. Every method returns at once.

    `words`: whether what was said and typed is kept; masked otherwise.
    """

    def __init__(self, clock: Clock, keep: Keep, *, words: bool = False) -> None:
        self.words = words
        self.private = False
        """Whether what is said and typed now is masked all the same."""
        self._clock = clock
        self._keep = keep
        self._file = MAGIC
        """What comes before the next piece."""
        self._records = bytearray()
        self._at = clock.now()
        self._us = 0
        self._due = self._at + _PIECE_S
        self._beat_at = -inf
        self._path: Path | None = None
        self._path_was: tuple[int, int, int] | None = None
        self._missing = 0
        self._closed = False
        self._begin_piece(self._at)

    @property
    def keeps_words(self) -> bool:
        """Whether what is said and typed now is kept."""
        return self.words and not self.private

    def frame(self, voiced: bool, loud: bool, level: int, at: float) -> None:
        """20 ms of the caller's, as the turns heard them. Fifty times a second: its steps are written out."""
        step = 0
        if at != self._at:
            us = int(at * 1e6 + 0.5)
            step = us - self._us
            if step and -MOST_STEP_US <= step <= MOST_STEP_US and us / 1e6 == at:
                self._at, self._us = at, us
            else:
                self._time(at)
                step = 0
        if level < 256:
            self._records += _narrow(FRAME | voiced | loud << 1, step, level)
        else:
            self._records += _wide(FRAME | WIDE | voiced | loud << 1, step, level)

    def agent(self, level: int, at: float) -> None:
        """The agent's level in this tick: the root mean square of its samples."""
        if at - self._at > _MOST_STEP_S:
            self._time(at)
        self._records += _AGENT_RECORDS[short_level(level)]

    def tick(self, at: float) -> None:
        """A tick that changed something about the turns."""
        self._records += STEP_RECORD.pack(TICK, self._step(at))

    def input(self, method: str, at: float | None, arguments: Mapping[str, object]) -> None:
        """A method of the turns was called."""
        self._text(INPUT, at, [method, plain(arguments)])

    def actions(self, actions: Sequence[Action]) -> None:
        """What the turns made of the input just written."""
        self._records += BYTE_RECORD.pack(ACTIONS, len(actions))
        self._records += bytes(action.value for action in actions)

    def note(self, kind: str, at: float | None = None, /, **facts: object) -> None:
        """Anything else that happened, at this time of the clock or now."""
        told = plain(facts)
        self._text(
            NOTE,
            self._clock.now() if at is None else at,
            [kind, told if self.keeps_words else masked(told)],
        )

    def event(self, event: DataclassInstance) -> None:
        """An event with a time, under the name of its class."""
        facts = plain(event)
        self.note(type(event).__name__, facts.pop("at", None), **facts)

    def watch(self, path: Path) -> None:
        """Look at how the caller's audio comes once a second, and note what changed."""
        self._path = path

    def beat(self, at: float) -> None:
        """A tick of the call's: notes one that is late, and hands over what is a second old."""
        if at - self._beat_at > LATE_S:
            if self._beat_at < 0:
                self.note("connected", at)
            else:
                self.note("late", at, ms=round((at - self._beat_at) * 1000, 1))
        self._beat_at = at
        if at >= self._due:
            self._note_path(at)
            self._hand_over(at)

    def close(self) -> None:
        """Hand over the rest. Idempotent."""
        if not self._closed:
            self._hand_over(self._clock.now(), last=True)
            self._closed = True

    def _note_path(self, at: float) -> None:
        if self._path and (path := self._path()) != self._path_was:
            self._path_was = path
            depth, late, concealed = path
            self.note("path", at, depth=depth, late=late, concealed=concealed)

    def _text(self, tag: int, at: float | None, content: object) -> None:
        if self._closed:
            return
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        if len(self._records) + len(text) > MOST_HELD:
            self._hand_over(self._at)
        if len(text) > MOST_HELD:
            text = json.dumps(["too_long", {"bytes": len(text)}]).encode()
            tag = NOTE
        step = 0 if at is None else self._step(at)
        self._records += TEXT_RECORD.pack(tag, step, len(text)) + text

    def _step(self, at: float) -> int:
        """Microseconds since the record before."""
        if at == self._at:
            return 0
        us = int(at * 1e6 + 0.5)
        step = us - self._us
        if us / 1e6 == at and step and -MOST_STEP_US <= step <= MOST_STEP_US:
            self._at, self._us = at, us
            return step
        self._time(at)
        return 0

    def _time(self, at: float) -> None:
        self._at, self._us = at, int(at * 1e6 + 0.5)
        self._records += TIME_RECORD.pack(TIME, at)

    def _begin_piece(self, at: float) -> None:
        self._records = bytearray()
        self._time(at)
        if self._missing:
            self._records += COUNT_RECORD.pack(GAP, self._missing)

    def _hand_over(self, at: float, *, last: bool = False) -> None:
        records = bytes(self._records)
        piece = self._file + PIECE.pack(len(records), zlib.crc32(records)) + records
        if self._keep(piece, last):
            self._file, self._missing = b"", 0
        else:
            self._missing += 1
        self._due = at + _PIECE_S
        self._begin_piece(self._at)


def masked(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts without what was said or typed: only whether something was."""
    return {name: _HIDDEN if name in _WORDS and fact else fact for name, fact in facts.items()}
