"""Hours open some time."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject


@rule("never-open", reason="Every caller would be told that nobody is there.", fix="Give the hours a day and a time.")
def never_open(subject: Subject) -> Iterator[Finding]:
    """Hours have a time on some day."""
    for name, hours in subject.file.hours.items():
        if not any(hours.open.values()):
            yield subject.at(("hours", name, "open"), f"{name!r} is never open")
