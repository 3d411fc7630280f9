"""Kokoro's engine, with a stand-in for the process that holds the model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from media.audio.pcm import Pcm
from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.needs import Need
from media.tts.joining import SENTENCE_MS
from media.tts.kokoro import Kokoro
from media.tts.kokoro_files import WEIGHTS
from media.tts.protocol import Speech
from media.workers.line import Rank
from tests.media.tts.kokoro_stand_in import GO, LOG

HELLO = Speech("Hello.", "en")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("media.tts.kokoro_model.find_spec", lambda _package: object())
    monkeypatch.setattr("media.tts.kokoro.WORKER", "tests.media.tts.kokoro_stand_in")
    (tmp_path / "voices").mkdir()
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / WEIGHTS).write_bytes(b"weights")
    for voice in ("af_heart", "bf_emma", "hf_alpha"):
        (tmp_path / "voices" / f"{voice}.pt").write_bytes(voice.encode())
    return tmp_path


@pytest.fixture
async def engine(folder: Path) -> AsyncIterator[Kokoro]:
    engine = Kokoro(model=str(folder), device="cpu")
    await engine.start()
    yield engine
    await engine.close()


async def spoken(engine: Kokoro, speech: Speech) -> Pcm:
    chunks = [chunk async for chunk in engine.speak(speech)]
    assert {chunk.rate for chunk in chunks} <= {24_000}
    return Pcm(24_000, b"".join(chunk.samples for chunk in chunks))


def said(folder: Path) -> list[str]:
    return (folder / LOG).read_text().splitlines() if (folder / LOG).exists() else []


async def until(true: Callable[[], bool]) -> None:
    """For what happens in another process, which tells nobody."""
    for _ in range(2000):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come true within 10 s")


async def test_sentences_are_said_one_by_one_with_a_pause_between(engine: Kokoro, folder: Path) -> None:
    audio = await spoken(engine, Speech("It costs ₹3.50. Shall we send it?", "en"))
    assert said(folder) == ["It costs three rupees fifty paise.", "Shall we send it?"]
    assert audio.duration_ms == 400 + SENTENCE_MS + 400


async def test_a_sentence_is_heard_while_the_next_is_made(engine: Kokoro, folder: Path) -> None:
    async with aclosing(engine.speak(Speech("One. Hold on. Two.", "en"))) as chunks:
        assert (await anext(chunks)).duration_ms == 200
        await until(lambda: said(folder) == ["One.", "Hold on."])
        (folder / GO).touch()
        assert sum([chunk.duration_ms async for chunk in chunks]) == 1000 + 2 * SENTENCE_MS
    assert said(folder) == ["One.", "Hold on.", "Two."]


async def test_leaving_ends_what_is_being_made_and_nothing_more_is(engine: Kokoro, folder: Path) -> None:
    chunks = engine.speak(Speech("One. Hold on. Two.", "en"))
    await anext(chunks)
    await until(lambda: "Hold on." in said(folder))
    await chunks.aclose()
    await until(lambda: engine.workers[0].idle)
    assert said(folder) == ["One.", "Hold on.", "left"]
    assert (await spoken(engine, HELLO)).duration_ms == 400


def begun(engine: Kokoro, text: str, rank: Rank = Rank.WAITING) -> asyncio.Task[Pcm]:
    return asyncio.create_task(spoken(engine, Speech(text, "en", rank=rank)))


async def test_callers_take_turns_by_sentence_and_those_who_wait_in_silence_go_first(
    engine: Kokoro, folder: Path
) -> None:
    first = begun(engine, "Hold on.")
    await until(lambda: len(said(folder)) == 1)
    ahead = begun(engine, "Later one. Later two.", Rank.AHEAD)
    await asyncio.sleep(0)
    others = begun(engine, "Long one. Long two. Long three."), begun(engine, "Short one. Short two.")
    await asyncio.sleep(0)
    (folder / GO).touch()
    await asyncio.gather(first, ahead, *others)
    assert said(folder) == [
        "Hold on.",
        *("Long one.", "Short one.", "Long two.", "Short two.", "Long three."),
        *("Later one.", "Later two."),
    ]


async def test_what_is_made_ahead_gives_way_to_a_caller_and_is_begun_anew(engine: Kokoro, folder: Path) -> None:
    ahead = begun(engine, "Hold on.", Rank.AHEAD)
    await until(lambda: len(said(folder)) == 1)
    assert (await spoken(engine, HELLO)).duration_ms == 400
    (folder / GO).touch()
    assert (await ahead).duration_ms == 400
    assert said(folder) == ["Hold on.", "left", "Hello.", "Hold on."]


async def test_a_sentence_that_is_late_is_none(folder: Path) -> None:
    engine = Kokoro(model=str(folder), device="cpu", deadline_s=0.1)
    await engine.start()
    with pytest.raises(EngineBusyError, match=r"kokoro: no sentence within 0\.1 s"):
        await spoken(engine, Speech("Hold on.", "en"))
    ahead = asyncio.create_task(spoken(engine, Speech("Hold on.", "en", rank=Rank.AHEAD)))
    await until(lambda: said(folder) == ["Hold on.", "left", "Hold on."])
    await asyncio.sleep(0.15)
    (folder / GO).touch()
    assert (await ahead).duration_ms == 400
    await engine.close()


async def test_a_process_that_dies_fails_its_sentence_and_is_started_again(engine: Kokoro, folder: Path) -> None:
    with pytest.raises(EngineError, match="kokoro: its worker process"):
        await spoken(engine, Speech("Die. Never said.", "en"))
    await until(lambda: engine.workers[0].idle)
    assert (await spoken(engine, HELLO)).samples
    assert said(folder) == ["Die.", "Hello."]


async def test_what_the_model_refuses_is_told(engine: Kokoro) -> None:
    with pytest.raises(EngineError, match="kokoro: Kokoro failed: no audio"):
        await spoken(engine, Speech("Fail.", "en"))
    assert (await spoken(engine, HELLO)).samples


async def test_a_model_that_can_t_be_loaded_ends_the_start(folder: Path) -> None:
    (folder / "broken").touch()
    with pytest.raises(EngineUnavailableError, match="kokoro: holds 0 of the weights"):
        await Kokoro(model=str(folder), device="cpu").start()


async def test_what_has_no_words_is_not_said(engine: Kokoro, folder: Path) -> None:
    for text in ("", "?!", "...", "😀", "[laugh]", "*laughs*"):
        assert (await spoken(engine, Speech(text, "en"))).samples == b""
    assert said(folder) == []


async def test_voices_and_languages_that_are_not_there_are_errors(engine: Kokoro, folder: Path) -> None:
    with pytest.raises(EngineError, match=r"no voice 'af_hart' at .*voices; it has af_heart, "):
        await spoken(engine, Speech("Hello", "en", voice="af_hart"))
    with pytest.raises(EngineError, match="kokoro speaks en, hi, not 'mr'"):
        await spoken(engine, Speech("नमस्कार", "mr"))
    with pytest.raises(EngineError, match="at most 4096"):
        await spoken(engine, Speech("word " * 1000, "en"))
    assert said(folder) == []


async def test_an_engine_that_is_not_started_says_so(folder: Path) -> None:
    with pytest.raises(EngineError, match="not started"):
        await spoken(Kokoro(model=str(folder)), HELLO)


def test_the_fingerprint_tells_voices_settings_and_contents_apart(folder: Path) -> None:
    usual = Kokoro(model=str(folder))
    before = usual.fingerprint(HELLO)
    assert before == Kokoro(model=str(folder)).fingerprint(Speech("Other.", "en", rank=Rank.AHEAD))
    (folder / "voices/af_heart.pt").write_bytes(b"another")
    others = {
        before,
        Kokoro(model=str(folder)).fingerprint(HELLO),
        usual.fingerprint(Speech("Hello.", "en", voice="bf_emma")),
        usual.fingerprint(Speech("Hello.", "en", voice="nobody")),
        usual.fingerprint(Speech("नमस्ते", "hi")),
        Kokoro(model=str(folder), clause_characters=80).fingerprint(HELLO),
    }
    assert len(others) == 6


def test_its_need_is_known_before_it_is_started(folder: Path) -> None:
    assert Kokoro(model=str(folder), device="cpu").need == Need(420 + 1 + 300)
    assert Kokoro(model=str(folder), device="cpu", workers=2).need == Need(2 * 721)
    assert Kokoro(model=str(folder), device="cuda:0").need == Need(420, 1 + 300 + 400)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"device": "tpu"}, "kokoro: device must be auto, cpu, cuda or cuda:N, got 'tpu'"),
        ({"workers": 0}, "workers must be at least 1, got 0"),
        ({"deadline_s": 0}, r"deadline_s must be at least 0\.1, got 0"),
        ({"voices": {"mr": "hf_alpha"}}, "Kokoro speaks en and hi here, not mr"),
        ({"voices": {"en": "af_hart"}}, "no voice 'af_hart' at .* it has af_heart"),
        ({"voices": {}}, "expected voices such as"),
        ({"model": "/no/such/folder"}, "no Kokoro model at /no/such/folder"),
    ],
)
def test_options_that_can_t_be_are_refused(folder: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, EngineUnavailableError), match=message):
        Kokoro(**{"model": str(folder), **options})
