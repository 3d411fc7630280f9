"""A listening check by numbers: python -m bench.sound [--sounds FOLDER] [--json FILE].

Prompts of the three languages as a caller hears them first and from the cache, people's recordings and hold music:
loudness, peak, what is left outside the telephone's band, the worst step where sentences join, and how soon the first
audio comes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from media.audio.band import HIGH_HZ, LOW_HZ
from media.audio.level import MUSIC_LUFS, SPEECH_LUFS
from media.audio.limiter import CEILING_DBFS
from media.audio.loudness import loudness
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.audio.player import Player
from media.audio.resample import to_telephone
from media.audio.samples import Samples, from_pcm16
from media.audio.wav import read_music, read_prompt, read_wav
from media.tts.cache import PromptCache
from media.tts.espeak import Espeak
from media.tts.protocol import Speech
from media.tts.voice import Voice

PROMPTS = {
    "en": (
        "You have a new order. Two paneer tikka and one naan.",
        "The total is twelve hundred and fifty rupees.",
        "To accept, press one. To decline, press two.",
        "Sorry, I did not hear you. Please say it again.",
        "Thank you. Goodbye.",
        "In how many minutes will the order be ready?",
    ),
    "hi": (
        "नमस्ते शर्मा जी। आपके लिए नया ऑर्डर है।",
        "दो पनीर टिक्का और एक नान। कुल बारह सौ पचास रुपये।",
        "ऑर्डर लेने के लिए एक दबाइए, मना करने के लिए दो।",
        "माफ़ कीजिए, मैंने सुना नहीं। कृपया फिर से बोलिए।",
        "धन्यवाद। नमस्ते।",
        "ऑर्डर कितने मिनट में तैयार होगा?",
    ),
    "mr": (
        "नमस्कार शर्मा जी. तुमच्यासाठी नवीन ऑर्डर आहे.",
        "दोन पनीर टिक्का आणि एक नान. एकूण बाराशे पन्नास रुपये.",
        "ऑर्डर घेण्यासाठी एक दाबा, नाकारण्यासाठी दोन.",
        "माफ करा, मला ऐकू आले नाही. कृपया पुन्हा सांगा.",
        "धन्यवाद. नमस्कार.",
        "ऑर्डर किती मिनिटांत तयार होईल?",
    ),
}
EVERY = 12
"""Of the recordings, so many are left out between two."""
SHORTEST_MS = 400
"""Shorter ones are no sentences."""
LOUDNESS_LU, PEAK_DB, OUTSIDE_DB, JOIN = 1.0, 0.3, -20.0, 0.05
"""What is allowed: from the level, over the ceiling, outside the band, and as a step at a join (full scale is 1)."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What was measured of a group of prompts: loudness before and after, in LUFS; its spread after, in LU."""

    name: str
    count: int
    before: float
    before_spread: float
    after: float
    worst_off: float
    peak_dbfs: float
    outside_db: float


async def main() -> int:
    """Print the figures; 1 where one is outside what is allowed."""
    parser = argparse.ArgumentParser(prog="python -m bench.sound")
    parser.add_argument("--sounds", type=Path, help="people's recordings: Asterisk's core sounds")
    parser.add_argument("--json", type=Path, help="the figures as JSON")
    options = parser.parse_args()
    engine = Espeak()
    await engine.start()
    try:
        spoken = [sound for language in PROMPTS for sound in await _spoken(engine, language)]
        joins = {language: await _worst_join(engine, language) for language in PROMPTS}
        first = await _first_audio(engine)
    finally:
        await engine.close()
    recorded = _recorded(options.sounds) if options.sounds else []
    figures = {"sounds": [asdict(sound) for sound in (*spoken, *recorded)], "worst_join_step": joins, **first}
    _print((*spoken, *recorded), joins, first)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, indent=1))
    wrong = [sound.name for sound in (*spoken, *recorded) if not _allowed(sound)]
    wrong += [f"joins of {language}" for language, step in joins.items() if step > JOIN]
    print(f"not as it should be: {', '.join(wrong)}" if wrong else "all as it should be")
    return bool(wrong)


async def _spoken(engine: Espeak, language: str) -> tuple[Sound, Sound]:
    """As it is heard when a voice was never heard before, and from the cache."""
    voice = Voice([engine], PromptCache(None))
    raw, streamed, kept = [], [], []
    for text in PROMPTS[language]:
        speech = Speech(text, language)
        audio = Pcm(22_050, b"".join([chunk.samples async for chunk in engine.speak(speech)]))
        raw.append(from_pcm16(to_telephone(audio).samples))
        streamed.append(from_pcm16(b"".join([chunk.samples async for chunk in voice.render(speech)])))
        await voice.settled()
        ready = voice.ready(speech)
        kept.append(from_pcm16(ready.samples if ready else b""))
    return (
        _measured(f"espeak {language}, first hearing", raw, streamed, SPEECH_LUFS),
        _measured(f"espeak {language}, kept", raw, kept, SPEECH_LUFS),
    )


def _recorded(folder: Path) -> list[Sound]:
    files = [path for path in sorted(folder.rglob("*.wav")) if read_wav(path).duration_ms >= SHORTEST_MS][::EVERY]
    raw = [from_pcm16(read_wav(path).samples) for path in files]
    said = [from_pcm16(read_prompt(path).samples) for path in files]
    hold = Path(__file__).parents[1] / "sounds" / "hold.wav"
    music = [from_pcm16(read_music(hold))]
    return [
        *([_measured("people's recordings", raw, said, SPEECH_LUFS)] if files else []),
        _measured("hold music", [from_pcm16(read_wav(hold).samples)], music, MUSIC_LUFS),
    ]


def _measured(name: str, before: Sequence[Samples], after: Sequence[Samples], wanted: float) -> Sound:
    was, now = ([loudness(audio, TELEPHONE_RATE) for audio in group] for group in (before, after))
    return Sound(
        name,
        len(after),
        statistics.mean(was),
        max(was) - min(was),
        statistics.mean(now),
        max(now, key=lambda lufs: abs(lufs - wanted)) - wanted,
        20 * float(np.log10(max(np.max(np.abs(audio)) for audio in after))),
        _outside_db(np.concatenate(after)),
    )


def _outside_db(audio: Samples) -> float:
    """Energy well outside the band (below 150 Hz, above 3.7 kHz) against all of it."""
    power = np.abs(np.fft.rfft(audio)) ** 2
    hertz = np.fft.rfftfreq(len(audio), 1 / TELEPHONE_RATE)
    outside = power[(hertz < LOW_HZ / 2) | (hertz > HIGH_HZ + 300)].sum()
    return float(10 * np.log10(outside / power.sum()))


async def _worst_join(engine: Espeak, language: str) -> float:
    """All prompts as one utterance of sentences that come as they are rendered: the largest step beside a join."""
    voice, player, ends = Voice([engine], PromptCache(None)), Player(), []
    playing = player.add("all", PROMPTS[language])
    total = 0
    for text, track in zip(PROMPTS[language], playing.tracks, strict=True):
        async for chunk in voice.render(Speech(text, language)):
            track.feed(chunk.samples)
        track.complete = True
        total += track.total // 2
        ends.append(total)
    frames = []
    while player.speaking:
        frames.append(player.pull() or b"")
    steps = np.abs(np.diff(from_pcm16(b"".join(frames)), prepend=0, append=0))
    return float(max(np.max(steps[max(0, end - 8) : end + 8]) for end in (0, *ends)))


async def _first_audio(engine: Espeak) -> dict[str, float]:
    """Milliseconds to the first audio of texts that were never said, and what of it is not the engine's."""
    voice = Voice([engine], PromptCache(None))
    heard, raw, costs = [], [], []
    for number in range(30):
        text = f"Order number {number + 100} is ready. Please come to the counter and take it with you."
        began, busy, count = perf_counter(), process_time(), 0
        async for chunk in voice.render(Speech(text, "en")):
            if not count:
                heard.append((perf_counter() - began) * 1000)
            count += len(chunk.samples) // 2
        costs.append((process_time() - busy) * 1000 / (count / TELEPHONE_RATE))
        await voice.settled()
        began = perf_counter()
        chunks = engine.speak(Speech(text.replace("1", "2"), "en"))
        await anext(chunks)
        raw.append((perf_counter() - began) * 1000)
        async for _ in chunks:
            pass
    return {
        "first_audio_ms": statistics.median(heard),
        "engines_first_chunk_ms": statistics.median(raw),
        "loop_cpu_ms_per_s_of_audio": statistics.median(costs),
    }


def _allowed(sound: Sound) -> bool:
    return (
        ("first hearing" in sound.name or abs(sound.worst_off) <= LOUDNESS_LU)
        and sound.peak_dbfs <= CEILING_DBFS + PEAK_DB
        and sound.outside_db <= OUTSIDE_DB
    )


def _print(sounds: Sequence[Sound], joins: dict[str, float], first: dict[str, float]) -> None:
    print(f"{'':<28}{'n':>4}{'before':>9}{'spread':>8}{'after':>8}{'worst':>7}{'peak':>8}{'outside':>9}")
    for sound in sounds:
        print(
            f"{sound.name:<28}{sound.count:>4}{sound.before:>9.1f}{sound.before_spread:>8.1f}{sound.after:>8.1f}"
            f"{sound.worst_off:>+7.1f}{sound.peak_dbfs:>8.1f}{sound.outside_db:>9.1f}"
        )
    print("LUFS; spread and worst in LU, worst from the level; peak in dBFS; outside the band in dB")
    print("worst step at a join: " + ", ".join(f"{language} {step:.4f}" for language, step in joins.items()))
    print(", ".join(f"{name} {value:.2f}" for name, value in first.items()))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
