"""YAML as an author means it: every scalar stays the text that was written, and every node knows its line and column.

PyYAML reads YAML 1.1, where `no`, `on`, `010` and `12:30` become something else. Here nothing does; who reads a value
says what it is. Duplicate keys, tags, and aliases that explode are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml

from ivr_flows.problems import FlowError, Problem

Path = tuple[str | int, ...]
Plain = str | list["Plain"] | dict[str, "Plain"]
"""A YAML value: text, or lists and mappings of it."""

MOST_CHARACTERS = 4_000_000
MOST_NODES = 200_000
MOST_DEPTH = 40
_TAG_OF = {
    yaml.ScalarNode: "tag:yaml.org,2002:str",
    yaml.MappingNode: "tag:yaml.org,2002:map",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
}
_TAGS = frozenset(_TAG_OF.values())
_Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TextLoader(_Base):  # type: ignore[misc,valid-type]  # libyaml's loader where PyYAML was built with it
    def resolve(self, kind: type[yaml.Node], _value: object, _implicit: object) -> str:
        """The tag of a node without one: by its kind alone, whatever its text looks like."""
        return _TAG_OF[kind]


class Bare(NamedTuple):
    """A text without quotes, and where it ends."""

    text: str
    line: int
    column: int


@dataclass(slots=True)
class Document:
    """A file's value, and where each part of it is. Positions count from 1.

    `plain`: texts that stand without quotes. `problems`: what did not keep it from being read.
    """

    file: str
    value: Plain = ""
    lines: Sequence[str] = ()
    plain: dict[Path, Bare] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _keys: dict[Path, yaml.Node] = field(default_factory=dict)
    _values: dict[Path, yaml.Node] = field(default_factory=dict)

    def locate(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column of what `path` leads to: a text itself, else its key. Unknown names are passed over."""
        node: Plain = self.value
        found: Path = ()
        for name in path:
            child = _child(node, name)
            if child is not None:
                node, found = child, (*found, name)
        there = self._values if isinstance(node, str) else self._keys
        at = there.get(found) or self._values.get(found)
        return _place(at) if at is not None else (1, 1)

    def get(self, path: Sequence[str | int]) -> Plain:
        """What is written at `path`; "" where nothing is."""
        node: Plain | None = self.value
        for name in path:
            node = None if node is None else _child(node, name)
        return "" if node is None else node

    def locate_key(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column of the key that `path` ends with, else as `locate`."""
        key = self._keys.get(tuple(path))
        return self.locate(path) if key is None else _place(key)

    def problem(self, path: Sequence[str | int], rule: str, message: str) -> Problem:
        """A problem at `path`."""
        return Problem(self.file, *self.locate(path), rule, message)


def _child(node: Plain, name: str | int) -> Plain | None:
    if isinstance(node, dict):
        return node.get(str(name))
    return node[name] if isinstance(node, list) and isinstance(name, int) and name < len(node) else None


def read_yaml(text: str, file: str) -> Document:
    """The document in `text`. Raises `FlowError` with all that is wrong with it."""
    document = parse_yaml(text, file)
    if document.problems:
        raise FlowError(document.problems)
    return document


def parse_yaml(text: str, file: str) -> Document:
    """The document in `text`, with its problems. Raises `FlowError` for what keeps it from being read at all."""
    if len(text) > MOST_CHARACTERS:
        raise FlowError(
            [Problem(file, 1, 1, "yaml", f"expected at most {MOST_CHARACTERS} characters, got {len(text)}")]
        )
    reader = _Reader(Document(file, lines=text.splitlines()))
    root = _compose(text, file)
    if root is not None:
        reader.document.value = reader.read(root, ())
    return reader.document


def _compose(text: str, file: str) -> yaml.Node | None:
    try:
        loader = _TextLoader(text)
        try:
            node: yaml.Node | None = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise FlowError([Problem(file, *where, "yaml", _explain(error))]) from error
    except yaml.YAMLError as error:
        raise FlowError([Problem(file, 1, 1, "yaml", f"not YAML: {error}")]) from error
    except RecursionError as error:
        raise FlowError([Problem(file, 1, 1, "yaml", f"nested deeper than {MOST_DEPTH} levels")]) from error
    return node


def _explain(error: yaml.MarkedYAMLError) -> str:
    if error.problem and "cannot start any token" in error.problem:
        return f"{error.problem}; put the text in quotes"
    if error.context and error.context.startswith("while scanning an a"):  # an alias or an anchor
        return "* and & without quotes are signs of YAML; put the text in quotes"
    return "not YAML: " + " ".join(filter(None, (error.context, error.problem)))


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems = document.problems
        self._keys = document._keys
        self._values = document._values
        self._plain = document.plain

    def read(self, node: yaml.Node, path: Path) -> Plain:
        self._values[path] = node
        if len(self._values) > MOST_NODES:
            raise FlowError([self._problem(node, f"expected at most {MOST_NODES} values; do aliases multiply?")])
        if len(path) > MOST_DEPTH:
            raise FlowError(
                [self._problem(node, f"nested deeper than {MOST_DEPTH} levels; does an alias hold itself?")]
            )
        if node.tag not in _TAGS:
            self.problems.append(self._problem(node, f"expected no tag, got {node.tag!r}; write the value without it"))
            return ""
        if isinstance(node, yaml.ScalarNode):
            if not node.style:
                self._plain[path] = Bare(node.value, node.end_mark.line + 1, node.end_mark.column + 1)
            return str(node.value)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Plain]:
        values: dict[str, Plain] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag not in _TAGS:
                self.problems.append(self._problem(key, "expected a name as key, got something else"))
                continue
            name = str(key.value)
            place = (*path, name)
            if name in values:
                first = _place(self._keys[place])[0]
                self.problems.append(self._problem(key, f"the key {name!r} is here twice; first on line {first}"))
                continue
            self._keys[place] = key
            values[name] = self.read(value, place)
        return values

    def _problem(self, node: yaml.Node, message: str) -> Problem:
        return Problem(self.document.file, *_place(node), "yaml", message)


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
