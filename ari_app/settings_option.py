"""`--settings FILE`, as every command takes it that needs the settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click

from ari_app.ops.settings import Settings, SettingsError, load_settings

_DEFAULT_FILE = Path("mercury.yaml")
_SOURCE = "mercury.settings_file"


def settings_again() -> Callable[[], Settings]:
    """What reads the running command's settings once more; it raises as `load_settings` does."""
    return partial(load_settings, click.get_current_context().meta[_SOURCE])


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--settings FILE`, and the settings as its first argument."""

    @click.option(
        "--settings",
        "settings_file",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help="Settings file (YAML); mercury.yaml in this folder is read when there is one.",
    )
    @wraps(command)
    def wrapper(settings_file: Path | None, **arguments: Any) -> None:
        file = settings_file or (_DEFAULT_FILE if _DEFAULT_FILE.exists() else None)
        click.get_current_context().meta[_SOURCE] = file
        try:
            settings = load_settings(file)
        except SettingsError as error:
            raise click.ClickException(str(error)) from error
        command(settings, **arguments)

    return wrapper
