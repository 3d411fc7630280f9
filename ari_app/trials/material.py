"""What engines are measured on: recordings to hear, sentences to speak, questions to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ari_app.models.errors import ModelError
from ari_app.ops.asterisk.fetch import fetched_asterisk
from media.audio.pcm import FRAME_BYTES, Pcm
from media.audio.resample import to_telephone
from media.audio.wav import SoundFileError, read_wav
from media.errors import EngineError
from media.tts.espeak import Espeak
from media.tts.protocol import Speech

_MOST_RECORDINGS = 50
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_WORDS: Mapping[str, Sequence[str]] = {
    "en": ("yes", "no", "twenty minutes", "speak to a person"),
    "hi": ("हाँ", "नहीं", "बीस मिनट", "किसी से बात करनी है"),
    "mr": ("हो", "नाही", "वीस मिनिटे", "कोणाशी तरी बोलायचे आहे"),
}
SENTENCES: Mapping[str, Sequence[str]] = {
    "en": (
        "Your order will be with you in twenty minutes.",
        "The restaurant has taken your order of two naans and one dal.",
        "Please say yes, or press one, to hear this again.",
    ),
    "hi": (
        "आपका ऑर्डर बीस मिनट में पहुँच जाएगा।",
        "रेस्टोरेंट ने आपके दो नान और एक दाल का ऑर्डर ले लिया है।",
        "दोबारा सुनने के लिए हाँ कहिए, या एक दबाइए।",
    ),
    "mr": (
        "तुमची ऑर्डर वीस मिनिटांत पोहोचेल.",
        "रेस्टॉरंटने तुमच्या दोन नान आणि एका डाळीची ऑर्डर घेतली आहे.",
        "पुन्हा ऐकण्यासाठी हो म्हणा, किंवा एक दाबा.",
    ),
}
INSTRUCTIONS = "You are on the telephone for a food delivery shop. Answer in one or two short sentences, in {language}."
QUESTIONS: Mapping[str, Sequence[str]] = {
    "en": ("Where is my order?", "Can I still change the address?", "How do I get my money back?"),
    "hi": ("मेरा ऑर्डर कहाँ है?", "क्या मैं अब भी पता बदल सकता हूँ?", "मेरे पैसे वापस कैसे मिलेंगे?"),
    "mr": ("माझी ऑर्डर कुठे आहे?", "मी अजून पत्ता बदलू शकतो का?", "माझे पैसे परत कसे मिळतील?"),
}


@dataclass(frozen=True, slots=True)
class Recording:
    """What was said, and how it sounds on the telephone: 8 kHz."""

    text: str
    audio: Pcm

    @property
    def frames(self) -> Sequence[bytes]:
        """20 ms each; what is left over at the end is not said."""
        samples = self.audio.samples
        return [samples[at : at + FRAME_BYTES] for at in range(0, len(samples) - FRAME_BYTES + 1, FRAME_BYTES)]


@dataclass(frozen=True, slots=True)
class Recordings:
    """Of one language; `source` says whose."""

    source: str
    all: Sequence[Recording]


async def recordings(language: str, cache_dir: Path, folder: Path | None) -> Recordings:
    """Those in `folder` (its subfolder of the language, where it has one; a file's name is what it says), else the
    digits of a fetched Asterisk (a person, English), else what espeak-ng says. Raises `ModelError`."""
    if folder:
        within = folder / language if (folder / language).is_dir() else folder
        return Recordings(f"recordings in {within}", await asyncio.to_thread(_read, sorted(within.glob("*.wav"))))
    root = fetched_asterisk(cache_dir)
    found = sorted(root.glob("usr/share/asterisk/sounds/en*/digits/[0-9].wav")) if root and language == "en" else []
    if len(found) == len(_DIGITS):
        named = await asyncio.to_thread(_read, found)
        texts = zip(_DIGITS, named, strict=True)
        return Recordings("Asterisk's recordings", [Recording(text, one.audio) for text, one in texts])
    return Recordings("words by espeak-ng", await _spoken(language))


def _read(paths: Sequence[Path]) -> list[Recording]:
    if not paths:
        raise ModelError("expected recordings to measure with: WAV files, named by what is said in them")
    try:
        return [Recording(path.stem.replace("_", " "), read_wav(path)) for path in paths[:_MOST_RECORDINGS]]
    except SoundFileError as error:
        raise ModelError(str(error)) from error


async def _spoken(language: str) -> list[Recording]:
    engine = Espeak(workers=1)
    try:
        await engine.start()
        return [Recording(text, await _said(engine, Speech(text, language))) for text in _WORDS[language]]
    except EngineError as error:
        raise ModelError(f"no recordings to measure with: {error}") from error
    finally:
        await engine.close()


async def _said(engine: Espeak, speech: Speech) -> Pcm:
    chunks = [chunk async for chunk in engine.speak(speech)]
    return to_telephone(Pcm(chunks[0].rate, b"".join(chunk.samples for chunk in chunks)))
