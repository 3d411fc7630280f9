"""Private answers: off the call's recording while they are given, and masked in its history."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from ivr_flows.commands import Command, Say, Wait
from media.dialog.protocol import MediaLeg

MASK = "•"
"""Stands for what was said or pressed; its length is not told."""
_MOST = 32
"""Prompts whose words are remembered as private."""


class Privacy:
    """One flow's on one call."""

    def __init__(self, leg: MediaLeg) -> None:
        self._leg = leg
        self._private = False
        self._prompts: deque[str] = deque(maxlen=_MOST)

    def begin(self, commands: Sequence[Command]) -> None:
        """These are carried out now: they ask in private, or the private answer has been taken."""
        last = commands[-1]
        self._private = isinstance(last, Wait) and last.private
        self._prompts.extend(command.id for command in commands if isinstance(command, Say) and command.private)
        if self._private:
            self._leg.pause_recording()
        else:
            self._leg.resume_recording()

    def hides(self, text: str) -> str:
        """What the caller said or pressed just now, as it may be written down."""
        return MASK if self._private and text else text

    def hides_said(self, prompt: str, text: str) -> str:
        """What was heard of a prompt, as it may be written down."""
        return MASK if prompt in self._prompts and text else text
