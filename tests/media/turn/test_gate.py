from __future__ import annotations

from media.audio.levels import rms_of
from media.turn.gate import VoiceGate


def test_the_agents_echo_does_not_pass_while_it_sounds_and_for_a_moment_after() -> None:
    gate = VoiceGate(echo_db=18)
    gate.agent_said(rms_of(-14))
    assert not gate.over_agent(rms_of(-34))
    assert gate.over_agent(rms_of(-25))
    for _ in range(5):
        gate.agent_said(0)
    assert not gate.over_agent(rms_of(-38))
    for _ in range(40):
        gate.agent_said(0)
    assert gate.over_agent(rms_of(-38))


def test_somebody_far_from_the_phone_does_not_pass_once_the_caller_is_known() -> None:
    gate = VoiceGate(far_db=14)
    far = rms_of(-36)
    assert gate.over_agent(far)
    for _ in range(100):
        gate.caller_said(rms_of(-18))
    assert not gate.over_agent(far)
    assert gate.over_agent(rms_of(-26))


def test_nothing_below_the_floor_over_the_agent_passes() -> None:
    assert not VoiceGate(over_agent_dbfs=-42).over_agent(rms_of(-43))


def test_a_word_that_fades_is_heard_to_its_end_while_the_agent_stands_still() -> None:
    gate = VoiceGate(floor_dbfs=-47, over_agent_dbfs=-42, far_db=14)
    for _ in range(100):
        gate.caller_said(rms_of(-18))
    gate.agent_said(rms_of(-20))
    assert not gate.over_pause(rms_of(-40)), "its echo is still on the way"
    for _ in range(10):
        gate.agent_said(0)
    assert gate.over_pause(rms_of(-45))
    assert not gate.over_agent(rms_of(-45))


def test_noise_that_never_goes_away_is_no_speech_and_speech_above_it_is() -> None:
    gate = VoiceGate(floor_dbfs=-47, noise_db=6)
    for _ in range(50):
        gate.came(rms_of(-35))
    assert rms_of(-32) < gate.floor < rms_of(-26)
    assert not gate.over_agent(rms_of(-32))
    assert gate.over_agent(rms_of(-26))


def test_noise_is_followed_up_in_seconds_and_down_at_once() -> None:
    gate = VoiceGate(floor_dbfs=-47)
    gate.came(rms_of(-60))
    for _ in range(50):
        gate.came(rms_of(-30))
    assert gate.floor == rms_of(-47), "a second of speech is no noise"
    for _ in range(500):
        gate.came(rms_of(-30))
    assert gate.floor > rms_of(-30)
    for _ in range(25):
        gate.came(rms_of(-60))
    assert gate.floor == rms_of(-47)


def test_the_gaps_of_speech_keep_the_noise_low() -> None:
    gate = VoiceGate(floor_dbfs=-47)
    for _ in range(200):
        for level in (-20, -22, -25, -21, -18, -24, -30, -58, -58, -58):
            gate.came(rms_of(level))
    assert gate.floor < rms_of(-40)


def test_speech_may_fade_towards_the_noise_once_it_has_begun() -> None:
    gate = VoiceGate(floor_dbfs=-47, noise_db=6)
    for _ in range(50):
        gate.came(rms_of(-35))
    assert gate.within < rms_of(-29.5) < gate.floor
    assert gate.within > rms_of(-33)
