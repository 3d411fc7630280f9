"""What is wrong with a flows file, and where: for people, editors and CI."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    """An error keeps a file from being used; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. `line` and `column` count from 1; `rule` is the short name of what was broken; `fix` what to do."""

    file: str
    line: int
    column: int
    rule: str
    message: str
    level: Level = Level.ERROR
    fix: str = ""

    def __str__(self) -> str:
        level = "warning: " if self.level is Level.WARNING else ""
        return f"{self.file}:{self.line}:{self.column}: {level}{self.message} [{self.rule}]"

    def as_json(self) -> dict[str, str | int]:
        """As plain JSON values, by the fields' names."""
        return asdict(self)


class FlowError(ValueError):
    """A flows file that can't be used. `problems` are all errors that were found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


class InputError(ValueError):
    """An input that a flow can't take: its `field`, what was `expected` and what was `got`."""

    def __init__(self, field: str, expected: str, got: object) -> None:
        self.field = field
        self.expected = expected
        self.got = got
        super().__init__(f"{field}: expected {expected}, got {got!r}")
