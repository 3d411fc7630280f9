"""A rule: what it is called, how bad it is to break it, why, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.problems import Level, Problem

Find = Callable[[Subject], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a flows file must hold to. `find` gives each place that does not."""

    name: str
    level: Level
    reason: str
    fix: str
    find: Find

    def problems(self, subject: Subject) -> Iterator[Problem]:
        """All that breaks this rule."""
        for found in self.find(subject):
            yield Problem(
                subject.document.file, found.line, found.column, self.name, found.message, self.level, self.fix
            )


def rule(name: str, *, reason: str, fix: str, level: Level = Level.ERROR) -> Callable[[Find], Rule]:
    """Makes a rule of the function that finds what breaks it."""
    return lambda find: Rule(name, level, reason, fix, find)
