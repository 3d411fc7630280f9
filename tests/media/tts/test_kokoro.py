"""Kokoro's real code, on a model of random weights that is made on the spot: what it says means nothing."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from ari_app.engines.making import recipe
from ari_app.ops.settings import Settings
from media.audio.pcm import Pcm
from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.registry import Engines
from media.tts.cache import PromptCache
from media.tts.joining import PHRASE_MS
from media.tts.kokoro import Kokoro
from media.tts.kokoro_files import WEIGHTS, KokoroFolder
from media.tts.kokoro_model import KokoroModel, Manner
from media.tts.protocol import Speech
from media.tts.voice import Voice
from media.workers.line import Rank
from media.workers.threads import Stop, StoppedError
from tests.media.tts.tiny_kokoro import tiny_kokoro

installed = pytest.mark.skipif(
    find_spec("kokoro") is None or find_spec("torch") is None,
    reason="Kokoro is not installed: make test-engines, or pip install 'mercury[kokoro]'",
)
HEART = Manner("en", "af_heart")
HELLO = Speech("Hello.", "en")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_kokoro(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def model(folder: Path) -> KokoroModel:
    return KokoroModel(KokoroFolder(folder), device="cpu", cpu_threads=1)


@pytest.fixture
async def engine(folder: Path, model: KokoroModel, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kokoro]:
    """Started with a model that is loaded already."""

    async def warm(*_arguments: object) -> None:
        pass

    with monkeypatch.context() as patched:
        patched.setattr("media.tts.kokoro.KokoroModel", lambda *_arguments, **_options: model)
        patched.setattr(Kokoro, "_warm", warm)
        engine = Kokoro(model=str(folder), device="cpu", deadline_s=60)
        await engine.start()
    yield engine
    await engine.close()


class Spoken:
    """What the engine has the model speak, in order; each waits until it is let go where it is `held`."""

    def __init__(self, engine: Kokoro, *, held: bool = False) -> None:
        self.texts: list[str] = []
        self.gate = threading.Semaphore(0)
        self._held = held
        self._speak = engine._model.speak  # type: ignore[union-attr]
        engine._model = self  # type: ignore[assignment]

    def speak(self, text: str, manner: Manner, stop: Stop) -> list[Any]:
        self.texts.append(text)
        if self._held:
            assert self.gate.acquire(timeout=20)
        stop.check()
        return self._speak(text, manner, stop)


async def spoken(engine: Kokoro, speech: Speech) -> Pcm:
    chunks = [chunk async for chunk in engine.speak(speech)]
    assert {chunk.rate for chunk in chunks} <= {24_000}
    assert all(0 < chunk.duration_ms <= 250 for chunk in chunks)
    return Pcm(24_000, b"".join(chunk.samples for chunk in chunks))


async def until(true: Callable[[], bool]) -> None:
    """For what happens in a thread, which tells nobody."""
    for _ in range(4000):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come true within 20 s")


def threads_free(engine: Kokoro) -> bool:
    return engine._threads is not None and not engine._threads.working


@installed
async def test_english_and_hindi_are_spoken_by_named_voices(engine: Kokoro) -> None:
    said = [
        await spoken(engine, speech)
        for speech in (
            Speech("Your order is ready.", "en"),
            Speech("आपका ऑर्डर तैयार है।", "hi"),
            Speech("Your order is ready.", "en", voice="bf_emma"),
            Speech("Your order is ready.", "en", voice="af_heart,af_bella"),
        )
    ]
    assert all(300 < audio.duration_ms < 3000 for audio in said)
    assert engine.languages == {"en", "hi"}


@installed
async def test_nothing_is_fetched_by_loading_or_speaking(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spacy, loading, voices = map(import_module, ("spacy", "kokoro.model", "kokoro.pipeline"))

    def refused(*_arguments: object, **_options: object) -> None:
        raise AssertionError("something is to be fetched")

    for where, name in (
        (loading, "hf_hub_download"),
        (voices, "hf_hub_download"),
        (spacy, "load"),
        (spacy.cli, "download"),
        (socket.socket, "connect"),
    ):
        monkeypatch.setattr(where, name, refused)
    engine = Kokoro(model=str(folder), device="cpu", cpu_threads=1, deadline_s=60)
    await engine.start()
    assert (await spoken(engine, HELLO)).duration_ms > 100
    await engine.close()


@installed
async def test_a_sentence_is_heard_while_the_next_is_made(engine: Kokoro) -> None:
    log = Spoken(engine, held=True)
    async with aclosing(engine.speak(Speech("Hello there. How are you? Fine.", "en"))) as chunks:
        log.gate.release()
        assert (await anext(chunks)).duration_ms > 0
        await until(lambda: len(log.texts) == 2)
        assert log.texts == ["Hello there.", "How are you?"]
        log.gate.release(2)
        rest = [chunk async for chunk in chunks]
    assert log.texts == ["Hello there.", "How are you?", "Fine."]
    assert rest


@installed
async def test_leaving_ends_what_is_being_made_and_nothing_more_is(engine: Kokoro) -> None:
    log = Spoken(engine, held=True)
    chunks = engine.speak(Speech("One. Two. Three.", "en"))
    log.gate.release()
    await anext(chunks)
    await until(lambda: len(log.texts) == 2)
    await chunks.aclose()
    log.gate.release(5)
    await until(lambda: threads_free(engine))
    assert log.texts == ["One.", "Two."]


@installed
async def test_callers_take_turns_by_sentence_and_those_who_wait_in_silence_go_first(engine: Kokoro) -> None:
    log = Spoken(engine, held=True)

    def begin(text: str, rank: Rank = Rank.WAITING) -> asyncio.Task[Pcm]:
        return asyncio.create_task(spoken(engine, Speech(text, "en", rank=rank)))

    ahead = begin("Later one. Later two. Later three.", Rank.AHEAD)
    await until(lambda: len(log.texts) == 1)
    long, short = begin("Long one. Long two. Long three."), begin("Short one. Short two.")
    log.gate.release(20)
    await asyncio.gather(ahead, long, short)
    assert log.texts == [
        "Later one.",
        *("Long one.", "Short one.", "Long two.", "Short two.", "Long three."),
        *("Later two.", "Later three."),
    ]


@installed
def test_a_model_that_is_stopped_ends_at_its_next_layer(model: KokoroModel) -> None:
    stop, passed = Stop(), [0]

    def passing(*_arguments: object) -> None:
        passed[0] += 1
        if passed[0] == 50:
            stop.set()

    layers = [layer for layer in model._model.modules() if not any(layer.children())]
    hooks = [layer.register_forward_hook(passing) for layer in layers]
    with pytest.raises(StoppedError):
        model.speak("Hello.", HEART, stop)
    stopped_after = passed[0]
    assert model.speak("Hello.", HEART, Stop())
    for hook in hooks:
        hook.remove()
    assert stopped_after == 50
    assert passed[0] > 200


@installed
async def test_a_sentence_that_is_late_is_none_and_its_thread_is_free(engine: Kokoro) -> None:
    engine._deadline_s = 0.1
    log = Spoken(engine, held=True)
    with pytest.raises(EngineBusyError, match=r"kokoro: no result within 0\.1 s"):
        await spoken(engine, HELLO)
    log.gate.release()
    await until(lambda: threads_free(engine))


@installed
async def test_speed_is_heeded(engine: Kokoro) -> None:
    usual, slow, absurd = [
        (await spoken(engine, Speech("Hello there.", "en", speed=speed))).duration_ms for speed in (1.0, 0.5, 0.01)
    ]
    assert slow > 1.5 * usual
    assert absurd == pytest.approx(slow, rel=0.1)


@installed
async def test_a_sentence_longer_than_the_model_takes_is_said_whole(
    engine: Kokoro, model: KokoroModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    speech = Speech("Your order is ready and it comes in ten minutes", "en")
    whole = await spoken(engine, speech)
    monkeypatch.setattr(model, "_most", 20)
    assert len(model.phonemes(speech.text, HEART)) == 3
    assert (await spoken(engine, speech)).duration_ms == pytest.approx(whole.duration_ms + 2 * PHRASE_MS, rel=0.2)


@installed
@pytest.mark.parametrize(
    ("text", "manner", "has", "has_not"),
    [
        ("Option eh or B?", HEART, "ˈɑpʃən ˈA ɔɹ bˈi?", "ː"),
        ("Your order is ready, sir.", HEART, "ɔɹdəɹ ɪz", "ɚ"),
        ("Better start.", Manner("en", "bf_emma"), "ː", "T"),
        ("नमस्ते. आप कैसे हैं?", Manner("hi", "hf_alpha"), ". ", "।"),
        ("आपका order ready है.", Manner("hi", "hf_alpha"), "ɹˈɛdi", "("),
    ],
)
def test_phonemes_are_those_that_the_model_learnt(
    model: KokoroModel, text: str, manner: Manner, has: str, has_not: str
) -> None:
    (written,) = model.phonemes(text, manner)
    assert has in written
    assert has_not not in written
    assert set(written) <= set(model._model.vocab)


@installed
async def test_what_has_no_sound_is_not_spoken(engine: Kokoro, model: KokoroModel) -> None:
    assert model.phonemes(" . , ", HEART) == []
    for text in ("", "?!", "...", "😀", "[laugh]", "*laughs*"):
        assert (await spoken(engine, Speech(text, "en"))).samples == b""


@installed
async def test_voices_and_languages_that_are_not_there_are_errors(engine: Kokoro) -> None:
    with pytest.raises(EngineError, match=r"no voice 'af_hart' at .*voices; it has af_heart, "):
        await spoken(engine, Speech("Hello", "en", voice="af_hart"))
    with pytest.raises(EngineError, match="kokoro speaks en, hi, not 'mr'"):
        await spoken(engine, Speech("नमस्कार", "mr"))
    assert (await spoken(engine, HELLO)).samples


@installed
async def test_too_long_a_text_is_refused(engine: Kokoro) -> None:
    with pytest.raises(EngineError, match="at most 4096"):
        await spoken(engine, Speech("word " * 1000, "en"))


@installed
async def test_an_engine_that_is_not_started_or_closed_says_so(folder: Path, engine: Kokoro) -> None:
    with pytest.raises(EngineError, match="is not started"):
        await spoken(Kokoro(model=str(folder)), HELLO)
    await engine.close()
    await engine.close()
    with pytest.raises(EngineError, match="is not started"):
        await spoken(engine, HELLO)


@installed
def test_the_fingerprint_tells_voices_settings_and_models_apart(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy", copy_function=shutil.copyfile))
    usual, same = Kokoro(model=str(folder)), Kokoro(model=str(copy))
    assert usual.fingerprint(HELLO) == same.fingerprint(Speech("Other.", "en", rank=Rank.AHEAD))
    shutil.copyfile(copy / "voices/af_bella.pt", copy / "voices/hf_alpha.pt")
    others = {
        usual.fingerprint(HELLO),
        usual.fingerprint(Speech("Hello.", "en", voice="af_bella")),
        usual.fingerprint(Speech("Hello.", "en", voice="nobody")),
        Kokoro(model=str(folder), voices={"en": "bf_emma"}).fingerprint(HELLO),
        Kokoro(model=str(folder), clause_characters=80).fingerprint(HELLO),
        usual.fingerprint(Speech("जी", "hi")),
        Kokoro(model=str(copy)).fingerprint(Speech("जी", "hi")),
    }
    assert len(others) == 7


@installed
def test_its_need_is_known_before_it_is_started(folder: Path) -> None:
    one, two = Kokoro(model=str(folder), device="cpu"), Kokoro(model=str(folder), device="cpu", workers=2)
    weights_mib = (folder / WEIGHTS).stat().st_size / 1024**2
    assert 720 + weights_mib <= one.need.ram_mib <= 721 + weights_mib
    assert two.need.ram_mib - one.need.ram_mib == 300
    gpu = Kokoro(model=str(folder), device="cuda:0").need
    assert (gpu.ram_mib, gpu.vram_mib) == (420, one.need.ram_mib - 420 + 400)


@installed
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"device": "tpu"}, "kokoro: device must be auto, cpu, cuda or cuda:N, got 'tpu'"),
        ({"workers": 0}, "workers must be at least 1, got 0"),
        ({"deadline_s": 0}, r"deadline_s must be at least 0\.1, got 0"),
        ({"voices": {"mr": "hf_alpha"}}, "Kokoro speaks en and hi here, not mr"),
        ({"voices": {"en": "af_hart"}}, "no voice 'af_hart' at .* it has af_heart"),
        ({"voices": {}}, "expected voices such as"),
    ],
)
def test_options_that_can_t_be_are_refused(folder: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, EngineUnavailableError), match=message):
        Kokoro(model=str(folder), **options)


@installed
async def test_a_gpu_that_is_not_there_is_told(folder: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(EngineUnavailableError, match=r"device is cuda, but torch .* finds no GPU; set device to cpu"):
        await Kokoro(model=str(folder), device="cuda").start()


@installed
async def test_weights_that_are_not_kokoro_s_are_told(folder: Path, tmp_path: Path) -> None:
    import torch

    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    weights = torch.load(folder / WEIGHTS)
    for content, message in (
        ({**weights, "decoder": {"nothing": torch.zeros(1)}}, r"holds 0 of the [\d,]+ weights of Kokoro's decoder"),
        ({"unet": {}}, "no Kokoro can be made of"),
        ([1, 2], "no Kokoro can be made of"),
    ):
        torch.save(content, copy / WEIGHTS)
        with pytest.raises(EngineUnavailableError, match=message):
            await Kokoro(model=str(copy), device="cpu").start()
    (copy / WEIGHTS).write_bytes(b"nothing")
    with pytest.raises(EngineUnavailableError, match="no Kokoro can be made of"):
        await Kokoro(model=str(copy), device="cpu").start()


@installed
async def test_a_voice_that_is_none_is_told_at_the_start(engine: Kokoro, folder: Path, tmp_path: Path) -> None:
    import torch

    torch.save(torch.zeros(3, 1, 256), folder / "voices" / "xx_short.pt")
    (folder / "voices" / "xx_none.pt").write_bytes(b"nothing")
    for voice, message in (("xx_short", r"510 × 1 × 256 numbers, got \(3, 1, 256\)"), ("xx_none", "can't be read")):
        with pytest.raises(EngineUnavailableError, match=f"nothing can be spoken here: .*{message}"):
            await Kokoro(model=str(folder), voices={"en": voice}, device="cpu").start()
        (folder / "voices" / f"{voice}.pt").unlink()


@installed
async def test_made_by_its_settings_it_is_heard_through_the_prompt_cache(folder: Path, tmp_path: Path) -> None:
    models = {"her": {"engine": "kokoro", "model": str(folder), "voices": {"en": "af_bella"}, "device": "cpu"}}
    settings = Settings.model_validate({"engines": {"models": models}})
    engine = recipe(Engines.SYNTHESISERS, "her", settings).make()
    await engine.start()
    voice = Voice([engine], PromptCache(tmp_path), chunk_deadline_s=60)
    speech = Speech("Your order 4521 is ready. Shall we send it?", "en")
    heard = b"".join([chunk.samples async for chunk in voice.render(speech)])
    await voice.settled()
    kept = voice.ready(speech)
    await voice.close()
    await engine.close()
    assert engine.name == "her"
    assert kept is not None
    assert kept.rate == 8000
    assert kept.duration_ms == pytest.approx(len(heard) / 16, rel=0.1)


@pytest.mark.parametrize("package", ["kokoro", "torch"])
def test_a_missing_package_is_told_with_what_installs_it(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setattr("media.tts.kokoro_model.find_spec", lambda name: None if name == package else object())
    with pytest.raises(EngineUnavailableError, match=rf"{package} is not installed; .*pip install 'mercury\[kokoro\]'"):
        Kokoro(model="nowhere")
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(EngineUnavailableError, match="is not installed"):
        Kokoro(model="nowhere")
