"""A flow: one kind of call, from its first word to its outcome."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from ivr_flows.commands import Say, SpokenText
from ivr_flows.model.base import Confidence, DurationMs, Language, LongMs, Name, Part
from ivr_flows.model.prompts import Prompt, Prompts
from ivr_flows.model.steps import (
    AskStep,
    Command,
    ConverseStep,
    DigitsStep,
    Fact,
    NoInput,
    NoMatch,
    Pauses,
    Step,
    StepBase,
)
from ivr_flows.model.steps.conversing import FACT
from ivr_flows.model.values import Type, Value, ValueSpec, check_values
from ivr_flows.model.walk import Path, assignments, given_by, prompts_of, targets
from ivr_flows.problems import InputError
from ivr_flows.prompts.render import names_of, outline, render
from ivr_flows.vocabulary import FILLERS, NO, NO_NAME, UNHEARD, YES, YES_NAME

CALLER = "caller"
"""The variable that always is there: the other side's number."""


class Longest(Part):
    """The longest that a call may last, and what is done then: time to say goodbye."""

    after: LongMs
    then: Annotated[Name, Field(description="The step that ends the call; the caller hears it.")]


class Decisions(Part):
    """Where decisions that did not succeed lead, for steps that don't say."""

    already: Name | None = Field(None, description="Step when another decision of this order was first.")
    failed: Name | None = Field(None, description="Step when the decision could not be committed.")


class Filler(Part):
    """A few words for a caller who waits in silence for what is made of their own."""

    after: DurationMs | None = Field(
        None, description="From the end of their turn; the setting media.filler_after_ms unless given."
    )
    say: Prompts | None = Field(None, description="Said in turn where there are several; Mercury's own unless given.")


def _outcomes(value: object) -> object:
    return dict.fromkeys(value, "") if isinstance(value, list) and all(isinstance(v, str) for v in value) else value


class FlowBody(Part):
    """What is written under a flow's name."""

    description: str = Field("", description="What the call is for.")
    languages: Annotated[
        tuple[Language, ...], Field(min_length=1, description="The first is taken unless the call says.")
    ]
    inputs: Mapping[Name, ValueSpec] = Field({}, description="What the call must be given, and of which type.")
    outcomes: Annotated[
        Mapping[Name, str],
        BeforeValidator(_outcomes, json_schema_input_type=Mapping[Name, str] | tuple[Name, ...]),
        Field(min_length=1, description="How the call can end, and what each means."),
    ]
    start: Annotated[Name, Field(description="The first step.")]
    steps: Annotated[Mapping[Name, Step], Field(min_length=1, description="What the call does, by the steps' names.")]
    commands: Mapping[Name, Command] = Field({}, description="Answers that are understood at every question.")
    no_input: NoInput = Field(
        NoInput(), description="What is done when no answer comes, where a question says nothing."
    )
    no_match: NoMatch = Field(NoMatch(), description="What is done when an answer means nothing.")
    pauses: Pauses = Field(Pauses(), description="Silence that ends a spoken answer, where a question says nothing.")
    confidence: Confidence = Field(0.6, description="Speech below it is not taken.")
    recording: Literal["announced", "silent", "off"] | None = Field(
        None, description="Whether calls are recorded, and told so; the setting media.record_calls unless given."
    )
    announce: Prompt | None = Field(None, description="Says first, uncut, that the call is recorded (`announced`).")
    message: Prompt | None = Field(
        None, description="Said to a voicemail that answers an outbound call, where the call leaves messages."
    )
    on_hang_up: Annotated[Name, Field(description="Outcome when the caller hangs up before one is decided.")]
    gives_up: Annotated[Name, Field(description="The hang_up step for a caller who can't be understood.")]
    filler: Filler | Literal["off"] = Field(
        Filler(), description="Said to a caller whom recogniser, mind or backend keep waiting, unless `off`."
    )
    decisions: Decisions = Field(Decisions(), description="Where decisions lead that did not succeed.")
    canceled: Name | None = Field(
        None,
        description="The step that ends a call that is canceled, or whose order is; Mercury's own words unless given.",
    )
    longest: Longest | None = Field(
        None, description="The longest that a call may last; `gives_up` ends it unless given."
    )
    most_waits: Annotated[int, Field(ge=5, le=1000, description="Waits of a call, after which it gives up.")] = 100

    @model_validator(mode="after")
    def _announced_in_words(self) -> FlowBody:
        if (self.recording == "announced") != (self.announce is not None):
            raise ValueError("expected `recording: announced` and `announce` together: the words that say so")
        return self

    @cached_property
    def prompts(self) -> tuple[tuple[Path, Prompt], ...]:
        """Every prompt, with the way to it."""
        return tuple(prompts_of(self))

    @cached_property
    def assigned(self) -> tuple[tuple[Path, str, Value], ...]:
        """Every variable that a step fills: where, its name, its type."""
        return tuple(assignments(self))

    @cached_property
    def ways(self) -> Mapping[str, tuple[tuple[Path, str], ...]]:
        """Per step every way out of it: where it is written, and the step that it leads to."""
        return {name: tuple(targets(self, name)) for name in self.steps}


@dataclass(frozen=True)
class Flow:
    """A flow that has been checked. `hash` changes with its content, not with its layout or comments."""

    name: str
    body: FlowBody
    facts: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)
    """The collections of knowledge that its conversations name."""
    parts: Mapping[str, FlowBody] = field(default_factory=dict)
    """As they were written: itself and all flows that it runs, from which `body` was made; none when it runs none."""
    hash: str = field(init=False)

    def __post_init__(self) -> None:
        known = {
            name: {fact: known.model_dump(mode="json") for fact, known in facts.items()}
            for name, facts in self.facts.items()
        }
        written = {**self.body.model_dump(mode="json"), **({"facts": known} if known else {})}
        content = json.dumps(written, ensure_ascii=False)
        object.__setattr__(self, "hash", hashlib.sha256(f"{self.name}\n{content}".encode()).hexdigest()[:16])

    @property
    def description(self) -> str:
        """What it is for."""
        return self.body.description

    @property
    def languages(self) -> tuple[Language, ...]:
        """Its languages, the usual one first."""
        return self.body.languages

    @property
    def leaves_messages(self) -> bool:
        """Whether it has words for a machine that answers."""
        return self.body.message is not None

    @property
    def inputs(self) -> Mapping[str, Value]:
        """What it must be given."""
        return self.body.inputs

    @property
    def outcomes(self) -> Mapping[str, str]:
        """How it can end, and what each means."""
        return self.body.outcomes

    @property
    def steps(self) -> Mapping[str, Step]:
        """Its steps by their names."""
        return self.body.steps

    @cached_property
    def variables(self) -> Mapping[str, Value]:
        """Types of all that prompts can speak of: inputs, the caller's number, and what steps find out."""
        return {
            CALLER: Value(type=Type.PHONE),
            **self.body.inputs,
            **{name: value for _, name, value in self.body.assigned},
        }

    @cached_property
    def answers(self) -> frozenset[str]:
        """Variables that the caller's own answers fill: the data of the outcome."""
        looked_up = {name for step in self.steps.values() for name in given_by(step)}
        return frozenset(self.variables) - frozenset(self.inputs) - looked_up - {CALLER}

    def check_inputs(self, raw: Mapping[str, object]) -> dict[str, object]:
        """The inputs as plain JSON values, defaults filled in. Raises `InputError`: field, expected, got."""
        return check_values(self.inputs, raw)

    def check_language(self, code: str) -> Language:
        """The language, or the flow's usual one for "". Raises `InputError`."""
        for language in self.languages:
            if code in (language, ""):
                return language
        raise InputError("language", f"one of {', '.join(self.languages)}", code)

    def examples(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """What callers say for each option and command (and for yes and no): its name → language → phrases."""
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for name, hear in self._heard():
            for language in self.languages:
                if phrases := hear.get(language):
                    known = found.setdefault(name, {}).get(language, ())
                    found[name][language] = tuple(dict.fromkeys((*known, *phrases)))
        return found

    def fixed_prompts(self) -> list[Say]:
        """Every prompt without variables, in every language: what can be rendered before any call."""
        return [
            Say(f"{self.name}/{'.'.join(map(str, path))}/{language}", render(line, language, {}, {}), fixed=True)
            for path, prompt in (*self.body.prompts, *prompts_of(self.facts))
            for language, line in prompt.root.items()
            if not names_of(line)
        ]

    def own_prompts(self) -> list[Say]:
        """Mercury's own words for callers who wait, and for those whom nobody can hear; the author may have others."""
        return [
            Say(f"{self.name}/{role}/{language}", (SpokenText(text, language),), fixed=True)
            for language in self.languages
            for role, text in self._own_words(language)
        ]

    def outlines(self) -> list[SpokenText]:
        """The own words of every prompt with variables, `BLANK` for each: sentences without one are fixed."""
        return [
            text
            for _, prompt in (*self.body.prompts, *prompts_of(self.facts))
            for language, line in prompt.root.items()
            if names_of(line)
            for text in outline(line, language)
        ]

    def _own_words(self, language: Language) -> Iterator[tuple[str, str]]:
        """Each with what it is for."""
        yield "unheard", UNHEARD[language]
        if isinstance(self.body.filler, Filler) and self.body.filler.say is None:
            yield from (("filler", text) for text in FILLERS[language])

    def _heard(self) -> Iterator[tuple[str, Mapping[Language, tuple[str, ...]]]]:
        yield from ((name, command.hear) for name, command in self.body.commands.items())
        for step in self.steps.values():
            if isinstance(step, AskStep):
                yield from ((name, option.hear) for name, option in step.options.items())
            if isinstance(step, ConverseStep):
                yield from ((name, leave.hear) for name, leave in step.converse.exits.items())
        for collection, facts in self.facts.items():
            yield from ((f"{FACT}{collection}/{name}", fact.hear) for name, fact in facts.items())
        if any(map(_asks_back, self.steps.values())):
            yield YES_NAME, YES
            yield NO_NAME, NO


def _asks_back(step: StepBase) -> bool:
    if isinstance(step, AskStep):
        return any(option.confirm for option in step.options.values())
    return isinstance(step, DigitsStep) and (step.confirm is not None or step.spoken)
