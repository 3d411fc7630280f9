"""Every step and way of a flow is in its picture, with the words that say who takes it."""

from __future__ import annotations

import pytest

from ivr_flows.graph import Edge, Graph, Node, Shape, graph_of
from ivr_flows.loader import parse_flows
from ivr_flows.model import Flow
from ivr_flows.model.walk import targets
from tests.ivr_flows.shop import book

FLOW = parse_flows("""
flows:
  order:
    languages: [en, hi]
    inputs: {total: rupees}
    outcomes: [taken, large, gone]
    on_hang_up: gone
    gives_up: bye
    start: size
    longest: {after: 3m, then: bye}
    commands:
      agent: {key: "0", next: bye}
      again: {key: "*"}
    steps:
      size:
        branch: [{when: total > 500, next: accept}]
        otherwise: look
      look:
        lookup: {name: price}
        next: accept
        failed: bye
      accept:
        ask: {en: "One < two & \\"three\\"; press one.", hi: "एक दबाइए।"}
        options:
          take: {key: "1", next: sure}
          later: {hear: {en: [later], hi: [बाद में]}, next: bye}
          again: {key: "2", next: accept}
      sure:
        ask: {en: "Why? Say it.", hi: "क्यों?"}
        listen: {into: reason}
        no_input: {then: done}
        next: done
      done:
        decide: taken
        already: bye
        failed: bye
      bye: {say: {en: "Goodbye.", hi: "नमस्ते।"}, hang_up: large}
""").flows["order"]


def edge(graph: Graph, source: str, target: str) -> Edge:
    (found,) = [edge for edge in graph.edges if (edge.source, edge.target) == (source, target)]
    return found


def node(graph: Graph, name: str) -> Node:
    (found,) = [node for node in graph.nodes if node.name == name]
    return found


@pytest.mark.parametrize("flow", [FLOW, *book().flows.values()], ids=lambda flow: flow.name)
def test_every_step_and_way_is_drawn(flow: Flow) -> None:
    graph = graph_of(flow)
    assert [node.name for node in graph.nodes if node.shape is not Shape.ALWAYS] == list(flow.steps)
    drawn = {(edge.source, edge.target) for edge in (*graph.edges, *graph.usual)}
    assert drawn >= {(name, target) for name in flow.steps for _, target in targets(flow.body, name)}


def test_ways_are_labelled_with_what_takes_them() -> None:
    graph = graph_of(FLOW)
    assert edge(graph, "size", "accept").labels == ("total > 500",)
    assert edge(graph, "size", "look").labels == ("else",)
    assert edge(graph, "look", "accept").labels == ("found",)
    assert edge(graph, "look", "bye").labels == ("failed",)
    assert edge(graph, "accept", "sure").labels == ("1 take",)
    assert edge(graph, "accept", "bye").labels == ("later",)
    assert edge(graph, "accept", "accept").labels == ("2 again",)
    assert edge(graph, "sure", "done").labels == ("answered", "no input")
    assert edge(graph, "done", "bye").labels == ("decided before", "not committed")


def test_what_every_question_has_is_drawn_once() -> None:
    graph = graph_of(FLOW)
    always = edge(graph, "at any question", "bye")
    assert (always.labels, always.fallback) == (("gives up", "0 agent", "after 3 min"), True)
    assert {(way.source, way.target) for way in graph.usual} == {("accept", "bye"), ("sure", "bye")}


def test_steps_show_what_they_do_in_the_language_asked_for() -> None:
    graph = graph_of(FLOW, "hi")
    assert node(graph, "accept") == Node("accept", Shape.QUESTION, ("एक दबाइए।",))
    assert node(graph, "look").lines == ("asks jupiter: price",)
    assert node(graph, "done") == Node("done", Shape.BACKEND, ("decides taken",))
    assert node(graph, "bye").lines == ("नमस्ते।", "= large")
    assert [node.name for node in graph.nodes if node.first] == ["size"]


def test_edges_are_counted_over_calls() -> None:
    graph = graph_of(FLOW).counted([("size", "accept"), ("accept", "bye"), ("size", "look", "accept"), ("x", "y")])
    assert edge(graph, "size", "accept").lines == ("total > 500", "× 1")
    assert edge(graph, "look", "accept").count == 1
    assert edge(graph, "done", "bye").count == 0


def test_ways_from_any_question_are_counted_together_and_one_by_one() -> None:
    graph = graph_of(FLOW).counted([("sure", "bye"), ("sure", "bye"), ("accept", "sure"), ("look", "sure", "accept")])
    assert edge(graph, "at any question", "bye").count == 2
    assert edge(graph, "sure", "bye").lines == ("gives up", "0 agent", "× 2")
    assert edge(graph, "sure", "accept").lines == ("again", "× 1")


def test_the_end_of_the_time_is_told_where_it_came() -> None:
    assert edge(graph_of(FLOW).tracing([("size", "bye")]), "size", "bye").labels == (
        "gives up",
        "0 agent",
        "after 3 min",
    )


def test_a_call_s_way_is_marked_with_ways_that_are_not_written() -> None:
    graph = graph_of(FLOW).tracing(
        [("size", "accept"), ("accept", "sure"), ("sure", "size", "accept"), ("sure", "bye")]
    )
    assert graph.traced
    assert edge(graph, "sure", "size") == Edge("sure", "size", ("again",), fallback=True, taken=True)
    assert edge(graph, "sure", "bye") == Edge("sure", "bye", ("gives up", "0 agent"), fallback=True, taken=True)
    assert {node.name for node in graph.nodes if node.taken} == {"size", "accept", "sure", "bye"}
    assert not edge(graph, "size", "look").taken
