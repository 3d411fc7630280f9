"""How well turns are taken: cut-ins and the delay of a turn's end, real and false barge-ins, on scenes of recordings.

    python -m bench.turn_taking --sounds FOLDER --texts core-sounds-en.txt.gz [--model smart-turn.onnx] [--full]

Scenes are drawn from Asterisk's human recordings (bench/turns/corpus.py), go through the real conversation on a virtual
clock, and give a table, JSON, and curves of cut-ins against delay. Exits with 1 when what is held to is missed by the
settings that Mercury comes with: the end of a turn within 500 ms at 5 % cut-ins, barge-in within 150 ms (p95) at 3 %
false ones. docs/turn-taking.md says what the figures mean.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ari_app.ops.settings import MediaSettings
from bench.turns.corpus import corpus, sources
from bench.turns.engines import Judge, Lists
from bench.turns.measure import (
    MOST_CUT_INS,
    MOST_DELAY_MS,
    BargeInFigures,
    TurnFigures,
    barge_ins_of,
    figures,
    turns_of,
)
from bench.turns.plot import Curve, Point, svg
from bench.turns.runner import Engines, Outcome, Setting, play
from bench.turns.scenes import Scene
from media.dialog.options import Options
from media.errors import EngineUnavailableError
from media.turn.expectation import Manner

_COMES = MediaSettings()
USUAL_MS = _COMES.end_silence_ms
"""Silence that ends a turn, as Mercury comes."""


_OWN = Setting(
    "",
    options=Options(manner=Manner(start_ms=_COMES.start_ms)),
    aggressiveness=_COMES.vad_aggressiveness,
)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is run."""

    turns: int
    over_agent: int
    silences_ms: tuple[int, ...]
    curves: tuple[str, ...]
    """What hears, over all silences; the rest only as Mercury comes."""


WAYS = ("none", "lists", "transcript")
SHORT = Size(120, 176, (400, USUAL_MS, 800), ("lists",))
FULL = Size(240, 330, (250, 300, 350, 400, 450, 500, 600, 700, 800, 1000, 1200), WAYS)


@dataclass(frozen=True, slots=True)
class Run:
    """One setting's outcomes."""

    setting: Setting
    outcomes: Sequence[Outcome]


def run_all(scenes: Sequence[Scene], size: Size, engines: Engines) -> Iterator[Run]:
    """Turns under every setting; what sounds over the agent only as Mercury comes, for silences don't change it."""
    turns = [scene for scene in scenes if scene.turn]
    for setting in settings(size, judged=engines.judge is not None):
        given = turns if setting.judged or setting.end_silence_ms != USUAL_MS else scenes
        yield Run(setting, [play(scene, setting, engines) for scene in given])


def settings(size: Size, *, judged: bool) -> Iterator[Setting]:
    """What is run, with smart-turn too if it is there."""
    for words in WAYS[: None if size is FULL else 2]:
        for silence_ms in sorted({*size.silences_ms, USUAL_MS}):
            setting = replace(_OWN, name=_named(words, False), end_silence_ms=silence_ms, words=words)
            if words in size.curves or silence_ms == USUAL_MS:
                yield setting
            if judged and words == "lists" and (size is FULL or silence_ms == USUAL_MS):
                yield replace(setting, name=_named(words, True), judged=True)


def _named(words: str, judged: bool, /) -> str:
    heard = {"none": "silence", "lists": "pocketsphinx", "transcript": "perfect transcript"}[words]
    return heard + (" + smart-turn" if judged else "")


def as_it_comes(runs: Sequence[Run]) -> Run:
    """The setting that is held to: Mercury's own, with the recogniser that is always there."""
    return next(run for run in runs if run.setting.name == "pocketsphinx" and run.setting.end_silence_ms == USUAL_MS)


def report(runs: Sequence[Run]) -> bool:
    """Print the tables; whether what is held to is held."""
    print(f"{'heard by':<24}{'silence':>8}{'cut-ins':>9}{'delay p50':>11}{'p95':>7}{'text p50':>10}{'p95':>7}", end="")
    print(f"{'clipped':>9}{'lost':>6}{'cut-ins, hesitant':>19}")
    for run in runs:
        turns, hesitant = turns_of(run.outcomes), turns_of(run.outcomes, hesitant=True)
        print(f"{run.setting.name:<24}{run.setting.end_silence_ms:>8}{_turn_row(turns)}{hesitant.cut_ins:>19.1%}")
    print(f"\n{'heard by':<24}{'false':>7}{'missed':>8}{'stop p50':>10}{'p95':>6}{'pauses':>8}{'of ms':>7}", end="")
    print(f"{'clipped':>9}")
    for run in runs:
        if run.setting.end_silence_ms == USUAL_MS and not run.setting.judged:
            print(f"{run.setting.name:<24}{_barge_in_row(barge_ins_of(run.outcomes))}")
    return _held(as_it_comes(runs))


def _turn_row(of: TurnFigures) -> str:
    return (
        f"{of.cut_ins:>9.1%}{of.delay_p50_ms:>11.0f}{of.delay_p95_ms:>7.0f}{of.told_p50_ms:>10.0f}{of.told_p95_ms:>7.0f}"
        f"{of.clipped:>9.1%}{of.lost:>6.0%}"
    )


def _barge_in_row(of: BargeInFigures) -> str:
    return (
        f"{of.false:>7.1%}{of.missed:>8.0%}{of.stop_p50_ms:>10.0f}{of.stop_p95_ms:>6.0f}{of.pauses:>8.2f}"
        f"{of.pause_p50_ms:>7.0f}{of.clipped:>9.1%}"
    )


def _held(run: Run) -> bool:
    turns, barge_in = turns_of(run.outcomes), barge_ins_of(run.outcomes)
    print(f"\nas Mercury comes: end of turn p50 {turns.delay_p50_ms:.0f} ms at {turns.cut_ins:.1%} cut-ins", end=" ")
    print(f"(held to 500 ms at 5 %): {'held' if turns.held else 'MISSED'}")
    print(f"barge-in p95 {barge_in.stop_p95_ms:.0f} ms with {barge_in.false:.1%} false ones", end=" ")
    print(f"(held to 150 ms with 3 %): {'held' if barge_in.held else 'MISSED'}")
    return turns.held and barge_in.held


def write(runs: Sequence[Run], folder: Path, half: str) -> None:
    """The figures as JSON, the curves as SVG."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {"heard_by": run.setting.name, "end_silence_ms": run.setting.end_silence_ms, **figures(run.outcomes)}
        for run in runs
    ]
    held = as_it_comes(runs).setting.name
    document = {"half": half, "usual_ms": USUAL_MS, "held": held, "settings": rows}
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    (folder / "turn_taking.json").write_text(text, encoding="utf-8")
    limits = {"most_delay_ms": MOST_DELAY_MS, "most_cut_ins": MOST_CUT_INS}
    for hesitant, name in ((False, "turn_taking"), (True, "turn_taking_hesitant")):
        title = "Turns of callers who think" if hesitant else "Turns with an announcer's pauses"
        picture = svg(f"{title} ({half} half)", curves(runs, hesitant=hesitant), **limits)
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
    print(f"{folder}/turn_taking.json, turn_taking.svg, turn_taking_hesitant.svg")


def curves(runs: Sequence[Run], *, hesitant: bool) -> list[Curve]:
    """By who hears, over the silences."""
    found = []
    for name in dict.fromkeys(run.setting.name for run in runs):
        points = []
        for run in runs:
            if run.setting.name == name:
                of = turns_of(run.outcomes, hesitant=hesitant)
                points.append(Point(f"{run.setting.end_silence_ms} ms", of.delay_p50_ms, of.cut_ins))
        found.append(Curve(name, points, dashed="smart-turn" in name))
    return found


def _judge(model: Path | None) -> Judge | None:
    try:
        return Judge(model) if model else None
    except EngineUnavailableError as error:
        print(f"without smart-turn: {error}")
        return None


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.turn_taking", description=__doc__)
    parser.add_argument("--sounds", type=Path, required=True, help="folder of Asterisk's core sounds")
    parser.add_argument("--texts", type=Path, required=True, help="core-sounds-en.txt.gz")
    parser.add_argument("--model", type=Path, help="smart-turn's ONNX file; without it there are no curves of it")
    parser.add_argument("--full", action="store_true", help="all scenes, all settings (tens of minutes)")
    parser.add_argument("--half", choices=("tuning", "held-out"), default="held-out")
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    tuning, held_out = sources(options.sounds, options.texts)
    size = FULL if options.full else SHORT
    scenes = list(corpus(tuning if options.half == "tuning" else held_out, size.turns, size.over_agent))
    engines = Engines(Lists(), _judge(options.model))
    runs = []
    for run in run_all(scenes, size, engines):
        runs.append(run)
        print(f"\r{len(runs)} settings of {len(scenes)} scenes", end="", file=sys.stderr)
    print(file=sys.stderr)
    held = report(runs)
    write(runs, options.out, options.half)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
