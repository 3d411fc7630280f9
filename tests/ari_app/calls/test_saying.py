"""What the flow says, as the media take it."""

from __future__ import annotations

from pathlib import Path

from ari_app.calls.saying import Place, utterance
from ivr_flows.commands import Recording, Rest, Say, SoundFile, SpokenText
from media.dialog import protocol as media
from media.tts.protocol import Speech

PLACE = Place(Path("/shop"), Path("/run/recordings/call_1"))


def test_each_part_has_its_place() -> None:
    parts = (SpokenText("नमस्ते", "hi", "asha", 1.2), Rest(400), SoundFile("sounds/ding.wav"), Recording("turn-2.wav"))
    said = utterance(Say("step.ask.1", parts, barge_in=False), PLACE)
    assert said == media.Utterance(
        "step.ask.1",
        (
            Speech("नमस्ते", "hi", "asha", 1.2),
            media.Rest(400),
            Path("/shop/sounds/ding.wav"),
            Path("/run/recordings/call_1/turn-2.wav"),
        ),
        barge_in=False,
    )


def test_a_recording_is_one_of_the_calls_own() -> None:
    assert PLACE.recording("../call_2/turn-1.wav") == Path("/run/recordings/call_1/turn-1.wav")
