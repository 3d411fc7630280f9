from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from media.asr.phone_search import Chains, Link, free, possible
from media.asr.sphinx_model import AcousticModel, Floats, Phones

SIL, AA, BB, CC = range(4)


@pytest.fixture
def model() -> AcousticModel:
    """Four phones of three senones each, all moves alike."""
    alone = np.arange(12, dtype=np.int32).reshape(4, 3)
    none = np.zeros(0, np.int32)
    number = {"SIL": SIL, "AA": AA, "BB": BB, "CC": CC}
    phones = Phones(number, alone, np.arange(1, 4, dtype=np.int32), none.astype(np.int64), none, alone, alone[:, 0])
    moves = np.full((4, 3, 2), np.log(0.5), np.float32)
    empty = np.zeros((3, 4, 128, 13), np.float32)
    return AcousticModel(phones, empty, empty, np.zeros((3, 128, 12), np.uint8), moves)


def chain(*sounds: int) -> tuple[Link, ...]:
    alone = np.arange(12, dtype=np.int32).reshape(4, 3)
    return tuple(Link(sound, alone[sound], optional=sound == SIL) for sound in (SIL, *sounds, SIL))


def heard(*sounds: int, steps: int = 2) -> Floats:
    """Likelihoods of audio in which each state of these sounds lasts so many steps."""
    states = [3 * sound + state for sound in sounds for state in range(3) for _ in range(steps)]
    scores = np.full((len(states), 12), -10.0, np.float32)
    scores[np.arange(len(states)), states] = 0
    return scores


def walked(chains: Chains, scores: Floats) -> tuple[Floats, np.ndarray]:
    return chains.walked(scores[:, chains.senones])


@pytest.mark.parametrize("said", [(AA, BB), (SIL, AA, BB), (AA, BB, SIL), (SIL, AA, BB, SIL)])
def test_the_phrase_that_was_said_wins_with_silence_around_it_or_without(
    model: AcousticModel, said: tuple[int, ...]
) -> None:
    chains = Chains([chain(BB, AA), chain(AA, BB), chain(AA, BB, CC)], model)
    totals, came = walked(chains, heard(*said))
    assert totals.argmax() == 1
    assert totals[1] == pytest.approx((len(heard(*said)) - 1) * np.log(0.5), abs=1e-3)
    links = chains.way(1, came).links
    assert [(SIL, AA, BB, SIL)[link] for link in links] == [sound for sound in said for _ in range(6)]


def test_a_pause_between_two_words_may_be_there_or_not(model: AcousticModel) -> None:
    two_words = Chains([chain(AA, SIL, BB)], model)
    for said in ((AA, BB), (AA, SIL, BB)):
        totals, _ = walked(two_words, heard(*said))
        assert totals[0] == pytest.approx((len(heard(*said)) - 1) * np.log(0.5), abs=1e-3)


def test_audio_that_is_too_short_for_a_phrase_has_no_way_through_it(model: AcousticModel) -> None:
    totals, _ = walked(Chains([chain(AA), chain(AA, BB, CC)], model), heard(AA, steps=1))
    assert [possible(float(total)) for total in totals] == [True, False]


def test_phones_in_any_order_reach_what_any_phrase_does(model: AcousticModel) -> None:
    chance = np.random.default_rng(2)
    scores = chance.normal(size=(20, 12)).astype(np.float32)
    best = free(scores.reshape(20, 4, 3), model)
    for sounds in product((AA, BB, CC), repeat=2):
        totals, _ = walked(Chains([chain(*sounds)], model), scores)
        assert best >= float(totals[0]) - 1e-3


def test_every_step_of_the_best_way_is_one_on_or_a_silence_left_out(model: AcousticModel) -> None:
    chance = np.random.default_rng(4)
    chains = Chains([chain(AA, SIL, BB), chain(CC)], model)
    scores = chance.normal(size=(40, 12)).astype(np.float32)[:, chains.senones]
    totals, came = chains.walked(scores)
    way = chains.way(0, came)
    own = scores[np.arange(40), way.columns].sum() + 39 * np.log(0.5)
    assert float(totals[0]) == pytest.approx(float(own), abs=1e-2)
    assert set(np.diff(way.links).tolist()) <= {0, 1, 2}
