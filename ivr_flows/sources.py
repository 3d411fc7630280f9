"""A flows file with all that it includes: read from the disk, each part with its own places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeVar

from ivr_flows.model.file import FlowsFile
from ivr_flows.problems import FlowError, Problem
from ivr_flows.project import Place, Project
from ivr_flows.shape import validated
from ivr_flows.yaml_loader import Document, parse_yaml

_T = TypeVar("_T")
MOST_FILES = 50
MOST_DEPTH = 8
_SECTIONS = {"flows": "flow", "hours": "hours", "knowledge": "collection"}


@dataclass(frozen=True, slots=True)
class Source:
    """One file. `content`: what of it has the right shape. `folder`: where it is; None when that is not known.

    `beside`: the way from the first file's folder to this one's, as `flows/`; "" when they are the same.
    """

    document: Document
    content: FlowsFile | None
    folder: Path | None
    beside: str = ""


@dataclass(slots=True)
class Sources:
    """All files, the first one first, then what each includes in its order; and what is wrong with their shape.

    `whole`: whether all of them could be read, so that what is in none of them is nowhere.
    """

    files: list[Source] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    whole: bool = True
    paths: list[Path] = field(default_factory=list)


def text_of(path: Path) -> str:
    """What is in a file. Raises `FlowError`."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FlowError([Problem(str(path), 1, 1, "file", f"can't be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise FlowError([Problem(str(path), 1, 1, "file", f"expected UTF-8 text: {error.reason}")]) from error


def gather(text: str, file: str, folder: Path | None) -> Sources:
    """The file with this text, and what it includes from `folder`. Raises `FlowError` when itself can't be read."""
    reader = _Reader()
    if folder is not None:
        reader.enter(folder / Path(file).name, (file, 1))
    reader.read(text, file, folder, "", 0)
    found = reader.found
    found.problems += _doubles(found.files)
    if found.whole and not any(name for source in found.files for name in _written(source, "flows")):
        where = found.files[0].document.locate_key(("flows",))
        found.problems.append(Problem(file, *where, "no-flows", "no flows: expected `flows`, or `include` of some"))
    return found


class _Reader:
    def __init__(self) -> None:
        self.found = Sources()
        self._included: dict[Path, Place] = {}
        self._ahead: list[Path] = []
        """The files that are being read, each included by the one before."""

    def enter(self, path: Path, place: Place) -> None:
        self.found.paths.append(path)
        self._included[path.resolve()] = place
        self._ahead.append(path.resolve())

    def read(self, text: str, file: str, folder: Path | None, beside: str, depth: int) -> None:
        document = parse_yaml(text, file)
        shape, content = validated(document)
        unread = {(problem.line, problem.column) for problem in document.problems}
        self.found.problems += document.problems
        self.found.problems += [problem for problem in shape if (problem.line, problem.column) not in unread]
        source = Source(document, content, folder, beside)
        self.found.files.append(source)
        self.found.whole &= content is not None and content.include == _include_of(document)
        for index, name in enumerate(content.include if content else ()):
            if refusal := self._include(source, name, document.locate(("include", index)), depth):
                self.found.whole = False
                self.found.problems.append(document.problem(("include", index), "include", refusal))

    def _include(self, source: Source, name: str, where: tuple[int, int], depth: int) -> str:
        """Reads one more file; else why not."""
        path = _inside(source.folder, name)
        if path is None:
            return f"expected a file below this one's folder, got {name!r}"
        if path.resolve() in self._ahead:
            return f"{name} includes this file: they go in a circle"
        if first := self._included.get(path.resolve()):
            return f"{name} is included already, in {first[0]}, line {first[1]}"
        if len(self._included) >= MOST_FILES or depth >= MOST_DEPTH:
            return f"expected at most {MOST_FILES} files, {MOST_DEPTH} deep"
        file = str(Path(source.document.file).parent / name)
        try:
            text = text_of(path)
        except FlowError as error:
            return f"{file} {error.problems[0].message}"
        self.enter(path, (source.document.file, where[0]))
        try:
            self.read(text, file, path.parent, f"{source.beside}{_folder_of(name)}", depth + 1)
        except FlowError as error:
            self.found.whole = False
            self.found.problems += error.problems
        self._ahead.pop()
        return ""


def _include_of(document: Document) -> tuple[object, ...]:
    written = document.get(("include",))
    return tuple(written) if isinstance(written, list) else () if written == "" else (written,)


def _inside(folder: Path | None, name: str) -> Path | None:
    if folder is None or not name:
        return None
    path = folder / name
    return path if path.resolve().is_relative_to(folder.resolve()) and not PurePosixPath(name).is_absolute() else None


def _folder_of(name: str) -> str:
    parent = PurePosixPath(name).parent.as_posix()
    return "" if parent == "." else f"{parent}/"


def _written(source: Source, section: str) -> Iterator[str]:
    part = source.document.get((section,))
    yield from part if isinstance(part, dict) else ()


def _doubles(files: list[Source]) -> Iterator[Problem]:
    for section, what in _SECTIONS.items():
        yield from _doubles_in(files, section, what)
    firsts = [source for source in files if source.document.get(("unrouted",))]
    for again in firsts[1:]:
        file, line = _place(firsts[0], ("unrouted",))
        message = f"`unrouted` is given already, in {file}, line {line}"
        yield Problem(again.document.file, *again.document.locate_key(("unrouted",)), "same-name", message)


def _doubles_in(files: list[Source], section: str, what: str) -> Iterator[Problem]:
    first: dict[str, Source] = {}
    for source in files:
        for name in _written(source, section):
            if (known := first.setdefault(name, source)) is not source:
                file, line = _place(known, (section, name))
                message = f"the {what} {name!r} is here twice; first in {file}, line {line}"
                yield Problem(source.document.file, *source.document.locate_key((section, name)), "same-name", message)


def _place(source: Source, way: tuple[str | int, ...]) -> Place:
    return source.document.file, source.document.locate_key(way)[0]


def project_of(files: list[Source]) -> Project:
    """All that the files hold, in one namespace; of a name that is there twice the first."""
    read = [(source, source.content) for source in files if source.content is not None]
    return Project(
        flows=_merged(content.flows for _, content in read),
        hours=_merged(content.hours for _, content in read),
        knowledge=_merged(content.knowledge for _, content in read),
        routes=tuple(route for _, content in read for route in content.routes),
        route_places=tuple(
            _place(source, ("routes", index)) for source, content in read for index in range(len(content.routes))
        ),
        unrouted=next((content.unrouted for _, content in read if "unrouted" in content.model_fields_set), "busy"),
        written={
            section: _merged(
                {name: _place(source, (section, name)) for name in _written(source, section)} for source in files
            )
            for section in _SECTIONS
        },
    )


def _merged(parts: Iterable[Mapping[str, _T]]) -> dict[str, _T]:
    found: dict[str, _T] = {}
    for part in parts:
        found.update((name, value) for name, value in part.items() if name not in found)
    return found
