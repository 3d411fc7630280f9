from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from media.audio.mastering import Rendered
from media.audio.pcm import Pcm
from media.errors import EngineError
from media.tts.cache import PromptCache, cache_key
from media.tts.joining import SENTENCE_MS
from media.tts.prepare import authored
from media.tts.protocol import Speech
from media.tts.voice import Voice
from media.workers.line import Rank
from tests.media.tts.fakes import CHUNK, FakeSynthesiser, said

HELLO = Speech("Hello.", "en")


async def heard(voice: Voice, speech: Speech = HELLO) -> bytes:
    return b"".join([chunk.samples async for chunk in voice.render(speech)])


async def test_what_was_rendered_once_is_ready() -> None:
    engine = FakeSynthesiser()
    voice = Voice([engine], PromptCache(None))
    assert voice.ready(HELLO) is None
    assert await heard(voice) == said(3)
    await voice.settled()
    kept = voice.ready(HELLO)
    assert kept == Rendered(Pcm(8000, CHUNK * 3)).levelled(None)
    assert await heard(voice) == kept.samples
    assert engine.spoken == ["Hello."]


async def test_two_calls_share_one_rendering() -> None:
    engine = FakeSynthesiser()
    voice = Voice([engine], PromptCache(None))
    assert set(await asyncio.gather(heard(voice), heard(voice))) == {said(3)}
    assert len(engine.spoken) == 1


async def test_the_first_chunk_comes_before_the_last_is_made_and_leaving_stops_the_work() -> None:
    engine = FakeSynthesiser()
    engine.gate = asyncio.Event()
    voice = Voice([engine], PromptCache(None))
    chunks = voice.render(HELLO)
    assert said(3).startswith((await anext(chunks)).samples)
    await chunks.aclose()
    await voice.close()
    assert engine.stopped == 1
    assert voice.ready(HELLO) is None


async def test_the_next_synthesiser_speaks_when_the_first_gives_nothing_and_is_not_cached() -> None:
    broken, second = FakeSynthesiser("broken", chunks=0, error=EngineError("out")), FakeSynthesiser("second")
    voice = Voice([broken, second], PromptCache(None))
    assert await heard(voice) == said(3)
    assert voice.ready(HELLO) is None


async def test_a_failure_in_the_middle_is_told_and_not_cached() -> None:
    voice = Voice([FakeSynthesiser(chunks=1, error=EngineError("cut")), FakeSynthesiser("second")], PromptCache(None))
    with pytest.raises(EngineError, match="cut"):
        await heard(voice)
    assert voice.ready(HELLO) is None


async def test_a_language_that_nobody_speaks_is_told() -> None:
    with pytest.raises(EngineError, match=r"no synthesiser speaks 'ta'; installed: fake \(en, hi\)"):
        await heard(Voice([FakeSynthesiser()], PromptCache(None)), Speech("வணக்கம்", "ta"))


async def test_nothing_to_be_said_is_silence() -> None:
    assert await heard(Voice([FakeSynthesiser()], PromptCache(None)), Speech("🙂 ?", "en")) == b""


async def test_prompts_are_rendered_ahead_and_found_on_disk_later(tmp_path: Path) -> None:
    voice = Voice([FakeSynthesiser()], PromptCache(tmp_path))
    assert await voice.prepare_all([HELLO, HELLO, Speech("Bye.", "en")]) == 0
    assert voice.ready(HELLO)
    await voice.settled()
    again = FakeSynthesiser()
    later = Voice([again], PromptCache(tmp_path))
    assert await later.prepare_all([HELLO]) == 0
    assert (again.spoken, later.counts.hit_rate) == ([], 1.0)
    assert await heard(later)
    assert await heard(later, Speech("Bye.", "en"))
    assert (again.spoken, later.counts.memory_hits, later.counts.disk_hits, later.counts.misses) == ([], 1, 1, 0)


async def test_who_renders_ahead_stands_behind_who_waits_and_finds_the_same_audio() -> None:
    engine = FakeSynthesiser()
    voice = Voice([engine], PromptCache(None))
    await voice.prepare_all([HELLO])
    voice.prepare(Speech("Press one.", "en"))
    await voice.settled()
    await heard(voice, Speech("Two sentences. Press one.", "en"))
    assert engine.spoken == ["Hello.", "Press one.", "Two sentences."]
    assert engine.ranks == [Rank.AHEAD, Rank.AHEAD, Rank.WAITING]


class Queued(FakeSynthesiser):
    """Serves who waits; all else stands in its line."""

    def __init__(self) -> None:
        super().__init__()
        self.standing = asyncio.Event()

    async def speak(self, speech: Speech) -> AsyncIterator[Pcm]:
        if speech.rank is Rank.AHEAD:
            self.ranks.append(speech.rank)
            self.standing.set()
            await asyncio.Event().wait()
        async for chunk in super().speak(speech):
            yield chunk


async def test_what_stands_in_the_line_as_work_ahead_is_hurried_for_who_comes_to_wait_for_it() -> None:
    engine = Queued()
    voice = Voice([engine], PromptCache(None))
    voice.prepare(HELLO)
    async with asyncio.timeout(10):
        await engine.standing.wait()
        assert await heard(voice, HELLO)
        await voice.settled()
    assert engine.ranks == [Rank.AHEAD, Rank.WAITING]
    assert voice.ready(HELLO)
    await voice.close()


class Unhurried(FakeSynthesiser):
    """Takes its time with what nobody waits for."""

    async def speak(self, speech: Speech) -> AsyncIterator[Pcm]:
        await asyncio.sleep(0.1 if speech.rank is Rank.AHEAD else 0)
        async for chunk in super().speak(speech):
            yield chunk


async def test_what_is_rendered_ahead_may_stand_in_a_line_for_longer_than_anybody_waits() -> None:
    voice = Voice([Unhurried()], PromptCache(None), chunk_deadline_s=0.05)
    assert await voice.prepare_all([HELLO]) == 0
    assert voice.ready(HELLO)


async def test_prompts_that_fail_are_counted() -> None:
    assert await Voice([FakeSynthesiser(chunks=0)], PromptCache(None)).prepare_all([HELLO]) == 1


async def test_another_version_of_the_engine_is_another_rendering() -> None:
    engine = FakeSynthesiser()
    voice = Voice([engine], PromptCache(None))
    await heard(voice)
    engine.version = "2"
    assert voice.ready(HELLO) is None


async def test_who_comes_late_hears_all_of_it_and_what_nobody_hears_is_only_put_by() -> None:
    engine = FakeSynthesiser()
    engine.gate = asyncio.Event()
    voice = Voice([engine], PromptCache(None))
    voice.prepare(HELLO)
    await asyncio.sleep(0.01)
    late = asyncio.create_task(heard(voice))
    await asyncio.sleep(0)
    engine.gate.set()
    assert await late == said(3)
    await voice.settled()
    assert voice.ready(HELLO)
    assert engine.spoken == ["Hello."]


async def test_what_is_on_its_way_into_the_cache_is_not_rendered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = threading.Event()

    class Slow(Rendered):
        def levelled(self, known_lufs: float | None) -> Pcm:
            assert measured.wait(5)
            return super().levelled(known_lufs)

    monkeypatch.setattr("media.tts.rendering.Rendered", Slow)
    engine = FakeSynthesiser()
    voice = Voice([engine], PromptCache(None))
    assert await heard(voice) == said(3)
    assert voice.ready(HELLO) is None
    assert await heard(voice) == said(3)
    measured.set()
    await voice.settled()
    assert voice.ready(HELLO)
    assert engine.spoken == ["Hello."]


async def test_a_prompt_that_nobody_hears_is_taken_from_the_next_synthesiser_when_the_first_breaks_off() -> None:
    voice = Voice([FakeSynthesiser(chunks=1, error=EngineError("cut")), FakeSynthesiser("second")], PromptCache(None))
    assert await voice.prepare_all([HELLO]) == 0
    assert voice.ready(HELLO) is None


async def test_chunks_of_another_rate_in_one_stream_are_a_failure() -> None:
    engine = FakeSynthesiser()
    voice = Voice([engine], PromptCache(None))
    engine.rates = iter((8000, 16_000, 8000))
    with pytest.raises(EngineError, match="a stream of 8000 Hz was given a chunk of 16000 Hz"):
        await heard(voice)


VARYING = Speech("Hello. Your order 12 is ready. Press one.", "en")


async def test_a_prompt_with_a_variable_is_joined_from_what_was_rendered_ahead() -> None:
    engine = FakeSynthesiser()
    voice = Voice([engine], PromptCache(None))
    await voice.prepare_all([HELLO, Speech("Press one.", "en")])
    assert voice.ready(VARYING) is None
    first = await anext(aiter(voice.render(VARYING)))
    assert first == voice.ready(HELLO)
    await heard(voice, VARYING)
    await voice.settled()
    assert engine.spoken == ["Hello.", "Press one.", "Your order twelve is ready."]
    parts = [voice.ready(Speech(text, "en")) for text in ("Hello.", "Your order 12 is ready.", "Press one.")]
    whole = voice.ready(VARYING)
    assert whole
    assert whole.samples == bytes(SENTENCE_MS * 16).join(part.samples for part in parts if part)


async def test_prompts_of_the_flows_outlive_all_others_until_the_flows_have_changed_twice(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, disk_mb=0.02)
    engine = FakeSynthesiser()
    engine.chunk = CHUNK * 10
    voice = Voice([engine], cache)
    for flows, kept in ((["Old."], True), (["New."], True), (["Newer."], False)):
        await voice.prepare_all([Speech(text, "en") for text in flows])
        for number in range(4):
            await heard(voice, Speech(f"Order {flows} {number}.", "en"))
            await voice.settled()
        key = cache_key(Speech("Old.", "en"), "fake 1")
        assert (tmp_path / key[:2] / f"{key}.pcm").exists() is kept


async def test_an_engine_is_given_the_tags_and_letters_that_it_knows() -> None:
    engine = FakeSynthesiser()
    text = f"Oh {authored('laugh')} well [laugh] order 5"
    for tags, latin in ((frozenset[str](), True), (frozenset({"laugh"}), True), (frozenset[str](), False)):
        engine.tags, engine.latin, engine.version = tags, latin, f"{tags}{latin}"
        await heard(Voice([engine], PromptCache(None)), Speech(text, "hi"))
    assert engine.spoken == ["Oh, well order पाँच", "Oh [laugh] well order पाँच", "ओह, वेल्ल ऑर्डर पाँच"]
