"""What engines take from the flows: examples to learn from, prompts to render before any call."""

from __future__ import annotations

from ivr_flows.book import FlowBook
from ivr_flows.commands import SpokenText
from media.tts.protocol import Speech


def examples_of(book: FlowBook) -> dict[str, list[str]]:
    """Option → phrases, from all flows and languages: what minds are trained on."""
    examples: dict[str, list[str]] = {}
    for flow in book.flows.values():
        for option, said in flow.examples().items():
            examples.setdefault(option, []).extend(phrase for phrases in said.values() for phrase in phrases)
    return {option: list(dict.fromkeys(phrases)) for option, phrases in examples.items()}


def fixed_prompts_of(book: FlowBook) -> list[Speech]:
    """Every text of the flows that can be rendered before any call, once each."""
    parts = (part for flow in book.flows.values() for say in flow.fixed_prompts() for part in say.parts)
    texts = (part for part in parts if isinstance(part, SpokenText))
    return list(dict.fromkeys(Speech(text.text, text.language, text.voice, text.speed) for text in texts))
