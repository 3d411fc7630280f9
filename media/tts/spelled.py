"""Where one sentence ends and the next begins, in audio that tells which characters it speaks. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.tts.elevenlabs_messages import Spoken
from media.tts.streamed_text import SentenceOver

_BYTES_A_MS = TELEPHONE_RATE // 1000 * 2


class Spelled:
    """One stream's. What is no space is counted: in the sentences that were sent, and in what was spoken of them."""

    def __init__(self) -> None:
        self._sent = self._said = 0
        self._ends: deque[int] = deque()

    def sent(self, sentence: str) -> None:
        """It will be spoken after what was sent before."""
        self._sent += _letters(sentence)
        self._ends.append(self._sent)

    def parted(self, audio: Pcm, spoken: Spoken) -> Iterator[Pcm | SentenceOver]:
        """The audio of a message at 8 kHz, cut where a sentence was over. Without characters it is not cut."""
        at = 0
        for place, character in enumerate(spoken.characters):
            self._said += _letters(character)
            while self._ends and self._said >= self._ends[0]:
                self._ends.popleft()
                cut = _begins(spoken, place + 1, audio)
                if cut > at:
                    yield Pcm(TELEPHONE_RATE, audio.samples[at:cut])
                    at = cut
                yield SentenceOver()
        if at < len(audio.samples):
            yield Pcm(TELEPHONE_RATE, audio.samples[at:])

    def rest(self) -> Iterator[SentenceOver]:
        """All that was sent is over, whatever was told of it."""
        while self._ends:
            self._ends.popleft()
            yield SentenceOver()


def _begins(spoken: Spoken, place: int, audio: Pcm) -> int:
    """The byte at which a character begins to be spoken; the end where it is in no later message's place."""
    while place < len(spoken.characters) and spoken.characters[place].isspace():
        place += 1
    if place >= len(spoken.characters):
        return len(audio.samples)
    return min(max(0, round(spoken.starts_ms[place])) * _BYTES_A_MS, len(audio.samples))


def _letters(text: str) -> int:
    return sum(not character.isspace() for character in text)
