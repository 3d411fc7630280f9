"""Cases as text: the moves of a call, and what came of them, as what is expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from ivr_flows.cases.model import Act, Given
from ivr_flows.cases.runner import sent, submissions
from ivr_flows.simulator import Simulator


def case_text(name: str, flow: str, given: Given, acts: Sequence[Act], call: Simulator) -> str:
    """A case as it stands in a file. `call` is the call after the acts: what it came to is what is expected."""
    lines = [f"  - name: {one_line(name)}", f"    flow: {flow}"]
    if begins := given.model_dump(exclude_none=True):
        lines.append(f"    given: {one_line(begins)}")
    if acts:
        lines += ["    steps:", *(f"      - {_act(act)}" for act in acts)]
    lines.append(f"    expect: {one_line(_expected(call))}")
    return "\n".join(lines) + "\n"


def _act(act: Act) -> str:
    told = act.model_dump(exclude_defaults=True)
    bare = next((word for word in ("silence", "hang_up", "time_up") if told in ({word: 1}, {word: True})), None)
    return bare or one_line(told)


def _expected(call: Simulator) -> dict[str, Any]:
    expected: dict[str, Any] = {"language": call.session.language}
    if call.end:
        expected = {"outcome": call.end.outcome, "data": dict(call.end.data), **expected}
    if call.decisions:
        expected["submissions"] = submissions(call)
    if submitted := sent(call):
        expected["sent"] = submitted
    if call.transfers:
        expected["transfers"] = [transfer.to for transfer in call.transfers]
    last = call.transcript[-2:-1]
    if call.end and last and last[0].who == "agent":
        expected["hears"] = last[0].what
    return expected


def one_line(value: object) -> str:
    """A value as YAML in one line."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6, sort_keys=False)
    return str(text).removesuffix("\n").removesuffix("\n...")
