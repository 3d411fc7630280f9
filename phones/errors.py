"""What goes wrong with a scripted phone. Every text says what had happened so far."""

from __future__ import annotations


class PhoneError(Exception):
    """A phone can't do what its script asks."""


class PhoneTimeoutError(PhoneError, TimeoutError):
    """What the script waits for did not happen before its deadline."""


class CallEndedError(PhoneError):
    """The call ended, or was refused, while the script waited for something else."""
