"""The instrument: a scene's truth, what the line does to it, what the conversation makes of it, and the figures."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from bench.turns.line import LINES, Line, LineTransport
from bench.turns.loop import VirtualLoop
from bench.turns.measure import barge_ins_of, part, turns_of
from bench.turns.noises import clatter, cough, kitchen, slam
from bench.turns.plot import Curve, Point, svg
from bench.turns.runner import Engines, Outcome, Setting, Turn, play
from bench.turns.scenes import Kind, Piece, Said, Scene, in_place, joined
from bench.turns.sounds import RATE, Sound, at_level, band, laid, level_db, pauses, seconds, silence, trimmed

CLEAN = LINES[0]


def voice(duration_s: float, pitch: float = 140.0) -> Sound:
    """What webrtcvad takes for speech: a buzz in formant bands that swells four times a second."""
    at = np.arange(round(duration_s * RATE)) / RATE
    buzz = np.sign(np.sin(2 * np.pi * pitch * at)) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * at))
    return at_level(trimmed(band(buzz, 300, 1200)), -20)


def answer(gap_s: float) -> Scene:
    sound, said = joined([Piece(voice(0.8), "one two"), Piece(voice(0.8), "three")], [gap_s], 0.6)
    caller = in_place(laid(silence(0.6 + seconds(sound) + 2.5), sound, 0.6), CLEAN, -20, np.random.default_rng(1))
    return Scene("test", Kind.CLAUSES, CLEAN, caller, 0.6, 0.6 + seconds(sound), said, ("yes", "no"))


def interruption(kind: Kind, duration_s: float, echo_db: float | None = None) -> Scene:
    caller = silence(8.0)
    if duration_s:
        caller = laid(caller, voice(duration_s), 3.0)
    caller = in_place(caller, CLEAN, -20, np.random.default_rng(2))
    agent = np.concatenate([voice(9.0, 210)])
    return Scene("test", kind, CLEAN, caller, 3.0, 3.0 + duration_s, (), ("yes", "no"), agent, 0.5, echo_db)


@pytest.fixture(scope="module")
def engines() -> Engines:
    class NoLists:
        """These scenes are heard without words."""

    return Engines(NoLists())  # type: ignore[arg-type]


def test_time_leaps_to_the_next_timer_and_never_waits_for_what_never_comes() -> None:
    loop = VirtualLoop()
    loop.run_until_complete(asyncio.sleep(3600))
    assert loop.time() == pytest.approx(3600)
    with pytest.raises(RuntimeError, match="nothing is left that could wake the loop"):
        loop.run_until_complete(asyncio.Event().wait())
    loop.close()


def test_pieces_are_joined_with_their_gaps_and_their_words_timed() -> None:
    sound, said = joined([Piece(voice(1.0), "one two"), Piece(voice(0.5), "three")], [0.3], 0.6)
    assert seconds(sound) == pytest.approx(1.8)
    assert [(round(words.by_s, 2), words.text) for words in said] == [
        (1.1, "one"),
        (1.6, "one two"),
        (2.4, "one two three"),
    ]
    assert pauses(sound, 0.15) == [pytest.approx(0.3, abs=0.02)]


def test_sounds_are_cut_and_levelled_by_what_is_spoken() -> None:
    speech = np.concatenate((silence(0.5), voice(1.0), silence(0.5)))
    assert seconds(trimmed(speech)) == pytest.approx(1.0, abs=0.02)
    assert level_db(at_level(speech, -30)) == pytest.approx(-30, abs=0.1)


def test_a_place_has_its_noise_so_far_below_its_speech() -> None:
    chance = np.random.default_rng(3)
    line = Line("noisy", "white", 10)
    heard = in_place(silence(3.0), line, -20, chance)
    assert level_db(heard) == pytest.approx(-30, abs=0.5)


@pytest.mark.parametrize("make", [cough, clatter, slam])
def test_noises_are_drawn_anew_and_the_same_for_the_same_seed(make: object) -> None:
    assert callable(make)
    one, again, other = (make(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one[:1000], other[:1000])
    assert seconds(kitchen(1.0, np.random.default_rng(1))) == 1.0


def test_a_line_echoes_loses_and_conceals() -> None:
    line = LineTransport(
        silence(2.0), Line("bad", loss=0.5), np.random.default_rng(1), echo_db=-20, echo_delay_frames=2
    )
    came: list[bytes] = []
    line.start(lambda frame, _: came.append(frame))
    for place in range(100):
        line.send(b"\x00\x40" * 160)
        line.come(place, place * 0.02)
        line.receive()
    assert 30 < len(came) < 70
    echo = np.frombuffer(came[-1], "<i2")
    assert echo[0] == pytest.approx(0x4000 / 10, rel=0.05)
    assert len(line.heard_at) == 100


def test_a_turn_ends_after_its_silence_and_a_longer_pause_cuts_it(engines: Engines) -> None:
    whole = play(answer(0.3), Setting("", 600, words="none"), engines)
    assert not whole.cut_in
    assert whole.delay_s == pytest.approx(0.6, abs=0.1)
    cut = play(answer(0.9), Setting("", 500, words="none"), engines)
    assert cut.cut_in
    assert len(cut.turns) == 2


def test_the_same_scene_gives_the_same(engines: Engines) -> None:
    assert play(answer(0.3), Setting("", words="none"), engines) == play(
        answer(0.3), Setting("", words="none"), engines
    )


def test_long_speech_takes_the_turn_and_a_short_sound_does_not(engines: Engines) -> None:
    setting = Setting("", words="none")
    taken = play(interruption(Kind.SPEECH, 2.0), setting, engines)
    assert taken.barged_in_s
    assert taken.last_heard_s
    assert 0 < taken.last_heard_s - taken.start_s < 0.2
    left = play(interruption(Kind.COUGH, 0.2), setting, engines)
    assert left.barged_in_s is None
    assert left.pauses_ms
    echo = play(interruption(Kind.ECHO, 0.0, echo_db=-25), setting, engines)
    assert (echo.barged_in_s, echo.pauses_ms) == (None, ())


def outcome(kind: Kind, *closed_s: float, barged_in_s: float | None = None) -> Outcome:
    turns = tuple(Turn(at, at + 0.1, "") for at in closed_s)
    return Outcome(kind, "clean", 1.0, 2.0, bool(turns), turns, barged_in_s, barged_in_s, (), None)


def test_figures_of_turns() -> None:
    of = turns_of(
        [
            outcome(Kind.SENTENCE, 2.5),
            outcome(Kind.SHORT, 1.5, 2.6),
            outcome(Kind.DIGITS),
            outcome(Kind.HESITANT, 1.2),
            outcome(Kind.WORD, 1.2),
        ]
    )
    assert of.scenes == 3
    assert [of.cut_ins, of.lost] == pytest.approx([1 / 3, 1 / 3])
    assert [of.delay_p50_ms, of.told_p50_ms] == pytest.approx([500, 600])
    assert not of.held


def test_figures_of_barge_ins() -> None:
    of = barge_ins_of(
        [
            outcome(Kind.WORD, barged_in_s=1.1),
            outcome(Kind.SPEECH),
            outcome(Kind.COUGH, barged_in_s=1.1),
            outcome(Kind.FAR),
        ]
    )
    assert [of.false, of.missed, of.stop_p95_ms] == pytest.approx([0.5, 0.5, 100])
    assert not of.held
    assert part([], 0.5) == 0.0


def test_the_picture_is_svg_with_a_curve_each() -> None:
    curves = [Curve("silence", [Point("300 ms", 300, 0.2), Point("600 ms", 600, 0.0)]), Curve("a <model>", [], True)]
    picture = ET.fromstring(svg("Turns", curves, most_delay_ms=500, most_cut_ins=0.05))  # noqa: S314
    texts = ["".join(text.itertext()) for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "a <model>" in texts
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}polyline"))) == 2


def test_a_perfect_transcript_has_what_was_said_by_then() -> None:
    from bench.turns.engines import transcript
    from media.asr.protocol import Hint

    class At:
        def now(self) -> float:
            return 1001.0

    heard = transcript((Said(0.5, "one"), Said(0.9, "one two"), Said(1.5, "one two three")), At(), 1000.0)
    assert heard.hear(b"", Hint("en"))[0] == "one two"
