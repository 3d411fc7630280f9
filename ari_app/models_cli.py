"""`mercury models …`: models that are fetched when asked for, and never otherwise."""

from __future__ import annotations

import click

from ari_app.ops.models import MODELS, ModelError, ensure_model
from ari_app.ops.settings import Settings
from ari_app.settings_option import with_settings


@click.group()
def models() -> None:
    """Models that are fetched when asked for."""


@models.command()
@click.argument("name", type=click.Choice(sorted(MODELS)))
@with_settings
def fetch(settings: Settings, name: str) -> None:
    """Fetch a model into the cache folder, and say where it is. Nothing is fetched twice."""
    try:
        click.echo(ensure_model(MODELS[name], settings.cache_dir))
    except ModelError as error:
        raise click.ClickException(str(error)) from error
