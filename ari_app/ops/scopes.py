"""What a token of the API lets its bearer do."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """One kind of request."""

    CALLS = "calls"
    """Have calls made, cancel and change them and their orders."""
    READ = "read"
    """See calls and lists; what was said is masked."""
    OPERATE = "operate"
    """Administration: flows, policy, kill switch, callbacks, audit."""
    RECORDINGS = "recordings"
    TRANSCRIPTS = "transcripts"
    """What was said, in words."""


ALL = frozenset(Scope)
