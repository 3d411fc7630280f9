"""A graph as Mermaid's flowchart text, which Markdown viewers draw."""

from __future__ import annotations

from collections.abc import Mapping

from ivr_flows.graph.model import Edge, Graph, Node, Shape

_BRACKETS: Mapping[Shape, tuple[str, str]] = {
    Shape.QUESTION: ("(", ")"),
    Shape.WORDS: ("[", "]"),
    Shape.BRANCH: ("{{", "}}"),
    Shape.BACKEND: ("[(", ")]"),
    Shape.TRANSFER: ("[/", "\\]"),
    Shape.END: ("([", "])"),
    Shape.ALWAYS: ("((", "))"),
}
_STYLES = """\
  classDef taken fill:#ffe9b3,stroke:#b36b00,stroke-width:3px
  classDef first stroke-width:3px
"""


def mermaid(graph: Graph) -> str:
    """The text. Nodes are numbered (n0, n1 …): names could be words of Mermaid's own."""
    ids = {node.name: f"n{index}" for index, node in enumerate(graph.nodes)}
    lines = [f"---\ntitle: {graph.name}\n---\nflowchart TD"]
    lines += [f"  {ids[node.name]}{_box(node)}" for node in graph.nodes]
    lines += [f"  {ids[edge.source]} {_arrow(edge)} {ids[edge.target]}" for edge in graph.edges]
    for kind in ("first", "taken"):
        if marked := [ids[node.name] for node in graph.nodes if getattr(node, kind)]:
            lines.append(f"  class {','.join(marked)} {kind}")
    if taken := [str(index) for index, edge in enumerate(graph.edges) if edge.taken]:
        lines.append(f"  linkStyle {','.join(taken)} stroke:#b36b00,stroke-width:3px")
    return "\n".join(lines) + "\n" + _STYLES


def _box(node: Node) -> str:
    left, right = _BRACKETS[node.shape]
    text = "<br/>".join((f"<b>{_escaped(node.name)}</b>", *map(_escaped, node.lines)))
    return f'{left}"{text}"{right}'


def _arrow(edge: Edge) -> str:
    line = "-.->" if edge.fallback else "-->"
    label = "<br/>".join(map(_escaped, edge.lines))
    return f'{line}|"{label}"|' if label else line


def _escaped(text: str) -> str:
    """Mermaid's entities begin with # instead of &."""
    escaped = text.replace("#", "#35;").replace("&", "#amp;").replace('"', "#quot;")
    return escaped.replace("<", "#lt;").replace(">", "#gt;")
