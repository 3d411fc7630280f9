from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from media.asr.sphinx_model import AcousticModel, model_folder, read_model


@pytest.fixture(scope="module")
def model() -> AcousticModel:
    return read_model(model_folder() / "en-us")


def test_the_wheels_model_is_read_whole(model: AcousticModel) -> None:
    assert model.means.shape == model.variances.shape == (3, 42, 128, 13)
    assert (model.variances > 0).all()
    assert len(model.phones.owner) == 5126
    assert len(model.phones.speech) == 39


def test_weights_of_a_senone_are_nearly_all_of_it(model: AcousticModel) -> None:
    """They were rounded to 8 bits and what was tiny was cut off, so that they do not sum to 1 quite."""
    sums = model.weights(np.arange(0, 5126, 100, dtype=np.int32)).sum(axis=1)
    assert ((sums > 0.85) & (sums < 1.01)).all()


def test_moves_are_probabilities(model: AcousticModel) -> None:
    assert np.allclose(np.exp(model.moves).sum(axis=2), 1, atol=1e-5)


def test_a_phone_has_its_own_senones_between_others_and_by_itself(model: AcousticModel) -> None:
    number = model.phones.number
    yes = model.phones.between(number["EH"], number["Y"], number["S"], 0)
    assert not np.array_equal(yes, model.phones.alone[number["EH"]])
    assert (model.phones.owner[yes] == number["EH"]).all()


def test_a_context_that_the_model_has_not_is_taken_for_a_like_one(model: AcousticModel) -> None:
    number = model.phones.number
    odd = model.phones.between(number["ZH"], number["ZH"], number["ZH"], 3)
    assert (model.phones.owner[odd] == number["ZH"]).all()


def test_another_layout_is_refused_in_words(tmp_path: Path) -> None:
    source = model_folder() / "en-us"
    for name in ("mdef", "means", "variances", "sendump", "transition_matrices"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    (tmp_path / "means").write_bytes((source / "transition_matrices").read_bytes())
    with pytest.raises(RuntimeError, match=r"means is of another model: expected \(42, 3, 128\)"):
        read_model(tmp_path)


def test_a_missing_wheel_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(RuntimeError, match="pip install pocketsphinx"):
        model_folder()
