"""`mercury secrets …`: replacing the secret that signs results."""

from __future__ import annotations

import click

from ari_app.ops.secrets import RotationError, retire_webhook, rotate_webhook
from ari_app.ops.settings import Settings
from ari_app.settings_option import with_settings


@click.group()
def secrets() -> None:
    """The secret that signs results, and its replacement. See docs/results.md."""


@secrets.command("rotate-webhook")
@with_settings
def rotate(settings: Settings) -> None:
    """Add a new secret, and print it: give it to Jupiter. Results carry both signatures from the next start on."""
    try:
        click.echo(rotate_webhook(settings))
    except RotationError as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        "Restart every Mercury of this run folder; retire the old secret once Jupiter has the new one.", err=True
    )


@secrets.command("retire-webhook")
@with_settings
def retire(settings: Settings) -> None:
    """Drop the old one of two secrets. Results carry the new signature alone from the next start on."""
    try:
        retire_webhook(settings)
    except RotationError as error:
        raise click.ClickException(str(error)) from error
    click.echo("Restart every Mercury of this run folder.", err=True)
