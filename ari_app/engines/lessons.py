"""What engines take from the flows: examples to learn from, prompts to render before any call."""

from __future__ import annotations

from collections.abc import Container

from ivr_flows.book import FlowBook
from ivr_flows.commands import SpokenText
from ivr_flows.prompts.templates import BLANK
from media.tts.protocol import Speech
from media.tts.voice import parts_of


def examples_of(book: FlowBook) -> dict[str, list[str]]:
    """Option → phrases, from all flows and languages: what minds are trained on."""
    examples: dict[str, list[str]] = {}
    for flow in book.flows.values():
        for option, said in flow.examples().items():
            examples.setdefault(option, []).extend(phrase for phrases in said.values() for phrase in phrases)
    return {option: list(dict.fromkeys(phrases)) for option, phrases in examples.items()}


def fixed_prompts_of(book: FlowBook, languages: Container[str] | None = None) -> list[Speech]:
    """Every sentence of the flows that can be rendered before any call, once each: those around variables, too.

    `languages` can be spoken (None: all): flows of recordings alone need no voice for Mercury's own words.
    """
    flows = book.flows.values()
    fixed = [part for flow in flows for say in flow.fixed_prompts() for part in say.parts]
    own = [part for flow in flows for say in flow.own_prompts() for part in say.parts if isinstance(part, SpokenText)]
    fixed += [part for part in own if languages is None or part.language in languages]
    texts = (
        part for part in (*fixed, *(text for flow in flows for text in flow.outlines())) if isinstance(part, SpokenText)
    )
    spoken = (Speech(text.text, text.language, text.voice, text.speed) for text in texts)
    return list(dict.fromkeys(part for speech in spoken for part in parts_of(speech) if BLANK not in part.text))
