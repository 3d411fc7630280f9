"""Both recognisers behind a network in their place: the next one hears the whole turn when the first fails in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from media.asr.deepgram import Deepgram
from media.asr.protocol import Hint
from media.asr.transcriptions import Transcriptions
from media.dialog.hearing import Hearing
from tests.media.asr.voice import silent, voiced
from tests.standins.deepgram import DeepgramServer, Misbehaviour, Word, numbered
from tests.standins.transcriptions import Mode, TranscriptionServer

TURN = numbered([*voiced(1000), *silent(400)])


class Chain:
    """A call's hearing by both, and what failed."""

    def __init__(self, live: DeepgramServer, http: TranscriptionServer) -> None:
        self.live, self.http = live, http
        self.first = Deepgram(key=live.key, url=live.url)
        self.second = Transcriptions(name="box", url=http.url)
        self.failed: list[tuple[str, str]] = []
        self.hearing = Hearing([self.first, self.second], lambda name, error: self.failed.append((name, str(error))))

    def hear(self) -> None:
        self.hearing.keep(10_000)
        self.hearing.open(Hint("en"))
        for frame in TURN:
            self.hearing.add(frame)


@pytest.fixture
async def chain() -> AsyncIterator[Chain]:
    deepgram, box = DeepgramServer((Word(0.5, "deep"),)), TranscriptionServer({"text": "box"})
    async with deepgram.served() as live, box.served() as http:
        chain = Chain(live, http)
        yield chain
        await chain.first.close()
        await chain.second.close()


async def test_the_first_hears_the_turn_and_the_second_knows_nothing_of_it(chain: Chain) -> None:
    chain.hear()
    heard = await chain.hearing.recognise(chain.hearing.close(0, 1, 1.4), 5)
    assert heard
    assert (heard.text, heard.engine) == ("deep", "deepgram")
    assert (chain.http.asked, chain.failed) == ([], [])


@pytest.mark.parametrize(
    "misbehaviours", [[Misbehaviour(status=429)], [Misbehaviour(cut_s=0.5), Misbehaviour(cut_s=0.5)]]
)
async def test_the_second_hears_all_of_a_turn_that_the_first_failed_in(
    chain: Chain, misbehaviours: list[Misbehaviour]
) -> None:
    chain.live.misbehaviours = misbehaviours
    chain.hear()
    heard = await chain.hearing.recognise(chain.hearing.close(0, 1, 1.4), 5)
    assert heard
    assert (heard.text, heard.engine) == ("box", "box")
    assert chain.http.asked[0].samples == b"".join(TURN)
    assert [name for name, _ in chain.failed] == ["deepgram"]


async def test_what_a_pause_told_is_the_turn(chain: Chain) -> None:
    chain.hear()
    probe = chain.hearing.probe(1.0, 5)
    assert probe
    await probe.task
    heard = await chain.hearing.recognise(chain.hearing.close(0, 1.0, 1.4), 5)
    assert heard
    assert heard.text == "deep"
    assert chain.live.messages == ["Finalize"]
    await chain.live.until(streams=0)


async def test_where_both_fail_the_turn_has_no_text_and_the_call_goes_on(chain: Chain) -> None:
    chain.live.misbehaviours = [Misbehaviour(status=500)]
    chain.http.mode = Mode.GARBAGE
    chain.hear()
    assert await chain.hearing.recognise(chain.hearing.close(0, 1, 1.4), 5) is None
    assert [name for name, _ in chain.failed] == ["deepgram", "box"]
