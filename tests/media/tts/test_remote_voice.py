"""The voices behind a network as calls use them: in a chain, with the cache, left by who listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from media.tts.cache import PromptCache
from media.tts.protocol import Speech
from media.tts.speech_api import SpeechApi
from media.tts.voice import Voice
from tests.media.fakes import tone
from tests.media.tts.fakes import FakeSynthesiser, said
from tests.standins.speech import Answer, SpeechServer

HELLO = Speech("Hello.", "en")
SECOND = tone(1000, rate=24_000)


@pytest.fixture
async def server() -> AsyncIterator[SpeechServer]:
    async with SpeechServer() as server:
        yield server


@pytest.fixture
async def remote(server: SpeechServer) -> AsyncIterator[SpeechApi]:
    remote = SpeechApi(url=server.url, model="m", voices={"en": "v"}, first_audio_s=20.0, gap_s=20.0)
    yield remote
    await remote.close()


async def heard(voice: Voice) -> bytes:
    return b"".join([chunk.samples async for chunk in voice.render(HELLO)])


async def test_a_prompt_is_asked_for_once_and_heard_at_the_telephones_rate(
    server: SpeechServer, remote: SpeechApi
) -> None:
    server.answers.append(Answer([SECOND[:12_345], SECOND[12_345:]]))
    voice = Voice([remote], PromptCache(None))
    assert 1000 <= len(await heard(voice)) / 16 < 1300
    await voice.settled()
    assert voice.ready(HELLO)
    await heard(voice)
    assert len(server.requests) == 1
    await voice.close()


@pytest.mark.parametrize("answer", [Answer(status=500, error={}), Answer([]), Answer(refuse=True)])
async def test_the_next_of_the_chain_speaks_when_nothing_came(
    server: SpeechServer, remote: SpeechApi, answer: Answer
) -> None:
    server.answers.append(answer)
    voice = Voice([remote, FakeSynthesiser()], PromptCache(None))
    assert await heard(voice) == said(3)
    await voice.close()


async def test_the_last_listener_that_leaves_cuts_the_connection(server: SpeechServer, remote: SpeechApi) -> None:
    server.answers.append(Answer([SECOND], hang=True))
    voice = Voice([remote], PromptCache(None), chunk_deadline_s=20.0)
    chunks = voice.render(HELLO)
    assert (await anext(chunks)).samples
    await chunks.aclose()
    async with asyncio.timeout(5):
        await server.left.wait()
    await voice.close()
