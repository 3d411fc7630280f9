"""A recogniser in its place in a chain: passed over while it is left alone, given up when it is slow."""

from __future__ import annotations

from media.asr.protocol import Hint, Recogniser, Recognition, RecognitionStream
from media.chain import Link, Purpose
from media.watch import Attempt


class RecogniserLink(Link[Recogniser]):
    """A `Recogniser` for the languages of its chain. `after`: those that are asked when it can't."""

    def can(self, hint: Hint) -> bool:
        """Whether it serves this, and is not left alone; the last that serves it never is."""
        return self.serves(hint) and (self._watch.ready or self._last(hint))

    def serves(self, hint: Hint) -> bool:
        """Whether it is in its chain's languages, and the engine's, and is asked for such turns."""
        purpose = Purpose.LISTS if hint.phrases else Purpose.FREE_SPEECH
        return self.is_for(purpose) and hint.language in self._scope and self._engine.can(hint)

    def open(self, hint: Hint) -> RecognitionStream:
        """Start listening for one turn. Raises as the engine does, `EngineRestingError` and `EngineBusyError`."""
        attempt = self._watch.begin(last=self._last(hint))
        try:
            return _WatchedStream(self._engine.open(hint), attempt)
        except Exception as error:
            attempt.failed(error)
            attempt.over()
            raise

    def _last(self, hint: Hint) -> bool:
        return not any(link.serves(hint) for link in self._after)


class _WatchedStream:
    """A turn; how it goes is told to the engine's watch."""

    def __init__(self, stream: RecognitionStream, attempt: Attempt) -> None:
        self._stream = stream
        self._attempt = attempt

    def feed(self, frame: bytes) -> None:
        """Take 20 ms of audio. Raises as the engine does."""
        try:
            self._stream.feed(frame)
        except Exception as error:
            self._attempt.failed(error)
            raise

    async def so_far(self) -> Recognition | None:
        """What was said up to here. Raises as the engine does, and `EngineBusyError`."""
        return await self._attempt.answer(self._stream.so_far())

    async def finish(self) -> Recognition:
        """The result. Raises as the engine does, and `EngineBusyError`."""
        try:
            return await self._attempt.answer(self._stream.finish())
        finally:
            self._attempt.over()

    def cancel(self) -> None:
        """Stop. Idempotent."""
        self._stream.cancel()
        self._attempt.withdrawn()
        self._attempt.over()
