"""The key that ends an entry is only that."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.places import entry
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject


@rule(
    "ending-key",
    reason="One key press can't both end the entry and give the command.",
    fix="Choose another key for one of them.",
)
def ending_key(subject: Subject) -> Iterator[Finding]:
    """No command is on the key that ends an entry."""
    for way, body in subject.flows():
        taken = {command.key: name for name, command in body.commands.items() if command.key}
        for name, step in body.steps.items():
            if (found := entry(step)) and (key := found[1].ends_with) in taken:
                message = f"the key {key} is the command {taken[key]!r}"
                yield subject.at((*way, "steps", name, found[0], "ends_with"), message)
