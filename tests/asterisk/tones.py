"""A flow of one question whose prompts are tones: a phone knows for certain what it heard, and Mercury starts fast."""

from __future__ import annotations

import array
import math
import wave
from pathlib import Path

QUESTION, CONFIRMED, DECLINED, OTHER, UNRECORDED = 440, 1000, 700, 1400, 1900
"""Hz. OTHER: it was decided before, was canceled, or nothing was understood. UNRECORDED: the decision was not kept."""
TONES = (QUESTION, DECLINED, CONFIRMED, OTHER, UNRECORDED)
FLOW = "order"
_RATE, _LOUD = 8000, 9000
_FLOWS = """\
routes:
  - {any: true, flow: order, inputs: {order_id: "1"}}
unrouted: not_found
flows:
  order:
    languages: [en]
    inputs: {order_id: order_number}
    outcomes: [confirmed, rejected, hung_up, unclear, already_answered, not_recorded, canceled]
    on_hang_up: hung_up
    gives_up: unclear
    canceled: canceled
    decisions: {already: already_answered, failed: not_recorded}
    no_input: {after: 3s, tries: 3, say: {en: {sound: other.wav}}}
    no_match: {tries: 3, say: {en: {sound: other.wav}}, unsure: {en: {sound: other.wav}}}
    start: accept
    steps:
      accept:
        ask: {en: {sound: question.wav}}
        options:
          accept: {key: "1", next: confirmed}
          decline: {key: "2", next: declined}
      confirmed: {decide: confirmed, say: {en: {sound: confirmed.wav}}}
      declined: {decide: rejected, say: {en: {sound: declined.wav}}}
      already_answered: {say: {en: {sound: other.wav}}, hang_up: already_answered}
      not_recorded: {say: {en: {sound: unrecorded.wav}}, hang_up: not_recorded}
      canceled: {say: {en: {sound: other.wav}}, hang_up: canceled}
      unclear: {say: {en: {sound: other.wav}}, hang_up: unclear}
"""


def write_flows(folder: Path, *, question_s: float = 0.5, confirmed_s: float = 0.4) -> Path:
    """The flows file, with its sounds beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    lengths = {"question": question_s, "confirmed": confirmed_s, "declined": 0.4, "other": 0.4, "unrecorded": 0.4}
    tones = {
        "question": QUESTION,
        "confirmed": CONFIRMED,
        "declined": DECLINED,
        "other": OTHER,
        "unrecorded": UNRECORDED,
    }
    for name, hertz in tones.items():
        _write_tone(folder / f"{name}.wav", hertz, lengths[name])
    file = folder / "flows.yaml"
    file.write_text(_FLOWS, encoding="utf-8")
    return file


def _write_tone(file: Path, hertz: int, length_s: float) -> None:
    wave_at = (math.sin(2 * math.pi * hertz * n / _RATE) for n in range(int(length_s * _RATE)))
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE)
        out.writeframes(array.array("h", (int(_LOUD * each) for each in wave_at)).tobytes())
