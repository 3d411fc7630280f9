"""What an answer means by its words alone: matched to the options' phrases before any mind is asked."""

from __future__ import annotations

from ari_app.calls.foresight import Guesser
from ivr_flows.commands import Wait
from ivr_flows.events import Guess
from media.asr.matching.confidence import THRESHOLD
from media.asr.matching.matcher import Listed, matcher
from media.workers.line import Rank


class ListedFirst:
    """A `Guesser`: the option whose words were surely said, else what the minds behind it guess.

    Numbers, yes and no count in any script or language of the flows (2, two, दो). Free speech is left to the minds.
    """

    def __init__(self, minds: Guesser) -> None:
        self._minds = minds

    async def guesses(self, text: str, wait: Wait, rank: Rank = Rank.WAITING) -> tuple[Guess, ...]:
        """Guesses of an option's name for `text`, best first."""
        if text and wait.options and not wait.free:
            listed = tuple(Listed(option.name, option.phrases) for option in wait.options)
            match = matcher(listed, wait.language).match(text)
            if match and match.confidence >= THRESHOLD:
                return (Guess(match.name, match.confidence),)
        return await self._minds.guesses(text, wait, rank)
