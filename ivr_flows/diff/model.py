"""The difference of two versions, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `place`: where in the flow; `what`: of what kind; "" before or after is nothing there."""

    place: str
    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class PathsDiff:
    """How the paths that calls can take changed, and the shortest of them. `whole` False: not all were looked for."""

    gone: int = 0
    new: int = 0
    some_gone: tuple[str, ...] = ()
    some_new: tuple[str, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class FlowDiff:
    """What changed in one flow."""

    name: str
    before: str
    """Hash."""
    after: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Steps that go by another name, and are the same otherwise."""
    changes: tuple[Change, ...] = ()
    paths: PathsDiff = PathsDiff()

    @property
    def same_call(self) -> bool:
        """Whether callers meet the same."""
        return not self.changes


@dataclass(frozen=True, slots=True)
class BookDiff:
    """What changed in all flows, and in the ways to them."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[FlowDiff, ...] = ()
    routing: tuple[Change, ...] = ()

    @property
    def same_calls(self) -> bool:
        """Whether callers meet the same, whatever number they dial."""
        return not (self.added or self.removed or self.routing) and all(flow.same_call for flow in self.changed)

    def as_json(self) -> dict[str, object]:
        """As plain JSON values, by the fields' names."""
        return {"same_calls": self.same_calls, **asdict(self)}
