"""A flight log from its bytes: as far as it goes, if it was cut off by a crash. Pure."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from media.flight.format import (
    ACTIONS,
    AGENT,
    BYTE_RECORD,
    COUNT_RECORD,
    FRAME,
    GAP,
    INPUT,
    LARGEST_PIECE,
    LOUD,
    MAGIC,
    MAGIC_START,
    NARROW_FRAME,
    NOTE,
    PIECE,
    STEP_RECORD,
    TEXT_RECORD,
    TICK,
    TIME,
    TIME_RECORD,
    VERSION,
    VOICED,
    WIDE,
    WIDE_FRAME,
    FlightError,
    level_of,
    time_of,
)
from media.flight.records import Acted, AgentLevel, Called, CallerFrame, Flight, Gap, Note, Record, Ticked


def read_flight(data: bytes) -> Flight:
    """What was logged. Raises `FlightError` for what is no flight log, or one of another version."""
    _check_version(data)
    records: list[Record] = []
    damage = ""
    reading = _pieces(data)
    try:
        for number, piece in enumerate(reading, 1):
            damage = f"piece {number} can't be read"
            records += _Piece(piece).records()
        damage = ""
    except FlightError as error:
        damage = str(error)
    except (ValueError, IndexError, KeyError, TypeError) as error:
        damage = f"{damage}: {error}"
    return Flight(tuple(records), damage)


def _check_version(data: bytes) -> None:
    if data.startswith(MAGIC):
        return
    first, _, _ = data[:64].partition(b"\n")
    if first.startswith(MAGIC_START):
        version = first.removeprefix(MAGIC_START).decode("ascii", "replace")
        raise FlightError(
            f"expected a flight log of version {VERSION}, got one of version {version}: "
            "replay it with the Mercury that wrote it"
        )
    raise FlightError(f"expected a flight log, which begins with {MAGIC_START.decode()!r}, got {first[:20]!r}")


def _pieces(data: bytes) -> Iterator[bytes]:
    """Each piece's records, checked. Raises `FlightError` where the file breaks off or was changed."""
    offset, number = len(MAGIC), 0
    while offset < len(data):
        number += 1
        if len(data) - offset < PIECE.size:
            raise FlightError(f"the file breaks off at the beginning of piece {number}")
        length, checksum = PIECE.unpack_from(data, offset)
        offset += PIECE.size
        piece = data[offset : offset + length]
        if length > LARGEST_PIECE or len(piece) < length:
            raise FlightError(f"the file breaks off within piece {number}: {length} bytes expected, {len(piece)} there")
        if zlib.crc32(piece) != checksum:
            raise FlightError(f"piece {number} is not what was written: its checksum does not fit")
        offset += length
        yield piece


class _Piece:
    """Reads one piece, record by record."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._offset = 0
        self._at = 0.0
        self._us = 0
        self._read: dict[int, Callable[[], Record | None]] = {
            TIME: self._time,
            TICK: self._tick,
            ACTIONS: self._actions,
            AGENT: self._agent,
            INPUT: self._input,
            NOTE: self._note,
            GAP: self._gap,
        }

    def records(self) -> Iterator[Record]:
        """All of them."""
        while self._offset < len(self._data):
            tag = self._data[self._offset]
            record = self._frame(tag) if tag & FRAME else self._known(tag)()
            if record is not None:
                yield record

    def _known(self, tag: int) -> Callable[[], Record | None]:
        if tag not in self._read:
            raise FlightError(f"expected a record, got one of kind {tag}, which version {VERSION} does not have")
        return self._read[tag]

    def _unpack(self, layout: Any) -> tuple[Any, ...]:
        values: tuple[Any, ...] = layout.unpack_from(self._data, self._offset)
        self._offset += layout.size
        return values[1:]

    def _step(self, step: int) -> float:
        if step:
            self._us += step
            self._at = time_of(self._us)
        return self._at

    def _frame(self, tag: int) -> Record:
        step, level = self._unpack(WIDE_FRAME if tag & WIDE else NARROW_FRAME)
        return CallerFrame(self._step(step), bool(tag & VOICED), bool(tag & LOUD), level)

    def _time(self) -> None:
        (self._at,) = self._unpack(TIME_RECORD)
        self._us = int(self._at * 1e6 + 0.5)

    def _tick(self) -> Record:
        (step,) = self._unpack(STEP_RECORD)
        return Ticked(self._step(step))

    def _actions(self) -> Record:
        (count,) = self._unpack(BYTE_RECORD)
        return Acted(self._at, bytes(self._take(count)))

    def _agent(self) -> Record:
        (short,) = self._unpack(BYTE_RECORD)
        return AgentLevel(self._at, level_of(short))

    def _input(self) -> Record:
        at, (method, arguments) = self._text()
        return Called(at, method, arguments)

    def _note(self) -> Record:
        at, (kind, facts) = self._text()
        return Note(at, kind, facts)

    def _gap(self) -> Record:
        (pieces,) = self._unpack(COUNT_RECORD)
        return Gap(self._at, pieces)

    def _text(self) -> tuple[float, Any]:
        step, length = self._unpack(TEXT_RECORD)
        return self._step(step), json.loads(self._take(length))

    def _take(self, length: int) -> bytes:
        taken = self._data[self._offset : self._offset + length]
        if len(taken) < length:
            raise FlightError(f"a record of {length} bytes breaks off after {len(taken)}")
        self._offset += length
        return taken


def read_inputs(flight: Flight) -> Iterator[tuple[CallerFrame | Ticked | Called, bytes]]:
    """Each input of the turns with the codes of what they made of it, up to the first gap."""
    records = flight.records
    following = islice(records, 1, None)
    for record in records:
        after = next(following, None)
        if isinstance(record, Gap):
            return
        if isinstance(record, CallerFrame | Ticked | Called):
            yield record, after.codes if isinstance(after, Acted) else b""
