"""Which paths and ways of a flow the cases walk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ivr_flows.cases.runner import Result
from ivr_flows.model import Flow
from ivr_flows.paths.explore import Found, explore
from ivr_flows.paths.tracing import Path, Way, beginning, hop, paths_of, way
from ivr_flows.paths.values import mixes, turning_names
from ivr_flows.simulator import Simulator


@dataclass(slots=True)
class Coverage:
    """What a flow's calls can take, in each of its languages, and what of it was walked."""

    flow: Flow
    inputs: Mapping[str, object]
    found: dict[str, Found]
    walked_paths: set[Path] = field(default_factory=set)
    walked_ways: set[Way] = field(default_factory=set)

    @property
    def paths(self) -> list[Path]:
        """Every path, the shortest first."""
        return sorted(
            {path for found in self.found.values() for path in found.paths}, key=lambda path: (len(path), path)
        )

    @property
    def ways(self) -> list[Way]:
        """Every way."""
        return sorted({way_ for found in self.found.values() for way_ in found.ways})

    @property
    def open_paths(self) -> list[Path]:
        """Paths that no case walks."""
        return [path for path in self.paths if path not in self.walked_paths]

    @property
    def open_ways(self) -> list[Way]:
        """Ways that no case takes."""
        return [way_ for way_ in self.ways if way_ not in self.walked_ways]

    @property
    def whole(self) -> bool:
        """Whether all paths could be enumerated."""
        return all(found.whole for found in self.found.values())

    def walk(self, call: Simulator) -> None:
        """Note what a call took."""
        passages = call.passages
        hops = [taken for passage in passages if (taken := hop(self.flow, passage))]
        self.walked_paths.update(paths_of(beginning(*call.began), hops))
        self.walked_ways.update(answer for passage in passages if (answer := way(self.flow, passage)))


def cover(flow: Flow, results: Iterable[Result]) -> Coverage:
    """The coverage of a flow by the cases about it that passed."""
    own = [result for result in results if result.case.flow.name == flow.name]
    sample = mixes(flow, flow.inputs)[0]
    inputs = next((result.case.given.inputs for result in own if result.case.given.inputs), sample)
    coverage = Coverage(flow, inputs, {language: explored(flow, inputs, language) for language in flow.languages})
    for result in own:
        if result.passed:
            coverage.walk(result.call)
    return coverage


def explored(flow: Flow, inputs: Mapping[str, object], language: str) -> Found:
    """What a call can take with these inputs, and with every mix of those on which branches turn."""
    found = explore(flow, inputs, language)
    turning = {name: spec for name, spec in flow.inputs.items() if name in turning_names(flow)}
    for mix in mixes(flow, turning) if turning else ():
        explore(flow, {**inputs, **mix}, language, found=found)
    return found
