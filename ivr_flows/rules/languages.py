"""Every caller is served in their language: none is missing, and none is silently another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr_flows.model.base import Language
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import AskStep, Command, LanguageStep, LookupStep, Option
from ivr_flows.model.walk import Path
from ivr_flows.problems import Problem
from ivr_flows.rules.subject import Subject


def prompts_have_all(subject: Subject) -> Iterator[Problem]:
    """Every prompt, and every word of a choice, is there in each of the flow's languages and no other."""
    for way, body in subject.flows():
        for place, prompt in body.prompts:
            yield from _complete(subject, (*way, *place), prompt.root, body, "prompt")
        for name, value in body.inputs.items():
            yield from _words(subject, (*way, "inputs", name), value.words, body)
        for name, step in body.steps.items():
            gives = step.lookup.gives if isinstance(step, LookupStep) else {}
            for field, value in gives.items():
                yield from _words(subject, (*way, "steps", name, "lookup", "gives", field), value.words, body)


def hear_has_all(subject: Subject) -> Iterator[Problem]:
    """What can be said can be said in each language (an empty list says that it can't in one)."""
    for way, body in subject.flows():
        for place, answer in _answers(body):
            if answer.hear:
                yield from _complete(subject, (*way, *place, "hear"), answer.hear, body, "list of words")


def known_to_flow(subject: Subject) -> Iterator[Problem]:
    """A call changes only to a language of its flow."""
    for way, body in subject.flows():
        chosen = [((*place, "language"), answer.language) for place, answer in _answers(body) if answer.language]
        for name, step in body.steps.items():
            if isinstance(step, LanguageStep):
                chosen += [(("steps", name, "language", language), language) for language in step.language]
        for place, language in chosen:
            if language not in body.languages:
                message = f"expected one of the flow's languages ({', '.join(body.languages)}), got {language}"
                yield subject.problem((*way, *place), "language", message)


def _words(
    subject: Subject, way: Path, words: Mapping[str, Mapping[Language, str]] | None, body: FlowBody
) -> Iterator[Problem]:
    for word, said in (words or {}).items():
        yield from _complete(subject, (*way, "words", word), said, body, "word")


def _complete(
    subject: Subject, way: Path, given: Mapping[Language, object], body: FlowBody, what: str
) -> Iterator[Problem]:
    if missing := [language for language in body.languages if language not in given]:
        yield subject.problem(way, "missing-language", f"this {what} is missing in {', '.join(missing)}")
    for language in given:
        if language not in body.languages:
            message = (
                f"this {what} is in {language}, which is none of the flow's languages ({', '.join(body.languages)})"
            )
            yield subject.problem((*way, language), "language", message)


def _answers(body: FlowBody) -> Iterator[tuple[Path, Option | Command]]:
    for name, command in body.commands.items():
        yield ("commands", name), command
    for name, step in body.steps.items():
        if isinstance(step, AskStep):
            for option, choice in step.options.items():
                yield ("steps", name, "options", option), choice
