"""Reads a flows file with all that it includes, and finds all that is wrong with it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivr_flows.binding import bound, whole
from ivr_flows.book import FlowBook
from ivr_flows.lint.rule import Rule
from ivr_flows.lint.subject import Subject
from ivr_flows.problems import FlowError, Level, Problem
from ivr_flows.rules import RULES
from ivr_flows.sources import Sources, gather, project_of, text_of

_ERRORS = tuple(rule for rule in RULES if rule.level is Level.ERROR)


def load_flows(path: Path | str) -> FlowBook:
    """The flows of a file. Raises `FlowError` with all errors that were found."""
    path = Path(path)
    return parse_flows(text_of(path), str(path), path.parent)


def parse_flows(text: str, file: str = "flows.yaml", folder: Path | None = None) -> FlowBook:
    """The flows in `text`. `folder`: where sound files and included files are looked for; None leaves sounds out.

    Raises `FlowError`.
    """
    with _without_collections():
        sources = gather(text, file, folder)
        if problems := _problems(sources, _ERRORS):
            raise FlowError(problems)
        return bound(sources)


def check(path: Path | str) -> list[Problem]:
    """All problems of a flows file and of what it includes, errors and warnings, by file; none for a good one."""
    path = Path(path)
    try:
        text = text_of(path)
    except FlowError as error:
        return error.problems
    return check_text(text, str(path), path.parent)


def check_text(text: str, file: str = "flows.yaml", folder: Path | None = None) -> list[Problem]:
    """As `check`, of a text; `folder` as in `parse_flows`."""
    try:
        with _without_collections():
            return _checked(text, file, folder)
    except FlowError as error:
        return error.problems


def _checked(text: str, file: str, folder: Path | None) -> list[Problem]:
    sources = gather(text, file, folder)
    problems = _problems(sources, RULES)
    if not any(problem.level is Level.ERROR for problem in problems):
        whole(sources, project_of(sources.files))
    return sorted(problems)


def _problems(sources: Sources, rules: tuple[Rule, ...]) -> list[Problem]:
    """What is wrong. Rules know all names or none: where a file could not be read, only that is told."""
    if not sources.whole:
        return sources.problems
    project = project_of(sources.files)
    return sources.problems + [
        problem
        for source in sources.files
        if source.content is not None
        for rule in rules
        for problem in rule.problems(Subject(source.document, source.content, source.folder, project))
    ]


@contextmanager
def _without_collections() -> Iterator[None]:
    """Reading makes many parts and little waste: looking for garbage meanwhile takes a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
