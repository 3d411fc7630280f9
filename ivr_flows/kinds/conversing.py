"""Free conversation: facts as they are written, a mind for the rest, and exits by key, by words and by what is meant.

Facts are named `fact:COLLECTION/NAME` among what can be said, so that none can be taken for an exit or a command.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr_flows.commands import Fetch, Known, SpokenText, Think, Wait
from ivr_flows.events import Digit, Failed, Silence, Speech, Thought
from ivr_flows.kinds import trying
from ivr_flows.kinds.question import Keys, QuestionKind
from ivr_flows.matching import Candidate, match
from ivr_flows.model.steps import Command, ConverseStep, Exit, Fact
from ivr_flows.model.steps.conversing import FACT
from ivr_flows.prompts.markup import unmarked
from ivr_flows.prompts.render import plain_text
from ivr_flows.session import Phase
from ivr_flows.turn import Turn

_MOST_HISTORY = 20
_MOST_SAID = 600
"""Letters of a mind's answer that are said."""
_CALLER, _AGENT = "caller", "agent"
_ANSWERS = ("answer", "fact")
"""Roles of what is said that the talk remembers."""


def ask(turn: Turn, step: ConverseStep) -> None:
    """Put the opening question (again)."""
    turn.say(step.ask, "ask")
    wait(turn, step)


def wait(turn: Turn, step: ConverseStep) -> None:
    """Wait for whatever is said."""
    answers = dict(_answers(turn, step))
    turn.wait(
        Wait(
            language=turn.session.language,
            keys="".join(dict.fromkeys(answer.key for answer in answers.values() if answer.key)),
            options=trying.spoken_options(_candidates(turn, step)),
            free=True,
            silence_ms=trying.silence_ms(turn, step),
        ),
        Phase.ANSWER,
    )


def key(turn: Turn, step: ConverseStep, event: Digit) -> str | None:
    """An exit or a command."""
    for answer in dict(_answers(turn, step)).values():
        if answer.key == event.digit:
            return _take(turn, answer)
    return trying.no_match(turn, step, lambda turn: ask(turn, step))


def speech(turn: Turn, step: ConverseStep, event: Speech) -> str | None:
    """An exit, a command, a fact, or something to think about."""
    _forget_unheard(turn, event)
    if not event.text:
        return trying.no_match(turn, step, lambda turn: ask(turn, step))
    heard = match(event, _candidates(turn, step))
    if heard and heard.sure:
        if not heard.name.startswith(FACT):
            return _take(turn, dict(_answers(turn, step))[heard.name])
        _remember(turn, _CALLER, event.text)
        return _tell_fact(turn, step, _facts(turn, step)[heard.name])
    _remember(turn, _CALLER, event.text)
    turn.say(step.thinking, "thinking")
    think(turn, step)
    return None


def silence(turn: Turn, step: ConverseStep, _: Silence) -> str | None:
    """Nothing was said."""
    return trying.no_input(turn, step, lambda turn: ask(turn, step))


def think(turn: Turn, step: ConverseStep) -> None:
    """Have the mind answer what was said last, or go on with its answer."""
    if _begun(turn):
        turn.think_on(step.converse.timeout)
        return
    talk, language = step.converse, turn.session.language
    facts = _facts(turn, step).values()
    turn.hold(
        Think(
            language=language,
            persona=talk.persona,
            history=turn.session.history,
            facts=tuple(Known(fact.hear.get(language, ()), plain_text(fact.say.line(language))) for fact in facts),
            tools={
                name: Fetch(query.name, turn.named(query.arguments), query.timeout, query.service)
                for name, query in talk.tools.items()
            },
            exits={name: leave.description or name for name, leave in talk.exits.items()},
            timeout_ms=talk.timeout,
        ),
        Phase.THINK,
    )


def thought(turn: Turn, step: ConverseStep, event: Thought | Failed) -> str | None:
    """Say what the mind says, or go where it takes the caller to want to go.

    An answer that fails after its beginning, or ends there, is answered: what was said is not asked about again.
    """
    if isinstance(event, Failed):
        return _answered(turn, step) if _begun(turn) else trying.no_match(turn, step, lambda turn: ask(turn, step))
    if leave := step.converse.exits.get(event.exit):
        if event.confidence >= (leave.confidence or turn.flow.body.confidence):
            return _take(turn, leave)
        return trying.no_match(turn, step, lambda turn: ask(turn, step), unsure=True)
    said = " ".join(unmarked(event.text).split())[:_MOST_SAID]
    if said:
        turn.play(SpokenText(said, turn.session.language), "answer")
        _remember(turn, _AGENT, said)
    if not _begun(turn):
        return trying.no_match(turn, step, lambda turn: ask(turn, step))
    if event.more:
        think(turn, step)
        return None
    return _answered(turn, step)


def _tell_fact(turn: Turn, step: ConverseStep, fact: Fact) -> str | None:
    turn.say(fact.say, "fact")
    _remember(turn, _AGENT, plain_text(fact.say.line(turn.session.language)))
    return _answered(turn, step)


def _begun(turn: Turn) -> bool:
    """Whether something of the answer was said."""
    return bool(turn.session.history) and turn.session.history[-1][0] == _AGENT


def _answered(turn: Turn, step: ConverseStep) -> str | None:
    """An answer was given: the talk goes on, unless it has taken its turns or its time."""
    turn.change(turns=turn.session.turns + 1, no_input=0, no_match=0)
    session, talk = turn.session, step.converse
    if session.turns >= talk.turns or session.at_ms - session.entered_ms >= talk.longest:
        return step.next
    wait(turn, step)
    return None


def _take(turn: Turn, answer: Exit | Command) -> str | None:
    return answer.next if isinstance(answer, Exit) else trying.obey(turn, answer)


def _forget_unheard(turn: Turn, event: Speech) -> None:
    """Of an answer that the caller cut short, only what they heard was said. What is cut is the last that was said."""
    prompts = {prompt: prompt.rsplit(".", 2) for prompt in event.cut}
    answers = [prompt for prompt, (step, role, _) in prompts.items() if step == turn.session.step and role in _ANSWERS]
    said, heard = list(turn.session.history), list[tuple[str, str]]()
    for prompt in sorted(answers, key=lambda prompt: -int(prompts[prompt][2])):
        if said and said[-1][0] == _AGENT:
            said.pop()
            heard.insert(0, (_AGENT, event.cut[prompt]))
    turn.change(history=(*said, *((who, text) for who, text in heard if text)))


def _remember(turn: Turn, who: str, what: str) -> None:
    turn.change(history=(*turn.session.history, (who, what))[-_MOST_HISTORY:])


def _answers(turn: Turn, step: ConverseStep) -> Iterator[tuple[str, Exit | Command]]:
    """The step's own exits come before commands of the same name."""
    yield from step.converse.exits.items()
    for name, command in turn.flow.body.commands.items():
        if name not in step.converse.exits:
            yield name, command


def _facts(turn: Turn, step: ConverseStep) -> dict[str, Fact]:
    return {
        f"{FACT}{collection}/{name}": fact
        for collection in step.converse.knowledge
        for name, fact in turn.flow.facts.get(collection, {}).items()
    }


def _candidates(turn: Turn, step: ConverseStep) -> list[Candidate]:
    language, threshold = turn.session.language, turn.flow.body.confidence
    known = [
        Candidate(name, words, threshold)
        for name, fact in _facts(turn, step).items()
        if (words := fact.hear.get(language, ()))
    ]
    return [*trying.candidates(turn, _answers(turn, step)), *known]


def keys(turn: Turn, step: ConverseStep) -> Keys:
    """Those of the exits."""
    return trying.keys_of(turn, step.converse.exits.values())


KIND = QuestionKind(ask, wait, key, speech, silence, keys)
