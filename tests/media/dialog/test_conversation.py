from __future__ import annotations

import asyncio
import wave
from dataclasses import replace
from pathlib import Path

import pytest

from media.asr.protocol import Hint
from media.audio.pcm import FRAME_BYTES, Pcm
from media.audio.recorder import Recorder, RecordingWriter
from media.audio.recording_report import RecordingReport
from media.audio.wav import write_wav
from media.dialog.protocol import (
    AgentFinished,
    AgentPaused,
    AgentResumed,
    AgentStarted,
    BargedIn,
    Listening,
    MediaLeg,
    MediaLost,
    SilenceElapsed,
    SpeechFailed,
    SpeechStarted,
    TurnClosed,
    TurnEnded,
    TurnExpected,
    Utterance,
)
from media.tts.protocol import Speech
from tests.media.dialog.harness import ENGLISH, Call
from tests.media.fakes import VOICED, DeafVad, ScriptedRecogniser, ScriptedVoice, tone


async def test_it_is_a_media_leg_and_its_first_packet_leaves_at_connect() -> None:
    call = Call()
    leg: MediaLeg = call.leg
    assert leg.request == call.transport.request
    await leg.attach({"UNICASTRTP_LOCAL_PORT": "17000"})
    assert call.transport.answer == {"UNICASTRTP_LOCAL_PORT": "17000"}
    assert call.transport.sent == [None]


async def test_it_is_drained_when_asterisk_has_played_what_was_sent() -> None:
    call = Call()
    call.transport.unplayed = played = asyncio.Event()
    call.say("hello", "one two")
    waiting = asyncio.create_task(call.leg.drained())
    await call.run("." * 15)
    assert not waiting.done()
    played.set()
    async with asyncio.timeout(1):
        await waiting


async def test_a_transport_that_is_gone_is_told_once_unless_it_rests() -> None:
    call = Call()
    call.leg.rest()
    call.transport.lost = True
    await call.run("   ")
    assert call.of(MediaLost) == []
    call.leg.resume()
    await call.run("   ")
    assert len(call.of(MediaLost)) == 1


async def test_a_packet_leaves_every_tick_in_silence_and_in_speech() -> None:
    call = Call()
    await call.run("." * 10)
    call.say("hello", "one two")
    await call.run("." * 20)
    assert len(call.transport.sent) == 31
    assert [frame is not None for frame in call.transport.sent[11:]] == [True] * 10 + [False] * 10


async def test_a_rendered_prompt_starts_in_the_next_frame_and_finishes_after_its_last_sample() -> None:
    call = Call()
    await call.run("....")
    call.say("hello", "one two")
    assert call.leg.speaking
    await call.run("." * 15)
    (started,), (finished,) = call.of(AgentStarted), call.of(AgentFinished)
    assert (call.ms(started.at), started.utterance) == (80, "hello")
    assert (call.ms(finished.at), finished.heard, finished.complete) == (280, "one two", True)
    assert not call.leg.speaking


async def test_when_the_first_audio_was_there_is_told_with_the_first_of_it_that_is_heard() -> None:
    call = Call()
    call.say("first", "one two three")
    call.say("second", "four")
    await call.run("." * 30)
    assert [(event.utterance, call.ms(event.ready_at or 0)) for event in call.of(AgentStarted)] == [
        ("first", 0),
        ("second", 0),
    ]
    assert [call.ms(event.at) for event in call.of(AgentStarted)] == [0, pytest.approx(300, abs=60)]


async def test_drained_returns_when_the_last_sample_was_played() -> None:
    call = Call()
    await asyncio.wait_for(call.leg.drained(), 1)
    call.say("bye", "good bye")
    waiting = asyncio.create_task(call.leg.drained())
    await call.run("." * 10)
    assert not waiting.done()
    await call.run(".")
    assert waiting.done()


async def test_speech_that_is_not_rendered_yet_comes_as_it_is_made() -> None:
    gate = asyncio.Event()
    call = Call(voice=ScriptedVoice(cached=False, gate=gate))
    call.say("slow", "one two three four")
    await call.run("." * 15)
    assert [frame is not None for frame in call.transport.sent[1:]].count(True) == 10
    gate.set()
    await call.run("." * 15)
    assert [frame is not None for frame in call.transport.sent[1:]].count(True) == 20
    assert call.of(AgentFinished)[0].heard == "one two three four"


async def test_a_turn_is_recognised_with_its_pre_roll_while_it_is_spoken() -> None:
    call = Call()
    call.leg.listen(ENGLISH)
    await call.run("." * 50 + "#" * 20)
    (stream,) = call.recogniser.streams
    assert stream.hint.phrases == ("yes", "no")
    assert len(stream.fed) > 25
    await call.run("." * 40)
    (started,), (ended,) = call.of(SpeechStarted), call.of(TurnEnded)
    assert call.ms(started.at) == 1000
    assert (ended.text, ended.confidence, ended.engine) == ("yes", 0.9, "scripted")
    assert (call.ms(ended.speech_started_at), call.ms(ended.speech_ended_at)) == (1000, 1380)
    assert call.ms(ended.at) == 1980
    first = stream.fed.index(VOICED)
    assert first >= 15, "300 ms of pre-roll come before the first voiced frame"
    assert stream.fed.count(VOICED) == 20


TEN = "one two three four five six seven eight nine ten"


async def interrupted(call: Call, pattern: str, text: str = TEN) -> None:
    """Half a second of ten words, or more, then the caller."""
    call.leg.listen(ENGLISH)
    call.say("long", text)
    await call.run("." * 25)
    await call.run(pattern)


def voiced_ms(call: Call) -> list[int]:
    """When frames left that can be heard."""
    return [20 * number for number, frame in enumerate(call.transport.sent[1:]) if frame and any(frame)]


async def test_a_voice_over_the_agent_makes_it_stand_still_within_60_ms() -> None:
    call = Call()
    await interrupted(call, "#" * 10)
    assert [call.ms(event.at) for event in call.of(AgentPaused)] == [540]
    assert voiced_ms(call)[-1] == 540, "the last frame is the fade, in the tick that the voice fell into"
    assert call.transport.flushed == 1
    assert call.of(BargedIn) == []
    assert call.leg.speaking


async def test_speech_that_goes_on_takes_the_turn_and_tells_what_was_heard() -> None:
    call = Call()
    await interrupted(call, "#" * 40)
    (barged,), (finished,) = call.of(BargedIn), call.of(AgentFinished)
    assert call.ms(barged.speech_started_at) == 500
    assert call.ms(barged.at) == 1180
    assert barged.heard == finished.heard == "one two three four five"
    assert not finished.complete
    assert voiced_ms(call)[-1] == 540
    order = [type(event) for event in call.events]
    assert order == [AgentStarted, AgentPaused, SpeechStarted, AgentFinished, BargedIn]


async def test_a_yes_over_the_agent_lets_it_go_on_where_it_was() -> None:
    call = Call()
    call.recogniser.so_far = "yes"
    await interrupted(call, "#" * 15 + "." * 120, f"{TEN} {TEN}")
    (resumed,), (finished,) = call.of(AgentResumed), call.of(AgentFinished)
    assert (call.ms(resumed.paused_at), call.ms(resumed.at)) == (540, 1080)
    assert finished.complete
    assert finished.heard == f"{TEN} {TEN}"
    assert (call.of(TurnEnded), call.of(BargedIn)) == ([], [])
    assert call.recogniser.streams[0].cancelled
    assert len(voiced_ms(call)) == 101, "nothing of it was lost, and the fade has a frame of its own"


async def test_a_yes_over_the_last_words_answers_them() -> None:
    call = Call()
    call.recogniser.so_far = "yes"
    call.leg.listen(ENGLISH)
    call.say("short", "one two three")
    await call.run("." * 5 + "#" * 10 + "." * 40)
    (ended,) = call.of(TurnEnded)
    assert ended.text == "yes"
    assert len(call.of(BargedIn)) == 1


async def test_words_over_the_agent_take_the_turn_at_the_first_pause_and_end_it_soon() -> None:
    call = Call()
    call.recogniser.so_far = "no"
    await interrupted(call, "#" * 15 + "." * 40)
    (barged,), (ended,) = call.of(BargedIn), call.of(TurnEnded)
    assert call.ms(barged.at) - call.ms(ended.speech_ended_at) == 160
    assert (ended.text, ended.recognised_ms) == ("no", 0.0)
    assert call.ms(ended.at) - call.ms(ended.speech_ended_at) == 300
    assert call.recogniser.texts == ["yes"], "it was not recognised twice"


async def test_what_was_said_so_far_is_told_at_the_pause_and_is_worthless_once_speech_goes_on() -> None:
    call = Call()
    call.leg.listen(ENGLISH)
    call.recogniser.so_far = "maybe"
    await call.run("#" * 15 + "." * 12)
    assert [(call.ms(event.at), event.text) for event in call.of(TurnExpected)] == [(440, "maybe")]
    call.recogniser.so_far = "maybe not"
    await call.run("#" * 15 + "." * 40)
    assert [event.text for event in call.of(TurnExpected)] == ["maybe", "maybe not"]
    assert [event.text for event in call.of(TurnEnded)] == ["maybe not"]


async def test_a_probe_that_takes_longer_than_the_pause_is_asked_again_for_the_next() -> None:
    call = Call()
    call.recogniser.so_far, call.recogniser.gate = "no", asyncio.Event()
    call.leg.listen(ENGLISH)
    await call.run("#" * 15 + "." * 12 + "#" * 15 + "." * 12)
    call.recogniser.gate.set()
    await call.run("." * 10)
    assert [event.text for event in call.of(TurnEnded)] == ["no"]


async def test_an_engine_that_fails_at_a_pause_is_told_only_if_it_fails_at_the_end() -> None:
    call = Call()
    call.leg.listen(ENGLISH)
    call.recogniser.so_far, call.recogniser.error = "no", RuntimeError("model gone")
    await call.run("#" * 15 + "." * 12)
    assert call.of(SpeechFailed) == []
    call.recogniser.error = None
    await call.run("." * 40)
    assert [event.text for event in call.of(TurnEnded)] == ["yes"]


class Judge:
    """Says how likely it is that the caller is done; keeps what it was given."""

    name = "judge"

    def __init__(self, probability: float) -> None:
        self.probability_ = probability
        self.heard: list[Pcm] = []

    async def start(self) -> None:
        """There already."""

    async def probability(self, audio: Pcm) -> float:
        self.heard.append(audio)
        if self.probability_ < 0:
            raise RuntimeError("out of order")
        return self.probability_

    async def close(self) -> None:
        """Nothing to free."""


@pytest.mark.parametrize(("probability", "ends_after_ms"), [(0.95, 300), (0.05, 1200), (-1.0, 600)])
async def test_a_judge_of_pauses_decides_where_words_do_not(probability: float, ends_after_ms: int) -> None:
    judge = Judge(probability)
    call = Call(recognisers=(), end_of_turn=judge)
    call.leg.listen(Listening("hi", free=True, end_silence_ms=600))
    await call.run("#" * 20 + "." * 70)
    (ended,) = call.of(TurnEnded)
    assert call.ms(ended.at) - call.ms(ended.speech_ended_at) == ends_after_ms
    assert judge.heard[0].rate == 8000
    assert judge.heard[0].samples.count(VOICED) == 20
    assert [event.engine for event in call.of(SpeechFailed)] == (["judge"] if probability < 0 else [])


async def test_a_word_that_was_no_voice_to_the_detector_is_a_turn_if_it_is_understood() -> None:
    call = Call(vad=DeafVad())
    call.recogniser.texts = ["yes", ""]
    call.leg.listen(ENGLISH)
    await call.run("." * 30 + "#" * 8 + "." * 40)
    (started,), (ended,) = call.of(SpeechStarted), call.of(TurnEnded)
    assert (call.ms(started.at), ended.text) == (600, "yes")
    assert call.recogniser.streams[0].fed.count(VOICED) == 8
    await call.run("#" * 8 + "." * 40)
    assert len(call.recogniser.streams) == 2
    assert len(call.of(TurnEnded)) == 1, "what has no words was no turn"


async def test_the_agents_echo_below_the_gate_does_not_stop_it() -> None:
    call = Call()
    call.leg.listen(ENGLISH)
    call.say("long", "one two three four five six seven eight nine ten")
    echo = tone(20, amplitude=150)
    for _ in range(30):
        call.transport.hear(echo, call.clock.now())
        await call.run(" ")
    assert call.of(BargedIn) == []


async def test_what_must_be_heard_is_not_cut_by_speech_or_by_stop_speaking() -> None:
    call = Call()
    call.leg.listen(ENGLISH)
    call.say("notice", "this call is recorded", barge_in=False)
    assert not call.leg.interruptible
    await call.run("#" * 10)
    call.leg.stop_speaking()
    await call.run("." * 40)
    assert [event.complete for event in call.of(AgentFinished)] == [True]
    assert call.of(TurnEnded) == []


async def test_speech_past_a_protected_utterance_is_a_turn_with_its_beginning() -> None:
    call = Call()
    call.leg.listen(ENGLISH)
    call.say("notice", "wait", barge_in=False)
    await call.run("#" * 20 + "." * 40)
    assert len(call.of(TurnEnded)) == 1
    assert call.recogniser.streams[0].fed.count(VOICED) == 20


async def test_a_key_cuts_all_that_may_be_cut() -> None:
    call = Call()
    call.say("one", "one two three")
    call.say("two", "four")
    await call.run("." * 11)
    call.leg.stop_speaking()
    assert not call.leg.speaking
    await call.run("..")
    assert [(event.utterance, event.heard) for event in call.of(AgentFinished)] == [("one", "one two"), ("two", "")]
    assert call.transport.sent[-1] is None


async def test_silence_elapses_after_the_agent_has_finished() -> None:
    call = Call()
    call.say("ask", "one two three four five")
    call.leg.listen(ENGLISH)
    await call.run("." * 200)
    assert [call.ms(event.at) for event in call.of(SilenceElapsed)] == [3500]


async def test_a_key_restarts_the_silence_clock() -> None:
    call = Call()
    call.leg.listen(ENGLISH)
    await call.run("." * 100)
    call.leg.restart_silence()
    await call.run("." * 160)
    assert [call.ms(event.at) for event in call.of(SilenceElapsed)] == [5000]


async def test_no_engine_for_the_language_ends_the_turn_without_text_but_with_its_recording(tmp_path: Path) -> None:
    call = Call(recognisers=())
    call.leg.listen(Listening("hi", free=True, record=tmp_path / "reason.wav"))
    await call.run("#" * 20 + "." * 40)
    await call.until(TurnEnded)
    (ended,) = call.of(TurnEnded)
    assert (ended.text, ended.engine, ended.recording) == ("", "", tmp_path / "reason.wav")
    with wave.open(str(tmp_path / "reason.wav")) as file:
        assert file.readframes(100_000).count(VOICED) == 20
    assert call.of(SpeechFailed) == []


async def test_an_engine_that_fails_is_followed_by_the_next_of_the_chain() -> None:
    broken = ScriptedRecogniser("broken", error=RuntimeError("model gone"))
    spare = ScriptedRecogniser("spare", texts=["no"])
    call = Call(recognisers=(broken, spare))
    call.leg.listen(ENGLISH)
    await call.run("#" * 20 + "." * 40)
    assert [(event.engine, event.error) for event in call.of(SpeechFailed)] == [("broken", "model gone")]
    assert [(event.text, event.engine, event.unheard) for event in call.of(TurnEnded)] == [("no", "spare", False)]
    assert spare.streams[0].fed.count(VOICED) == 20


async def test_an_engine_that_hangs_is_given_up_at_its_deadline() -> None:
    hanging = ScriptedRecogniser("hanging", hangs=True)
    call = Call(recognisers=(hanging,))
    call.leg.listen(ENGLISH)
    await call.run("#" * 20 + "." * 40)
    await call.until(TurnEnded)
    assert (call.of(TurnEnded)[0].text, call.of(TurnEnded)[0].unheard) == ("", True)
    assert call.of(SpeechFailed)[0].engine == "hanging"
    assert hanging.streams[0].cancelled


async def test_who_waits_for_their_words_to_be_recognised_is_known_to_wait_and_not_taken_for_silent() -> None:
    gate = asyncio.Event()
    call = Call(recognisers=(ScriptedRecogniser(so_far="yes", gate=gate),), recognition_deadline_s=60)
    call.leg.listen(replace(ENGLISH, silence_ms=300))
    await call.run("#" * 20 + "." * 60)
    (closed,) = call.of(TurnClosed)
    assert call.ms(closed.at) - call.ms(closed.speech_ended_at) == pytest.approx(600, abs=20)
    assert (call.of(TurnEnded), call.of(SilenceElapsed)) == ([], [])
    gate.set()
    await call.until(TurnEnded)
    await call.run("." * 20)
    assert len(call.of(SilenceElapsed)) == 1


class ListsAlone(ScriptedRecogniser):
    """Hears closed lists, and no free speech."""

    def can(self, hint: Hint) -> bool:
        return bool(hint.phrases)


@pytest.mark.parametrize("phrases", [(), ("say that again",)])
async def test_numbers_are_heard_by_free_speech_with_the_list_as_likely_words(phrases: tuple[str, ...]) -> None:
    lists, free = ListsAlone("lists"), ScriptedRecogniser("free", texts=["twenty five"])
    call = Call(recognisers=(lists, free))
    call.leg.listen(Listening("en", phrases=phrases, words=("paneer",), numbers=True, end_silence_ms=600))
    await call.run("#" * 20 + "." * 40)
    assert [(event.text, event.engine) for event in call.of(TurnEnded)] == [("twenty five", "free")]
    assert [stream.hint for stream in free.streams] == [Hint("en", words=("paneer", *phrases))]
    assert lists.streams == []


@pytest.mark.parametrize(("phrases", "turns"), [((), 0), (("say that again",), 1)])
async def test_where_nobody_hears_free_speech_numbers_are_not_listened_for(
    phrases: tuple[str, ...], turns: int
) -> None:
    lists = ListsAlone("lists", texts=["say that again"])
    call = Call(recognisers=(lists,))
    call.leg.listen(Listening("en", phrases=phrases, numbers=True, end_silence_ms=600))
    await call.run("#" * 20 + "." * 40)
    assert len(call.of(TurnEnded)) == turns
    assert [stream.hint.phrases for stream in lists.streams] == [phrases] * turns


async def test_two_turns_keep_their_order() -> None:
    call = Call()
    call.recogniser.texts = ["first", "second"]
    call.leg.listen(ENGLISH)
    await call.run(("#" * 20 + "." * 40) * 2)
    assert [event.text for event in call.of(TurnEnded)] == ["first", "second"]


async def test_a_voice_that_fails_leaves_the_part_out_and_says_so() -> None:
    call = Call(voice=ScriptedVoice(cached=False, error=RuntimeError("no voice")))
    call.say("broken", "one two three four five six seven eight")
    await call.run("." * 30)
    assert call.of(SpeechFailed)[0].error == "no voice"
    (finished,) = call.of(AgentFinished)
    assert finished.heard in "one two three four five six seven eight"
    assert len(finished.heard) < 30


async def test_a_voice_that_stalls_is_given_up_and_a_cut_one_is_closed() -> None:
    voice = ScriptedVoice(cached=False, gate=asyncio.Event())
    call = Call(voice=voice)
    call.say("stalled", "one two")
    await call.until(SpeechFailed)
    assert voice.closed == 1


async def test_sound_files_are_played_and_a_missing_one_is_told(tmp_path: Path) -> None:
    write_wav(tmp_path / "ding.wav", tone(60))
    call = Call()
    call.play("ding", tmp_path / "ding.wav")
    call.play("gone", tmp_path / "gone.wav")
    await call.until(SpeechFailed)
    if reading := call.leg._speaking._tasks:
        await asyncio.wait(reading, timeout=5)
    await call.run("." * 10)
    assert [event.utterance for event in call.of(AgentFinished)] == ["ding", "gone"]
    assert sum(frame is not None for frame in call.transport.sent) == 3
    assert call.of(SpeechFailed)[0].engine == "file"


async def test_prepared_parts_start_at_once(tmp_path: Path) -> None:
    write_wav(tmp_path / "ding.wav", tone(60))
    call = Call()
    utterance = Utterance("ding", (tmp_path / "ding.wav", Speech("one", "en")))
    call.leg.prepare(utterance)
    await asyncio.wait(call.leg._speaking._tasks, timeout=5)
    call.leg.say(utterance)
    await call.run(".")
    assert call.transport.sent[-1] is not None
    assert call.voice.prepared == [Speech("one", "en")]


async def test_lost_media_is_told_once_and_only_if_some_had_come() -> None:
    call = Call()
    await call.run(" " * 800)
    assert call.of(MediaLost) == []
    await call.run("." * 5 + " " * 1000)
    assert [call.ms(event.at) for event in call.of(MediaLost)] == [31100]


async def test_media_that_rest_are_not_lost_until_some_time_after() -> None:
    call = Call()
    await call.run("." * 5)
    call.leg.rest()
    await call.run(" " * 1000)
    call.leg.resume()
    await call.run(" " * 700)
    assert call.of(MediaLost) == []
    await call.run(" " * 100)
    assert len(call.of(MediaLost)) == 1


async def test_recording_has_both_sides_and_skipped_time(tmp_path: Path) -> None:
    writer = RecordingWriter()
    recorder = Recorder(tmp_path / "call.wav", writer)
    call = Call(recorder=recorder)
    call.say("hello", "one")
    await call.run("." * 20)
    call.leg.skip(5, call.clock.now())
    assert call.transport.skipped == 5
    call.leg.pause_recording()
    await call.run("#" * 5)
    call.leg.resume_recording()
    statistics = await call.leg.close()
    assert statistics.recording == RecordingReport(recorded_ms=600, private_ms=100, unwritten_ms=0)
    writer.close()
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert file.getnframes() == 30 * 160
        file.setpos(25 * 160)
        assert not any(file.readframes(5 * 160))


async def test_close_frees_everything_and_answers_again() -> None:
    gate = asyncio.Event()
    call = Call(voice=ScriptedVoice(cached=False, gate=gate))
    call.leg.listen(ENGLISH)
    call.say("slow", "one two three four")
    await call.run("#" * 10)
    statistics = await call.leg.close()
    assert (statistics.wrong_source, statistics.jitter_ms) == (7, 1.5)
    assert (statistics.concealed, statistics.mos) == (2, 4.1)
    assert await call.leg.close() == statistics
    assert call.transport.closed == 1
    assert call.ticker.members == []
    assert call.recogniser.streams[0].cancelled
    assert call.voice.closed == 1
    await asyncio.wait_for(call.leg.drained(), 1)
    before = len(call.events)
    await call.settle()
    assert len(call.events) == before
    assert len(asyncio.all_tasks()) == 1


async def test_events_may_call_back_into_the_leg() -> None:
    call = Call()

    def answer(event: object) -> None:
        call.events.append(event)  # type: ignore[arg-type]
        if isinstance(event, TurnEnded):
            call.say("reply", "thank you")
        if isinstance(event, SpeechStarted):
            call.leg.stop_speaking()

    call.leg._on_event = answer
    call.leg.listen(ENGLISH)
    await call.run("#" * 20 + "." * 60)
    assert [event.heard for event in call.of(AgentFinished)] == ["thank you"]


@pytest.mark.parametrize("marks", ["#", "."])
async def test_too_much_queued_is_refused_without_harm(marks: str) -> None:
    call = Call()
    for number in range(70):
        call.say(str(number), "one")
    await call.run(marks)
    assert len(call.of(SpeechFailed)) == 6
    assert {event.heard for event in call.of(AgentFinished)} == {""}
    assert len(call.transport.sent[-1] or b"") == FRAME_BYTES
