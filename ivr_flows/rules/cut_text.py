"""A text is not cut short by a #."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.problems import Level

_COMMENT = re.compile(r"\s+#[^\s#]")


@rule(
    "cut-text",
    level=Level.WARNING,
    reason="After a space, # begins a comment: the rest is not said.",
    fix="Put the text in quotes, or a space behind the # of a comment.",
)
def cut_text(subject: Subject) -> Iterator[Finding]:
    """No text without quotes is followed by a # that a letter or digit follows."""
    commented = {number: line for number, line in enumerate(subject.document.lines, 1) if "#" in line}
    for place, (_, line, column) in subject.document.plain.items():
        if line in commented and _COMMENT.match(rest := commented[line][column - 1 :]):
            yield subject.at(place, f"the text ends before {rest.strip()!r}, which is a comment")
