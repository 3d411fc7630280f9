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


@dataclass(frozen=True, slots=True)
class Secrets:
    """Every secret in use. Its representation shows none of them."""

    ari_password: str = field(repr=False)
    api_token: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    """`whsec_` and base64, as Standard Webhooks has it."""
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
        webhook_secret=_given(settings.jupiter.webhook_secret) or _kept(folder / "webhook-secret", _webhook_secret),
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


def _webhook_secret() -> str:
    return _WEBHOOK_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
