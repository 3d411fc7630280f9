"""Settings: the file, the environment over it, and clear refusals."""

from pathlib import Path

import pytest

from ari_app.ops.settings import SettingsError, load_settings


def _file(folder: Path, text: str) -> Path:
    file = folder / "mercury.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_defaults_need_no_file() -> None:
    settings = load_settings()
    assert not settings.exotel.enabled
    assert settings.api.token is None


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERCURY_API__PORT", "9090")
    settings = load_settings(_file(tmp_path, "api: {port: 8081, host: 127.0.0.3}\nnode: node-7\n"))
    assert (settings.api.port, settings.api.host, settings.node) == (9090, "127.0.0.3", "node-7")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("apy: {}", "apy"),
        ("api: {prot: 1}", "api.prot"),
        ("api: {port: 70000}", "70000"),
        ("- 1", "mapping"),
        ("a: [", "not YAML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load_settings(_file(tmp_path, text))


@pytest.mark.parametrize("name", ["MERCURY_APY__PORT", "MERCURY_API__PROT"])
def test_a_misspelt_variable_is_an_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=name):
        load_settings()


def test_a_format_that_comes_back_over_no_rtp_is_an_error(tmp_path: Path) -> None:
    wide = "media: {transport: websocket, format: slin16}"
    assert load_settings(_file(tmp_path, wide)).media.format == "slin16"
    with pytest.raises(SettingsError, match="set transport: websocket"):
        load_settings(_file(tmp_path, "media: {format: slin16}"))


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load_settings(tmp_path / "none.yaml")


def test_a_chain_is_a_list_or_lists_by_language(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("engines: {recognisers: [a, b], minds: {hi: [c]}}")
    engines = load_settings(file).engines
    assert engines.recognisers == {"default": ("a", "b")}
    assert engines.minds == {"hi": ("c",), "default": ("intents",)}


@pytest.mark.parametrize(
    ("engines", "told"),
    [
        ("recognisers: whisper", "engines.recognisers: expected a list of engines, first choice first"),
        ("recognisers: {hindi: [a]}", "engines.recognisers.hindi"),
        ("recognisers: {hi: [a, b, a]}", "named twice in one chain: a"),
        ("models: {ears: {model: tiny, key: hush}}", "engines.models.ears.engine: Field required"),
        ("models: {ears: {engine: whisper, patience_s: 0, key: hush}}", "engines.models.ears.patience_s"),
    ],
)
def test_chains_and_models_that_can_t_be_used(tmp_path: Path, engines: str, told: str) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(f"engines: {{{engines}}}")
    with pytest.raises(SettingsError) as refused:
        load_settings(file)
    assert told in str(refused.value)
    assert "hush" not in str(refused.value)


def test_a_model_s_key_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("engines: {models: {cloud: {engine: deepgram, language: multi}}}")
    monkeypatch.setenv("MERCURY_ENGINES__MODELS__CLOUD__KEY", "hush")
    cloud = load_settings(file).engines.models["cloud"]
    assert cloud.key
    assert cloud.key.get_secret_value() == "hush"
    assert cloud.options == {"language": "multi"}
