"""`mercury openapi`: the REST interface's description, as a running Mercury serves it."""

from __future__ import annotations

import json
from importlib import import_module
from importlib.metadata import version

import click


@click.command()
def openapi() -> None:
    """Print the OpenAPI 3.1 document of the REST interface (`mercury openapi > docs/openapi.json`)."""
    described = import_module("ari_app.api.described").described  # a second's import that no other command needs
    click.echo(json.dumps(described(version("mercury")), indent=1, ensure_ascii=False))
