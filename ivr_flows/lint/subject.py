"""What rules look at, and what they find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr_flows.model.file import FlowsFile
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.walk import Path as Way
from ivr_flows.project import Project
from ivr_flows.yaml_loader import Document


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, and where: line and column count from 1."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A file whose shape is right. `folder`: where its sounds are; None when that is not known.

    `project`: what this file and those that belong to it hold together.
    """

    document: Document
    file: FlowsFile
    folder: Path | None
    project: Project

    def flows(self) -> Iterator[tuple[Way, FlowBody]]:
        """Each flow, and the way to it."""
        for name, body in self.file.flows.items():
            yield ("flows", name), body

    def own_route(self, index: int) -> int | None:
        """The index in this file of the project's route with this index; None when it stands in another file."""
        first = next((i for i, place in enumerate(self.project.route_places) if place[0] == self.document.file), 0)
        own = index - first
        return own if 0 <= own < len(self.file.routes) else None

    def at(self, way: Way, message: str) -> Finding:
        """A finding at the end of `way`: at the text there, else at its key."""
        return Finding(*self.document.locate(way), message)

    def at_key(self, way: Way, message: str) -> Finding:
        """A finding at the key that `way` ends with."""
        return Finding(*self.document.locate_key(way), message)

    def line(self, way: Way) -> int:
        """The line of the end of `way`."""
        return self.document.locate(way)[0]
