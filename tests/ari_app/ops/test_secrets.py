"""Secrets: generated once, for their owner's eyes, and never shown."""

import base64
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from ari_app.dialer.webhook import Signer
from ari_app.ops.secrets import RotationError, load_secrets, retire_webhook, rotate_webhook, write_private
from ari_app.ops.settings import Settings


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_they_are_generated_once_and_kept_for_their_owner(tmp_path: Path) -> None:
    settings = Settings.model_validate({"run_dir": tmp_path})
    first = load_secrets(settings)
    assert load_secrets(settings) == first
    assert len({first.ari_password, first.api_token, first.webhook_secret, first.jupiter_token}) == 4
    folder = tmp_path / "secrets"
    assert _mode(folder) == 0o700
    assert {path.name: _mode(path) for path in folder.iterdir()} == dict.fromkeys(
        (
            "ari-password",
            "api-token",
            "api-token-jupiter",
            "api-token-operator",
            "api-token-viewer",
            "webhook-secret",
            "jupiter-token",
        ),
        0o600,
    )


def test_the_webhook_secret_is_of_the_standard_webhooks_form(tmp_path: Path) -> None:
    secret = load_secrets(Settings.model_validate({"run_dir": tmp_path})).webhook_secret
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32


def test_given_ones_win_and_are_not_written(tmp_path: Path) -> None:
    load_secrets(Settings.model_validate({"run_dir": tmp_path}))
    given = Settings.model_validate({"run_dir": tmp_path, "api": {"token": "given"}})
    assert load_secrets(given).api_token == "given"
    assert "given" not in (tmp_path / "secrets" / "api-token").read_text()


def test_no_secret_is_in_a_representation(tmp_path: Path) -> None:
    secrets = load_secrets(Settings.model_validate({"run_dir": tmp_path, "api": {"token": "t0ken"}}))
    assert "t0ken" not in repr(secrets)
    assert secrets.ari_password not in f"{secrets} {secrets!r}"


def test_a_file_that_others_may_read_is_closed_again(tmp_path: Path) -> None:
    settings = Settings.model_validate({"run_dir": tmp_path})
    load_secrets(settings)
    token = tmp_path / "secrets" / "api-token"
    token.chmod(0o644)
    load_secrets(settings)
    assert _mode(token) == 0o600


def test_a_half_written_file_does_not_stand_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "x.part").write_text("half")
    write_private(tmp_path / "x", "whole")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_text() == "whole"


def signatures(settings: Settings) -> dict[str, str]:
    """The headers of a message signed now, as a start of Mercury would."""
    return dict(Signer([load_secrets(settings).webhook_secret]).headers("msg_1", "{}", datetime.now(UTC)))


def test_while_the_webhook_secret_is_replaced_both_verify_and_then_the_new_one_alone(tmp_path: Path) -> None:
    settings = Settings.model_validate({"run_dir": tmp_path})
    old = load_secrets(settings).webhook_secret
    new = rotate_webhook(settings)
    for secret in (old, new):
        Webhook(secret).verify("{}", signatures(settings))
    assert _mode(tmp_path / "secrets" / "webhook-secret") == 0o600
    with pytest.raises(RotationError, match="retire the old one first"):
        rotate_webhook(settings)
    retire_webhook(settings)
    Webhook(new).verify("{}", signatures(settings))
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify("{}", signatures(settings))
    with pytest.raises(RotationError, match="only one secret"):
        retire_webhook(settings)


def test_a_secret_of_the_settings_is_replaced_there(tmp_path: Path) -> None:
    given = Settings.model_validate({"run_dir": tmp_path, "jupiter": {"webhook_secret": "whsec_MfKQ9r8GKYqrTwjU"}})
    for change in (rotate_webhook, retire_webhook):
        with pytest.raises(RotationError, match=r"jupiter\.webhook_secret"):
            change(given)
