"""Answers: each key and each phrase means one thing, and speech alone undoes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.matching import normalise
from ivr_flows.model.flow import FlowBody
from ivr_flows.model.steps import AskStep, DecideStep, LanguageStep, ListenStep, Question
from ivr_flows.model.walk import Path, targets
from ivr_flows.problems import Problem
from ivr_flows.rules.subject import Subject
from ivr_flows.vocabulary import key_words


def one_answer_a_key(subject: Subject) -> Iterator[Problem]:
    """No two options of a question, and no two commands, are on one key. (An option comes before a command.)"""
    for way, body in subject.flows():
        yield from _twice(subject, [((*way, "commands", name, "key"), c.key) for name, c in body.commands.items()])
        for name, step in body.steps.items():
            here = (*way, "steps", name)
            match step:
                case AskStep():
                    keys: list[tuple[Path, str | None]] = [
                        ((*here, "options", option, "key"), choice.key) for option, choice in step.options.items()
                    ]
                    yield from _twice(subject, keys)
                case LanguageStep():
                    yield from _twice(
                        subject, [((*here, "language", code), its_key) for code, its_key in step.language.items()]
                    )
                case _:
                    pass


def _twice(subject: Subject, keys: list[tuple[Path, str | None]]) -> Iterator[Problem]:
    first: dict[str, Path] = {}
    for place, its_key in keys:
        if its_key and its_key in first:
            line = subject.document.locate(first[its_key])[0]
            yield subject.problem(place, "same-key", f"the key {its_key} is taken; first on line {line}")
        elif its_key:
            first[its_key] = place


def one_answer_a_phrase(subject: Subject) -> Iterator[Problem]:
    """No two options of a question are said alike."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if isinstance(step, AskStep):
                yield from _said_alike(subject, (*way, "steps", name, "options"), step)


def _said_alike(subject: Subject, here: Path, step: AskStep) -> Iterator[Problem]:
    taken: dict[tuple[str, str], str] = {}
    for option, choice in step.options.items():
        for language, phrases in choice.hear.items():
            numbers = key_words(choice.key, language) if phrases else ()
            for index, phrase in enumerate((*phrases, *numbers)):
                other = taken.setdefault((language, normalise(phrase)), option)
                if other != option:
                    place = (*here, option, "hear", language, index)
                    yield subject.problem(place, "same-words", f"{phrase!r} means {other!r} already")


def confirmed_before_decision(subject: Subject) -> Iterator[Problem]:
    """An option that can be said, and leads to a decision without another question, is asked back."""
    for way, body in subject.flows():
        for name, step in body.steps.items():
            if not isinstance(step, AskStep):
                continue
            for option, choice in step.options.items():
                if any(choice.hear.values()) and not choice.confirm and _decides(body, choice.next):
                    message = (
                        f"{option!r} can be said and leads to a decision that can't be undone: "
                        "give it `confirm`, or take its words away"
                    )
                    yield subject.problem((*way, "steps", name, "options", option), "unconfirmed", message)


def _decides(body: FlowBody, start: str) -> bool:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        step = body.steps.get(name)
        if isinstance(step, DecideStep):
            return True
        if name in seen or step is None or (isinstance(step, Question) and not isinstance(step, ListenStep)):
            continue
        seen.add(name)
        ahead.extend(target for _, target in targets(body, name))
    return False
