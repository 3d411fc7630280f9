"""A difference in words."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.diff.model import BookDiff, Change, FlowDiff, PathsDiff


def told(difference: BookDiff) -> str:
    """All of it, a line for each change."""
    lines = [f"+ flow {name}" for name in difference.added]
    lines += [f"- flow {name}" for name in difference.removed]
    lines += map(_change, difference.routing)
    for flow in difference.changed:
        lines += _flow(flow)
    if difference.same_calls:
        lines.append("the same calls")
    return "\n".join(lines)


def _flow(flow: FlowDiff) -> Iterator[str]:
    if flow.same_call and not flow.renamed:
        return
    yield f"{flow.name}  {flow.before} → {flow.after}" + ("  the same call" if flow.same_call else "")
    for old, new in flow.renamed.items():
        yield f"  ~ step renamed: {old} → {new}"
    for change in flow.changes:
        yield f"  {_change(change)}"
    yield from _paths(flow.paths)


def _change(change: Change) -> str:
    if change.what.endswith("added"):
        return f"+ {change.what}: {_named(change.place, change.after)}"
    if change.what.endswith("removed"):
        return f"- {change.what}: {_named(change.place, change.before)}"
    if change.what.startswith("is understood"):
        parts = [f"+ {change.after}" if change.after else "", f"- {change.before}" if change.before else ""]
        return f"{change.place}: {change.what}: {' '.join(filter(None, parts))}"
    quote = "“{}”" if change.what.startswith("is heard") else "{}"
    before, after = (quote.format(text) if text else "nothing" for text in (change.before, change.after))
    return f"{change.place}: {change.what}: {before} → {after}"


def _named(place: str, text: str) -> str:
    return text if place in (text, "routes") else f"{place} ({text})"


def _paths(paths: PathsDiff) -> Iterator[str]:
    for sign, count, some, what in (
        ("-", paths.gone, paths.some_gone, "gone"),
        ("+", paths.new, paths.some_new, "new"),
    ):
        if count:
            yield f"  {count} path{'s' * (count != 1)} {what}" + (
                "" if paths.whole else " (of those that were looked for)"
            )
            yield from (f"    {sign} {path}" for path in some)
            if count > len(some):
                yield f"    … and {count - len(some)} more"
