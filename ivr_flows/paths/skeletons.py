"""Cases for what no case walks, as YAML: the moves, and what comes of them now, for the author to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle

from ivr_flows.cases.answering import given_besides
from ivr_flows.cases.model import CALLER_MOVES, Act, Given
from ivr_flows.cases.runner import begin, perform
from ivr_flows.cases.writing import case_text, one_line
from ivr_flows.paths.coverage import Coverage
from ivr_flows.paths.explore import Walk
from ivr_flows.paths.tracing import shown

_HEAD = """# Written by `mercury flows coverage --write`: paths and ways that no case walked.
# What is expected here is what the flow does now: look at each, and keep what is right.
flows: {flows}

{given}cases:
"""


def skeleton_file(covered: Sequence[Coverage], flows: str) -> tuple[str, int]:
    """A file of cases for all that is open, and how many they are; `flows` is the way to its flows file."""
    cases = [text for coverage in covered for text in _skeletons(coverage)]
    given = [
        f"  {coverage.flow.name}: {one_line({'inputs': dict(coverage.inputs)})}\n"
        for coverage in covered
        if coverage.inputs
    ]
    head = _HEAD.format(flows=one_line(flows), given="given:\n" + "".join(given) + "\n" if given else "")
    return head + "\n".join(cases), len(cases)


def _skeletons(coverage: Coverage) -> Iterator[str]:
    """A case for each path that is open, then for each way that still is. The languages take turns."""
    languages = cycle(coverage.flow.languages)
    for path in coverage.open_paths:
        walks = {language: found.paths[path] for language, found in coverage.found.items() if path in found.paths}
        yield _case(coverage, shown(path), _pick(walks, next(languages)))
    for way in coverage.open_ways:
        if way not in coverage.walked_ways:
            walks = {language: found.ways[way] for language, found in coverage.found.items() if way in found.ways}
            yield _case(coverage, str(way), _pick(walks, next(languages)))


def _pick(walks: Mapping[str, Walk], language: str) -> Walk:
    return walks.get(language) or next(iter(walks.values()))


def _case(coverage: Coverage, name: str, walk: Walk) -> str:
    given, acts = ordered(walk)
    alike = walk.inputs == coverage.inputs
    call = begin(coverage.flow, given)
    told = []
    for act in acts:
        perform(call, act)
        told.append(act.model_copy(update={"step": call.session.step}) if _is_move(act) and not call.end else act)
    if not call.end:
        call.hang_up()
        told.append(Act(hang_up=True))
    coverage.walk(call)
    shown_given = given.model_copy(update={"inputs": None}) if alike else given
    return case_text(name, coverage.flow.name, shown_given, told, call)


def ordered(walk: Walk) -> tuple[Given, list[Act]]:
    """A walk as a case: what the world answers must be known before the move that has it asked."""
    given = Given.model_validate({"inputs": walk.inputs or None, "language": walk.language})
    acts: list[Act] = []
    known: dict[str, object] = dict(_USUAL)
    for act in walk.acts:
        if _is_move(act):
            acts.append(act)
        elif news := _news(act, known):
            known.update(news)
            if moves := [index for index, before in enumerate(acts) if _is_move(before)]:
                acts.insert(moves[-1], act)
            else:
                given = given_besides(given, act)
    return given, acts


_USUAL: Mapping[str, object] = {"decision": "accepted", "transfer": "talked"}


def _news(act: Act, known: Mapping[str, object]) -> dict[str, object]:
    """What of an answer of the world's was not so before."""
    answer = getattr(act, act.move) if act.move else None
    if isinstance(answer, Mapping):
        told = {f"{act.move} {name}": each for name, each in answer.items()}
    else:
        told = {act.move: answer} if answer else {}
    return {name: each for name, each in told.items() if name not in known or known[name] != each}


def _is_move(act: Act) -> bool:
    return act.move in CALLER_MOVES
