"""What rules look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr_flows.model.file import FlowsFile
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.walk import Path as Way
from ivr_flows.problems import Problem
from ivr_flows.yaml_loader import Document


@dataclass(frozen=True, slots=True)
class Subject:
    """A file whose shape is right. `folder`: where its sounds are; None when that is not known."""

    document: Document
    file: FlowsFile
    folder: Path | None

    def flows(self) -> Iterator[tuple[Way, FlowBody]]:
        """Each flow, and the way to it."""
        for name, body in self.file.flows.items():
            yield ("flows", name), body

    def problem(self, way: Way, rule: str, message: str) -> Problem:
        """A problem at the end of `way`."""
        return self.document.problem(way, rule, message)
