"""A few words for a caller who has spoken and waits in silence: engines may be slow, or fail, but never without a sign.

They are said once nothing came for a while after the end of the turn, sooner when an engine was passed over, and again
if it lasts. What is said next never overlaps them: words that have begun are finished, others are taken back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from media.dialog.protocol import MediaLeg, Utterance, UtterancePart

_PASSED_OVER_S = 0.3
"""After an engine was passed over: the next may well answer at once."""
_AGAIN_S = 6.0
_MOST = 3
"""Of one turn."""
_NAME = "filler."


def is_filler(utterance: str) -> bool:
    """Whether an utterance of this id is one of these."""
    return utterance.startswith(_NAME)


class Fillers:
    """One call's. `words`: what to say for the n-th time in this call, from 0; nothing where no words are wanted."""

    def __init__(self, leg: MediaLeg, words: Callable[[int], Sequence[UtterancePart]]) -> None:
        self._leg = leg
        self._words = words
        self._timer: asyncio.TimerHandle | None = None
        self._said = 0
        self._left = 0
        self._unbegun = ""

    def turn_over(self, after_s: float) -> None:
        """The caller has spoken, and waits; `after_s` is what they wait without a word, 0 for however long."""
        self._stop()
        self._left = _MOST
        if after_s > 0:
            self._start(after_s)

    def passed_over(self) -> None:
        """An engine failed, and another is asked."""
        if self._timer and self._timer.when() > asyncio.get_running_loop().time() + _PASSED_OVER_S:
            self._stop()
            self._start(_PASSED_OVER_S)

    def began(self, utterance: str) -> None:
        """Something is heard."""
        if utterance == self._unbegun:
            self._unbegun = ""

    def over(self) -> None:
        """They wait no more: they are answered, or speak again."""
        self._stop()
        if self._unbegun:
            self._unbegun = ""
            self._leg.stop_speaking()

    def _start(self, after_s: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(after_s, self._say)

    def _stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _say(self) -> None:
        self._timer = None
        parts = () if self._leg.speaking else self._words(self._said)
        if not parts:
            return
        self._said += 1
        self._left -= 1
        self._unbegun = f"{_NAME}{self._said}"
        self._leg.say(Utterance(self._unbegun, tuple(parts)))
        if self._left:
            self._start(_AGAIN_S)
