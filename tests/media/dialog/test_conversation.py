from __future__ import annotations

import asyncio
import wave
from pathlib import Path

import pytest

from media.audio.pcm import FRAME_BYTES
from media.audio.recorder import Recorder, RecordingWriter
from media.audio.wav import write_wav
from media.dialog.protocol import (
    AgentFinished,
    AgentStarted,
    BargedIn,
    Listening,
    MediaLeg,
    MediaLost,
    SilenceElapsed,
    SpeechFailed,
    SpeechStarted,
    TurnEnded,
    Utterance,
)
from media.tts.protocol import Speech
from tests.media.dialog.harness import ASTERISK, ENGLISH, Call
from tests.media.fakes import VOICED, ScriptedRecogniser, ScriptedVoice, tone


async def test_it_is_a_media_leg_and_its_first_packet_leaves_at_connect() -> None:
    call = Call()
    leg: MediaLeg = call.leg
    assert leg.local_address == ("127.0.0.1", 4000)
    assert call.transport.remote == ASTERISK
    assert call.transport.sent == [None]


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


async def test_speech_over_the_agent_stops_it_within_120_ms_and_tells_what_was_heard() -> None:
    call = Call()
    call.leg.listen(ENGLISH)
    call.say("long", "one two three four five six seven eight nine ten")
    await call.run("." * 25)
    assert call.transport.sent[-1] is not None
    await call.run("#" * 30)
    (barged,), (finished,) = call.of(BargedIn), call.of(AgentFinished)
    assert call.ms(barged.speech_started_at) == 500
    assert call.ms(barged.at) == 600
    assert barged.heard == finished.heard == "one two three four five six"
    assert not finished.complete
    voiced = [number for number, frame in enumerate(call.transport.sent[1:]) if frame and any(frame)]
    assert voiced[-1] * 20 == 600, "the last frame is the fade, in the tick that the barge-in fell into"
    order = [type(event) for event in call.events]
    assert order == [AgentStarted, SpeechStarted, AgentFinished, BargedIn]


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
    assert [(event.text, event.engine) for event in call.of(TurnEnded)] == [("no", "spare")]
    assert spare.streams[0].fed.count(VOICED) == 20


async def test_an_engine_that_hangs_is_given_up_at_its_deadline() -> None:
    hanging = ScriptedRecogniser("hanging", hangs=True)
    call = Call(recognisers=(hanging,))
    call.leg.listen(ENGLISH)
    await call.run("#" * 20 + "." * 40)
    await call.until(TurnEnded)
    assert call.of(TurnEnded)[0].text == ""
    assert call.of(SpeechFailed)[0].engine == "hanging"
    assert hanging.streams[0].cancelled


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
    await call.leg.close()
    assert recorder.finished.wait(5)
    writer.close()
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert file.getnframes() == 25 * 160


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
