"""Who answered, by what is heard: a person first, in every doubt."""

from __future__ import annotations

import pytest

from media.machine.manner import BEFORE_SPEAKING, WHILE_SPEAKING
from tests.media.machine.sounds import SPEECH_RMS, Line


def test_a_word_and_silence_is_a_person_as_soon_as_the_pause_is_one() -> None:
    line = Line().quiet(300).speak(400).quiet(1000)
    assert line.told == [("human", "short_greeting", 1300)]


@pytest.mark.parametrize("ms", [400, 1700])
def test_a_short_greeting_is_a_person_s(ms: int) -> None:
    assert Line().quiet(300).speak(ms).quiet(1000).told[0][:2] == ("human", "short_greeting")


def test_a_click_is_no_greeting() -> None:
    line = Line().quiet(500).speak(40).quiet(2000)
    assert line.told == [("unknown", "nobody_spoke", 2000)]


def test_speech_that_goes_on_is_a_machine_and_its_end_is_told_by_silence() -> None:
    line = Line().quiet(500).say(6000).quiet(4000)
    ((callee, because, at_ms),) = line.told
    assert (callee, because) == ("machine", "long_greeting")
    assert at_ms == pytest.approx(500 + BEFORE_SPEAKING.long_ms, abs=200)
    (over,) = line.over
    assert over.beep_at is None
    assert line.detector.over


def test_a_greeting_between_a_person_s_and_a_machine_s_is_in_doubt() -> None:
    assert Line().quiet(300).say(2600).quiet(800).told[0][:2] == ("unknown", "middling_greeting")


def test_nobody_speaks_and_nothing_is_sent() -> None:
    line = Line().nothing(2500)
    assert line.told == [("unknown", "nobody_spoke", 2000)]


def test_sentences_with_pauses_are_found_out_after_a_first_verdict_of_a_person() -> None:
    line = Line().quiet(200).say(1500)
    for _ in range(4):
        line.quiet(700).say(1500)
    assert [callee for callee, _, _ in line.told] == ["human", "machine"]


def test_a_person_who_speaks_again_later_stays_one() -> None:
    line = Line().quiet(200).speak(500)
    for _ in range(4):
        line.quiet(1200).say(1500)
    assert [callee for callee, _, _ in line.told] == ["human"]


def test_while_the_agent_speaks_more_is_asked_for() -> None:
    between_ms = (BEFORE_SPEAKING.long_ms + WHILE_SPEAKING.long_ms) // 2
    assert [callee for callee, _, _ in Line().say(between_ms).told] == ["machine"]
    assert Line(WHILE_SPEAKING).say(between_ms).told == []
    assert [callee for callee, _, _ in Line(WHILE_SPEAKING).say(WHILE_SPEAKING.long_ms + 500).told] == ["machine"]


def test_a_radio_behind_a_person_does_not_make_a_long_greeting() -> None:
    line = Line().speak(500).speak(5000, level=SPEECH_RMS // 8)
    assert [callee for callee, _, _ in line.told] == ["human"]


def test_a_radio_before_a_person_counts_for_nothing() -> None:
    line = Line().speak(1500, level=400).speak(600).quiet(1000)
    assert [callee for callee, _, _ in line.told] == ["human"]


def test_faint_speech_is_somebody_in_the_background() -> None:
    assert Line().speak(5000, level=200).told[0][:2] == ("unknown", "nobody_spoke")


@pytest.mark.parametrize("hertz", [425, 440, 850, 1000, 1400])
def test_a_beep_after_a_greeting_ends_it_where_the_beep_ends(hertz: int) -> None:
    line = Line().quiet(300).say(6000).quiet(400).tone(hertz, 300)
    ended = line.now
    line.quiet(400)
    (over,) = line.over
    assert over.beep_at == pytest.approx(ended, abs=0.03)
    assert over.at - ended == pytest.approx(0.2, abs=0.05)


def test_a_beep_proves_a_machine_even_after_a_short_greeting() -> None:
    line = Line().quiet(300).say(1300).quiet(400).tone(1000, 300).quiet(400)
    assert [(callee, because) for callee, because, _ in line.told] == [("machine", "beep")]
    assert len(line.over) == 1


def test_a_beep_takes_a_verdict_back() -> None:
    line = Line().quiet(300).say(1300).quiet(900).tone(1000, 300).quiet(400)
    assert [(callee, because) for callee, because, _ in line.told] == [("human", "short_greeting"), ("machine", "beep")]


@pytest.mark.parametrize(
    ("hertz", "ms", "level_dbfs"),
    [
        pytest.param(400, 400, -20, id="a ringing tone of India"),
        pytest.param(2600, 300, -20, id="above a recorder's"),
        pytest.param(1000, 60, -20, id="a blip"),
        pytest.param(1000, 300, -38, id="the till of a shop"),
    ],
)
def test_what_is_no_beep_of_a_recorder(hertz: int, ms: int, level_dbfs: float) -> None:
    line = Line().quiet(300).say(1300).quiet(400).tone(hertz, ms, level_dbfs).quiet(800)
    assert [callee for callee, _, _ in line.told if callee == "machine"] == []
    assert line.told


def test_a_tone_without_end_holds_the_verdict_up_no_longer_than_a_beep_would() -> None:
    line = Line().quiet(300).speak(500).tone(1000, 3000)
    ((callee, because, at_ms),) = line.told
    assert (callee, because) == ("human", "short_greeting")
    assert at_ms == pytest.approx(300 + 500 + 1600, abs=60)


def test_a_beep_before_anybody_spoke_proves_nothing() -> None:
    assert [callee for callee, _, _ in Line().quiet(300).tone(1000, 300).quiet(2000).told] == ["unknown"]


def test_a_tone_that_speech_follows_at_once_is_no_beep() -> None:
    line = Line().quiet(300).say(6000).tone(1000, 300).say(2000).quiet(400)
    assert line.over == []


def test_a_network_s_tones_are_known_by_the_second() -> None:
    line = Line().quiet(200).tone(950, 340).tone(1400, 340).tone(1800, 340).quiet(100)
    ((callee, because, at_ms),) = line.told
    assert (callee, because) == ("machine", "network_tones")
    assert at_ms < 1000


def test_a_fax_is_a_machine() -> None:
    assert Line().quiet(200).tone(2100, 1000).quiet(100).told[0][:2] == ("machine", "fax")


def test_after_its_watch_a_person_is_not_doubted_any_more() -> None:
    line = Line().speak(500).quiet(12_000)
    assert line.detector.over
    line.say(8000)
    assert [callee for callee, _, _ in line.told] == ["human"]


def test_a_machine_that_never_rests_is_not_waited_for_for_ever() -> None:
    line = Line().say(60_000)
    assert len(line.over) == 1
    assert line.ms(line.over[0].at) == pytest.approx(
        BEFORE_SPEAKING.long_ms + BEFORE_SPEAKING.greeting_most_ms, abs=400
    )
