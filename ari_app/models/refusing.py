"""Errors of models and engines as commands tell them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from ari_app.models.errors import ModelError
from media.errors import EngineUnavailableError


@contextmanager
def as_click_errors() -> Iterator[None]:
    """What a person can mend ends the command with its text."""
    try:
        yield
    except (ModelError, EngineUnavailableError, OSError) as error:
        raise click.ClickException(str(error)) from error
