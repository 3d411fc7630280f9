"""A voice over the agent: from when on it counts as one, and how long it has spoken. Pure; times in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from media.audio.pcm import FRAME_MS
from media.turn.onset import Onset


@dataclass(frozen=True, slots=True)
class ContestRules:
    """What it takes to interrupt, in milliseconds."""

    stir_ms: int = 60
    """Voiced audio over the agent that makes it stand still."""
    stir_window_ms: int = 100
    """Within how much audio."""
    claim_ms: int = 900
    """Voiced audio that takes the turn without a word understood: longer than "yes, yes"."""
    click_ms: int = 200
    """Silence that gives the turn back to the agent after what was too short for speech."""
    relent_ms: int = 500
    """Silence after it that gives the turn back to the agent, unless words are still awaited."""
    relent_most_ms: int = 900
    """Silence that does so in any case."""
    wariness: tuple[int, ...] = (1, 2, 5)
    """By how much `stir_ms` grows with each time that the agent stood still for nothing, while it says the same."""


class Contest:
    """One call's voices over the agent, one after another."""

    def __init__(self, rules: ContestRules) -> None:
        self._rules = rules
        self._stirs = tuple(Onset(rules.stir_ms * by, rules.stir_window_ms * by) for by in rules.wariness)
        self._in_vain = 0
        self.voiced_ms = 0
        """How much voiced audio has come since it began."""

    @property
    def stir(self) -> Onset:
        """When the voice began, and when it was last heard."""
        return self._stirs[min(self._in_vain, len(self._stirs) - 1)]

    def frame(self, voiced: bool, at: float) -> bool:
        """A frame came while the agent speaks; whether a voice begins with it."""
        stir = self.stir
        began = stir.frame(voiced, at)
        if began:
            self.voiced_ms = self._rules.stir_ms
        elif voiced and stir.active:
            self.voiced_ms += FRAME_MS
        return began

    @property
    def claims(self) -> bool:
        """Whether it has spoken for so long that it takes the turn."""
        return self.voiced_ms >= self._rules.claim_ms

    def over(self, at: float, *, awaiting: bool, speech: bool) -> bool:
        """Whether it has been silent for long enough to have been nothing.

        `awaiting`: words may still come; `speech`: it was long enough for speech at all.
        """
        rules = self._rules
        limit_ms = rules.click_ms if not speech else rules.relent_most_ms if awaiting else rules.relent_ms
        return self.stir.silent_for(at, limit_ms)

    def end(self, *, in_vain: bool) -> None:
        """It is decided."""
        self.stir.end()
        self.voiced_ms = 0
        self._in_vain = self._in_vain + 1 if in_vain else 0
