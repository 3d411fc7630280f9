"""What is said over music, and pauses between what is said one after the other."""

from __future__ import annotations

import asyncio

import numpy as np

from media.audio.ducking import DUCKED_DB
from media.audio.levels import dbfs
from media.audio.music import ringing
from media.audio.pcm import FRAME_BYTES, FRAME_MS
from media.dialog.protocol import AgentFinished, Utterance
from media.tts.joining import SENTENCE_MS
from media.tts.protocol import Speech
from tests.media.dialog.harness import Call
from tests.media.fakes import ScriptedVoice, tone


def sent(call: Call) -> list[bytes]:
    return [frame or bytes(FRAME_BYTES) for frame in call.transport.sent[1:]]


async def test_a_notice_is_heard_over_the_ringing_tone_which_goes_on_below_it() -> None:
    call = Call()
    call.leg.play_music(None)
    await call.run("." * 10)
    call.leg.say(Utterance("notice", (Speech("please wait a moment more", "en"),), over_music=True))
    await call.run("." * 140)
    assert [event.utterance for event in call.of(AgentFinished)] == ["notice"]
    heard = np.frombuffer(b"".join(sent(call)), "<i2").astype(int)
    ring = np.frombuffer(ringing(), "<i2").astype(int)
    said = np.frombuffer(call.voice.make("please wait a moment more"), "<i2").astype(int)
    at = 10 * FRAME_BYTES // 2
    under = heard[at : at + len(said)] - said
    settled = slice(800, 1600)
    assert np.max(np.abs(under[settled] - ring[at : at + len(said)][settled] * 10 ** (DUCKED_DB / 20))) <= 2
    assert np.array_equal(heard[-800:], ring[len(heard) - 800 : len(heard)])


async def test_without_the_wish_it_waits_for_the_music() -> None:
    call = Call()
    call.leg.play_music(None)
    await call.run("." * 10)
    call.say("notice", "please wait")
    await call.run("." * 100)
    assert call.leg.speaking
    assert call.of(AgentFinished) == []


async def test_sentences_that_follow_each_other_have_a_pause_between_them() -> None:
    call = Call()
    call.say("first", "Yes.")
    call.say("second", "no")
    await call.run("." * 40)
    frames = sent(call)
    quiet = [dbfs(frame) < -50 for frame in frames]
    loud = [number for number, silent in enumerate(quiet) if not silent]
    silent_frames = quiet[loud[0] : loud[-1]].count(True)
    assert silent_frames * FRAME_MS == SENTENCE_MS // FRAME_MS * FRAME_MS
    assert [event.heard for event in call.of(AgentFinished)] == ["Yes.", "no"]


async def test_an_answer_into_silence_begins_at_once() -> None:
    call = Call()
    call.say("first", "Yes.")
    await call.run("." * 40)
    call.say("second", "no")
    await call.run(".")
    assert sent(call)[-1] == tone(100)[:FRAME_BYTES]


async def test_a_slow_synthesiser_is_counted_in_frames() -> None:
    gate = asyncio.Event()
    call = Call(voice=ScriptedVoice(cached=False, gate=gate))
    call.leg._speaking._deadline_s = 5.0
    call.say("slow", "one two three four")
    await call.run("." * 25)
    gate.set()
    await call.run("." * 20)
    assert call.of(AgentFinished)[0].complete
    assert (await call.leg.close()).underruns == 15
