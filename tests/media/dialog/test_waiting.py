"""Music, rests and tones on a conversation; turns after a tone, turns that are only kept, turns that a hang-up ends."""

from __future__ import annotations

import asyncio
import wave
from dataclasses import replace
from pathlib import Path

from media.asr.protocol import Hint, Recognition
from media.audio.music import ringing
from media.audio.pcm import FRAME_BYTES
from media.audio.wav import write_wav
from media.dialog.protocol import (
    AgentFinished,
    Listening,
    Rest,
    SilenceElapsed,
    SpeechFailed,
    SpeechStarted,
    Tone,
    TurnEnded,
    Utterance,
)
from media.tts.protocol import Speech
from tests.media.dialog.harness import ENGLISH, Call
from tests.media.fakes import VOICED, ScriptedRecogniser, ScriptedStream, tone

MESSAGE = Listening("en", free=True, silence_ms=3000, end_silence_ms=600)


# -- music, rests and tones --------------------------------------------------------------------------------------------


async def test_music_plays_over_and_over_once_all_was_said(tmp_path: Path) -> None:
    write_wav(tmp_path / "tune.wav", tone(200))
    call = Call()
    call.say("moment", "one two")
    call.leg.play_music(tmp_path / "tune.wav")
    await asyncio.wait(call.leg._speaking._tasks, timeout=5)
    await call.run("." * 100)
    frames = [frame for frame in call.transport.sent[1:] if frame]
    assert len(frames) == 100
    assert b"".join(frames[:10]) == tone(200)
    assert all(any(frame) for frame in frames[11:])
    await asyncio.wait_for(call.leg.drained(), 1)
    call.say("thanks", "three")
    call.leg.stop_music()
    await call.run("." * 10)
    assert [event.utterance for event in call.of(AgentFinished)] == ["moment", "thanks"]
    assert call.transport.sent[-1] is None


async def test_without_a_file_it_is_a_ringing_tone() -> None:
    call = Call()
    call.leg.play_music(None)
    await call.run("." * 150)
    heard = b"".join(frame or b"" for frame in call.transport.sent[1:])
    assert heard[160:] == ringing()[160:]


async def test_music_that_is_missing_is_told_and_silent(tmp_path: Path) -> None:
    call = Call()
    call.leg.play_music(tmp_path / "gone.wav")
    await call.until(SpeechFailed)
    await call.run("." * 5)
    assert call.of(SpeechFailed)[0].engine == "file"
    assert not any(any(frame) for frame in call.transport.sent if frame)


async def test_a_rest_is_exact_to_the_sample_and_not_in_the_ledger() -> None:
    call = Call()
    call.leg.say(Utterance("two", (Speech("one", "en"), Rest(333), Speech("two", "en"), Tone(1000, 200))))
    await call.run("." * 50)
    heard = b"".join(frame or b"" for frame in call.transport.sent[1:])
    word, rest = tone(100), bytes(333 * 16)
    assert heard.startswith(word + rest + word)
    assert len(heard.rstrip(b"\0")) <= len(word + rest + word) + 200 * 16
    (finished,) = call.of(AgentFinished)
    assert (finished.heard, finished.complete) == ("one two", True)


async def test_what_was_heard_is_right_when_a_cut_falls_into_a_rest() -> None:
    call = Call()
    call.leg.say(Utterance("two", (Speech("one", "en"), Rest(400), Speech("two", "en"))))
    await call.run("." * 12)
    call.leg.stop_speaking()
    await call.run(".")
    assert [(event.heard, event.complete) for event in call.of(AgentFinished)] == [("one", False)]


# -- what is listened for ----------------------------------------------------------------------------------------------


async def test_what_was_said_before_a_tone_does_not_count() -> None:
    call = Call()
    call.leg.listen(MESSAGE)
    await call.run("#" * 15)
    call.leg.listen(replace(MESSAGE, afresh=True))
    await call.run("." * 60)
    assert call.of(TurnEnded) == []
    assert call.recogniser.streams[0].cancelled
    await call.run("#" * 20 + "." * 40)
    assert len(call.of(TurnEnded)) == 1


async def test_speech_that_goes_on_over_a_tone_is_kept_from_the_tone_on() -> None:
    call = Call()
    call.leg.listen(MESSAGE)
    await call.run("#" * 30)
    call.leg.listen(replace(MESSAGE, afresh=True))
    since = call.ms(call.clock.now())
    await call.run("#" * 20 + "." * 40)
    (ended,) = call.of(TurnEnded)
    assert call.ms(ended.speech_started_at) >= since
    assert call.recogniser.streams[-1].fed.count(VOICED) <= 20 + 2


async def test_the_silence_clock_starts_with_what_is_listened_for_afresh() -> None:
    call = Call()
    call.leg.listen(MESSAGE)
    await call.run("." * 100)
    call.leg.listen(replace(MESSAGE, afresh=True))
    await call.run("." * 160)
    assert [call.ms(event.at) for event in call.of(SilenceElapsed)] == [5000]


async def test_what_is_only_kept_meets_no_recogniser(tmp_path: Path) -> None:
    call = Call()
    call.leg.listen(Listening("en", phrases=("yes",), record=tmp_path / "name.wav", recognise=False))
    await call.run("#" * 20 + "." * 40)
    await call.until(TurnEnded)
    (ended,) = call.of(TurnEnded)
    assert call.recogniser.streams == []
    assert (ended.text, ended.engine, ended.recording) == ("", "", tmp_path / "name.wav")
    assert len(call.of(SpeechStarted)) == 1


async def test_languages_are_offered_to_the_recogniser_and_the_one_it_heard_is_told() -> None:
    class Polyglot(ScriptedRecogniser):
        def open(self, hint: Hint) -> ScriptedStream:
            self.streams.append(_PolyglotStream(self, hint))
            return self.streams[-1]

    class _PolyglotStream(ScriptedStream):
        async def finish(self) -> Recognition:
            return replace(await super().finish(), language="mr")

    polyglot = Polyglot()
    call = Call(recognisers=(polyglot,))
    call.leg.listen(replace(ENGLISH, languages=("hi", "mr", "en")))
    await call.run("#" * 20 + "." * 40)
    assert polyglot.streams[0].hint == Hint("en", ("yes", "no"), ("hi", "mr", "en"))
    assert call.of(TurnEnded)[0].language == "mr"


# -- a hang-up in the middle of a turn ---------------------------------------------------------------------------------


async def test_a_turn_that_is_ended_is_recorded_and_recognised_as_far_as_it_got(tmp_path: Path) -> None:
    call = Call()
    call.leg.listen(replace(MESSAGE, record=tmp_path / "message.wav"))
    await call.run("#" * 50)
    assert call.leg.end_turn(within_s=1.0)
    await call.until(TurnEnded)
    (ended,) = call.of(TurnEnded)
    assert (ended.text, ended.recording) == ("yes", tmp_path / "message.wav")
    with wave.open(str(tmp_path / "message.wav")) as file:
        assert file.readframes(100_000).count(VOICED) == 48, "two frames still are in the jitter buffer"


async def test_a_recogniser_that_takes_too_long_costs_the_text_and_not_the_recording(tmp_path: Path) -> None:
    call = Call(recognisers=(ScriptedRecogniser(hangs=True),))
    call.leg._options = replace(call.leg._options, recognition_deadline_s=60)
    call.leg.listen(replace(MESSAGE, record=tmp_path / "message.wav"))
    await call.run("#" * 50)
    assert call.leg.end_turn(within_s=0.05)
    await call.until(TurnEnded)
    (ended,) = call.of(TurnEnded)
    assert (ended.text, ended.recording) == ("", tmp_path / "message.wav")
    assert (tmp_path / "message.wav").stat().st_size > 40 * FRAME_BYTES


async def test_a_turn_that_was_over_before_is_still_told() -> None:
    call = Call(recognisers=(ScriptedRecogniser(hangs=True),))
    call.leg._options = replace(call.leg._options, recognition_deadline_s=60)
    call.leg.listen(MESSAGE)
    await call.run("#" * 20 + "." * 40)
    assert call.leg.end_turn(within_s=0.05)
    await call.until(TurnEnded)
    assert not call.leg.end_turn(within_s=0.05)


async def test_nothing_is_recognised_after_the_leg_was_closed() -> None:
    call = Call(recognisers=(ScriptedRecogniser(hangs=True),))
    call.leg.listen(MESSAGE)
    await call.run("#" * 20 + "." * 40)
    await call.leg.close()
    assert len(asyncio.all_tasks()) == 1
