"""Everything that is written once for each language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr_flows.lint.once import once
from ivr_flows.lint.places import answers, values
from ivr_flows.model.base import Language
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.walk import Path


@once
def translations(body: FlowBody) -> Iterator[tuple[Path, str, Mapping[Language, object]]]:
    """Prompts, lists of words (an empty one says that it can't be said in a language), and the words of choices.

    Each with the way to it, what it is, and what is there by language.
    """
    for place, prompt in body.prompts:
        yield place, "prompt", prompt.root
    for place, answer in answers(body):
        if answer.hear:
            yield (*place, "hear"), "list of words", answer.hear
    for place, value in values(body):
        for word, said in (value.words or {}).items():
            yield (*place, "words", word), "word", said
