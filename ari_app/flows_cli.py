"""`mercury flows …`: what helps to write flows."""

from __future__ import annotations

import click

from ari_app.flows_checking import check, rules, schema
from ari_app.flows_diffing import diff
from ari_app.flows_graphing import graph, versions
from ari_app.flows_reference import reference
from ari_app.flows_simulating import simulate
from ari_app.flows_sipp import sipp
from ari_app.flows_trying import coverage, test


@click.group()
def flows() -> None:
    """What helps to write flows."""


flows.add_command(check)
flows.add_command(rules)
flows.add_command(schema)
flows.add_command(test)
flows.add_command(coverage)
flows.add_command(simulate)
flows.add_command(diff)
flows.add_command(graph)
flows.add_command(versions)
flows.add_command(sipp)
flows.add_command(reference)
