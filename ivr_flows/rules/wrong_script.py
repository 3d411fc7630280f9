"""A text is in its language's letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr_flows.lint.hearing import plain
from ivr_flows.lint.places import texts
from ivr_flows.lint.rule import rule
from ivr_flows.lint.subject import Finding, Subject
from ivr_flows.problems import Level

_DEVANAGARI = re.compile("[\u0900-\u097f]")


@rule(
    "wrong-script",
    level=Level.WARNING,
    reason="A text that was copied and never translated is read by the wrong voice.",
    fix="Translate it, or give the piece its own `language`.",
)
def wrong_script(subject: Subject) -> Iterator[Finding]:
    """Hindi and Marathi have Devanagari letters, and English has none."""
    for way, body in subject.flows():
        for place, code, piece in texts(body):
            said = plain(piece.text)
            devanagari = _DEVANAGARI.search(said) is not None
            if devanagari == (code == "en") and any(map(str.isalpha, said)):
                letters = "has Devanagari letters" if devanagari else "has no Devanagari letter"
                yield subject.at((*way, *place), f"this text is to be spoken as {code}, and {letters}")
