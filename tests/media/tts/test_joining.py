"""Joined prompts, in the voice that is always there: no click where two renderings meet."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from media.audio.mastering import Rendered
from media.audio.pcm import Pcm
from media.tts.espeak import Espeak
from media.tts.joining import joined, pause_ms_after
from media.tts.protocol import Speech

SAID = {
    "en": ["Hello, this is the kitchen.", "You have order twelve.", "Press one to accept it."],
    "hi": ["नमस्ते, यह रसोई है।", "ऑर्डर बारह आया है।", "स्वीकार करने के लिए एक दबाएँ।"],
    "mr": ["नमस्कार, हे स्वयंपाकघर आहे.", "ऑर्डर बारा आली आहे.", "स्वीकारण्यासाठी एक दाबा."],
}
_JOIN, _AROUND = 4, 160
"""Samples on each side: half a millisecond, in which a click would be; 20 ms, whose loudest step it is held against."""


def steps(audio: Pcm) -> NDArray[np.float64]:
    samples = np.frombuffer(audio.samples, "<i2").astype(np.float64)
    return np.abs(np.diff(samples))


async def rendered(engine: Espeak, text: str, language: str) -> Pcm:
    audio = b"".join([chunk.samples async for chunk in engine.speak(Speech(text, language))])
    return Rendered(Pcm(22_050, audio)).levelled(None)


@pytest.mark.parametrize("language", SAID)
async def test_no_step_at_a_join_is_near_the_largest_of_the_speech_around_it(language: str) -> None:
    engine = Espeak()
    await engine.start()
    parts = [(text, await rendered(engine, text, language)) for text in SAID[language]]
    await engine.close()
    whole = joined(parts)
    at, usual = 0, float(np.percentile(steps(whole)[steps(whole) > 0], 90))
    for text, audio in parts[:-1]:
        begins = at + len(audio.samples) // 2
        at = begins + pause_ms_after(text) * 8
        for edge in (begins, at):
            local = steps(whole)[edge - _AROUND : edge + _AROUND].max()
            assert steps(whole)[edge - _JOIN : edge + _JOIN].max() < max(local / 4, usual / 20)
    loudness = [Rendered(audio).lufs for _, audio in parts]
    assert max(loudness) - min(loudness) < 1.5


def test_a_click_would_be_found() -> None:
    loud = Pcm(8000, np.full(800, 9000, "<i2").tobytes())
    assert steps(joined([("One.", loud), ("Two.", loud)])).max() == 9000
