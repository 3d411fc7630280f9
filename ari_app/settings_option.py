"""`--settings FILE`, as every command takes it that needs the settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from ari_app.ops.settings import SettingsError, load_settings

_DEFAULT_FILE = Path("mercury.yaml")


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
        try:
            settings = load_settings(settings_file or (_DEFAULT_FILE if _DEFAULT_FILE.exists() else None))
        except SettingsError as error:
            raise click.ClickException(str(error)) from error
        command(settings, **arguments)

    return wrapper
