"""How well text is matched to closed lists: right, wrong, out-of-list accepted by threshold, and time.

    python -m bench.matching [--fit] [--mistakes]

The corpus (bench/matching_corpus.yaml, written by the authors) is split in halves by a hash of each utterance: the
weights of media/asr/matching/confidence.py come from the tuning half (`--fit`), the figures from the held-out half.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression

from media.asr.matching.confidence import THRESHOLD, Evidence
from media.asr.matching.matcher import Listed, ListMatcher, Match, plain_list
from media.asr.matching.sounds import sounds
from media.asr.spoken.numbers import number
from media.asr.spoken.yes_no import yes_or_no

CORPUS = Path(__file__).parent / "matching_corpus.yaml"
NOTHING = ""
_ROUNDS = 20


@dataclass(frozen=True)
class Utterance:
    listed: tuple[Listed, ...]
    language: str
    text: str
    meant: str

    @property
    def held_out(self) -> bool:
        return hashlib.sha256(f"{self.language} {self.text}".encode()).digest()[0] % 2 == 1


@dataclass(frozen=True)
class Result:
    said: Utterance
    match: Match | None

    @property
    def right(self) -> bool:
        return self.match is not None and self.match.name == self.said.meant

    def taken(self, threshold: float) -> bool:
        return self.match is not None and self.match.confidence >= threshold


def corpus() -> list[Utterance]:
    lists = yaml.safe_load(CORPUS.read_text(encoding="utf-8"))
    return [
        Utterance(listed, one["language"], str(text), meant)
        for one in lists
        for listed in [tuple(Listed(name, tuple(phrases)) for name, phrases in one["options"].items())]
        for meant, texts in one["said"].items()
        for text in texts
    ]


def run(said: list[Utterance]) -> list[Result]:
    matchers = {one.listed: ListMatcher(one.listed, one.language) for one in said}
    return [Result(one, matchers[one.listed].match(one.text)) for one in said]


def shares(results: list[Result], threshold: float) -> tuple[float, float, float]:
    """Of what was on a list: right and wrong; of what was on none: accepted."""
    listed = [one for one in results if one.said.meant != NOTHING]
    others = [one for one in results if one.said.meant == NOTHING]
    taken = [one for one in listed if one.taken(threshold)]
    right = sum(one.right for one in taken)
    return (
        right / len(listed),
        (len(taken) - right) / len(listed),
        sum(one.taken(threshold) for one in others) / len(others),
    )


def fit(results: list[Result]) -> None:
    rows = [(one.match.evidence, one.right) for one in results if one.match and one.match.evidence]
    model = LogisticRegression(C=10.0, max_iter=1000).fit([_features(e) for e, _ in rows], [right for _, right in rows])
    print("BIAS =", model.intercept_[0].round(2))
    print("PER_DISTANCE, PER_EXTRA, PER_LEAD, PER_SHORTNESS =", model.coef_[0].round(2))


def _features(evidence: Evidence) -> tuple[float, ...]:
    return evidence.distance, evidence.extra, evidence.lead, evidence.shortness


def report(results: list[Result]) -> None:
    listed = sum(one.said.meant != NOTHING for one in results)
    print(f"{listed} utterances on their list, {len(results) - listed} on none; threshold in use {THRESHOLD}")
    print("threshold  right  wrong  out-of-list accepted")
    for threshold in (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        right, wrong, accepted = shares(results, threshold)
        print(f"{threshold:9.1f}  {right:5.3f}  {wrong:5.3f}  {accepted:20.3f}")


def calibration(results: list[Result]) -> None:
    found = [one for one in results if one.match]
    print("confidence   matches  right")
    for low, high in ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01)):
        within = [one.right for one in found if one.match and low <= one.match.confidence < high]
        if within:
            print(f"{low:.1f} to {min(high, 1.0):.1f}  {len(within):9}  {np.mean(within):5.3f}")


def elsewhere(said: list[Utterance]) -> list[Result]:
    """What was said to other lists of the same language; some of it means the same on this one."""
    strangers = []
    for listed, language in {one.listed: one.language for one in said}.items():
        own = {one.text for one in said if one.listed == listed}
        others = [one for one in said if one.language == language and one.text not in own]
        strangers += run([Utterance(listed, language, one.text, NOTHING) for one in others])
    return strangers


def timed(said: list[Utterance]) -> None:
    """Lists of ten phrases; each text is new to the matcher, as a caller's is."""
    took = []
    for one in said:
        ten = plain_list(tuple(phrase for listed in one.listed for phrase in listed.phrases)[:10])
        matcher = ListMatcher(ten, one.language)
        for _ in range(_ROUNDS):
            for kept in (sounds, number, yes_or_no):
                kept.cache_clear()
            start = time.thread_time_ns()
            matcher.match(one.text)
            took.append((time.thread_time_ns() - start) / 1e6)
    print("lists of ten: " + ", ".join(f"p{p} {np.percentile(took, p):.2f} ms" for p in (50, 95, 99)) + " of CPU")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true", help="fit the weights on the tuning half")
    parser.add_argument("--mistakes", action="store_true", help="show what is wrong at the threshold")
    options = parser.parse_args()
    said = [one for one in corpus() if one.held_out is not options.fit]
    results = run(said)
    print("tuning half:" if options.fit else "held-out half:")
    if options.fit:
        fit(results)
    report(results)
    calibration(results)
    strangers = elsewhere(corpus())
    print(
        f"said to other lists, both halves: {sum(one.taken(THRESHOLD) for one in strangers)} of {len(strangers)} taken"
    )
    timed(said)
    for one in results + strangers if options.mistakes else []:
        if one.taken(THRESHOLD) != (one.said.meant != NOTHING) or (one.taken(THRESHOLD) and not one.right):
            print(f"{one.said.language} {one.said.text!r}: meant {one.said.meant!r}, got {one.match}")


if __name__ == "__main__":
    main()
