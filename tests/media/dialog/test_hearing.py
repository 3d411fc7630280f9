"""Who hears a turn: the first that can; the next where it fails, with all that was said."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from media.asr.protocol import Hint, RecognitionStream
from media.dialog.hearing import Hearing
from tests.media.fakes import VOICED, ScriptedRecogniser, ScriptedStream
from tests.virtual_time import virtual_time

ANSWER = Hint("en", ("yes", "no"))


class Mouthful(ScriptedRecogniser):
    """Takes so many frames, and breaks."""

    takes = 0

    def open(self, hint: Hint) -> RecognitionStream:
        self.streams.append(_Breaking(self, hint))
        return self.streams[-1]


class _Breaking(ScriptedStream):
    def feed(self, frame: bytes) -> None:
        super().feed(frame)
        if len(self.fed) > Mouthful.takes:
            raise ConnectionResetError("cut")


def hearing_of(*recognisers: ScriptedRecogniser) -> tuple[Hearing, list[str]]:
    failures: list[str] = []
    hearing = Hearing(recognisers, lambda engine, error: failures.append(f"{engine}: {error}"))
    hearing.keep(5000)
    hearing.open(ANSWER)
    return hearing, failures


def say(hearing: Hearing, frames: int) -> None:
    for _ in range(frames):
        hearing.add(VOICED)


def fed(recogniser: ScriptedRecogniser) -> Sequence[int]:
    return [len(stream.fed) for stream in recogniser.streams]


async def test_the_next_takes_over_within_the_turn_and_is_given_all_that_was_said() -> None:
    Mouthful.takes = 3
    cut, spare = Mouthful("cut"), ScriptedRecogniser("spare")
    hearing, failures = hearing_of(cut, spare)
    say(hearing, 3)
    assert fed(spare) == []
    say(hearing, 4)
    assert fed(spare) == [7]
    assert cut.streams[0].cancelled
    said = await hearing.recognise(hearing.close(0.0, 1.0, 1.5), 5.0)
    assert said
    assert said.engine == "spare"
    assert len(cut.streams) == 1, "it is not asked again for what it failed at, while another hears it"
    assert failures == ["cut: cut"]


async def test_one_that_can_t_even_begin_is_passed_over_and_asked_again_only_when_all_others_failed() -> None:
    Mouthful.takes = 0
    cut, deaf = Mouthful("cut", texts=["no"]), ScriptedRecogniser("deaf", error=RuntimeError("gone"))
    hearing, failures = hearing_of(cut, deaf)
    say(hearing, 2)
    Mouthful.takes = 99
    said = await hearing.recognise(hearing.close(0.0, 1.0, 1.5), 5.0)
    assert said
    assert said.text == "no"
    assert fed(cut) == [1, 2]
    assert failures == ["cut: cut", "deaf: gone"]


async def test_who_has_heard_a_turn_answers_it_though_it_would_not_take_another() -> None:
    first, spare = ScriptedRecogniser("first"), ScriptedRecogniser("spare")
    hearing, _ = hearing_of(first, spare)
    say(hearing, 2)
    turn = hearing.close(0.0, 1.0, 1.5)
    first.languages = frozenset()
    said = await hearing.recognise(turn, 5.0)
    assert said
    assert said.engine == "first"
    assert spare.streams == []


async def test_the_next_turn_is_the_first_choice_s_again() -> None:
    Mouthful.takes = 0
    cut, spare = Mouthful("cut"), ScriptedRecogniser("spare")
    hearing, _ = hearing_of(cut, spare)
    say(hearing, 1)
    hearing.discard()
    hearing.keep(5000)
    Mouthful.takes = 99
    hearing.open(ANSWER)
    say(hearing, 1)
    assert len(cut.streams) == 2
    assert fed(spare) == [1]


@virtual_time
async def test_who_took_too_long_at_the_pause_is_not_waited_for_again_at_the_end_of_the_turn() -> None:
    hanging = ScriptedRecogniser("hanging", so_far="yes", gate=asyncio.Event(), hangs=True)
    spare = ScriptedRecogniser("spare", texts=["no"])
    hearing, failures = hearing_of(hanging, spare)
    say(hearing, 3)
    assert hearing.probe(1.0, 2.0)
    turn = hearing.close(0.0, 1.0, 1.5)
    began = asyncio.get_running_loop().time()
    said = await hearing.recognise(turn, 2.0)
    assert said
    assert (said.engine, turn.unheard) == ("spare", False)
    assert asyncio.get_running_loop().time() - began == 2.0
    assert fed(spare) == [3]
    assert hanging.streams[0].cancelled
    assert [failure.split(":")[0] for failure in failures] == ["hanging"]


@virtual_time
async def test_a_turn_whose_only_recogniser_takes_too_long_is_not_heard_and_not_waited_for_twice() -> None:
    hearing, _ = hearing_of(ScriptedRecogniser("hanging", so_far="yes", gate=asyncio.Event(), hangs=True))
    say(hearing, 3)
    hearing.probe(1.0, 2.0)
    turn = hearing.close(0.0, 1.0, 1.5)
    began = asyncio.get_running_loop().time()
    assert await hearing.recognise(turn, 2.0) is None
    assert asyncio.get_running_loop().time() - began == 2.0
    assert turn.unheard
