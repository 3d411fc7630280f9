"""What is written: well-formed SVG, and Mermaid text that no name can break."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ivr_flows.graph import graph_of, mermaid, svg
from ivr_flows.model import Flow
from tests.ivr_flows.graph.test_reading import FLOW
from tests.ivr_flows.shop import book

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: str) -> list[str]:
    root = ET.fromstring(picture)  # noqa: S314
    return [" ".join(span.text or "" for span in text) for text in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("language", ["hi", "mr", "en"])
@pytest.mark.parametrize("flow", list(book().flows.values()), ids=lambda flow: flow.name)
def test_the_shop_s_flows_are_drawn_whole(flow: Flow, language: str) -> None:
    graph = graph_of(flow, flow.check_language(language))
    found = texts(svg(graph))
    for node in graph.nodes:
        assert " ".join((node.name, *node.lines)) in found
    assert mermaid(graph).count("-->") + mermaid(graph).count("-.->") == len(graph.edges)


def test_devanagari_and_marks_of_xml_come_through() -> None:
    assert "accept एक दबाइए।" in texts(svg(graph_of(FLOW, "hi")))
    assert 'accept One < two & "three"; press one.' in texts(svg(graph_of(FLOW)))


def test_mermaid_escapes_what_would_end_its_text() -> None:
    text = mermaid(graph_of(FLOW))
    assert 'n2("<b>accept</b><br/>One #lt; two #amp; #quot;three#quot;; press one.")' in text
    assert 'n2 -->|"1 take"| n3' in text
    assert 'n6 -.->|"gives up<br/>0 agent<br/>after 3 min"| n5' in text


def test_a_call_s_way_stands_out() -> None:
    graph = graph_of(FLOW).tracing([("size", "accept", "sure")])
    root = ET.fromstring(svg(graph))  # noqa: S314
    kinds = [path.get("class") for path in root.iter(f"{SVG}path")]
    assert root.get("class") == "traced"
    assert kinds.count("edge taken") == 2
    assert "class n0,n2,n3 taken" in mermaid(graph)


def test_counts_stand_at_the_edges() -> None:
    assert "1 take × 2" in texts(svg(graph_of(FLOW).counted([("accept", "sure"), ("accept", "sure")])))
