"""Who speaks, and how: Indic-Parler's speakers, and the description in words that it is given. Pure.

Speakers and what a description may say: the model card of ai4bharat/indic-parler-tts. The model speaks 21 languages;
these are the ones that Mercury prepares text for.
"""

from __future__ import annotations

from collections.abc import Mapping

SPEAKERS: Mapping[str, tuple[str, ...]] = {
    "hi": ("Divya", "Rohit", "Aman", "Rani"),
    "mr": ("Sunita", "Sanjay", "Nikhil", "Radha", "Varun", "Isha"),
    "en": (
        *("Mary", "Thoma", "Swapna", "Dinesh", "Meera", "Jatin", "Aakash", "Sneha", "Kabir", "Tisha", "Chingkhei"),
        *("Thoiba", "Priya", "Tarun", "Gauri", "Nisha", "Raghav", "Kavya", "Ravi", "Vikas", "Riya"),
    ),
}
"""By language; the card recommends the first two of each."""
DEFAULT_VOICES: Mapping[str, str] = {language: speakers[0] for language, speakers in SPEAKERS.items()}
_KNOWN = {speaker.lower(): speaker for speakers in SPEAKERS.values() for speaker in speakers}
_PACES = (
    (0.7, "very slowly"),
    (0.85, "slowly"),
    (0.95, "slightly slowly"),
    (1.1, "at a normal pace"),
    (1.25, "slightly fast"),
    (1.5, "fast"),
)
"""The words for a speed up to this."""
_FASTEST = "very fast"
_NORMAL = _PACES[3][1]


def pace(speed: float) -> str:
    """The words that a description has for a speed, 1.0 being the voice's own."""
    return next((words for limit, words in _PACES if speed <= limit), _FASTEST)


def description(voice: str, language: str, speed: float) -> str:
    """What the model is told of the voice: a speaker's name becomes a sentence, several words are a description.

    Raises `ValueError` for a name that is no speaker's.
    """
    voice = voice.strip()
    if " " in voice:
        said = voice if voice.endswith((".", "!")) else f"{voice}."
        return said if pace(speed) == _NORMAL else f"{said} The delivery is {pace(speed)}."
    speaker = _KNOWN.get(voice.lower())
    if speaker is None:
        known = ", ".join(SPEAKERS.get(language, _KNOWN.values()))
        raise ValueError(
            f"expected a speaker of Indic-Parler ({known}), or a description in words, such as "
            f'"Divya speaks calmly and warmly"; got {voice!r}'
        )
    return (
        f"{speaker} speaks {pace(speed)}, in a friendly and clear voice with little emotion. "
        "It is a close recording of very clear audio, without any background noise."
    )
