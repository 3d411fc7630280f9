"""`mercury flows reference`: the language's reference, made from its model."""

from __future__ import annotations

import click

from ivr_flows.reference import Tool
from ivr_flows.reference import reference as page


@click.command()
@click.pass_context
def reference(context: click.Context) -> None:
    """The reference of the flow language, as Markdown."""
    group = context.parent.command if context.parent else None
    commands = group.commands if isinstance(group, click.Group) else {}
    click.echo(page([_tool(name, command) for name, command in commands.items()]), nl=False)


def _tool(name: str, command: click.Command) -> Tool:
    context = click.Context(command, info_name=f"mercury flows {name}")
    help_ = " ".join((command.help or "").split())
    options = [record for parameter in command.params if (record := parameter.get_help_record(context))]
    told = "".join(f"\n- `{usage}`: {' '.join(help_text.split())}" for usage, help_text in options if help_text)
    return Tool(
        " ".join([context.command_path, *command.collect_usage_pieces(context)]), help_ + ("\n" + told if told else "")
    )
