from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import pytest

from media.audio.g711 import ULAW
from media.audio.pcm import Pcm
from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.registry import Engines, engine
from media.tts.elevenlabs import ElevenLabs
from media.tts.elevenlabs_messages import Heard, begin, heard, sentence
from media.tts.protocol import Speech
from media.tts.streamed_text import SentenceOver
from tests.standins.elevenlabs import ElevenLabsServer, spoken

KEY = "the-key"
HELLO = Speech("Hello there. It comes today!", "en")


@pytest.fixture
async def server() -> AsyncIterator[ElevenLabsServer]:
    async with ElevenLabsServer(KEY) as server:
        yield server


def made(url: str = "ws://127.0.0.1:9/v1", **options: Any) -> ElevenLabs:
    return ElevenLabs(**{"url": url, "key": KEY, "voices": {"en": "Rachel", "hi": "Anika2"}, **options})


async def said_by(server: ElevenLabsServer, speech: Speech = HELLO, **options: Any) -> list[Pcm]:
    synthesiser = made(server.url, **options)
    try:
        return [chunk async for chunk in synthesiser.speak(speech)]
    finally:
        await synthesiser.close()


async def test_all_audio_comes_in_order_at_the_telephones_rate(server: ElevenLabsServer) -> None:
    chunks = await said_by(server)
    expected = ULAW.decode(spoken("Hello there.") + spoken("It comes today!"))
    assert b"".join(chunk.samples for chunk in chunks) == expected
    assert {chunk.rate for chunk in chunks} == {8000}
    assert len(chunks) > 2


async def test_the_text_is_sent_sentence_by_sentence_after_the_settings(server: ElevenLabsServer) -> None:
    await said_by(server, settings={"stability": 0.4, "similarity_boost": 0.8})
    assert server.messages == [
        [
            {
                "text": " ",
                "voice_settings": {"stability": 0.4, "similarity_boost": 0.8, "speed": 1.0},
                "xi_api_key": KEY,
            },
            {"text": "Hello there. ", "flush": True},
            {"text": "It comes today! ", "flush": True},
            {"text": ""},
        ]
    ]
    assert server.voices == ["Rachel"]
    assert server.queries == [{"model_id": "eleven_flash_v2_5", "output_format": "ulaw_8000", "language_code": "en"}]


async def test_voice_language_and_speed_are_those_of_the_speech(server: ElevenLabsServer) -> None:
    await said_by(server, Speech("नमस्ते जी [laugh] 😀", "hi", speed=2.0), send_language=False)
    await said_by(server, Speech("Hi", "en", voice="Josh"))
    assert server.voices == ["Anika2", "Josh"]
    assert server.queries[0] == {"model_id": "eleven_flash_v2_5", "output_format": "ulaw_8000"}
    assert [message["text"] for message in server.messages[0]] == [" ", "नमस्ते जी ", ""]
    assert server.messages[0][0]["voice_settings"]["speed"] == 1.2


async def test_the_first_audio_is_given_while_the_rest_is_made(server: ElevenLabsServer) -> None:
    server.gap_s = 60
    synthesiser = made(server.url)
    chunks = synthesiser.speak(HELLO)
    assert (await anext(chunks)).samples
    await chunks.aclose()
    server.gap_s = 0
    await synthesiser.close()


async def test_a_listener_that_leaves_ends_the_socket(server: ElevenLabsServer) -> None:
    server.gap_s = 0.01
    synthesiser = made(server.url)
    chunks = synthesiser.speak(Speech("A long sentence that goes on. " * 100, "en"))
    await anext(chunks)
    await chunks.aclose()
    async with asyncio.timeout(1):
        await server.left.wait()
    await synthesiser.close()


ERROR = {"message": "This request exceeds your quota", "error": "quota_exceeded", "code": 1008}


@pytest.mark.parametrize(
    ("behaviour", "kind", "reason"),
    [
        ({"status": 401}, EngineUnavailableError, "401"),
        ({"status": 429}, EngineBusyError, "429"),
        ({"status": 500}, EngineError, "500"),
        ({"key": "another"}, EngineError, r"elevenlabs: invalid_api_key, Invalid API key \*\*\*, 1008"),
        ({"error": ERROR}, EngineError, "elevenlabs: quota_exceeded, This request exceeds your quota, 1008"),
        ({"cut_after": 1}, EngineError, "elevenlabs: .*close code 1006"),
        ({"close_early": True}, EngineError, "expected audio until isFinal, the server closed before it"),
        ({"delay_s": 0.4}, EngineBusyError, "elevenlabs: expected first audio within 0.2 s"),
        ({"gap_s": 0.4}, EngineBusyError, "elevenlabs: expected more audio within 0.1 s"),
        ({"raw": ["{no json"]}, EngineError, "elevenlabs: expected a message in JSON"),
        ({"raw": ['{"audio": null, "isFinal": true}']}, EngineError, "expected audio, got isFinal without any"),
        ({"chunk_bytes": 100_000}, EngineError, "at most 0.1 s of audio, it goes on"),
    ],
)
async def test_what_goes_wrong_is_told_in_an_engines_words(
    behaviour: dict[str, Any], kind: type[Exception], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    limits = {
        "first_audio_s": 0.2 if "delay_s" in behaviour else 20.0,
        "gap_s": 0.1 if "gap_s" in behaviour else 20.0,
    }
    longest_s = 0.1 if "chunk_bytes" in behaviour else 60.0
    async with ElevenLabsServer(**{"key": KEY, **behaviour}) as server:
        with pytest.raises(kind, match=reason) as caught:
            await said_by(server, HELLO, **limits, longest_s=longest_s)
    assert isinstance(caught.value, EngineError)
    assert KEY not in f"{caught.value!r} {caplog.text}"


async def test_what_it_cannot_speak_is_refused_and_what_says_nothing_is_not_sent(server: ElevenLabsServer) -> None:
    with pytest.raises(EngineError, match="elevenlabs speaks en, hi, not 'mr'"):
        await said_by(server, Speech("हो", "mr"))
    with pytest.raises(EngineError, match="at most 20 are spoken at once"):
        await said_by(server, Speech("word " * 20, "en"), most_characters=20)
    with pytest.raises(EngineError, match=r"expected a voice's id .*, got 'a/../b'"):
        await said_by(server, Speech("Hi", "en", voice="a/../b"))
    assert await said_by(server, Speech("😀", "en")) == []
    assert server.messages == []


class Mind:
    """Sentences; it waits before the one that says so, and may break off."""

    def __init__(self, *pieces: str, gate: asyncio.Event | None = None, error: Exception | None = None) -> None:
        self.pieces = pieces
        self.gate = gate
        self.error = error
        self.closed = False

    async def reply(self) -> AsyncGenerator[str, None]:
        try:
            for piece in self.pieces:
                if piece == "…" and self.gate:
                    await self.gate.wait()
                else:
                    yield piece
            if self.error:
                raise self.error
        finally:
            self.closed = True


def streamed(server: ElevenLabsServer, mind: Mind, **options: Any) -> AsyncGenerator[Pcm | SentenceOver, None]:
    return made(server.url, **options).speak_sentences(mind.reply(), Speech("", "en", speed=1.1))


def audio_of(parts: list[Pcm | SentenceOver]) -> list[bytes]:
    """Of each sentence."""
    sentences = [b""]
    for part in parts:
        if isinstance(part, Pcm):
            sentences[-1] += part.samples
        else:
            sentences.append(b"")
    assert sentences[-1] == b"", "the last part is an end"
    return sentences[:-1]


async def test_text_that_still_comes_goes_through_one_socket(server: ElevenLabsServer) -> None:
    gate = asyncio.Event()
    chunks = streamed(server, Mind("Hello there.", "…", "It comes today", gate=gate))
    parts = [await anext(chunks)]
    assert [message["text"] for message in server.messages[0]] == [" ", "Hello there. "]
    gate.set()
    parts += [part async for part in chunks]
    assert audio_of(parts) == [ULAW.decode(spoken("Hello there.")), ULAW.decode(spoken("It comes today"))]
    assert [message["text"] for message in server.messages[0]] == [" ", "Hello there. ", "It comes today ", ""]
    assert server.messages[0][0]["voice_settings"] == {"speed": 1.1}
    assert server.queries[0]["sync_alignment"] == "true"


async def test_a_sentence_is_over_before_the_next_is_written(server: ElevenLabsServer) -> None:
    chunks = streamed(server, Mind("Hello there.", "…", gate=asyncio.Event()))
    async with asyncio.timeout(5):
        while not isinstance(await anext(chunks), SentenceOver):
            pass
    await chunks.aclose()


async def test_a_server_that_spells_nothing_ends_all_sentences_at_last(server: ElevenLabsServer) -> None:
    server.spells = False
    parts = [part async for part in streamed(server, Mind("Hello there.", "It comes today"))]
    assert audio_of(parts) == [ULAW.decode(spoken("Hello there.") + spoken("It comes today")), b""]


async def test_leaving_while_text_still_comes_ends_the_socket_and_the_text(server: ElevenLabsServer) -> None:
    mind = Mind("Hello there.", "…", gate=asyncio.Event())
    chunks = streamed(server, mind)
    await anext(chunks)
    await chunks.aclose()
    async with asyncio.timeout(1):
        await server.left.wait()
    assert mind.closed


async def test_what_came_before_the_text_broke_off_is_spoken(server: ElevenLabsServer) -> None:
    mind = Mind("Hello there.", error=EngineError("the mind went away"))
    said = b""
    with pytest.raises(EngineError, match="the mind went away"):
        async for part in streamed(server, mind):
            said += part.samples if isinstance(part, Pcm) else b""
    assert said == ULAW.decode(spoken("Hello there."))


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ({"delay_s": 0.4}, "expected audio within 0.1 s"),
        ({"error": ERROR}, "quota_exceeded"),
        ({"cut_after": 1}, "close code 1006"),
        ({"status": 429}, "429"),
    ],
)
async def test_what_goes_wrong_ends_the_text_too(behaviour: dict[str, Any], reason: str) -> None:
    mind = Mind("Hello there.", "…", gate=asyncio.Event())
    async with ElevenLabsServer(KEY, **behaviour) as server:
        with pytest.raises(EngineError, match=reason):
            assert [
                part async for part in streamed(server, mind, first_audio_s=0.1 if "delay_s" in behaviour else 20.0)
            ] == []
    assert mind.closed or behaviour == {"status": 429}, "a text that was never asked for has nothing to end"


async def test_no_text_is_no_audio(server: ElevenLabsServer) -> None:
    assert [part async for part in streamed(server, Mind("😀", " "))] == [SentenceOver(), SentenceOver()]


async def test_text_of_too_much_audio_is_an_error(server: ElevenLabsServer) -> None:
    with pytest.raises(EngineError, match=r"at most 0\.05 s of audio"):
        assert [chunk async for chunk in streamed(server, Mind("Hello there."), longest_s=0.05)] == []


def test_the_fingerprint_has_all_that_decides_the_sound_and_no_key() -> None:
    others: list[dict[str, Any]] = [
        {},
        {"url": "wss://api.eu.residency.elevenlabs.io/v1"},
        {"model": "eleven_turbo_v2_5"},
        {"voices": {"en": "Josh"}},
        {"settings": {"stability": 0.2}},
        {"send_language": False},
    ]
    prints = {made(**options).fingerprint(HELLO) for options in others}
    assert len(prints) == len(others)
    assert made(name="other", key="another").fingerprint(HELLO) == made().fingerprint(HELLO)
    assert KEY not in made().fingerprint(HELLO) + repr(made())


def test_without_a_key_it_is_unavailable() -> None:
    with pytest.raises(EngineUnavailableError, match="expected ElevenLabs' API key in `key`"):
        made(key="")
    with pytest.raises(EngineUnavailableError, match="expected voices such as"):
        made(voices={})


def test_it_is_found_by_its_entry_point() -> None:
    assert engine(Engines.SYNTHESISERS, "elevenlabs") is ElevenLabs


def test_messages_as_they_are_on_the_wire() -> None:
    assert json.loads(begin("k", {}, 0.1)) == {"text": " ", "voice_settings": {"speed": 0.7}, "xi_api_key": "k"}
    assert json.loads(sentence("नमस्ते\n"))["text"] == "नमस्ते "
    assert heard(json.dumps({"audio": base64.b64encode(b"ab").decode(), "isFinal": None})) == Heard(b"ab", False)
    assert heard('{"audio": "", "isFinal": true}') == Heard(b"", True)
    assert heard('{"alignment": {}}') == Heard(b"", False)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"\xff\xfe", "expected a message in JSON"),
        ("[1]", "expected a JSON object, got list"),
        ('{"audio": 3}', "expected audio in base64, got int"),
        ('{"audio": "a"}', "expected audio in base64"),
        ('{"audio": "\u0905"}', "expected audio in base64"),
        ('{"message": "went wrong"}', "went wrong"),
        ('{"error": {"code": 5}}', "'code': 5"),
    ],
)
def test_messages_that_cannot_be_understood_are_errors(message: str | bytes, reason: str) -> None:
    with pytest.raises(EngineError, match=reason):
        heard(message)
