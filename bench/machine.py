"""How well a machine that answers is told from a person: who is taken for whom, how soon, and where its beep is.

    python -m bench.machine --sounds FOLDER --texts core-sounds-en.txt.gz [--full] [--half tuning]

Scenes are made of Asterisk's human recordings, music on hold and what espeak-ng says in English, Hindi and Marathi
(bench/machines/corpus.py), go through the real conversation on a virtual clock, and give a table and JSON. Exits with
1 when more than 1 % of the people are taken for machines. docs/machine-detection.md says what the figures mean.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ari_app.ops.settings import MediaSettings
from bench.machines.corpus import Source, corpus, sources
from bench.machines.measure import MOST_PEOPLE_LOST, Figures, by_kind, document, figures
from bench.machines.runner import Outcome, play
from bench.machines.scenes import Scene
from bench.turns.sounds import Sound, at_level, silence
from media.machine.manner import BEFORE_SPEAKING, WHILE_SPEAKING, MachineManner


@dataclass(frozen=True, slots=True)
class Setting:
    """When the agent speaks."""

    name: str
    manner: MachineManner
    at_once: bool


SETTINGS = (
    Setting("the first words wait", BEFORE_SPEAKING, at_once=False),
    Setting("the flow begins at once", WHILE_SPEAKING, at_once=True),
)
SHORT, FULL = (200, 200), (800, 800)
"""People and machines."""


def run(scenes: Sequence[Scene], agent: Sound, setting: Setting) -> list[Outcome]:
    """All scenes under one setting."""
    aggressiveness = MediaSettings().vad_aggressiveness
    return [
        play(scene, agent, setting.manner, at_once=setting.at_once, aggressiveness=aggressiveness) for scene in scenes
    ]


def report(found: dict[str, list[Outcome]]) -> bool:
    """Print the tables; whether what is held to is held."""
    print(f"{'':<26}{'people':>7}{'as machines':>13}{'verdict p50':>13}{'p95':>6}", end="")
    print(f"{'machines':>10}{'missed':>8}{'late':>7}{'found p50':>11}{'p95':>6}", end="")
    print(f"{'beeps':>7}{'found':>7}{'error p50':>11}{'p95':>5}{'told':>6}{'too soon':>10}")
    all_figures = {name: figures(outcomes) for name, outcomes in found.items()}
    for name, of in all_figures.items():
        print(f"{name:<26}{_row(of)}")
    for name, outcomes in found.items():
        print(f"\n{name}:")
        for kind, row in by_kind(outcomes).items():
            print(f"  {kind:<14}{row['scenes']:>5.0f}   as machine {row['machine']:>6.1%}", end="")
            print(f"   first verdict p50 {row['verdict_p50_ms']:>5.0f} p95 {row['verdict_p95_ms']:>5.0f} ms")
    return all(of.people_lost <= MOST_PEOPLE_LOST for of in all_figures.values())


def _row(of: Figures) -> str:
    return (
        f"{of.people:>7}{of.people_lost:>13.1%}{of.person_p50_ms:>13.0f}{of.person_p95_ms:>6.0f}"
        f"{of.machines:>10}{of.missed:>8.1%}{of.late:>7.1%}{of.machine_p50_ms:>11.0f}{of.machine_p95_ms:>6.0f}"
        f"{of.beeps:>7}{of.beeps_found:>7.1%}{of.beep_error_p50_ms:>11.0f}{of.beep_error_p95_ms:>5.0f}"
        f"{of.beep_told_p50_ms:>6.0f}{of.too_soon:>10.1%}"
    )


def agent_of(source: Source) -> Sound:
    """Ten seconds of an agent: sentences at its usual level."""
    pieces = [np.concatenate((at_level(sentence, -20), silence(0.25))) for sentence in source.sentences[:4]]
    return np.concatenate(pieces)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.machine", description=__doc__)
    parser.add_argument("--sounds", type=Path, required=True, help="folder of Asterisk's core sounds")
    parser.add_argument("--texts", type=Path, required=True, help="core-sounds-en.txt.gz")
    parser.add_argument("--full", action="store_true", help="four times as many scenes (some ten minutes)")
    parser.add_argument("--half", choices=("tuning", "held-out"), default="held-out")
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    parser.add_argument("--wrong", action="store_true", help="name each scene that was judged wrongly")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    source = sources(options.sounds, options.texts)[options.half == "held-out"]
    scenes = list(corpus(source, *(FULL if options.full else SHORT)))
    found = {setting.name: run(scenes, agent_of(source), setting) for setting in SETTINGS}
    held = report(found)
    if options.wrong:
        for name, outcomes in found.items():
            for one in (one for one in outcomes if one.person is (one.machine_s is not None)):
                print(name, one)
    options.out.mkdir(parents=True, exist_ok=True)
    told = {"half": options.half, "settings": {name: document(outcomes) for name, outcomes in found.items()}}
    (options.out / "machine.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(f"\npeople taken for machines (held to {MOST_PEOPLE_LOST:.0%}): {'held' if held else 'MISSED'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
