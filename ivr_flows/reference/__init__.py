"""The reference of the flow language, made from the model: `reference`."""

from ivr_flows.reference.page import Tool, reference

__all__ = ["Tool", "reference"]
