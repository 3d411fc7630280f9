"""The picture of a flow: its steps and the ways between them, as Mermaid text or as SVG."""

from ivr_flows.graph.mermaid import mermaid
from ivr_flows.graph.model import Edge, Graph, Node, Shape
from ivr_flows.graph.reading import graph_of
from ivr_flows.graph.svg import svg

__all__ = ["Edge", "Graph", "Node", "Shape", "graph_of", "mermaid", "svg"]
