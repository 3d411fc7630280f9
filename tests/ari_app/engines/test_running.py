"""Engines by name: made with their settings, started side by side, closed; flows tell what they learn and render."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ari_app.engines import Engines, declared, examples_of, fixed_prompts_of, making, probes
from ari_app.engines.budget import MemoryBudgetError
from ari_app.engines.roster import Roster
from ari_app.ops.engine_settings import EngineSettings, PromptCacheSettings
from ari_app.ops.settings import Settings
from ivr_flows.loader import parse_flows
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.errors import EngineError, EngineUnavailableError
from media.lid.text_identifier import TextIdentifier
from media.needs import Need
from media.registry import Engines as Kind
from media.tts.protocol import Speech
from media.vad.webrtc import WebRtcVad
from media.vad.webrtc_engine import WebRtcVads
from tests.ari_app.calls.scene import FLOWS
from tests.media.fakes import tone
from tests.virtual_time import LoopClock

BOOK = parse_flows(FLOWS)


class Made:
    """Any engine; remembers what was done with it."""

    name = "made"
    languages = frozenset({"en"})
    talks = False

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.done: list[str] = []
        ALL.append(self)

    async def start(self) -> None:
        self.done.append("start")

    async def close(self) -> None:
        self.done.append("close")

    def fingerprint(self, speech: Speech) -> str:
        return "made 1"

    async def speak(self, speech: Speech) -> AsyncIterator[Pcm]:
        self.done.append(speech.text)
        yield Pcm(TELEPHONE_RATE, tone(40))


class Pupil(Made):
    """A mind that learns from the flows."""

    def __init__(self, examples: Mapping[str, Sequence[str]]) -> None:
        super().__init__(examples=examples)


ALL: list[Made] = []
REAL: dict[Kind, type[Any]] = {Kind.LANGUAGE_IDENTIFIERS: TextIdentifier, Kind.VADS: WebRtcVads}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Engines of which none is the real one."""

    def engine(kind: Kind, name: str) -> type[Any]:
        if name == "absent":
            raise EngineUnavailableError(f"no engine {name!r} in {kind.value}")
        if kind in REAL and name != "big":
            return REAL[kind]
        return Pupil if kind is Kind.MINDS else Made

    ALL.clear()
    monkeypatch.setattr(making, "engine", engine)
    return Settings(run_dir=tmp_path, cache_dir=tmp_path, engines=EngineSettings(asr_workers=3, voices={"en": "en-gb"}))


async def test_all_are_started_fixed_prompts_rendered_and_all_closed(settings: Settings) -> None:
    said: list[str] = []
    started = await Engines.start(settings, BOOK, said.append)
    recogniser, speaker, mind = ALL
    assert [ear.name for ear in started.recognisers] == ["pocketsphinx"]
    assert [taught.name for taught in started.minds] == ["intents"]
    assert recogniser.options == {"workers": 3, "rejection_margin": 0.0}
    assert speaker.options["voices"] == {"en": "en-gb"}
    assert mind.options == {"examples": examples_of(BOOK)}
    assert set(speaker.done[1:]) == {prompt.text for prompt in fixed_prompts_of(BOOK)}
    assert said == [f"{len(fixed_prompts_of(BOOK))} prompts are rendered"]
    assert started.voice.ready(Speech("To accept, press one.", "en"))
    await started.close()
    assert recogniser.done == ["start", "close"]
    assert speaker.done[-1] == "close"


async def test_an_end_of_turn_model_is_one_more_engine(settings: Settings) -> None:
    chosen = EngineSettings(end_of_turn=("smart-turn",))
    started = await Engines.start(settings.model_copy(update={"engines": chosen}), BOOK, print)
    judge: Any = started.end_of_turn
    assert judge.options == {"model": settings.cache_dir / "models" / "smart-turn-v3.2-cpu.onnx"}
    await started.close()
    assert judge.done == ["start", "close"]


async def test_a_leg_gets_what_tells_languages_and_voices(settings: Settings) -> None:
    started = await Engines.start(settings, BOOK, print)
    faculties = started.faculties
    assert [one.name for one in faculties.identifiers] == ["text"]
    assert isinstance(faculties.vad.open(), WebRtcVad)
    assert (Kind.LANGUAGE_IDENTIFIERS, "text") in {(state.kind, state.name) for state in started.states()}
    await started.close()


async def test_one_engine_may_be_of_two_kinds_and_is_loaded_once(settings: Settings) -> None:
    given = {"recognisers": ["big"], "language_identifiers": ["big", "text"], "models": {"big": {"engine": "big"}}}
    chosen = EngineSettings.model_validate(given)
    started = await Engines.start(settings.model_copy(update={"engines": chosen}), BOOK, print)
    assert len(ALL) == 3, "it, a voice, a mind"
    assert [one.name for one in started.faculties.identifiers] == ["big", "text"]
    assert [(one.kind, one.name) for one in started.members if one.name == "big"] == [(Kind.RECOGNISERS, "big")]
    await started.close()
    assert ALL[0].done == ["start", "close"]


async def test_the_room_for_prompts_is_the_settings(settings: Settings) -> None:
    chosen = EngineSettings(prompt_cache=PromptCacheSettings(disk_mib=7))
    started = await Engines.start(settings.model_copy(update={"engines": chosen}), BOOK, print)
    assert started.voice.figures.disk_limit_bytes == 7 * 1024 * 1024
    await started.close()


async def test_edited_flows_are_rendered_and_learnt_while_the_old_mind_stays(settings: Settings) -> None:
    started = await Engines.start(settings, BOOK, lambda _: None)
    (old,) = started.minds
    edited = parse_flows(FLOWS.replace("To accept, press one.", "Press one to accept.").replace('["yes"]', '["sure"]'))
    minds = await started.learn(edited)
    assert started.minds[0] is old
    assert len(minds) == 1
    assert ALL[-1].options == {"examples": examples_of(edited)}
    assert started.voice.ready(Speech("Press one to accept.", "en"))
    assert started.voice.ready(Speech("To accept, press one.", "en"))
    await started.close()


async def test_prompts_that_could_not_be_rendered_are_counted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Made, "speak", _broken)
    said: list[str] = []
    started = await Engines.start(settings, BOOK, said.append)
    await started.close()
    assert said == [f"0 prompts are rendered, {len(fixed_prompts_of(BOOK))} failed"]


async def test_a_language_that_nobody_speaks_is_an_error(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Made, "languages", frozenset({"hi"}))
    with pytest.raises(EngineError, match="no synthesiser speaks 'en'; installed: espeak-ng"):
        await Engines.start(settings, BOOK, print)


async def test_an_engine_that_can_t_be_had_is_an_error(settings: Settings) -> None:
    chosen = settings.model_copy(update={"engines": EngineSettings(recognisers=["absent"])})
    with pytest.raises(EngineUnavailableError, match="no engine 'absent'"):
        await Engines.start(chosen, BOOK, print)


async def test_engines_that_do_not_fit_are_refused_before_any_is_started(settings: Settings) -> None:
    chosen = EngineSettings.model_validate(
        {
            "memory": {"ram_mib": 700},
            "models": {name: {"engine": name, "need_ram_mib": 400} for name in ("pocketsphinx", "espeak-ng")},
        }
    )
    limited = settings.model_copy(update={"engines": chosen})
    with pytest.raises(MemoryBudgetError, match="missing: 100 MiB of RAM"):
        await Engines.start(limited, BOOK, print)
    assert not [one for one in ALL if one.done]
    assert declared(limited) == {
        "recogniser pocketsphinx": Need(ram_mib=400),
        "synthesiser espeak-ng": Need(ram_mib=400),
    }


def test_what_can_t_be_made_is_left_out_of_the_doctor_s_table(settings: Settings) -> None:
    chosen = EngineSettings(recognisers=["absent"])
    assert "recogniser absent" not in declared(settings.model_copy(update={"engines": chosen}))


def test_the_doctor_tries_each(settings: Settings) -> None:
    found = probes(settings)
    assert set(found) == {"pocketsphinx", "espeak-ng", "intents", "text", "webrtcvad"}
    found["espeak-ng"]()
    assert ALL[-1].done == ["start", "close"]


def test_what_is_learnt_are_the_words_of_all_options_once_each() -> None:
    examples = examples_of(BOOK)
    assert examples["accept"] == ["yes"]
    assert examples["reject"] == ["no"]


def test_what_is_rendered_ahead_holds_no_variable_and_comes_once() -> None:
    texts = [speech.text for speech in fixed_prompts_of(BOOK)]
    assert "To accept, press one." in texts
    assert not [text for text in texts if "{{" in text]
    assert len(texts) == len(set(texts))


async def _broken(_self: Made, _speech: Speech) -> AsyncIterator[Pcm]:
    raise EngineError("no voice")
    yield


async def test_chains_by_language_share_their_engines_and_their_health(settings: Settings) -> None:
    chosen = EngineSettings(
        recognisers={"hi": ["big", "pocketsphinx"], "default": ["pocketsphinx"]}, models={"big": {"engine": "made"}}
    )
    started = await Engines.start(settings.model_copy(update={"engines": chosen}), BOOK, print)
    assert [ear.name for ear in started.recognisers] == ["big", "pocketsphinx", "pocketsphinx"]
    assert [(state.kind, state.name) for state in started.states() if state.kind is Kind.RECOGNISERS] == [
        (Kind.RECOGNISERS, "big"),
        (Kind.RECOGNISERS, "pocketsphinx"),
    ]
    assert len(ALL) == 4
    await started.close()


async def test_where_one_can_t_start_none_is_left_running(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async def start(made: Made) -> None:
        if "voices" in made.options:
            raise EngineUnavailableError("no espeak-ng here: pip install espeakng-loader")

    monkeypatch.setattr(Made, "start", start)
    with pytest.raises(EngineUnavailableError, match="pip install"):
        await Engines.start(settings, BOOK, print)
    assert [one.done for one in ALL[:2]] == [["close"], ["close"]]


async def test_an_engine_is_missed_where_nobody_else_stands_in(settings: Settings) -> None:
    chosen = EngineSettings(recognisers={"hi": ["big", "spare"], "default": ["big"]}, breaker_failures=1)
    roster = Roster(settings.model_copy(update={"engines": chosen}), LoopClock())
    chains = roster.chains(Kind.RECOGNISERS, chosen.recognisers)
    big, spare = chains["hi"]
    spare.watch.went_wrong("out")
    assert {state.name: state.missed for state in roster.states()} == {"big": False, "spare": False}
    big.watch.went_wrong("out")
    assert {state.name: state.missed for state in roster.states()} == {"big": True, "spare": True}


async def test_a_model_s_conditions_hold_in_its_chains(settings: Settings) -> None:
    chosen = EngineSettings.model_validate(
        {
            "recognisers": ["lists", "pocketsphinx"],
            "models": {"lists": {"engine": "made", "only_for": "lists", "at_once": 1}},
        }
    )
    roster = Roster(settings.model_copy(update={"engines": chosen}), LoopClock())
    first, second = roster.chains(Kind.RECOGNISERS, chosen.recognisers)["default"]
    assert (first.only_for, second.only_for) == ("lists", "")
    work = first.watch.begin(last=False)
    assert not first.watch.ready
    assert [state.missed for state in roster.states()] == [False, False], "it is at work, not failing"
    work.over()
    assert first.watch.ready
    assert "only_for" not in first.engine.options


@pytest.mark.parametrize(
    ("kind", "purpose", "told"),
    [
        (Kind.RECOGNISERS, "talk", "a recogniser is for lists or free_speech, not talk"),
        (Kind.MINDS, "lists", "a mind is for choices or talk, not lists"),
        (Kind.SYNTHESISERS, "lists", "a synthesiser is for all that is said: leave it out, not lists"),
    ],
)
def test_an_engine_is_kept_for_what_such_engines_are_asked(
    settings: Settings, kind: Kind, purpose: str, told: str
) -> None:
    chosen = EngineSettings.model_validate({"models": {"odd": {"engine": "made", "only_for": purpose}}})
    roster = Roster(settings.model_copy(update={"engines": chosen}), LoopClock())
    with pytest.raises(EngineUnavailableError, match=f"engines.models.odd.only_for: {told}"):
        roster.watched(kind, "odd", Made())
