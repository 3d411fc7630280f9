"""A flow as a graph, in one of its languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ivr_flows.graph.model import Edge, Graph, Node, Shape
from ivr_flows.model import Flow
from ivr_flows.model.base import Language
from ivr_flows.model.prompts import Prompt, TextPiece
from ivr_flows.model.steps import (
    Answer,
    AskStep,
    BranchStep,
    ConverseStep,
    DecideStep,
    HangUpStep,
    LookupStep,
    OptOutStep,
    Question,
    Step,
    StepBase,
    SubmitStep,
    TransferStep,
    WaitStep,
)
from ivr_flows.model.walk import Path, targets

_WORDS = 60
"""Letters of a prompt that are shown."""
_PLAIN = "answered"
"""What a way without a word is called beside others."""
_ALWAYS = "at any question"
_FLOW_WIDE = frozenset({"gives_up", "no_input", "no_match", "commands"})
"""Where ways are written that every question of a flow has."""
_SHAPES: Mapping[type[StepBase], Shape] = {
    Question: Shape.QUESTION,
    BranchStep: Shape.BRANCH,
    LookupStep: Shape.BACKEND,
    SubmitStep: Shape.BACKEND,
    DecideStep: Shape.BACKEND,
    OptOutStep: Shape.BACKEND,
    TransferStep: Shape.TRANSFER,
    HangUpStep: Shape.END,
}
_USUAL: Mapping[tuple[type[StepBase], str], str] = {
    (LookupStep, "next"): "found",
    (SubmitStep, "next"): "taken",
    (DecideStep, "next"): "committed",
    (DecideStep, "already"): "decided before",
    (DecideStep, "failed"): "not committed",
    (OptOutStep, "failed"): "not committed",
    (TransferStep, "next"): "has talked",
    (TransferStep, "failed"): "nobody came",
    (ConverseStep, "next"): "turns used up",
}
"""What a way's word means, by the step's kind, where it is not the word itself."""


def graph_of(flow: Flow, language: Language | None = None) -> Graph:
    """The graph of a flow; `language` of the words, the flow's first unless given."""
    spoken = language or flow.languages[0]
    nodes = [_node(flow, name, step, spoken) for name, step in flow.steps.items()]
    own: dict[tuple[str, str], Edge] = {}
    usual: dict[tuple[str, str], Edge] = {}
    for name in flow.steps:
        for path, target in targets(flow.body, name):
            _add(usual if path[0] in _FLOW_WIDE else own, Edge(name, target, *_labelled(flow, name, path)))
    always: dict[tuple[str, str], Edge] = {}
    for edge in usual.values():
        _add(always, Edge(_ALWAYS, edge.target, edge.labels, fallback=True))
    if longest := flow.body.longest:
        label = f"after {longest.after / 60_000:g} min"
        _add(always, Edge(_ALWAYS, longest.then, (label,), fallback=True))
    if canceled := flow.body.canceled:
        _add(always, Edge(_ALWAYS, canceled, ("canceled",), fallback=True))
    if always:
        nodes.append(Node(_ALWAYS, Shape.ALWAYS))
    return Graph(flow.name, tuple(nodes), (*own.values(), *always.values()), tuple(usual.values()))


def _add(edges: dict[tuple[str, str], Edge], edge: Edge) -> None:
    """Together with the ways that are there from the same step to the same one."""
    pair = edge.source, edge.target
    if before := edges.get(pair):
        labels = dict.fromkeys((*(before.labels or (_PLAIN,)), *(edge.labels or (_PLAIN,))))
        edge = Edge(*pair, tuple(labels), before.fallback and edge.fallback)
    edges[pair] = edge


def _node(flow: Flow, name: str, step: Step, language: Language) -> Node:
    shape = next((shape for kind, shape in _SHAPES.items() if isinstance(step, kind)), Shape.WORDS)
    lines = [words] if (words := _words(_prompt(step), language)) else []
    match step:
        case HangUpStep():
            lines.append(f"= {step.hang_up}")
        case DecideStep():
            lines.insert(0, f"decides {step.decide}")
        case OptOutStep():
            lines.insert(0, f"calls no more, = {step.opt_out}")
        case LookupStep():
            lines.insert(0, f"asks {step.lookup.service}: {step.lookup.name}")
        case SubmitStep():
            lines.insert(0, f"tells {step.submit.service}: {step.submit.name}")
        case TransferStep():
            lines.insert(0, f"to {step.transfer.to}")
        case WaitStep():
            lines.insert(0, f"waits {step.wait / 1000:g} s")
    return Node(name, shape, tuple(lines), first=name == flow.body.start)


def _prompt(step: Step) -> Prompt | None:
    return step.ask if isinstance(step, Question) else getattr(step, "say", None)


def _words(prompt: Prompt | None, language: Language) -> str:
    if prompt is None:
        return ""
    line = prompt.root.get(language, ())
    text = " ".join(piece.text if isinstance(piece, TextPiece) else "♪" for piece in line)
    return text if len(text) <= _WORDS else f"{text[:_WORDS].rsplit(' ', 1)[0]} …"


def _labelled(flow: Flow, name: str, path: Path) -> tuple[tuple[str, ...], bool]:
    """What is written at a way, and whether only those take it who don't answer."""
    step = flow.steps[name]
    own = path[2:] if path[:2] == ("steps", name) else path
    label = next(filter(None, (tell(step, flow, own) for tell in _TELL)), None)
    fallback = path[0] in _FLOW_WIDE or own[0] in ("no_input", "no_match")
    return ((label,) if label else ()), fallback


def _by_answer(step: Step, flow: Flow, own: Path) -> str:
    match own:
        case ("options", str(name), "next") if isinstance(step, AskStep):
            return _answer(name, step.options[name])
        case ("converse", "exits", str(name), "next") if isinstance(step, ConverseStep):
            return _answer(name, step.converse.exits[name])
        case ("commands", str(name), "next"):
            return _answer(name, flow.body.commands[name])
        case _:
            return ""


def _answer(name: str, answer: Answer) -> str:
    return f"{answer.key} {name}" if answer.key else name


def _by_case(step: Step, _flow: Flow, own: Path) -> str:
    match own:
        case ("branch", int(index), "next") if isinstance(step, BranchStep):
            return step.branch[index].when
        case ("otherwise",):
            return "else"
        case _:
            return ""


def _by_word(step: Step, _flow: Flow, own: Path) -> str:
    word = str(own[1] if own[0] == "decisions" else own[0])
    return _USUAL.get((type(step), word), "" if word == "next" else word.replace("_", " "))


_TELL: tuple[Callable[[Step, Flow, Path], str], ...] = (_by_answer, _by_case, _by_word)
