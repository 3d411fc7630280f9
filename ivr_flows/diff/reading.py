"""Two books compared: flows, steps, paths, and the ways that lead to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from ivr_flows.book import FlowBook
from ivr_flows.diff.comparing import compared, words_of
from ivr_flows.diff.model import BookDiff, Change, FlowDiff, PathsDiff
from ivr_flows.diff.renaming import Dump, called, renames
from ivr_flows.model import Flow
from ivr_flows.model.steps import KINDS, Step
from ivr_flows.paths.coverage import explored
from ivr_flows.paths.explore import Found
from ivr_flows.paths.tracing import Hop, Path, shown
from ivr_flows.paths.values import mixes
from ivr_flows.routes import Rule

_SOME = 5


def diff(old: FlowBook, new: FlowBook) -> BookDiff:
    """What is different in the calls of `new`."""
    both = [name for name in old.flows if name in new.flows]
    return BookDiff(
        added=tuple(name for name in new.flows if name not in old.flows),
        removed=tuple(name for name in old.flows if name not in new.flows),
        changed=tuple(
            _flow(old.flows[name], new.flows[name]) for name in both if old.flows[name].hash != new.flows[name].hash
        ),
        routing=tuple(_routing(old, new)),
    )


def _flow(old: Flow, new: Flow) -> FlowDiff:
    names = renames(old.body, new.body)
    before, after = called(old.body, old.body.model_dump(mode="json"), names), new.body.model_dump(mode="json")
    old_steps = {names.get(name, name): step for name, step in old.steps.items()}
    changes = (*_around(before, after), *_steps(before, after, old_steps, new), *_facts(old, new))
    paths = _paths(old, new, names) if any(_turns(change) for change in changes) else PathsDiff()
    return FlowDiff(new.name, old.hash, new.hash, names, changes, paths)


def _turns(change: Change) -> bool:
    """Whether it can lead calls another way: other words and other times don't."""
    return change.what != "time" and not change.what.startswith(("is heard", "is understood"))


def _around(before: Dump, after: Dump) -> Iterator[Change]:
    """What is written outside the steps."""
    for key, what in (("inputs", "input"), ("outcomes", "outcome"), ("languages", "language")):
        yield from _members(before.pop(key), after.pop(key), what)
    yield from compared({**before, "steps": None}, {**after, "steps": None})


def _members(before: Any, after: Any, what: str) -> Iterator[Change]:
    for name in before:
        if name not in after:
            yield Change(name, f"{what} removed", name)
    for name in after:
        if name not in before:
            yield Change(name, f"{what} added", "", name)
    if isinstance(before, dict) and what == "input":
        for name in before:
            if name in after:
                yield from compared(before[name], after[name], ("inputs", name))
    elif isinstance(before, list) and before[:1] != after[:1]:
        yield Change("languages", "usual language", before[0], after[0])


def _steps(before: Dump, after: Dump, old_steps: Mapping[str, Step], new: Flow) -> Iterator[Change]:
    old, current = before["steps"], after["steps"]
    for name, dump in old.items():
        if name not in current:
            yield Change(name, "step removed", _summary(old_steps[name], dump, new.languages[0]))
    for name, dump in current.items():
        if name not in old:
            yield Change(name, "step added", "", _summary(new.steps[name], dump, new.languages[0]))
        elif (was := _kind(old_steps[name])) != (now := _kind(new.steps[name])):
            yield Change(name, "is another kind of step", was, now)
            yield from compared(
                {key: old[name][key] for key in old[name] if key in dump}, _shared(dump, old[name]), (name,)
            )
        else:
            yield from compared(old[name], dump, (name,))


def _shared(dump: Dump, other: Dump) -> Dump:
    return {key: value for key, value in dump.items() if key in other}


def _kind(step: Step) -> str:
    return next(word for word, kind in KINDS.items() if isinstance(step, kind))


def _summary(step: Step, dump: Dump, language: str) -> str:
    words = words_of(dump.get("ask") or dump.get("say") or {}, language)
    return f"{_kind(step)}: {words}" if words else _kind(step)


def _facts(old: Flow, new: Flow) -> Iterator[Change]:
    before, after = (
        {
            name: {fact: known.model_dump(mode="json") for fact, known in facts.items()}
            for name, facts in flow.facts.items()
        }
        for flow in (old, new)
    )
    yield from compared(before, after, ("knowledge",))


def _paths(old: Flow, new: Flow, names: Mapping[str, str]) -> PathsDiff:
    """In the usual language: the others have the same paths."""
    before, after = _found(old), _found(new)
    was, now = {_called(path, names) for path in before.paths}, set(after.paths)
    return PathsDiff(
        len(was - now),
        len(now - was),
        _shortest(was - now),
        _shortest(now - was),
        before.whole and after.whole,
    )


def _found(flow: Flow) -> Found:
    return explored(flow, mixes(flow, flow.inputs)[0], flow.languages[0])


def _shortest(paths: set[Path]) -> tuple[str, ...]:
    return tuple(shown(path) for path in sorted(paths, key=lambda path: (len(path), path))[:_SOME])


def _called(path: Path, names: Mapping[str, str]) -> Path:
    return tuple(Hop(hop.how, tuple(names.get(step, step) for step in hop.steps), hop.outcome) for hop in path)


def _routing(old: FlowBook, new: FlowBook) -> Iterator[Change]:
    before, after = [list(map(_route, book.routes)) for book in (old, new)]
    yield from (Change("routes", "route removed", route) for route in before if route not in after)
    yield from (Change("routes", "route added", "", route) for route in after if route not in before)
    was, now = ({name: spec.model_dump(mode="json") for name, spec in book.hours.items()} for book in (old, new))
    yield from _hours(was, now)
    yield from compared({"unrouted": old.unrouted}, {"unrouted": new.unrouted})


def _hours(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys((*before, *after)):
        yield from compared(before.get(name, {}), after.get(name, {}), ("hours", name))


def _route(rule: Rule) -> str:
    """A route in words."""
    dialled = rule.number or (f"{rule.prefix}…" if rule.prefix else "any number")
    plain = replace(rule, number="", prefix="", flow="", call_back=False)
    given = [f"{key} {value}" for key, value in asdict(plain).items() if value]
    more = ", ".join([*given, *([] if rule.call_back else ["no call_back"])])
    return f"{dialled} → {rule.flow}" + (f" ({more})" if more else "")
