"""The whole plane over real sockets and in real time: a caller who hears a prompt and speaks over it."""

from __future__ import annotations

import asyncio
import time
import wave
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from media.audio.g711 import ALAW
from media.dialog.conversation import Conversation
from media.dialog.faculties import Faculties
from media.dialog.plane import MediaPlane
from media.dialog.protocol import AgentStarted, BargedIn, Listening, MediaEvent, TurnEnded, Utterance
from media.rtp.packet import RtpPacket, parse
from media.transport.rtp import answer_of, open_port
from media.tts.protocol import Speech
from tests.media.fakes import ScriptedRecogniser, ScriptedVoice, tone

FACULTIES = Faculties((ScriptedRecogniser(),), ScriptedVoice())
HARMONICS = [tone(1000, 3000 // k, hertz=150 * k) for k in range(1, 9)]
SOUND = b"".join(
    sum(int.from_bytes(part[at : at + 2], "little", signed=True) for part in HARMONICS).to_bytes(
        2, "little", signed=True
    )
    for at in range(0, len(HARMONICS[0]), 2)
)


def port_of(leg: Conversation) -> tuple[str, int]:
    """Where it waits for RTP."""
    host, _, port = leg.request.external_host.partition(":")
    return host, int(port)


class Phone:
    """Asterisk's side: sends a frame every 20 ms, and notes when voiced ones come."""

    def __init__(self) -> None:
        self.sock = open_port()
        self.address: tuple[str, int] = self.sock.getsockname()
        self.packets: list[tuple[float, RtpPacket]] = []
        self.speaking = False
        self.spoke_at = 0.0
        asyncio.get_running_loop().add_reader(self.sock, self._read)

    @property
    def voiced(self) -> list[float]:
        return [at for at, packet in self.packets if packet.payload != ALAW.silence]

    async def talk(self, to: tuple[str, int]) -> None:
        start, number = time.monotonic(), 0
        while True:
            frame = SOUND[number % 50 * 320 :][:320]
            if self.speaking and not self.spoke_at:
                self.spoke_at = time.monotonic()
            payload = ALAW.encode(frame) if self.speaking else ALAW.silence
            self.sock.sendto(bytes(RtpPacket(8, number, number * 160, 5, payload)), to)
            number += 1
            await asyncio.sleep(start + number * 0.02 - time.monotonic())

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.sock)
        self.sock.close()

    def _read(self) -> None:
        self.packets.append((time.monotonic(), parse(self.sock.recv(2048))))


class Heard:
    """The leg's events, and a way to wait for one."""

    def __init__(self) -> None:
        self.events: list[MediaEvent] = []
        self._told = asyncio.Event()

    def __call__(self, event: MediaEvent) -> None:
        self.events.append(event)
        self._told.set()

    async def first(self, kind: type[MediaEvent]) -> MediaEvent:
        async with asyncio.timeout(10):
            while not (found := [event for event in self.events if isinstance(event, kind)]):
                self._told.clear()
                await self._told.wait()
        return found[0]


async def wait_until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def barge_in(leg: Conversation, phone: Phone, heard: Heard) -> None:
    await leg.attach(answer_of(phone.address))
    leg.connect(heard)
    leg.listen(Listening("en", ("yes",), end_silence_ms=300))
    leg.say(Utterance("long", (Speech("one two three four five six seven eight nine ten " * 5, "en"),)))
    await heard.first(AgentStarted)
    await wait_until(lambda: len(phone.voiced) > 20)
    phone.speaking = True
    await heard.first(BargedIn)
    await asyncio.sleep(0.2)
    phone.speaking = False
    await heard.first(TurnEnded)


async def test_a_caller_hears_the_agent_and_stops_it_by_speaking(tmp_path: Path) -> None:
    plane = MediaPlane()
    phone, heard, leg = Phone(), Heard(), plane.open(FACULTIES, tmp_path / "call.wav")
    talking = asyncio.create_task(phone.talk(port_of(leg)))
    await barge_in(leg, phone, heard)
    statistics = await leg.close()
    talking.cancel()
    phone.close()
    await plane.close()

    stopped_ms = (phone.voiced[-1] - phone.spoke_at) * 1000
    assert 20 <= stopped_ms < 300, "the budget is 150 ms; the rest is for a busy machine"
    turn = await heard.first(TurnEnded)
    assert isinstance(turn, TurnEnded)
    assert turn.text == "yes"
    sequences = [packet.sequence for _, packet in phone.packets]
    assert [(b - a) % 65536 for a, b in pairwise(sequences)] == [1] * (len(sequences) - 1)
    assert len({packet.ssrc for _, packet in phone.packets}) == 1
    assert statistics.lost == 0
    assert statistics.received > 30
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert file.getnchannels() == 2
        assert file.getnframes() >= 30 * 160
    assert plane.ticker.statistics.failed_members == 0


async def test_a_hundred_legs_open_and_close_without_leaving_anything() -> None:
    plane = MediaPlane()
    before = len(asyncio.all_tasks())
    legs = [plane.open(FACULTIES) for _ in range(100)]
    assert len({port_of(leg) for leg in legs}) == 100
    for leg in legs:
        await leg.attach(answer_of(("127.0.0.1", 9)))
        leg.connect(lambda _: None)
    assert len(asyncio.all_tasks()) == before
    await asyncio.gather(*(leg.close() for leg in legs))
    ports = [open_port("127.0.0.1", range(port_of(leg)[1], port_of(leg)[1] + 1)) for leg in legs]
    for sock in ports:
        sock.close()
    await plane.close()
