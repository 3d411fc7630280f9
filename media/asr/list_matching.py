"""A closed list for any recogniser of free speech: what it writes is matched to the list, or is nothing."""

from __future__ import annotations

from dataclasses import replace

from media.asr.matching.confidence import THRESHOLD
from media.asr.matching.matcher import ListMatcher, matcher, plain_list
from media.asr.protocol import Hint, Recogniser, Recognition, RecognitionStream


class ListMatching:
    """A recogniser of lists around one of free speech, which stays its maker's to start and close.

    A phrase is given when it was matched with at least `threshold`; its confidence is the match's, and no more than the
    recogniser's own. Free speech passes through as it is. Raises `ValueError` for a threshold outside 0 to 1.
    """

    def __init__(self, inner: Recogniser, *, threshold: float = THRESHOLD) -> None:
        if not 0 <= threshold <= 1:
            raise ValueError(f"expected a threshold from 0 to 1, got {threshold}")
        self._inner = inner
        self._threshold = threshold

    @property
    def name(self) -> str:
        """The inner engine's."""
        return self._inner.name

    def can(self, hint: Hint) -> bool:
        """Whether the inner engine hears free speech in this language; then any list too."""
        return self._inner.can(_freed(hint))

    def open(self, hint: Hint) -> RecognitionStream:
        """Listen for one turn; the list's phrases are the inner engine's likely words. Raises as the inner `open`."""
        stream = self._inner.open(_freed(hint))
        if not hint.phrases:
            return stream
        return ListedStream(stream, matcher(plain_list(hint.phrases), hint.language), self._threshold)


class ListedStream:
    """One turn, matched to the list."""

    def __init__(self, stream: RecognitionStream, listed: ListMatcher, threshold: float) -> None:
        self._stream = stream
        self._listed = listed
        self._threshold = threshold

    def feed(self, frame: bytes) -> None:
        """Take 20 ms of 16-bit 8 kHz audio."""
        self._stream.feed(frame)

    async def so_far(self) -> Recognition | None:
        """The phrase that was said up to here; None where the inner engine can't tell."""
        heard = await self._stream.so_far()
        return self._matched(heard) if heard else None

    async def finish(self) -> Recognition:
        """The phrase as it was given, or "" for none. Raises as the inner stream does."""
        return self._matched(await self._stream.finish())

    def cancel(self) -> None:
        """Stop the inner engine's work. Idempotent."""
        self._stream.cancel()

    def _matched(self, heard: Recognition) -> Recognition:
        match = self._listed.match(heard.text)
        if match is None:
            return replace(heard, text="", confidence=0.0, written=heard.text)
        taken = match.confidence >= self._threshold
        sure = min(match.confidence, heard.confidence)
        return replace(heard, text=match.phrase if taken else "", confidence=sure, written="" if taken else heard.text)


def _freed(hint: Hint) -> Hint:
    return replace(hint, phrases=(), words=tuple(dict.fromkeys((*hint.phrases, *hint.words)))) if hint.phrases else hint
