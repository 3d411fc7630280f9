"""What other readers of YAML take for something else stands in quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.problems import Level

_TRAP = re.compile(r"y|n|yes|no|on|off|true|false|null|~|0\d+|\d+:\d\d", re.IGNORECASE)
_TEXTS = frozenset({"hear", "set", "words", "inputs", "number", "prefix", "text", "say", "ask", "confirm"})


@rule(
    "bare-word",
    level=Level.WARNING,
    reason="Mercury reads it as it stands; to editors and other tools it is a truth, a time or a number.",
    fix="Put it in quotes.",
)
def bare_word(subject: Subject) -> Iterator[Finding]:
    """Words like no and on, times, and numbers that begin with 0 stand in quotes where a text is meant."""
    for place, (text, *_) in subject.document.plain.items():
        if not _TRAP.fullmatch(text):
            continue
        if not _TEXTS.isdisjoint(map(str, place[:-1])) or place[-1:] in (("number",), ("prefix",)):
            yield subject.at(place, f'{text} without quotes is no text to other readers of YAML; write "{text}"')
