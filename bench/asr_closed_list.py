"""How well the embedded recogniser hears closed lists: accuracy, rejection and time on Asterisk's human recordings.

    python -m bench.asr_closed_list --sounds FOLDER --texts core-sounds-en.txt.gz [--fit] [--every N] [--decoys N]

Recordings are split in halves by a hash of their text: weights and threshold come from the tuning half (`--fit`), the
figures from the held-out half. Lists are drawn at random from the same half, up to ten phrases. Out-of-list speech is
a recording whose words are not on its list, and sentences of five words and more.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import re
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from media.asr.closed_list import DECOYS, ClosedLists, Evidence, Heard, as_samples
from media.asr.grammar import words_of
from media.asr.judgement import confidence
from media.asr.sound import Samples
from media.audio.wav import read_wav

LIST = 10
LONG_WORDS = 5


@dataclass(frozen=True)
class Recording:
    name: str
    text: str
    samples: Samples

    @property
    def held_out(self) -> bool:
        return hashlib.sha256(self.text.encode()).digest()[0] % 2 == 1


@dataclass(frozen=True)
class Trial:
    kind: str
    recording: Recording
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    trial: Trial
    heard: Heard
    took_ms: float

    @property
    def right(self) -> bool:
        return self.heard.phrase == self.trial.recording.text and self.trial.kind == "listed"

    @property
    def sure(self) -> float:
        return confidence(self.heard.evidence) if self.heard.evidence else 0.0


def recordings(sounds: Path, texts: Path) -> list[Recording]:
    found: dict[str, Recording] = {}
    with gzip.open(texts, "rt", encoding="latin-1") as lines:
        for line in lines:
            name, _, said = line.partition(":")
            spoken = re.sub(r"\[.*?\]|<.*?>|\(.*?\)", "", said)
            text = " ".join(words_of(spoken))
            file = sounds / f"{name.strip()}.wav"
            single_letter = name.startswith("letters/") and len(text) == 1
            if line.startswith(";") or not text or text in found or single_letter or not file.exists():
                continue
            found[text] = Recording(name.strip(), text, as_samples(read_wav(file).samples))
    return sorted(found.values(), key=lambda recording: recording.text)


def trials(pool: list[Recording], every: int, seed: int) -> list[Trial]:
    chance = np.random.default_rng(seed)
    short = [r for r in pool if len(r.text.split()) < LONG_WORDS and 0.3 < len(r.samples) / 8000 < 3]
    long = [r for r in pool if len(r.text.split()) >= LONG_WORDS and len(r.samples) / 8000 < 5]
    made: list[Trial] = []
    for recording in short[::every]:
        others = _drawn(chance, [r.text for r in short if r is not recording])
        made.append(Trial("listed", recording, tuple(sorted([recording.text, *others[:-1]]))))
        made.append(Trial("unlisted", recording, _without(recording, others)))
    for recording in long[::every]:
        made.append(Trial("sentence", recording, _without(recording, _drawn(chance, [r.text for r in short]))))
    return made


def _drawn(chance: np.random.Generator, texts: list[str]) -> list[str]:
    return [texts[place] for place in chance.choice(len(texts), LIST, replace=False)]


def _without(recording: Recording, phrases: list[str]) -> tuple[str, ...]:
    words = set(recording.text.split())
    return tuple(phrase for phrase in phrases if not words & set(phrase.split()))


def run(lists: ClosedLists, given: list[Trial]) -> list[Result]:
    results = []
    for trial in given:
        lists.hear(trial.recording.samples[:0], trial.phrases)
        lists._list(trial.phrases)  # a flow's lists are compiled once; time the hearing alone
        start = time.perf_counter()
        heard = lists.hear(trial.recording.samples, trial.phrases)
        results.append(Result(trial, heard, (time.perf_counter() - start) * 1000))
    return results


def fit(results: list[Result]) -> None:
    rows = [(result.heard.evidence, result.right) for result in results if result.heard.evidence]
    features = np.array([_features(evidence) for evidence, _ in rows])
    model = LogisticRegression(C=10.0).fit(features, [right for _, right in rows])
    print("PER_SCORE, PER_COVER, PER_PACE =", model.coef_[0].round(3), "BIAS =", model.intercept_[0].round(3))


def _features(evidence: Evidence) -> tuple[float, float, float]:
    return evidence.score, evidence.cover, evidence.pace


def report(results: list[Result]) -> None:
    kinds = defaultdict(list)
    for result in results:
        kinds[result.trial.kind].append(result)
    print({kind: len(of) for kind, of in kinds.items()})
    print("threshold  right  wrong  unlisted accepted  sentences accepted")
    for threshold in (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        taken = {k: [r for r in of if r.heard.phrase and r.sure >= threshold] for k, of in kinds.items()}
        share = {k: len(taken[k]) / max(1, len(of)) for k, of in kinds.items()}
        right = sum(r.right for r in taken["listed"]) / max(1, len(kinds["listed"]))
        print(
            f"{threshold:9.2f}  {right:5.3f}  {share['listed'] - right:5.3f}"
            f"  {share['unlisted']:17.3f}  {share['sentence']:18.3f}"
        )
    took = sorted(r.took_ms for r in kinds["listed"])
    print(f"hearing a listed phrase: p50 {took[len(took) // 2]:.0f} ms, p95 {took[int(len(took) * 0.95)]:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sounds", type=Path, required=True, help="folder of 8 kHz WAV files")
    parser.add_argument("--texts", type=Path, required=True, help="core-sounds-en.txt.gz")
    parser.add_argument("--fit", action="store_true", help="fit the weights on the tuning half")
    parser.add_argument("--every", type=int, default=1, help="take every Nth recording")
    parser.add_argument("--decoys", type=int, default=DECOYS)
    options = parser.parse_args()
    pool = [r for r in recordings(options.sounds, options.texts) if r.held_out is not options.fit]
    print("tuning half" if options.fit else "held-out half", f"{len(pool)} recordings, {options.decoys} decoys")
    results = run(ClosedLists(options.decoys), trials(pool, options.every, seed=11))
    if options.fit:
        fit(results)
    report(results)


if __name__ == "__main__":
    main()
