"""Kokoro's real code, on a model of random weights that is made on the spot: what it says means nothing."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import aclosing
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from ari_app.engines.making import recipe
from ari_app.ops.settings import Settings
from media.errors import EngineError, EngineUnavailableError
from media.registry import Engines
from media.tts.cache import PromptCache
from media.tts.kokoro import Kokoro
from media.tts.kokoro_files import WEIGHTS, KokoroFolder
from media.tts.kokoro_model import KokoroModel, Manner
from media.tts.kokoro_worker import KokoroWorker, loaded
from media.tts.protocol import Speech
from media.tts.voice import Voice
from tests.media.tts.tiny_kokoro import tiny_kokoro

installed = pytest.mark.skipif(
    find_spec("kokoro") is None or find_spec("torch") is None,
    reason="Kokoro is not installed: make test-engines, or pip install 'mercury[kokoro]'",
)
HEART, EMMA, ALPHA = Manner("en", "af_heart"), Manner("en", "bf_emma"), Manner("hi", "hf_alpha")
HELLO = "Hello there."


class _LeftError(Exception):
    pass


def never() -> None:
    pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_kokoro(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def model(folder: Path) -> KokoroModel:
    return KokoroModel(KokoroFolder(folder), device="cpu", cpu_threads=1)


def spoken_ms(model: KokoroModel, text: str, manner: Manner) -> float:
    return sum(len(part) for part in model.speak(text, manner, never)) / 24


@installed
@pytest.mark.parametrize(
    ("text", "manner"),
    [
        ("Your order is ready.", HEART),
        ("Your order is ready.", EMMA),
        ("Your order is ready.", Manner("en", "af_heart,af_bella")),
        ("आपका ऑर्डर तैयार है.", ALPHA),
    ],
)
def test_english_and_hindi_are_spoken_by_named_voices(model: KokoroModel, text: str, manner: Manner) -> None:
    assert 300 < spoken_ms(model, text, manner) < 3000


@installed
def test_several_voices_are_their_mean(model: KokoroModel) -> None:
    both = model._voice("af_heart,af_bella")
    assert both.allclose((model._voice("af_heart") + model._voice("af_bella")) / 2)
    assert not both.allclose(model._voice("af_heart"))


@installed
def test_speed_is_heeded(model: KokoroModel) -> None:
    usual, slow = (spoken_ms(model, HELLO, Manner("en", "af_heart", speed)) for speed in (1.0, 0.5))
    assert slow > 1.5 * usual


@installed
def test_nothing_is_fetched_by_loading_or_speaking(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
    model = {"model": str(folder), "device": "cpu", "cpu_threads": 1}
    worker = loaded({**model, "voices": {"en": "bf_emma", "hi": "hf_alpha"}})
    assert said_by(worker, HELLO, HEART)


@installed
def test_a_model_that_is_not_wanted_any_more_ends_at_its_next_layer(model: KokoroModel) -> None:
    asked = [0]

    def until_50() -> None:
        asked[0] += 1
        if asked[0] == 50:
            raise _LeftError

    with pytest.raises(_LeftError):
        list(model.speak(HELLO, HEART, until_50))
    assert asked == [50]
    assert len(list(model.speak(HELLO, HEART, until_50))) == 1
    assert asked[0] > 250


@installed
def test_a_sentence_longer_than_the_model_takes_is_said_in_parts(
    model: KokoroModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Your order is ready and it comes in ten minutes."
    whole = spoken_ms(model, text, HEART)
    monkeypatch.setattr(model, "_most", 20)
    parts = list(model.speak(text, HEART, never))
    assert len(parts) == len(model.phonemes(text, HEART)) == 3
    assert sum(map(len, parts)) / 24 == pytest.approx(whole, rel=0.3)


@installed
@pytest.mark.parametrize(
    ("text", "manner", "has", "has_not"),
    [
        ("Option eh or B?", HEART, "ˈɑpʃən ˈA ɔɹ bˈi?", "ː"),
        ("Your order is ready, sir.", HEART, "ɔɹdəɹ ɪz", "ɚ"),
        ("Better start.", EMMA, "ː", "T"),
        ("नमस्ते. आप कैसे हैं?", ALPHA, ". ", "।"),
        ("आपका order ready है.", ALPHA, "ɹˈɛdi", "("),
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
def test_what_has_no_sound_is_not_spoken(model: KokoroModel) -> None:
    assert model.phonemes(" . , ", HEART) == []
    assert spoken_ms(model, "...", HEART) == 0


def said_by(worker: KokoroWorker, text: str, manner: Manner, most: int = 1000) -> list[bytes]:
    """The chunks of a job that is cancelled after `most`."""
    chunks: list[bytes] = []

    def emit(chunk: bytes) -> bool:
        if chunk:
            chunks.append(chunk)
        return len(chunks) < most

    job = {"text": text, "language": manner.language, "voice": manner.voice, "speed": manner.speed}
    assert worker(json.dumps(job).encode(), emit) == b""
    return chunks


@installed
def test_a_job_s_sound_comes_in_chunks_until_it_is_cancelled(model: KokoroModel) -> None:
    worker = KokoroWorker(model)
    chunks = said_by(worker, "Your order is ready and it comes in ten minutes.", HEART)
    assert len(chunks) > 3
    assert all(0 < len(chunk) <= 9600 for chunk in chunks)
    assert len(said_by(worker, "Your order is ready and it comes in ten minutes.", HEART, most=2)) == 2


@installed
def test_audio_that_is_none_is_an_error(model: KokoroModel, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = import_module("torch")

    class Broken:
        def generate_from_tokens(self, *_arguments: object, **_options: object) -> Iterator[object]:
            yield type("Result", (), {"audio": torch.full((2400,), float("nan"))})

    monkeypatch.setattr(model, "_pipeline", Broken())
    with pytest.raises(EngineError, match="numbers that are no audio"):
        list(model.speak(HELLO, HEART, never))


@installed
def test_a_gpu_that_is_not_there_is_told(folder: Path) -> None:
    if import_module("torch").cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(EngineUnavailableError, match=r"device is cuda, but torch .* finds no GPU; set device to cpu"):
        KokoroModel(KokoroFolder(folder), device="cuda")


@installed
def test_weights_that_are_not_kokoro_s_are_told(folder: Path, tmp_path: Path) -> None:
    torch = import_module("torch")
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    weights = torch.load(folder / WEIGHTS)
    for content, message in (
        ({**weights, "decoder": {"nothing": torch.zeros(1)}}, r"holds 0 of the [\d,]+ weights of Kokoro's decoder"),
        ({"unet": {}}, "no Kokoro can be made of"),
        ([1, 2], "no Kokoro can be made of"),
    ):
        torch.save(content, copy / WEIGHTS)
        with pytest.raises(EngineUnavailableError, match=message):
            KokoroModel(KokoroFolder(copy), device="cpu")
    (copy / WEIGHTS).write_bytes(b"nothing")
    with pytest.raises(EngineUnavailableError, match="no Kokoro can be made of"):
        KokoroModel(KokoroFolder(copy), device="cpu")


@installed
def test_a_voice_that_is_none_is_told(folder: Path, model: KokoroModel, tmp_path: Path) -> None:
    short, none = tmp_path / "short.pt", tmp_path / "none.pt"
    import_module("torch").save(import_module("torch").zeros(3, 1, 256), short)
    none.write_bytes(b"nothing")
    for path, message in ((short, r"510 × 1 × 256 numbers, got \(3, 1, 256\)"), (none, "can't be read")):
        with pytest.raises(EngineError, match=message):
            model._pack(path)


@installed
async def test_made_by_its_settings_it_is_heard_through_the_prompt_cache(folder: Path, tmp_path: Path) -> None:
    model = {"engine": "kokoro", "model": str(folder), "voices": {"en": "af_bella"}, "device": "cpu"}
    settings = Settings.model_validate({"engines": {"models": {"her": {**model, "cpu_threads": 1, "deadline_s": 60}}}})
    engine = recipe(Engines.SYNTHESISERS, "her", settings).make()
    await engine.start()
    voice = Voice([engine], PromptCache(tmp_path), chunk_deadline_s=60)
    speech = Speech("Your order 4521 is ready. Shall we send it?", "en")
    heard = b"".join([chunk.samples async for chunk in voice.render(speech)])
    await voice.settled()
    kept = voice.ready(speech)
    async with aclosing(engine.speak(speech)) as left:
        await anext(left)
    await voice.close()
    await engine.close()
    assert engine.name == "her"
    assert kept is not None
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
