"""What callers hear who can't be taken for lack of room: rendered at the start, and played by Asterisk alone."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path

from ari_app.ops.logging import get_logger
from media.audio.wav import write_wav
from media.dialog.speaking import Voice
from media.errors import EngineError
from media.tts.protocol import Speech
from media.workers.line import Rank

_log = get_logger(__name__)
TEXTS: Mapping[str, str] = {
    "en": "We are sorry. All our lines are busy just now. Please call again in a few minutes.",
    "hi": "माफ़ कीजिए। अभी हमारी सभी लाइनें व्यस्त हैं। कृपया कुछ मिनट बाद फिर से कॉल कीजिए।",
    "mr": "माफ करा. सध्या आमच्या सर्व लाइन व्यस्त आहेत. कृपया काही मिनिटांनी पुन्हा कॉल करा.",
}
MOST = 16
"""Apologies under way at once: Asterisk has that many channels more than the calls need."""
LASTS_S = 15.0
"""How long one is counted."""


class Apologies:
    """The sound files, by language, and how many of them are being heard."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files
        self._begun: deque[float] = deque()

    def replace(self, files: Mapping[str, Path]) -> None:
        """From now on these are heard."""
        self._files = files

    def next(self, language: str, now: float) -> Path | None:
        """The file for one more caller; None where there is none in their language, or too many hear one."""
        while self._begun and now - self._begun[0] >= LASTS_S:
            self._begun.popleft()
        file = self._files.get(language)
        if file is None or len(self._begun) >= MOST:
            return None
        self._begun.append(now)
        return file


async def rendered(voice: Voice, languages: Iterable[str], texts: Mapping[str, str], folder: Path) -> dict[str, Path]:
    """Write LANGUAGE.wav for each language that has a text, and can be spoken: callers of others hear the busy tone."""
    files = {}
    for language in sorted(set(languages)):
        text = texts.get(language) or TEXTS.get(language)
        if text and (
            path := await _written(voice, Speech(text, language, rank=Rank.AHEAD), folder / f"{language}.wav")
        ):
            files[language] = path
    return files


async def _written(voice: Voice, speech: Speech, path: Path) -> Path | None:
    try:
        samples = b"".join([chunk.samples async for chunk in voice.render(speech)])
        await asyncio.to_thread(write_wav, path, samples)
    except (EngineError, OSError) as error:
        _log.warning("apology.not_rendered", language=speech.language, error=str(error))
        return None
    return path
