from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from media.audio.pcm import Pcm
from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.registry import Engines, engine
from media.tts.prepare import authored
from media.tts.protocol import Speech, Synthesiser
from media.tts.speech_api import SpeechApi
from tests.media.tts.wav_bytes import UNKNOWN, wav
from tests.standins.speech import Answer, SpeechServer

HELLO = Speech("Hello there.", "en")
SAMPLES = bytes(range(2, 252)) * 8
VOICES = {"en": "af_heart", "hi": "hm_omega"}


@pytest.fixture
async def server() -> AsyncIterator[SpeechServer]:
    async with SpeechServer() as server:
        yield server


def made(url: str = "http://127.0.0.1:9/v1", **options: Any) -> SpeechApi:
    return SpeechApi(**{"name": "kokoro", "url": url, "model": "kokoro-82m", "voices": VOICES, **options})


async def spoken(synthesiser: Synthesiser, speech: Speech = HELLO) -> list[Pcm]:
    return [chunk async for chunk in synthesiser.speak(speech)]


async def said_by(server: SpeechServer, speech: Speech = HELLO, **options: Any) -> list[Pcm]:
    synthesiser = made(server.url, **options)
    try:
        return await spoken(synthesiser, speech)
    finally:
        await synthesiser.close()


async def test_audio_comes_whole_across_odd_borders(server: SpeechServer) -> None:
    server.answers.append(Answer([SAMPLES[:1], SAMPLES[1:700], SAMPLES[700:701], SAMPLES[701:]], gap_s=0.01))
    chunks = await said_by(server)
    assert b"".join(chunk.samples for chunk in chunks) == SAMPLES
    assert len(chunks) > 1
    assert {chunk.rate for chunk in chunks} == {24_000}
    assert all(len(chunk.samples) % 2 == 0 for chunk in chunks)


async def test_the_request_says_what_is_spoken_and_how(server: SpeechServer) -> None:
    server.answers.append(Answer([SAMPLES]))
    options = {"extra": {"stream": True}, "extra_by_language": {"hi": {"lang_code": "h"}}, "key": "sk-secret"}
    await said_by(server, Speech("नमस्ते **जी** 😀", "hi", speed=9.0), **options)
    await said_by(
        server,
        Speech(f"Hello {authored('laugh')} {authored('sigh')} [dance] there", "en", voice="am_adam"),
        tags=["laugh"],
    )
    assert server.requests == [
        {
            "model": "kokoro-82m",
            "input": "नमस्ते जी",
            "voice": "hm_omega",
            "response_format": "pcm",
            "speed": 4.0,
            "stream": True,
            "lang_code": "h",
        },
        {
            "model": "kokoro-82m",
            "input": "Hello [laugh] there",
            "voice": "am_adam",
            "response_format": "pcm",
            "speed": 1.0,
        },
    ]
    assert server.keys == ["Bearer sk-secret", ""]


@pytest.mark.parametrize("size", [UNKNOWN, 0, len(SAMPLES)])
async def test_wav_tells_its_own_rate(server: SpeechServer, size: int) -> None:
    data = wav(SAMPLES, 22_050, size=size)
    server.answers.append(Answer([data[:7], data[7:47], data[47:100], data[100:]], "audio/wav", gap_s=0.005))
    chunks = await said_by(server, response_format="wav")
    assert b"".join(chunk.samples for chunk in chunks) == SAMPLES
    assert {chunk.rate for chunk in chunks} == {22_050}


async def test_wav_where_bare_samples_were_asked_for_is_no_noise(server: SpeechServer) -> None:
    server.answers.append(Answer([wav(SAMPLES, 24_000, size=UNKNOWN)], "application/octet-stream"))
    assert b"".join(chunk.samples for chunk in await said_by(server)) == SAMPLES


async def test_the_first_audio_is_given_while_the_rest_is_made(server: SpeechServer) -> None:
    server.answers.append(Answer([SAMPLES], hang=True))
    synthesiser = made(server.url)
    chunks = synthesiser.speak(HELLO)
    assert (await anext(chunks)).samples
    assert not server.left.is_set()
    await chunks.aclose()
    async with asyncio.timeout(1):
        await server.left.wait()
    await synthesiser.close()


async def test_a_listener_that_is_cancelled_cuts_the_connection(server: SpeechServer) -> None:
    server.answers.append(Answer([], hang=True))
    synthesiser = made(server.url)
    task = asyncio.create_task(spoken(synthesiser))
    await server.asked.wait()
    task.cancel()
    async with asyncio.timeout(1):
        await server.left.wait()
    await synthesiser.close()


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (Answer(status=401, error={"error": {"message": "bad key sk-secret"}}), EngineUnavailableError, "401"),
        (Answer(status=429, error={"error": {"message": "slow down"}}), EngineBusyError, "429: slow down"),
        (Answer(status=500, error={"detail": "CUDA out of memory"}), EngineError, "500: CUDA out of memory"),
        (Answer(error={"error": "no such voice"}), EngineError, "expected pcm audio, got application/json"),
        (Answer([b"ID3..."], "audio/mpeg"), EngineError, "expected pcm audio, got audio/mpeg"),
        (Answer([]), EngineError, "expected audio, got an answer without any"),
        (Answer([SAMPLES], cut=True), EngineError, "kokoro: POST /audio/speech: ClientPayloadError"),
        (Answer([wav(SAMPLES)[:-9]], "audio/wav"), EngineError, "ended 9 bytes before its data did"),
        (Answer([wav(SAMPLES, bits=8, tag=7)], "audio/wav"), EngineError, "kokoro: expected PCM of one channel"),
        (Answer([SAMPLES], hang=True), EngineBusyError, "expected more audio within 0.1 s"),
        (Answer([], hang=True), EngineBusyError, "kokoro: "),
        (Answer([SAMPLES] * 40), EngineError, "at most 1 s of audio, it goes on"),
        (Answer(refuse=True), EngineError, "kokoro"),
    ],
)
async def test_what_goes_wrong_is_told_in_an_engines_words(
    server: SpeechServer, answer: Answer, kind: type[Exception], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answers.append(answer)
    with pytest.raises(kind, match=reason) as caught:
        limits = {
            "first_audio_s": 0.2 if answer.hang and not answer.parts else 20.0,
            "gap_s": 0.1 if answer.hang and answer.parts else 20.0,
        }
        await said_by(server, HELLO, key="sk-secret", **limits, longest_s=1.0)
    assert isinstance(caught.value, EngineError)
    assert "sk-secret" not in f"{caught.value!r} {caplog.text}"


async def test_a_connection_that_broke_before_any_answer_is_tried_once_more(server: SpeechServer) -> None:
    server.answers += [Answer(refuse=True), Answer([SAMPLES])]
    assert b"".join(chunk.samples for chunk in await said_by(server)) == SAMPLES
    assert len(server.requests) == 2


async def test_nobody_at_the_address_is_unavailable() -> None:
    async with SpeechServer() as gone:
        pass
    with pytest.raises(EngineUnavailableError, match=r"kokoro: .*can't connect"):
        await spoken(made(gone.url))


async def test_what_it_cannot_speak_is_refused_and_what_says_nothing_is_not_asked(server: SpeechServer) -> None:
    server.answers.append(Answer([SAMPLES]))
    with pytest.raises(EngineError, match="kokoro speaks en, hi, not 'mr'"):
        await said_by(server, Speech("हो", "mr"))
    with pytest.raises(EngineError, match="at most 20 are spoken at once"):
        await said_by(server, Speech("word " * 20, "en"), most_characters=20)
    assert await said_by(server, Speech("😀 [laugh]", "en"), tags=True) == []
    assert server.requests == []


def test_the_fingerprint_has_all_that_decides_the_sound_and_no_key() -> None:
    others: list[dict[str, Any]] = [
        {},
        {"url": "http://other:1/v1"},
        {"model": "other"},
        {"voices": {"en": "af_sky"}},
        {"rate": 16_000},
        {"response_format": "wav"},
        {"tags": True},
        {"extra": {"seed": 1}},
        {"extra_by_language": {"en": {"lang_code": "b"}}},
    ]
    prints = {made(**options).fingerprint(HELLO) for options in others}
    assert len(prints) == len(others)
    assert made(name="other", key="sk-secret").fingerprint(HELLO) == made().fingerprint(HELLO)
    assert made().fingerprint(Speech("Hi", "en", voice="am_adam")) not in prints
    secret = made("http://user:pass@host:9/v1", key="sk-secret")
    assert "host:9" in secret.fingerprint(HELLO)
    assert "pass" not in secret.fingerprint(HELLO) + repr(secret)
    assert "sk-secret" not in secret.fingerprint(HELLO) + repr(secret)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"voices": {}}, "expected voices such as"),
        ({"voices": "af_heart"}, "expected voices such as"),
        ({"voices": {"English": "x"}}, "got the language 'English'"),
        ({"voices": {"en": 3}}, "got the voice 3 for 'en'"),
        ({"response_format": "mp3"}, "expected response_format pcm or wav, got 'mp3'"),
        ({"rate": 4}, "expected a rate of 8000 to 48000 Hz, got 4"),
        ({"url": "gpu:8880"}, "expected a URL"),
        ({"tags": "laugh"}, "expected tags such as"),
        ({"tags": ["[laugh]"]}, "expected tags such as"),
        ({"tags": {"laugh": 1}}, "expected tags such as"),
        ({"gap_s": 0}, "expected gap_s above 0"),
    ],
)
def test_wrong_options_are_refused_when_it_is_made(options: dict[str, Any], reason: str) -> None:
    with pytest.raises((EngineUnavailableError, ValueError), match=reason):
        made(**options)


def test_it_is_found_by_its_entry_point() -> None:
    assert engine(Engines.SYNTHESISERS, "openai-speech") is SpeechApi
    assert made(tags=["laugh"]).tags == {"laugh"}
    assert made(tags=True).tags == {"laugh", "chuckle", "sigh", "cough", "breath"}
    assert made(tags=False).tags == frozenset()
    assert made().languages == {"en", "hi"}
