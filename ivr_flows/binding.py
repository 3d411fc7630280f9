"""Sound sources become a book: sub-flows inlined, sounds found from one folder, knowledge given to who speaks of it."""

from __future__ import annotations

from collections.abc import Mapping

from ivr_flows.book import FlowBook
from ivr_flows.expansion import ExpansionError, expanded, parts_of
from ivr_flows.model import Flow, FlowBody
from ivr_flows.model.steps import ConverseStep, Fact
from ivr_flows.problems import FlowError, Problem
from ivr_flows.project import Project
from ivr_flows.replacing import rebuilt
from ivr_flows.sounds import with_sounds_from
from ivr_flows.sources import Source, Sources, project_of

Knowledge = Mapping[str, Mapping[str, Fact]]


def bound(sources: Sources) -> FlowBook:
    """The book of files in which the rules found no error. Raises `FlowError` where a flow can't run another."""
    project = project_of([_from_one_folder(source) for source in sources.files])
    bodies = whole(sources, project)
    return FlowBook(
        {
            name: Flow(name, body, _known_to(body, project.knowledge), parts_of(name, project.flows))
            for name, body in bodies.items()
        },
        tuple(route.rule() for route in project.routes),
        tuple(sources.paths),
        project.hours,
        project.unrouted,
    )


def whole(sources: Sources, project: Project) -> Mapping[str, FlowBody]:
    """The flows with those in them that they run. Raises `FlowError` where one can't."""
    try:
        return expanded(project.flows)
    except ExpansionError as error:
        raise FlowError([_located(error, sources, project)]) from error


def _from_one_folder(source: Source) -> Source:
    if source.content is None or not source.beside:
        return source
    content, beside = source.content, source.beside
    flows = {name: with_sounds_from(body, beside) for name, body in content.flows.items()}
    knowledge = {
        name: {fact: with_sounds_from(told, beside) for fact, told in facts.items()}
        for name, facts in content.knowledge.items()
    }
    moved = rebuilt(content, flows=flows, knowledge=knowledge)
    return Source(source.document, moved, source.folder, beside)


def _known_to(body: FlowBody, knowledge: Knowledge) -> Knowledge:
    named = [name for step in body.steps.values() if isinstance(step, ConverseStep) for name in step.converse.knowledge]
    return {name: knowledge[name] for name in dict.fromkeys(named) if name in knowledge}


def _located(error: ExpansionError, sources: Sources, project: Project) -> Problem:
    file, _ = project.written["flows"][error.flow]
    source = next(source for source in sources.files if source.document.file == file)
    return source.document.problem(("flows", error.flow, "steps", error.step, "run", "flow"), "run", str(error))
