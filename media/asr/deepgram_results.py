"""Deepgram's live protocol without a socket: the query that opens a stream, and what its Results add up to. Pure.

https://developers.deepgram.com/reference/speech-to-text/listen-streaming
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from media.asr.likely import likely
from media.asr.protocol import Hint
from media.audio.pcm import TELEPHONE_RATE
from media.errors import EngineError

KEEP_ALIVE, FINALIZE, CLOSE_STREAM = '{"type":"KeepAlive"}', '{"type":"Finalize"}', '{"type":"CloseStream"}'
"""Text messages: keep a stream without audio open (10 s else), have all audio so far heard, and the same for good."""
_MOST_TERMS, _MOST_TOKENS = 100, 450
"""Deepgram refuses more than 100 terms or 500 tokens."""


def query_of(hint: Hint, model: str, languages: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a stream of the hint is opened with. `languages` maps ISO 639-1 codes to Deepgram's.

    Several languages are asked for as `multi`, with hints which (nova-3). What is likely to be said goes in as
    `keyterm` (nova-3), `keywords` for models before it.
    """
    spoken = list(dict.fromkeys(languages[one] for one in (hint.language, *hint.languages) if one in languages))
    query = [("model", model), ("language", spoken[0] if len(spoken) == 1 else "multi")]
    newer = "nova-3" in model
    if newer and len(spoken) > 1:
        query += [("language_hint", language) for language in spoken]
    query += [
        ("encoding", "linear16"),
        ("sample_rate", str(TELEPHONE_RATE)),
        ("channels", "1"),
        ("interim_results", "true"),
        ("endpointing", "false"),
    ]
    terms = likely(hint, _MOST_TERMS, _MOST_TOKENS)
    if newer:
        return query + [("keyterm", term) for term in terms]
    words = dict.fromkeys(word for term in terms for word in term.replace(":", " ").split())
    return query + [("keywords", word) for word in list(words)[:_MOST_TERMS]]


@dataclass(frozen=True, slots=True)
class _Part:
    """What was heard in a stretch of audio: `words` have a weight in the confidence; nothing was said: none."""

    text: str
    end_s: float
    confidence: float
    words: int
    languages: tuple[str, ...]


@dataclass(slots=True)
class Results:
    """What a turn's Results add up to: final parts stay, the latest interim one after them may change.

    Seconds are of the turn's audio; a stream that was opened again in the turn begins at `resume`.
    """

    _finals: list[_Part] = field(default_factory=list)
    _interim: _Part | None = None
    _offset_s: float = 0.0
    flushed: int = 0
    """How often it was told that all audio up to a Finalize is heard."""

    @property
    def final_s(self) -> float:
        """Up to here it is final."""
        return self._finals[-1].end_s if self._finals else 0.0

    @property
    def text(self) -> str:
        """What was said, up to now."""
        return " ".join(part.text for part in self._parts if part.text)

    @property
    def confidence(self) -> float:
        """Mean of the words' confidences; 0 where nothing was said."""
        words = sum(part.words for part in self._parts)
        return sum(part.confidence * part.words for part in self._parts) / words if words else 0.0

    @property
    def language(self) -> str:
        """The language of most words, ISO 639-1; "" where it is not told (only `multi` tells)."""
        counted = Counter(language for part in self._parts for language in part.languages)
        return counted.most_common(1)[0][0] if counted else ""

    @property
    def _parts(self) -> list[_Part]:
        return [*self._finals, *([self._interim] if self._interim else [])]

    def resume(self) -> float:
        """The stream is opened again: seconds of audio that it need not be sent, for they are final."""
        self._interim = None
        self._offset_s = self.final_s
        return self._offset_s

    def take(self, what: str, message: Mapping[str, object]) -> None:
        """Take a message in. Raises `EngineError` for an Error, and for Results that can't be read."""
        if message.get("type") == "Error":
            said = message.get("description") or message.get("message") or message
            raise EngineError(f"{what}: {said}")
        if message.get("type") != "Results":
            return
        try:
            part = self._part(message)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise EngineError(f"{what}: expected Results with a transcript, got {str(message)[:120]}") from error
        if message.get("is_final"):
            self._finals.append(part)
            self._interim = None
        else:
            self._interim = part
        self.flushed += bool(message.get("from_finalize"))

    def _part(self, message: Mapping[str, object]) -> _Part:
        channel = message["channel"]
        if not isinstance(channel, Mapping):
            raise TypeError(channel)
        best = channel["alternatives"][0]
        end_s = self._offset_s + float(str(message["start"])) + float(str(message["duration"]))
        text, words = best["transcript"].strip(), best.get("words") or []
        told = [word["language"] for word in words if word.get("language")] or best.get("languages") or []
        sure = min(1.0, max(0.0, float(best.get("confidence") or 0.0)))
        languages = tuple(str(language).split("-")[0] for language in told)
        return _Part(text, end_s, sure, max(len(words), len(text.split())), languages)
