"""The paths of a flow: all that a call can take, found by the interpreter itself, and those that cases walk.

A **path** goes from the first step to an outcome, or to the first step that it comes back to (a loop, taken once). It
is told by the steps at which the call waits and how each was left: answered, no input, no match, committed, refused,
failed, found, hung up. A **way** is one answer at one question: this key, this option said, said and asked back, not
understood.
"""

from ivr_flows.paths.coverage import Coverage, cover
from ivr_flows.paths.explore import Found, explore
from ivr_flows.paths.skeletons import skeleton_file

__all__ = ["Coverage", "Found", "cover", "explore", "skeleton_file"]
