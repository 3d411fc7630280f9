"""What ends a load test before it has begun."""

from __future__ import annotations


class LoadError(Exception):
    """The load test can't be made; the text says why, and what to do."""
