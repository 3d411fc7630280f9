"""The model of a flow: what can be written in a flows file, and what it is once checked."""

from ivr_flows.model.flow import Flow, FlowBody

__all__ = ["Flow", "FlowBody"]
