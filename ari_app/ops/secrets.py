"""Secrets: those of the settings, and generated ones for the rest, kept in `run_dir/secrets` for the next start."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from ari_app.ops.paths import private_folder
from ari_app.ops.settings import Settings

_WEBHOOK_PREFIX = "whsec_"
_WEBHOOK_FILE = "webhook-secret"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Every secret in use. Its representation shows none of them."""

    ari_password: str = field(repr=False)
    api_token: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    """`whsec_` and base64, as Standard Webhooks has it; while one replaces another both, apart by a space."""
    jupiter_token: str = field(repr=False)
    service_tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By the service's name."""
    api_tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By the bearer's name: those besides `api_token`."""


def load_secrets(settings: Settings) -> Secrets:
    """Take what the settings give, and what an earlier start generated; generate and keep what is missing."""
    folder = secrets_dir(settings.run_dir)
    return Secrets(
        ari_password=_given(settings.asterisk.ari_password) or _kept(folder / "ari-password", _token),
        api_token=_given(settings.api.token) or _kept(folder / "api-token", _token),
        webhook_secret=_given(settings.jupiter.webhook_secret) or _kept(folder / _WEBHOOK_FILE, new_webhook_secret),
        jupiter_token=_given(settings.jupiter.token) or _kept(folder / "jupiter-token", _token),
        service_tokens={
            name: _given(service.token) or _kept(folder / f"service-{name}-token", _token)
            for name, service in settings.services.items()
        },
        api_tokens={
            name: _given(each.token) or _kept(folder / f"api-token-{name}", _token)
            for name, each in settings.api.tokens.items()
        },
    )


def engine_key(settings: Settings, name: str) -> str:
    """The key of an engine: its model's in `engines.models`, else that of `run_dir/secrets/engine-NAME-key`, else "".

    Never generated: a vendor gives it.
    """
    chosen = settings.engines.models.get(name)
    if chosen and (given := _given(chosen.key)):
        return given
    path = settings.run_dir / "secrets" / f"engine-{name}-key"
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


def models_token(settings: Settings) -> str:
    """The model hub's token: of the settings, else of `run_dir/secrets/models-token`, else "". Never generated."""
    if given := _given(settings.models.token):
        return given
    path = settings.run_dir / "secrets" / "models-token"
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


class RotationError(Exception):
    """The webhook secret can't be rotated now; the text says why, and what to do."""


def rotate_webhook(settings: Settings) -> str:
    """Put a new webhook secret in front of the generated one: the new one. Both sign from the next start on."""
    path, kept = _rotated(settings)
    if len(kept) > 1:
        raise RotationError("two secrets sign already: retire the old one first (mercury secrets retire-webhook)")
    new = new_webhook_secret()
    write_private(path, " ".join([new, *kept]) + "\n")
    return new


def retire_webhook(settings: Settings) -> None:
    """Drop the old one of two generated webhook secrets: it signs no more from the next start on."""
    path, kept = _rotated(settings)
    if len(kept) < 2:
        raise RotationError("only one secret signs: it can't be retired (mercury secrets rotate-webhook adds one)")
    write_private(path, kept[0] + "\n")


def _rotated(settings: Settings) -> tuple[Path, list[str]]:
    if settings.jupiter.webhook_secret:
        raise RotationError(
            "the settings give the secret: put the new one there, a space, and the old one (jupiter.webhook_secret)"
        )
    return secrets_dir(settings.run_dir) / _WEBHOOK_FILE, load_secrets(settings).webhook_secret.split()


def secrets_dir(run_dir: Path) -> Path:
    """Where generated secrets are: a folder for its owner alone."""
    return private_folder(run_dir / "secrets")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, at once and whole."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)


def _given(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _kept(path: Path, generate: Callable[[], str]) -> str:
    if path.exists() and (kept := path.read_text(encoding="utf-8").strip()):
        path.chmod(0o600)
        return kept
    generated = generate()
    write_private(path, generated + "\n")
    return generated


def _token() -> str:
    return secrets.token_urlsafe(32)


def new_webhook_secret() -> str:
    """A secret as Standard Webhooks has it."""
    return _WEBHOOK_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
