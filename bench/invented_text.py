"""Whether what people said is ever taken for invented: `python -m bench.invented_text --sounds FOLDER --texts FILE`.

Asterisk's human recordings with their texts, as a recogniser that hears everything right would give them: how many are
not believed (`media.asr.invented`), and how many hold no voice and would not be sent to a server (`media.asr.kept`).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.closed_list_trials import recordings
from media.asr.invented import credible
from media.asr.kept import MOST_FRAMES, KeptTurn
from media.audio.pcm import FRAME_BYTES
from media.llm.spelling import plain

BRIEF_MS = 600.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sounds", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True)
    given = parser.parse_args()
    heard = [(recording.text, kept(recording.samples.tobytes())) for recording in recordings(given.sounds, given.texts)]
    whole = [(text, turn) for text, turn in heard if len(turn.frames) < MOST_FRAMES]
    brief = [turn for _, turn in whole if turn.voiced_ms < BRIEF_MS]
    refused = [text for text, turn in whole if not credible(text, turn.voiced_ms)]
    paces = sorted(len(plain(text)) * 1000 / turn.voiced_ms for text, turn in whole if turn.voiced_ms)
    print(f"{len(whole)} recordings of less than 30 s, {len(brief)} with less than {BRIEF_MS:g} ms of voice")
    print(f"without any voice: {sum(not turn.voiced for _, turn in whole)}; not believed: {len(refused)} {refused[:5]}")
    print(f"letters a second of voice: p50 {paces[len(paces) // 2]:.0f}, most {paces[-1]:.0f}")


def kept(samples: bytes) -> KeptTurn:
    turn = KeptTurn()
    for start in range(0, len(samples) - FRAME_BYTES + 1, FRAME_BYTES):
        turn.keep(samples[start : start + FRAME_BYTES])
    return turn


if __name__ == "__main__":
    main()
