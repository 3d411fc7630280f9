"""What can go wrong with an Asterisk of our own."""

from __future__ import annotations


class AsteriskError(RuntimeError):
    """No Asterisk, or one that does not start; the text says what was tried, what came, and what to do."""
