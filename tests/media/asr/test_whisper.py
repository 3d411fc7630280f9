"""faster-whisper's real code, on a model of random weights that is made on the spot: its words mean nothing."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from media.asr.protocol import Hint
from media.asr.whisper import FasterWhisper
from media.asr.whisper_guards import Limits
from media.asr.whisper_model import ModelOptions, WhisperModel
from media.asr.whisper_work import Passage, Prefix
from media.audio.pcm import Pcm
from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.lid.protocol import Said
from media.workers.threads import Stop, StoppedError
from tests.media.asr.tiny_whisper import tiny_whisper
from tests.media.asr.voice import silent, voiced

installed = pytest.mark.skipif(
    find_spec("faster_whisper") is None,
    reason="faster-whisper is not installed: make test-engines, or pip install 'mercury[whisper]'",
)
VOICE = b"".join(voiced(3000))


def credulous(folder: Path, deadline_s: float = 5.0) -> FasterWhisper:
    """Believes what random weights say, which are never sure."""
    return FasterWhisper(
        model=str(folder),
        device="cpu",
        cpu_threads=1,
        deadline_s=deadline_s,
        logprob_limit=-99.0,
        least_logprob=-99.0,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_whisper(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def model(folder: Path) -> WhisperModel:
    return WhisperModel(ModelOptions(str(folder), device="cpu", cpu_threads=1, step=4), Limits())


@pytest.fixture
async def engine(folder: Path) -> AsyncIterator[FasterWhisper]:
    engine = credulous(folder)
    await engine.start()
    yield engine
    await engine.close()


def decoded(model: WhisperModel, languages: tuple[str, ...] = ("hi",), prefix: tuple[str, ...] = ()) -> list[str]:
    return list(model.decode(Passage(VOICE, languages, prefix=Prefix(prefix)), Stop()).words)


@installed
def test_a_text_decoded_in_steps_is_the_text_decoded_at_once(folder: Path, model: WhisperModel) -> None:
    at_once = WhisperModel(ModelOptions(str(folder), device="cpu", cpu_threads=1, step=200), Limits())
    in_steps, whole = (one.decode(Passage(VOICE, ("hi",)), Stop()) for one in (model, at_once))
    assert len(whole.words) > 4
    assert (in_steps.words, in_steps.no_speech) == (whole.words, whole.no_speech)
    assert in_steps.logprob == pytest.approx(whole.logprob, rel=1e-3)


@installed
def test_a_text_begins_with_the_words_it_is_given(model: WhisperModel) -> None:
    texts = [decoded(model, prefix=("ट्रैक", word)) for word in ("my", "kurta", "please")]
    assert [text[:2] for text in texts] == [["ट्रैक", "my"], ["ट्रैक", "kurta"], ["ट्रैक", "please"]]
    assert any(len(text) > 2 for text in texts)


@installed
def test_a_prefix_longer_than_the_model_holds_is_shortened(model: WhisperModel) -> None:
    assert decoded(model, prefix=("ट्रैक",) * 60)[:5] == ["ट्रैक"] * 5


@installed
def test_the_end_of_the_given_words_is_found_in_the_audio(model: WhisperModel) -> None:
    words = tuple(decoded(model)[:2])
    ends_ms = model.decode(Passage(VOICE, ("hi",), prefix=Prefix(words), locate_prefix=True), Stop()).prefix_ends_ms
    assert ends_ms is not None
    assert 0 <= ends_ms <= 3000


@installed
def test_a_language_is_fixed_or_one_of_those_allowed(model: WhisperModel) -> None:
    for languages in (("en",), ("mr",), ("en", "hi", "mr")):
        assert model.decode(Passage(VOICE, languages), Stop()).language in languages


@installed
def test_the_share_of_each_language_is_told(model: WhisperModel) -> None:
    everything = tuple(sorted(model.languages))
    shares = model.shares(VOICE, everything, Stop())
    assert set(shares) == set(everything)
    assert sum(shares.values()) == pytest.approx(1)
    assert model.shares(VOICE, ("en", "hi"), Stop()) == {}, "random weights take it for something else"


@installed
def test_other_languages_and_contexts_are_other_prompts(model: WhisperModel) -> None:
    asked = (Passage(VOICE, ("hi",)), Passage(VOICE, ("hi",), "कुर्ता"), Passage(VOICE, ("mr",)))
    assert len({model.decode(passage, Stop()).words for passage in asked}) == len(asked)


@installed
def test_a_stopped_decoding_ends(model: WhisperModel) -> None:
    stop = Stop()
    stop.set()
    with pytest.raises(StoppedError):
        model.decode(Passage(VOICE, ("hi",)), stop)


@installed
async def test_a_turn_is_heard_in_one_of_its_languages(engine: FasterWhisper) -> None:
    hint = Hint("hi", phrases=("Track my order",), languages=("en", "hi", "mr"), words=("कुर्ता",))
    assert engine.can(hint)
    stream = engine.open(hint)
    for frame in voiced(1500) + silent(300):
        stream.feed(frame)
    partial = await stream.so_far()
    for frame in voiced(1500) + silent(300):
        stream.feed(frame)
    heard = await stream.finish()
    assert partial.text
    assert heard.text
    assert heard.engine == "faster-whisper"
    assert heard.language in hint.languages
    assert 0 <= heard.confidence <= 1


@installed
async def test_it_identifies_languages_with_the_model_that_it_hears_with(engine: FasterWhisper) -> None:
    assert (engine.hears, engine.tells(("en", "hi")), engine.tells(("en", "xx"))) == (True, True, False)
    assert await engine.identify(Said(Pcm(8000, VOICE), ("en", "hi"))) == {}
    assert not FasterWhisper(model="later").tells(("en", "hi")), "it is not started"


@installed
async def test_silence_is_nothing(engine: FasterWhisper) -> None:
    stream = engine.open(Hint("hi"))
    for frame in silent(3000):
        stream.feed(frame)
    assert (await stream.finish()).text == ""


@installed
async def test_text_of_a_model_that_is_not_sure_is_dropped(folder: Path) -> None:
    engine = FasterWhisper(model=str(folder), device="cpu", cpu_threads=1)
    await engine.start()
    stream = engine.open(Hint("hi"))
    for frame in voiced(1500):
        stream.feed(frame)
    heard = await stream.finish()
    await engine.close()
    assert (heard.text, heard.confidence) == ("", 0.0)


@installed
async def test_a_late_result_is_none(folder: Path) -> None:
    engine = credulous(folder, deadline_s=0.1)
    await engine.start()
    streams = [engine.open(Hint("hi")) for _ in range(12)]
    for stream in streams:
        for frame in voiced(1000):
            stream.feed(frame)
    results = await asyncio.gather(*(stream.finish() for stream in streams), return_exceptions=True)
    await engine.close()
    assert any(isinstance(result, EngineBusyError) for result in results)


@installed
async def test_only_its_languages_are_served(engine: FasterWhisper) -> None:
    assert not engine.can(Hint("ta"))
    with pytest.raises(EngineError, match="hears en, hi, mr, not 'ta'"):
        engine.open(Hint("ta"))


@installed
async def test_an_engine_that_is_closed_hears_nothing(folder: Path) -> None:
    engine = FasterWhisper(model=str(folder), device="cpu")
    with pytest.raises(EngineError, match="is not started"):
        engine.open(Hint("hi"))
    await engine.start()
    await engine.close()
    await engine.close()
    with pytest.raises(EngineError, match="is not started"):
        engine.open(Hint("hi"))


@installed
async def test_a_language_that_the_model_lacks_is_told_at_the_start(folder: Path) -> None:
    with pytest.raises(EngineUnavailableError, match="does not know xx; set languages"):
        await FasterWhisper(model=str(folder), device="cpu", languages=["en", "xx"]).start()


@installed
@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json"])
async def test_a_folder_that_lacks_a_file_is_told_and_nothing_is_fetched(
    folder: Path, tmp_path: Path, name: str
) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / name).unlink()
    with pytest.raises(EngineUnavailableError, match=f"it lacks {name}"):
        await FasterWhisper(model=str(copy)).start()


@installed
async def test_a_model_that_is_not_here_is_told_and_not_fetched() -> None:
    with pytest.raises(EngineUnavailableError, match=r"no Whisper model 'no-such-model' here: .*`fetch: true`"):
        await FasterWhisper(model="no-such-model").start()


@installed
async def test_a_broken_model_is_told(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / "model.bin").write_bytes(b"nothing")
    with pytest.raises(EngineUnavailableError, match="can't be loaded"):
        await FasterWhisper(model=str(copy), device="cpu").start()


@installed
async def test_features_that_do_not_fit_the_model_are_told(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    features = json.loads((copy / "preprocessor_config.json").read_text())
    (copy / "preprocessor_config.json").write_text(json.dumps(features | {"feature_size": 128}))
    with pytest.raises(EngineUnavailableError, match=r"hears 80 mel bands.*gives 128"):
        await FasterWhisper(model=str(copy), device="cpu").start()


@installed
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"device": "tpu"}, "device must be one of auto, cpu, cuda, got 'tpu'"),
        ({"compute_type": "int4"}, "compute_type must be one of .*, got 'int4'"),
        ({"workers": 0}, "workers must be at least 1, got 0"),
        ({"deadline_s": 0}, r"deadline_s must be at least 0\.1, got 0"),
        ({"languages": []}, "expected at least one language"),
    ],
)
def test_options_that_can_t_be_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FasterWhisper(**options)  # type: ignore[arg-type]


def test_a_missing_package_is_told_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(EngineUnavailableError, match=r"pip install 'mercury\[whisper\]'"):
        FasterWhisper()
