"""How well the embedded recogniser hears closed lists: right, wrong, accepted though unlisted, and CPU time.

    python -m bench.asr_closed_list --sounds FOLDER --texts core-sounds-en.txt.gz [--line LINE] [--lists N] [--fit]

Asterisk's human recordings are split in halves by a hash of their text. Weights and threshold come from the tuning half
(`--fit` writes media/asr/closed_list_weights.json), the figures from the held-out half. Lists are drawn at random from
the same half. Out-of-list speech is a recording none of whose words is on its list: words, and sentences of five words
and more. Intervals are 95 % by a bootstrap over recordings, for the lists of one recording are not independent.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from bench.closed_list_trials import LINES, LISTED, SENTENCE, SIZES, UNLISTED, Recording, Trial, recordings, trials
from media.asr import judgement
from media.asr.closed_list import ClosedLists, Evidence, Heard

FITTED_ON = ("clean", "all")
STRANGE = 0.05
"""Share of the tuning half's unlisted words, clean, that may reach the threshold of the longest list."""
THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Result:
    trial: Trial
    heard: Heard
    cpu_ms: float

    @property
    def right(self) -> bool:
        return self.heard.phrase == self.trial.recording.text and self.trial.kind == LISTED

    @property
    def sure(self) -> float:
        return judgement.confidence(self.heard.evidence) if self.heard.evidence else 0.0


def run(lists: ClosedLists, given: Sequence[Trial], line: str) -> list[Result]:
    """Each trial heard. A flow's lists are made ready once: the hearing alone is timed."""
    chance = np.random.default_rng(5)
    spoken = {trial.recording.name: LINES[line](trial.recording.samples, chance) for trial in given}
    results = []
    for trial in given:
        lists.learnt(trial.phrases)
        start = time.process_time()
        heard = lists.hear(spoken[trial.recording.name], trial.phrases)
        results.append(Result(trial, heard, (time.process_time() - start) * 1000))
    return results


def fit(by_line: dict[str, list[Result]]) -> dict[str, object]:
    """Logistic weights from all lines; the bias so that STRANGE of the unlisted words are accepted, lists of ten.

    The scores for the bias are of recordings that the weights were not fitted on (ten folds by recording).
    """
    results = [result for line in by_line.values() for result in line if result.heard.evidence]
    features = np.array([list(asdict(result.heard.evidence).values()) for result in results if result.heard.evidence])
    right = np.array([result.right for result in results])
    groups = np.array([result.trial.recording.name for result in results])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
    logits = cross_val_predict(model, features, right, groups=groups, cv=GroupKFold(10), method="decision_function")
    model.fit(features, right)
    scale, logistic = model[0], model[1]
    weights = logistic.coef_[0] / scale.scale_
    bias = float(logistic.intercept_[0] - (weights * scale.mean_).sum())
    strange = [r for r in by_line["clean"] if r.trial.kind == UNLISTED and r.trial.size == max(SIZES)]
    among = {id(result) for result in strange}
    theirs = [logit for result, logit in zip(results, logits, strict=True) if id(result) in among]
    reached = sorted(theirs, reverse=True)[int(STRANGE * len(strange))]
    wanted = float(np.log(judgement.THRESHOLD / (1 - judgement.THRESHOLD)))
    names = [field.name for field in fields(Evidence)]
    return {
        "weights": dict(zip(names, weights.round(4).tolist(), strict=True)),
        "bias": round(bias + wanted - float(reached), 4),
        "fitted": {
            "by": "python -m bench.asr_closed_list --sounds … --texts … --fit",
            "on": f"{len(set(groups))} recordings of the tuning half, lines {', '.join(by_line)}",
            "trials": len(results),
            "bias": f"{STRANGE:.0%} of the unlisted words reach {judgement.THRESHOLD:g} in lists of {max(SIZES)},"
            " clean, cross-validated by recording",
        },
    }


def shares(results: Sequence[Result], threshold: float) -> dict[str, float]:
    """Right and wrong of what was listed, accepted of what was not: words, sentences, both."""
    taken = [(result, bool(result.heard.phrase) and result.sure >= threshold) for result in results]

    def share(kinds: tuple[str, ...], right: bool | None) -> float:
        of = [(r.right, accepted) for r, accepted in taken if r.trial.kind in kinds]
        return sum(accepted and right in (None, was) for was, accepted in of) / max(1, len(of))

    return {
        "right": share((LISTED,), True),
        "wrong": share((LISTED,), False),
        "unlisted": share((UNLISTED,), None),
        "sentences": share((SENTENCE,), None),
        "out of list": share((UNLISTED, SENTENCE), None),
    }


def intervals(results: Sequence[Result], threshold: float, times: int = 400) -> dict[str, tuple[float, float]]:
    """95 % intervals of these shares."""
    by_recording: dict[str, list[Result]] = {}
    for result in results:
        by_recording.setdefault(result.trial.recording.name, []).append(result)
    groups = list(by_recording.values())
    chance = np.random.default_rng(3)
    drawn: dict[str, list[float]] = {}
    for _ in range(times):
        sample = [result for at in chance.integers(len(groups), size=len(groups)) for result in groups[at]]
        for name, value in shares(sample, threshold).items():
            drawn.setdefault(name, []).append(value)
    return {name: (float(np.quantile(of, 0.025)), float(np.quantile(of, 0.975))) for name, of in drawn.items()}


def report(results: Sequence[Result]) -> None:
    for size in sorted({result.trial.size for result in results}):
        of_size = [result for result in results if result.trial.size == size]
        kinds = [result.trial.kind for result in of_size]
        print(f"\nlists of {size}:", {kind: kinds.count(kind) for kind in (LISTED, UNLISTED, SENTENCE)})
        print("threshold  right  wrong  unlisted  sentences  out of list")
        for threshold in THRESHOLDS:
            found = shares(of_size, threshold)
            print(f"{threshold:9.2f}  " + "  ".join(f"{value:{len(name)}.3f}" for name, value in found.items()))
        between = intervals(of_size, judgement.THRESHOLD)
        print(
            f"95 % at {judgement.THRESHOLD}:", {name: f"{low:.3f}–{high:.3f}" for name, (low, high) in between.items()}
        )
    took = sorted(result.cpu_ms for result in results if result.trial.kind == LISTED)
    print(f"\nhearing a listed phrase, CPU: p50 {np.quantile(took, 0.5):.0f} ms, p95 {np.quantile(took, 0.95):.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sounds", type=Path, required=True, help="folder of 8 kHz WAV files")
    parser.add_argument("--texts", type=Path, required=True, help="core-sounds-en.txt.gz")
    parser.add_argument("--fit", action="store_true", help="fit the weights on the tuning half, and write them")
    parser.add_argument("--line", choices=LINES, default="clean", help="what the line does to the speech")
    parser.add_argument("--lists", type=int, default=1, help="random lists of each size for each recording")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--every", type=int, default=1, help="take every Nth recording")
    options = parser.parse_args()
    pool: list[Recording] = [r for r in recordings(options.sounds, options.texts) if r.held_out is not options.fit]
    given = list(trials(pool, options.sizes, options.lists, options.every, seed=11))
    heard = len({trial.recording.name for trial in given})
    print("tuning half" if options.fit else "held-out half", f"{heard} recordings, {len(given)} trials, {options.line}")
    lists = ClosedLists()
    with threadpool_limits(limits=1, user_api="blas"):
        if options.fit:
            fitted = fit({line: run(lists, given, line) for line in FITTED_ON})
            path = Path(judgement.__file__).with_name(judgement.WEIGHTS)
            path.write_text(json.dumps(fitted, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            print(path.read_text(encoding="utf-8"))
            return
        report(run(lists, given, options.line))


if __name__ == "__main__":
    main()
