"""The embedded mind: which of a few intents an utterance means, learned at start from examples.

Character n-grams of the text and of its sound (media.llm.spelling), TF-IDF, logistic regression, and a temperature
found by cross-validation. One linear model for all languages; a decision takes well under a millisecond.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from media.llm.out_of_domain import OUT_OF_DOMAIN
from media.llm.protocol import Request, Text, Tool, ToolCall
from media.llm.spelling import plain, sounded

try:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits
except ImportError as error:
    raise ImportError("the intent classifier needs scikit-learn; install it with: pip install scikit-learn") from error

NONE = "none"
"""The intent of what means none of the others; examples may be given for it, too."""
TOOL = "choose"
_LONGEST_GRAM = 4
_FOLDS = 4
_TEMPERATURES = np.geomspace(0.05, 2.0, 38)
_FAMILIAR = 0.25
"""Similarity (cosine) to the nearest example below which confidence falls."""

Floats = NDArray[np.float64]


class IntentClassifier:
    """A mind that answers a request with one call of its tool `choose`, whose `intent` is an enum; nothing else.

    `examples` maps each intent to utterances in any of the languages. Deterministic. Raises `ValueError` when an
    intent has none, or there is no intent at all.
    """

    name = "intents"
    talks = False

    def __init__(self, examples: Mapping[str, Sequence[str]]) -> None:
        texts = _checked(examples)
        self.intents = tuple(dict.fromkeys([*sorted(texts), NONE]))
        self._texts = {intent: frozenset(map(sounded, said)) for intent, said in texts.items()}
        said = [(text, intent) for intent in sorted(texts) for text in texts[intent]]
        said += [(text, NONE) for text in OUT_OF_DOMAIN]
        labels = np.array([self.intents.index(intent) for _, intent in said])
        self._vectorizer = TfidfVectorizer(analyzer=_grams, sublinear_tf=True)
        known = self._vectorizer.fit_transform([text for text, _ in said])
        with threadpool_limits(limits=1, user_api="blas"):  # small matrices: threads would only wait for each other
            points, back = _rotated(known)
            self._temperature = _temperature(points, labels, len(self.intents))
            weights, self._bias = _fitted(points, labels, len(self.intents))
        self._weights = back @ weights.T
        self._known = known.T.toarray()
        self._known_labels = labels
        self._places: dict[str, int] = self._vectorizer.vocabulary_
        self._rarity: Floats = self._vectorizer.idf_

    async def reply(self, request: Request) -> AsyncIterator[Text | ToolCall]:
        """One `ToolCall` of `choose`, or nothing: no such tool, nothing said, or none of its intents was meant."""
        tool = next((tool for tool in request.tools if tool.name == TOOL), None)
        said = next((message.text for message in reversed(request.messages) if message.role == "user"), "")
        if tool is None or not plain(said):
            return
        intent, confidence = self.decide(said, _enum(tool))
        if intent != NONE:
            yield ToolCall(TOOL, {"intent": intent}, confidence)

    def decide(self, text: str, offered: Sequence[str]) -> tuple[str, float]:
        """The offered intent that `text` means with its confidence (0 to 1), or NONE with the confidence in that.

        An intent that is known but not offered counts as none, unless it shares an example with an offered one.
        """
        places, values = self._vector(text)
        scores = values @ self._weights[places] + self._bias
        chances = _softmax(scores[np.newaxis] / self._temperature)[0]
        wanted = [intent for intent in offered if intent in self._texts and intent != NONE]
        if not wanted:
            return NONE, 1.0
        same = {other for other in self._texts if any(self._texts[other] & self._texts[intent] for intent in wanted)}
        mass = {intent: float(chance) for intent, chance in zip(self.intents, chances, strict=True)}
        others = sum(chance for intent, chance in mass.items() if intent not in same or intent == NONE)
        total = others + sum(mass[intent] for intent in wanted)
        best = max(wanted, key=lambda intent: mass[intent])
        confidence = mass[best] / total * self._familiarity(places, values, best)
        return (best, confidence) if confidence > 1 - confidence else (NONE, 1 - confidence)

    def _vector(self, text: str) -> tuple[NDArray[np.int64], Floats]:
        """The features of `text` that are known, and their TF-IDF: the vectorizer's own, without its overhead."""
        counts = Counter(place for gram in _grams(text) if (place := self._places.get(gram)) is not None)
        places = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), dtype=float, count=len(counts)))) * self._rarity[places]
        return places, values / max(float(np.linalg.norm(values)), 1e-12)

    def _familiarity(self, places: NDArray[np.int64], values: Floats, intent: str) -> float:
        """1 for what is like some example of the intent, towards 0 for what is like none."""
        like = values @ self._known[places]
        nearest = float(np.max(like[self._known_labels == self.intents.index(intent)]))
        return min(1.0, nearest / _FAMILIAR)


def _checked(examples: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    if not set(examples) - {NONE}:
        raise ValueError("the intent classifier needs at least one intent with examples")
    texts = {intent: [text for text in said if plain(text)] for intent, said in examples.items()}
    if empty := sorted(intent for intent, said in texts.items() if not said):
        raise ValueError(f"expected at least one example for each intent; there is none for {', '.join(empty)}")
    return texts


def _enum(tool: Tool) -> list[str]:
    """The enum of the tool's `intent`; empty when it has none."""
    properties = tool.parameters.get("properties")
    intent = properties.get("intent") if isinstance(properties, Mapping) else None
    values = intent.get("enum") if isinstance(intent, Mapping) else None
    return [str(value) for value in values] if isinstance(values, list | tuple) else []


def _grams(text: str) -> Iterator[str]:
    """Words and character n-grams within words, of the text as written and as it sounds."""
    written, sound = plain(text), sounded(text)
    for mark, spelling in (("w", written), ("s", sound)) if written != sound else (("s", sound), ("w", sound)):
        for word in spelling.split():
            padded = f" {word} "
            yield f"{mark}={word}"
            for size in range(1, _LONGEST_GRAM + 1):
                for start in range(len(padded) - size + 1):
                    yield mark + padded[start : start + size]


def _rotated(vectors: Any) -> tuple[Floats, Floats]:
    """The examples in as many dimensions as examples, and the map back: penalised regression loses nothing."""
    values, axes = np.linalg.eigh((vectors @ vectors.T).toarray())
    kept = values > values.max() * 1e-9
    lengths = np.sqrt(values[kept])
    return axes[:, kept] * lengths, vectors.T @ (axes[:, kept] / lengths)


def _fitted(points: Floats, labels: NDArray[np.int64], count: int) -> tuple[Floats, Floats]:
    """Weights and bias of every class; classes without an example in `labels` get none."""
    model = LogisticRegression(C=20.0, max_iter=300, class_weight="balanced")
    model.fit(points, labels)
    weights = np.zeros((count, points.shape[1]))
    bias = np.full(count, -1e9)
    binary = len(model.classes_) == 2
    weights[model.classes_] = np.vstack([-model.coef_, model.coef_]) / 2 if binary else model.coef_
    bias[model.classes_] = np.concatenate([-model.intercept_, model.intercept_]) / 2 if binary else model.intercept_
    return weights, bias


def _temperature(points: Floats, labels: NDArray[np.int64], count: int) -> float:
    """What to divide the scores by so that they are honest on examples that were held out (least log loss)."""
    folds = np.empty(len(labels), dtype=int)
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        folds[places] = np.arange(len(places)) % _FOLDS
    scores: list[Floats] = []
    truths: list[NDArray[np.int64]] = []
    for fold in range(_FOLDS):
        held = folds == fold
        learned = np.unique(labels[~held])
        held &= np.isin(labels, learned)
        if not held.any() or len(learned) < 2:
            continue
        weights, bias = _fitted(points[folds != fold], labels[folds != fold], count)
        scores.append(points[held] @ weights.T + bias)
        truths.append(labels[held])
    if not scores:
        return 1.0
    stacked, truth = np.vstack(scores), np.concatenate(truths)
    losses = [_log_loss(stacked / temperature, truth) for temperature in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def _log_loss(scores: Floats, truth: NDArray[np.int64]) -> float:
    return float(-np.log(_softmax(scores)[np.arange(len(truth)), truth] + 1e-12).mean())


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Floats = powers / powers.sum(axis=1, keepdims=True)
    return chances
