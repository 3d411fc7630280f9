"""What goes wrong with models."""

from __future__ import annotations


class ModelError(RuntimeError):
    """A model can't be had; the text says why, and what to do."""


class BrokenOffError(ModelError):
    """A download that broke off, and may go on where it was."""

    def __init__(self, text: str, wait_s: float = 0.0) -> None:
        super().__init__(text)
        self.wait_s = wait_s
        """The least time to wait first, where the server asks for it."""
