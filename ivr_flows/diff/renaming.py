"""Steps that have another name and are the same otherwise: found, and called by their new names in the old version."""

from __future__ import annotations

import json
from typing import Any

from ivr_flows.model.flow import FlowBody
from ivr_flows.model.walk import Path, targets

Dump = dict[str, Any]
"""A flow's body as plain JSON values."""


def renames(old: FlowBody, new: FlowBody) -> dict[str, str]:
    """Old name → new name. First those that are the same in all else, then those that at least say the same.

    A step whose ways lead to renamed ones is found after those.
    """
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    fresh = [name for name in new.steps if name not in old.steps]
    found: dict[str, str] = {}
    while more := _matched(
        {name: _content(old, before, found, name) for name in old.steps if name not in {*new.steps, *found}},
        {name: _content(new, after, {}, name) for name in fresh if name not in found.values()},
    ):
        found |= more
    return found | _matched(
        {name: _said(before["steps"][name]) for name in old.steps if name not in {*new.steps, *found}},
        {name: _said(after["steps"][name]) for name in fresh if name not in found.values()},
    )


def _matched(old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    """Names of what is alike, one to one."""
    left = {content: name for name, content in reversed(new.items()) if content}
    return {name: left.pop(content) for name, content in old.items() if content in left}


def called(body: FlowBody, dump: Dump, names: dict[str, str]) -> Dump:
    """The dump with its steps by their new names, wherever they are spoken of."""
    renamed: Dump = json.loads(json.dumps(dump))
    ways = [way for name in body.steps for way in targets(body, name)]
    ways.append((("start",), body.start))
    if body.longest:
        ways.append((("longest", "then"), body.longest.then))
    if body.canceled:
        ways.append((("canceled",), body.canceled))
    for path, target in [*ways, (("gives_up",), body.gives_up)]:
        if target in names:
            _put(renamed, path, names[target])
    renamed["steps"] = {names.get(name, name): step for name, step in renamed["steps"].items()}
    return renamed


def _put(dump: Any, path: Path, value: str) -> None:
    for part in path[:-1]:
        dump = dump[part]
    dump[path[-1]] = value


def _content(body: FlowBody, dump: Dump, names: dict[str, str], step: str) -> str:
    """What a step is, whatever its own name."""
    return json.dumps(called(body, dump, {**names, step: ""})["steps"][""], sort_keys=True, ensure_ascii=False)


def _said(step: Dump) -> str:
    """The words of a step; "" where it has none of its own."""
    words = {key: step[key] for key in ("say", "ask") if step.get(key)}
    return json.dumps(words, sort_keys=True, ensure_ascii=False) if words else ""
