"""An engine is made by its name in the settings: with its options, its key, and refusals that say what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ari_app.engines import making
from ari_app.engines.making import recipe
from ari_app.ops.settings import Settings
from media.errors import EngineUnavailableError
from media.registry import Engines as Kind


class Ears:
    """A recogniser with options."""

    def __init__(self, *, name: str, model: str = "tiny", beam: int = 1, key: str = "") -> None:
        if beam < 1:
            raise ValueError(f"beam: expected 1 or more, got {beam}")
        self.name, self.model, self.beam, self.key = name, model, beam, key


class Vendor:
    """One that can do nothing without a key."""

    def __init__(self, *, name: str, key: str) -> None:
        self.name, self.key = name, key


class Bare:
    """Somebody else's: takes nothing."""

    name = "bare"


class Heavy:
    """Its package is not installed."""

    def __init__(self) -> None:
        raise EngineUnavailableError("faster-whisper is not installed: pip install 'mercury[whisper]'")


KNOWN: dict[str, type[Any]] = {"ears": Ears, "vendor": Vendor, "bare": Bare, "heavy": Heavy}


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def engine(kind: Kind, name: str) -> type[Any]:
        if name not in KNOWN:
            raise EngineUnavailableError(f"no engine {name!r} in {kind.value}; installed: {', '.join(KNOWN)}")
        return KNOWN[name]

    monkeypatch.setattr(making, "engine", engine)


def settings(folder: Path, **models: Any) -> Settings:
    return Settings.model_validate({"run_dir": folder, "engines": {"models": models}})


def made(given: Settings, name: str) -> Any:
    return recipe(Kind.RECOGNISERS, name, given).make()


def test_a_model_is_its_engine_with_its_options_under_its_own_name(tmp_path: Path) -> None:
    given = settings(tmp_path, hindi={"engine": "ears", "model": "large-v3", "beam": 2})
    hindi, plain = made(given, "hindi"), made(given, "ears")
    assert (hindi.name, hindi.model, hindi.beam) == ("hindi", "large-v3", 2)
    assert (plain.name, plain.model) == ("ears", "tiny")
    assert made(given, "bare").name == "bare"


def test_a_key_comes_from_the_settings_or_from_its_file_and_is_never_made_up_or_shown(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "engine-filed-key").write_text("from-file\n")
    given = settings(tmp_path, given={"engine": "vendor", "key": "from-settings"}, filed={"engine": "vendor"})
    how = recipe(Kind.RECOGNISERS, "given", given)
    assert how.make().key == "from-settings"
    assert made(given, "filed").key == "from-file"
    assert "from-settings" not in repr(how) + repr(given)
    with pytest.raises(EngineUnavailableError, match=r"'vendor'.*needs a key: put it into run_dir/secrets/engine-vend"):
        made(given, "vendor")
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["engine-filed-key"]


def test_a_key_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERCURY_ENGINES__MODELS__CLOUD__KEY", "from-environment")
    assert made(settings(tmp_path, cloud={"engine": "vendor"}), "cloud").key == "from-environment"


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ({"engine": "ears", "size": 1}, "engines.models.x: ears has no option size; it has: model, beam, key"),
        ({"engine": "ears", "beam": 0}, "engine 'x': beam: expected 1 or more, got 0"),
        ({"engine": "ears", "name": "y"}, "ears has no option name"),
        ({"engine": "bare", "model": "y"}, "bare has no option model; it has: none"),
        ({"engine": "nose"}, "no engine 'nose' in mercury.recognisers; .*; engines.models: x"),
        ({"engine": "heavy"}, r"pip install 'mercury\[whisper\]'"),
    ],
)
def test_what_can_t_be_made_says_what_to_do(tmp_path: Path, model: dict[str, Any], told: str) -> None:
    with pytest.raises(EngineUnavailableError, match=told):
        made(settings(tmp_path, x=model), "x")


def test_an_engine_of_compiled_code_is_given_what_the_settings_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KNOWN, "compiled", dict)
    how = recipe(Kind.RECOGNISERS, "ours", settings(tmp_path, ours={"engine": "compiled", "beam": 3}))
    assert how.make() == {"beam": 3}
    assert not how.learns
