"""Many legs opened and closed in fast succession, over real sockets: ports, tasks, threads and memory come back."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import pytest_asyncio

from media.asr.protocol import Hint, RecognitionStream
from media.audio.g711 import ALAW
from media.clock import MonotonicClock
from media.dialog.conversation import Conversation
from media.dialog.faculties import Faculties
from media.dialog.plane import MediaPlane
from media.dialog.protocol import Listening, Utterance
from media.rtp.packet import RtpPacket
from media.transport.rtp import NoPortError, RtpPorts, answer_of, open_port
from media.tts.protocol import Speech
from tests.media.fakes import ScriptedRecogniser, ScriptedVoice, tone

_LEGS, _AT_ONCE = 5000, 50
_BLOCKS_GROWN = 2000
"""Objects that the interpreter may hold more of at the end than in the middle: less than one for each leg."""
_SPOKEN = tone(400)
_PAYLOAD = ALAW.encode(tone(20))
_GREETING = Utterance("greeting", (Speech("welcome to the shop", "en"),))


def _descriptors() -> int:
    return len(_files(Path("/proc/self/fd")))


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


class ForgetfulRecogniser(ScriptedRecogniser):
    """Keeps none of its streams, as no real one does."""

    def open(self, hint: Hint) -> RecognitionStream:
        stream = super().open(hint)
        self.streams.clear()
        return stream


def _writers() -> int:
    return sum(thread.name == "recordings" for thread in threading.enumerate())


def _voice() -> ScriptedVoice:
    voice = ScriptedVoice()
    voice.make = lambda _: _SPOKEN
    return voice


def _faculties() -> Faculties:
    return Faculties((ForgetfulRecogniser(),), _voice())


@pytest_asyncio.fixture
async def plane() -> AsyncIterator[MediaPlane]:
    plane = MediaPlane()
    yield plane
    await plane.close()


class Asterisk:
    """The far end of all legs: one socket, that sends to whom it is told."""

    def __init__(self) -> None:
        self.socket = open_port()
        self.address: tuple[str, int] = self.socket.getsockname()

    def speak_to(self, leg: Conversation, number: int) -> None:
        self.socket.sendto(bytes(RtpPacket(8, number, number * 160, 5, _PAYLOAD)), ("127.0.0.1", _port(leg)))

    def forget(self) -> None:
        """Throw away what came."""
        while True:
            try:
                self.socket.recv(2048)
            except BlockingIOError:
                return


def _port(leg: Conversation) -> int:
    """Where it waits for RTP."""
    return int(leg.request.external_host.rpartition(":")[2])


async def _call(legs: list[Conversation], asterisk: Asterisk) -> None:
    """A short call on each of these: the agent speaks, the caller is heard, somebody hangs up."""
    for leg in legs:
        await leg.attach(answer_of(asterisk.address))
        leg.connect(lambda _: None)
        leg.listen(Listening("en", ("yes",)))
        leg.say(_GREETING)
    for number in range(3):
        for leg in legs:
            asterisk.speak_to(leg, number)
        await asyncio.sleep(0)
        for leg in legs:
            leg.tick(0.0)
    counts = await asyncio.gather(*(leg.close() for leg in legs))
    assert min(count.received for count in counts) > 0
    assert min(count.sent for count in counts) >= 4
    asterisk.forget()


def _conversations() -> int:
    gc.collect()
    return sum(isinstance(each, Conversation) for each in gc.get_objects())


async def test_five_thousand_legs_leave_nothing(plane: MediaPlane) -> None:
    asterisk = Asterisk()
    blocks: dict[int, int] = {}
    tasks, threads, descriptors = len(asyncio.all_tasks()), threading.active_count(), _descriptors()
    conversations = _conversations()
    for opened in range(0, _LEGS, _AT_ONCE):
        legs = [plane.open(_faculties()) for _ in range(_AT_ONCE)]
        await _call(legs, asterisk)
        if opened in (_LEGS // 2, _LEGS - _AT_ONCE):
            del legs
            await asyncio.sleep(0)
            gc.collect()
            blocks[opened] = sys.getallocatedblocks()
    assert _conversations() == conversations, "nothing holds a leg that was closed"
    assert len(asyncio.all_tasks()) == tasks
    assert threading.active_count() == threads
    assert _descriptors() == descriptors
    assert blocks[_LEGS - _AT_ONCE] - blocks[_LEGS // 2] < _BLOCKS_GROWN
    assert plane.ticker.statistics.failed_members == 0
    asterisk.socket.close()


async def test_recordings_leave_one_thread_and_no_open_file(tmp_path: Path) -> None:
    asterisk = Asterisk()
    descriptors = _descriptors()
    plane = MediaPlane()
    for number in range(0, 200, 20):
        await _call([plane.open(_faculties(), tmp_path / f"{number + each}.wav") for each in range(20)], asterisk)
    assert _writers() == 1
    await plane.close()
    assert len(_files(tmp_path)) == 200
    assert _writers() == 0
    assert _descriptors() == descriptors
    asterisk.socket.close()


async def test_ports_that_are_all_in_use_are_told_of_and_come_back() -> None:
    ports = _free_ports(8)
    plane = MediaPlane(transports=RtpPorts(MonotonicClock(), ports=ports))
    legs = [plane.open(_faculties()) for _ in range(4)]
    descriptors = _descriptors()
    for _ in range(100):
        with pytest.raises(NoPortError, match="no even UDP port is free"):
            plane.open(_faculties())
    assert _descriptors() == descriptors
    port = _port(legs[1])
    await legs[1].close()
    again = plane.open(_faculties())
    assert _port(again) == port
    await asyncio.gather(*(leg.close() for leg in (*legs, again)))
    legs = [plane.open(_faculties()) for _ in range(4)]
    assert {_port(leg) for leg in legs} == {port for port in ports if port % 2 == 0}
    await asyncio.gather(*(leg.close() for leg in legs))
    await plane.close()


async def test_a_leg_that_was_never_connected_gives_its_port_back(plane: MediaPlane) -> None:
    """The setup failed, or the caller was gone before it."""
    descriptors = _descriptors()
    for _ in range(500):
        leg = plane.open(_faculties())
        leg.prepare(_GREETING)
        await leg.close()
        await leg.close()
    assert _descriptors() == descriptors


async def test_a_far_end_that_is_not_there_costs_a_leg_nothing_but_counts(plane: MediaPlane) -> None:
    nobody = open_port()
    address = nobody.getsockname()
    nobody.close()
    leg = plane.open(_faculties())
    await leg.attach(answer_of(address))
    leg.connect(lambda _: None)
    for _ in range(10):
        leg.tick(0.0)
        await asyncio.sleep(0)
    counts = await leg.close()
    assert counts.sent + counts.send_errors >= 11
    assert plane.ticker.statistics.failed_members == 0


def _free_ports(count: int) -> range:
    """As many ports in a row, of which the even ones are free."""
    for first in range(21_000, 32_000, count):
        with ExitStack() as held:
            try:
                for port in range(first, first + count, 2):
                    held.enter_context(closing(open_port("127.0.0.1", [port])))
            except NoPortError:
                continue
        return range(first, first + count)
    raise AssertionError(f"expected {count} free ports in a row")
