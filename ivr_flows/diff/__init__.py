"""What is different in the calls of two versions of the flows: told as what callers meet, not as lines of text."""

from ivr_flows.diff.model import BookDiff, Change, FlowDiff, PathsDiff
from ivr_flows.diff.reading import diff
from ivr_flows.diff.text import told

__all__ = ["BookDiff", "Change", "FlowDiff", "PathsDiff", "diff", "told"]
