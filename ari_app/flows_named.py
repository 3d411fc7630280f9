"""The flow that a command names, of the file that it names."""

from __future__ import annotations

from pathlib import Path

import click

from ivr_flows.loader import load_flows
from ivr_flows.model import Flow
from ivr_flows.problems import FlowError


def flow_named(name: str, file: Path) -> Flow:
    """The flow. Failures are `click.ClickException`s: the file's problems, or the flows that it has."""
    try:
        flows = load_flows(file).flows
    except FlowError as error:
        raise click.ClickException(str(error)) from error
    if name not in flows:
        raise click.ClickException(f"expected a flow of {file}: {', '.join(flows)}; got {name!r}")
    return flows[name]
