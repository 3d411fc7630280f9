"""The engine and its watching over the worker, with a worker that has no model (the real one: test_parler.py)."""

from __future__ import annotations

import asyncio
import logging
import os
import select
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from media.audio.pcm import Pcm
from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.registry import Engines, engine
from media.tts import parler as parler_module
from media.tts.cache import PromptCache
from media.tts.parler import Parler
from media.tts.protocol import Speech
from media.tts.voice import Voice
from media.workers.line import Rank
from tests.media.tts.fakes import FakeSynthesiser
from tests.media.tts.parler_files import RATE_HZ, parler_files
from tests.standins.parler import CHUNK, CHUNKS, asked, interpreter, starts

HELLO = Speech("Hello there.", "en")
ENDLESS = Speech("endless", "en")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return parler_files(tmp_path / "model")


def made(model: Path, **options: Any) -> Parler:
    return Parler(model=str(model), python=str(interpreter(model.parent)), **options)


@pytest.fixture
async def parler(model: Path) -> AsyncIterator[Parler]:
    parler = made(model, cancel_s=0.3)
    await parler.start()
    yield parler
    await parler.close()


async def said(parler: Parler, speech: Speech) -> list[Pcm]:
    return [chunk async for chunk in parler.speak(speech)]


async def recovered(parler: Parler) -> list[Pcm]:
    for _ in range(500):
        try:
            return await said(parler, HELLO)
        except EngineError:
            await asyncio.sleep(0.01)
    raise AssertionError("no speech within five seconds")


async def until(there: Callable[[], bool]) -> None:
    for _ in range(500):
        if there():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("not within five seconds")


def ended(pid: int, within_s: float = 5.0) -> bool:
    """Whether a process that is nobody's child here comes to its end."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], within_s)[0])
    finally:
        os.close(process)


async def test_chunks_come_at_the_codecs_rate(parler: Parler) -> None:
    assert await said(parler, HELLO) == [Pcm(RATE_HZ, CHUNK)] * CHUNKS


async def test_the_worker_is_given_text_as_it_is_read_and_the_voice_in_words(parler: Parler, model: Path) -> None:
    await said(parler, Speech("Order 45 is ready.", "en", voice="Thoma", speed=0.8))
    (job,) = asked(model)
    assert job["text"] == "Order forty five is ready."
    assert job["description"].startswith("Thoma speaks slowly, ")
    assert job["longest_s"] == pytest.approx(3 + 0.2 * len(job["text"]) / 0.8)


async def test_what_has_nothing_to_be_said_is_not_asked_for(parler: Parler, model: Path) -> None:
    assert await said(parler, Speech("🙂", "en")) == []
    assert not (model / "asked.jsonl").exists()


async def test_what_it_can_not_speak_is_told(parler: Parler) -> None:
    with pytest.raises(EngineError, match=r"indic-parler: expected a speaker .*Mary, Thoma.* got 'af_heart'"):
        await said(parler, Speech("Hello.", "en", voice="af_heart"))
    with pytest.raises(EngineError, match="speaks en, hi, mr, not 'ta'"):
        await said(parler, Speech("வணக்கம்", "ta"))
    with pytest.raises(EngineError, match="at most 400 are spoken at once"):
        await said(parler, Speech("Goes on " * 100, "en"))


async def test_leaving_stops_the_work_and_frees_the_worker(parler: Parler) -> None:
    chunks = parler.speak(ENDLESS)
    await anext(chunks)
    await chunks.aclose()
    assert len(await said(parler, HELLO)) == CHUNKS
    assert parler.worker.restarts == 0


async def test_a_worker_that_does_not_stop_is_killed_and_started_again(parler: Parler) -> None:
    before = parler.worker.pid
    chunks = parler.speak(Speech("hang", "en"))
    await anext(chunks)
    await chunks.aclose()
    assert await asyncio.to_thread(ended, before or 0)
    assert len(await recovered(parler)) == CHUNKS
    assert parler.worker.restarts == 1


async def test_a_worker_that_dies_fails_what_it_says_and_what_waits_at_once_and_comes_back(parler: Parler) -> None:
    speaking = parler.speak(ENDLESS)
    await anext(speaking)
    waiting = asyncio.create_task(said(parler, HELLO))
    await asyncio.sleep(0)
    os.kill(parler.worker.pid or 0, signal.SIGKILL)
    with pytest.raises(
        EngineError, match=r"indic-parler: its worker process ended \(killed; was there memory enough\?\)"
    ):
        async for _ in speaking:
            pass
    for failed in (waiting, said(parler, HELLO)):
        with pytest.raises(EngineError, match="indic-parler: its worker process is being started again"):
            await failed
    assert len(await recovered(parler)) == CHUNKS


async def test_the_next_of_the_chain_speaks_while_the_worker_is_away(parler: Parler, model: Path) -> None:
    starts(model, "slow")
    stand_in = FakeSynthesiser("stand-in")
    voice = Voice([parler, stand_in], PromptCache(None))
    os.kill(parler.worker.pid or 0, signal.SIGKILL)
    async with asyncio.timeout(5):
        assert [chunk async for chunk in voice.render(HELLO)]
    assert stand_in.spoken == ["Hello there."]
    await voice.close()


async def test_a_worker_that_can_not_be_started_again_is_tried_again_later(
    parler: Parler, model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    starts(model, "crash")
    with pytest.raises(EngineError, match=r"ended \(exit status 3\)"):
        await said(parler, Speech("die", "en"))
    await until(lambda: "worker not restarted" in caplog.text)
    starts(model, "")
    assert len(await recovered(parler)) == CHUNKS
    assert parler.worker.restarts >= 2


async def test_a_failing_model_is_told_in_its_words(parler: Parler) -> None:
    with pytest.raises(EngineError, match="indic-parler: out of memory"):
        await said(parler, Speech("fail out of memory", "en"))
    assert len(await said(parler, HELLO)) == CHUNKS


async def test_a_caller_who_waits_goes_before_what_is_rendered_ahead(parler: Parler, model: Path) -> None:
    chunks = parler.speak(ENDLESS)
    await anext(chunks)
    ahead = asyncio.create_task(said(parler, Speech("Later.", "en", rank=Rank.AHEAD)))
    await asyncio.sleep(0)
    now = asyncio.create_task(said(parler, Speech("Now.", "en")))
    await asyncio.sleep(0)
    await chunks.aclose()
    await asyncio.gather(ahead, now)
    assert [job["text"] for job in asked(model)] == ["endless", "Now.", "Later."]


async def test_what_is_rendered_ahead_gives_way_to_a_caller_and_is_begun_anew(parler: Parler, model: Path) -> None:
    ahead = asyncio.create_task(said(parler, replace(ENDLESS, rank=Rank.AHEAD)))
    await until((model / "asked.jsonl").exists)
    assert len(await said(parler, HELLO)) == CHUNKS
    await until(lambda: len(asked(model)) == 3)
    assert [job["text"] for job in asked(model)] == ["endless", "Hello there.", "endless"]
    assert not ahead.done()
    ahead.cancel()
    await asyncio.gather(ahead, return_exceptions=True)


async def test_what_is_rendered_ahead_is_given_on_when_it_is_whole(parler: Parler) -> None:
    assert await said(parler, replace(HELLO, rank=Rank.AHEAD)) == [Pcm(RATE_HZ, CHUNK)] * CHUNKS


async def test_audio_that_is_late_is_an_error(model: Path) -> None:
    parler = made(model, gap_s=0.1, cancel_s=0.1)
    await parler.start()
    with pytest.raises(EngineBusyError, match=r"expected more audio within 0\.1 s"):
        await said(parler, Speech("hang", "en"))
    await parler.close()


async def test_what_the_worker_says_reaches_the_log(model: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "media")
    parler = made(model)
    await parler.start()
    await parler.close()
    assert "worker says: indic-parler: loaded nothing at all" in caplog.messages


async def test_a_start_that_is_refused_is_told_and_leaves_nothing(model: Path) -> None:
    starts(model, "python has no parler_tts; install it with: pip install parler-tts")
    parler = made(model)
    with pytest.raises(EngineUnavailableError, match=r"indic-parler: .*install it with: pip install parler-tts"):
        await parler.start()
    assert parler.worker.pid is None


async def test_a_start_takes_no_longer_than_it_may(model: Path) -> None:
    starts(model, "slow")
    with pytest.raises(EngineUnavailableError, match=r"no sign of life within 0\.5 s"):
        await made(model, start_s=0.5).start()


async def test_a_start_that_is_given_up_leaves_nothing(model: Path) -> None:
    starts(model, "slow")
    parler = made(model)
    starting = asyncio.create_task(parler.start())
    for _ in range(500):
        if pid := parler.worker.pid:
            break
        await asyncio.sleep(0.01)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    assert await asyncio.to_thread(ended, pid or 0)
    await parler.close()


async def test_closing_while_the_worker_is_started_again_leaves_nothing(parler: Parler, model: Path) -> None:
    starts(model, "slow")
    before = parler.worker.pid
    os.kill(before or 0, signal.SIGKILL)
    for _ in range(500):
        if (again := parler.worker.pid) and again != before:
            break
        await asyncio.sleep(0.01)
    await parler.close()
    assert await asyncio.to_thread(ended, again or 0)
    with pytest.raises(EngineError, match=r"is being started again|is not started"):
        await said(parler, HELLO)


async def test_the_worker_ends_with_mercury_however_mercury_ends(model: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from media.tts.parler import Parler\n"
        "from media.tts.protocol import Speech\n"
        "async def main():\n"
        "    parler = Parler(model=sys.argv[1], python=sys.argv[2])\n"
        "    await parler.start()\n"
        "    chunks = parler.speak(Speech('hang', 'en'))\n"
        "    await anext(chunks)\n"
        "    print(parler.worker.pid, flush=True)\n"
        "    await anext(chunks)\n"
        "asyncio.run(main())\n"
    )
    mercury = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, str(model), str(interpreter(model.parent))), stdout=asyncio.subprocess.PIPE
    )
    assert mercury.stdout
    worker = int(await mercury.stdout.readline())
    mercury.kill()
    await mercury.wait()
    assert await asyncio.to_thread(ended, worker)


def test_it_is_found_by_its_name() -> None:
    assert engine(Engines.SYNTHESISERS, "indic-parler") is Parler


def test_what_decides_the_sound_is_in_the_fingerprint(model: Path) -> None:
    parler = made(model)
    prints = {
        parler.fingerprint(speech)
        for speech in (
            *(HELLO, Speech("Other.", "en"), Speech("Hello.", "hi")),
            *(Speech("Hello.", "en", speed=0.8), Speech("Hello.", "en", voice="Thoma")),
        )
    } | {made(model, seed=1).fingerprint(HELLO)}
    assert len(prints) == 5
    assert parler.fingerprint(Speech("Hello.", "ta", voice="nobody"))


def test_an_environment_that_is_not_there_is_told_with_the_commands(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EngineUnavailableError, match=r"expected an interpreter, /nowhere/python .*venv \.venv-parler"):
        Parler(model=str(model), python="/nowhere/python")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(parler_module, "ENVIRONMENT", ".venv-of-nobody")
    monkeypatch.setattr(parler_module, "find_spec", lambda _name: None)
    with pytest.raises(EngineUnavailableError, match=r"no environment with parler-tts, .*pip install parler-tts"):
        Parler(model=str(model))


def test_the_environment_is_found_beside_where_mercury_is_started(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(parler_module, "ENVIRONMENT", ".venv-of-parler")
    (tmp_path / ".venv-of-parler" / "bin").mkdir(parents=True)
    interpreter(tmp_path / ".venv-of-parler" / "bin")
    assert Parler(model=str(model)).languages == {"en", "hi", "mr"}


@pytest.mark.parametrize(
    ("option", "what"),
    [
        ({"device": "gpu"}, "device auto, cpu, cuda or cuda:1, got 'gpu'"),
        ({"dtype": "int4"}, "dtype auto, float32, bfloat16, float16, got 'int4'"),
        ({"attention": "some"}, "attention eager, sdpa"),
        ({"cpu_threads": -1}, "cpu_threads of 0 or more"),
        ({"play_steps_s": 0}, "play_steps_s of 0.1 to 5 s"),
        ({"temperature": 0}, "a temperature above 0"),
        ({"voices": {"hi": "af_heart"}}, "expected a speaker .*Divya, Rohit"),
        ({"longest_s": 0}, "longest_s above 0"),
        ({"start_s": 0}, "start_s above 0"),
        ({"queue": 0}, "at least one place"),
    ],
)
def test_options_that_can_not_be_are_refused(model: Path, option: dict[str, Any], what: str) -> None:
    with pytest.raises((EngineUnavailableError, ValueError), match=what):
        made(model, **option)
