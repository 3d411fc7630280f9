"""A long call with a peer whose clock is off, whole but for the socket, on the virtual clock."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
import wave
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from media.audio.pcm import FRAME_SAMPLES
from media.audio.recorder import Recorder, RecordingWriter
from media.dialog.conversation import Conversation
from media.dialog.options import Options
from media.dialog.protocol import (
    AgentFinished,
    BargedIn,
    Listening,
    MediaEvent,
    MediaStatistics,
    SilenceElapsed,
    SpeechStarted,
    TurnEnded,
    Utterance,
)
from media.tts.protocol import Speech
from media.vad.webrtc import WebRtcVad
from tests.media.dialog.virtual_rtp import DriftingPeer, VirtualRtp
from tests.media.fakes import SILENT, ManualTicker, ScriptedRecogniser, ScriptedVoice, VirtualClock

STEPS_A_MINUTE = 3000
PPM = 200.0
_CYCLE = 1000
"""Steps of one round of the script, 20 s."""
_LISTENING = Listening("en", phrases=("yes", "no"), silence_ms=4000, end_silence_ms=600)
_SAYS = (250, 300)
"""The caller answers: steps of a round."""
_SAYS_OVER = (460, 530)
"""The caller speaks over the agent."""
_SENDS_NOTHING = range(350, 400)
"""Silence suppression."""
_BLOCKS_GROWN = 3000


def _voice() -> list[bytes]:
    """A second of what webrtcvad takes for a voice: harmonics of 150 Hz that swell and fall."""
    at = np.arange(8000) / 8000
    sound = sum(np.sin(2 * np.pi * 150 * k * at) / k for k in range(1, 9)) * (1 + 0.5 * np.sin(2 * np.pi * 4 * at))
    samples = (np.asarray(sound) * 3000).astype("<i2").tobytes()
    return [samples[start : start + 320] for start in range(0, len(samples), 320)]


class LongCall:
    """A conversation, its script, and what happened in each round of it."""

    def __init__(self, recording: Path, writer: RecordingWriter) -> None:
        self.clock = VirtualClock()
        self.transport = VirtualRtp(self.clock)
        self.recogniser = ScriptedRecogniser()
        self.writer = writer
        self.recorder = Recorder(recording, writer)
        self.leg = Conversation(
            transport=self.transport,
            ticker=ManualTicker(),
            clock=self.clock,
            vad=WebRtcVad(2),
            recognisers=(self.recogniser,),
            voice=ScriptedVoice(),
            recorder=self.recorder,
            options=Options(),
        )
        self.leg.connect(self._hear)
        self.peer = DriftingPeer(self.clock, PPM, self.transport.comes)
        self.rounds: list[Counter[str]] = []
        self.end_of_turn_ms: list[int] = []
        self.stop_ms: list[int] = []
        self.blocks: list[int] = []
        self._voice = _voice()
        self._step = 0

    async def run(self, steps: int) -> MediaStatistics:
        for step in range(steps):
            self._step = step % _CYCLE
            if self._step == 0:
                self._begin_round()
            self._agent_does()
            self.peer.run(self._caller_says)
            self.leg.tick(self.clock.now())
            for _ in range(3):
                await asyncio.sleep(0)
            self.clock.advance(0.02)
        return await self.leg.close()

    def _begin_round(self) -> None:
        """The engine forgets what it heard; a real one keeps none of it."""
        self.rounds.append(Counter())
        self.recogniser.streams.clear()
        self.recogniser.texts = ["yes"] * 8
        if len(self.rounds) % 10 == 3:
            self._let_the_writer_catch_up()
            gc.collect()
            self.blocks.append(sys.getallocatedblocks())

    def _let_the_writer_catch_up(self) -> None:
        """A call on a virtual clock is faster than a disk."""
        deadline = time.monotonic() + 60
        while self.writer.waiting and time.monotonic() < deadline:
            time.sleep(0.01)

    def _agent_does(self) -> None:
        if self._step == 0:
            self.leg.listen(_LISTENING)
            self._say("one two three four five six seven eight nine ten")
        elif self._step == 400:
            self._say("one two three four five six seven eight nine ten " * 4)

    def _say(self, text: str) -> None:
        self.leg.say(Utterance(f"round-{len(self.rounds)}", (Speech(text, "en"),)))

    def _caller_says(self) -> bytes | None:
        if any(start <= self._step < end for start, end in (_SAYS, _SAYS_OVER)):
            return self._voice[self._step % len(self._voice)]
        return None if self._step in _SENDS_NOTHING else SILENT

    def _hear(self, event: MediaEvent) -> None:
        kinds = self.rounds[-1]
        match event:
            case SpeechStarted():
                kinds["spoke"] += 1
            case TurnEnded(text=text):
                kinds[text] += 1
                ended_at = _SAYS[1] if self._step < _SAYS_OVER[0] else _SAYS_OVER[1]
                self.end_of_turn_ms.append((self._step - ended_at) * 20)
            case BargedIn():
                kinds["barged in"] += 1
                self.stop_ms.append((self._step - _SAYS_OVER[0]) * 20)
            case AgentFinished(complete=complete):
                kinds["said" if complete else "cut"] += 1
            case SilenceElapsed():
                kinds["silence"] += 1


async def _check(tmp_path: Path, minutes: int) -> None:
    writer = RecordingWriter()
    path = tmp_path / "long.wav"
    call = LongCall(path, writer)
    steps = minutes * STEPS_A_MINUTE
    statistics = await call.run(steps)
    writer.close()
    first = call.rounds[0]
    assert first == {"spoke": 2, "yes": 2, "said": 1, "cut": 1, "barged in": 1, "silence": 2}
    assert call.rounds == [first] * (steps // _CYCLE), "decided as in the first round, to the end"
    assert max(call.end_of_turn_ms) <= 900
    assert max(call.end_of_turn_ms) - min(call.end_of_turn_ms) <= 100
    assert max(call.stop_ms) - min(call.stop_ms) <= 60
    assert call.blocks[-1] - call.blocks[0] < _BLOCKS_GROWN
    assert statistics.lost == statistics.duplicates == statistics.late == 0
    assert statistics.delay_ms <= 60
    assert call.transport.deepest_frames <= 6
    assert statistics.mos > 4.2
    _check_recording(path, call.transport, steps)


def _check_recording(path: Path, transport: VirtualRtp, steps: int) -> None:
    """Both sides are in it to the sample, as the call had them."""
    caller_crc = agent_crc = 0
    with wave.open(str(path)) as file:
        assert file.getnframes() == steps * FRAME_SAMPLES
        while samples := file.readframes(8000):
            sides = np.frombuffer(samples, dtype="<i2").reshape(-1, 2)
            caller_crc = zlib.crc32(sides[:, 0].tobytes(), caller_crc)
            agent_crc = zlib.crc32(sides[:, 1].tobytes(), agent_crc)
    assert caller_crc == transport.caller_crc
    assert agent_crc == transport.agent_crc
    path.unlink()


async def test_a_call_of_five_minutes_ends_as_it_began(tmp_path: Path) -> None:
    await _check(tmp_path, 5)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_call_of_an_hour_ends_as_it_began(tmp_path: Path) -> None:
    await _check(tmp_path, 60)
