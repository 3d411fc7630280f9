"""The `mercury` command."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from ari_app.callbacks_cli import callbacks
from ari_app.engines_cli import engines
from ari_app.flows_cli import flows
from ari_app.models_cli import models
from ari_app.openapi_cli import openapi
from ari_app.ops.hold_music import play_to_silent
from ari_app.ops.running import read_running
from ari_app.ops.secrets import load_secrets
from ari_app.ops.settings import Settings
from ari_app.ops.supervisor import CRASHED, Supervisor, end_with, supervised_command
from ari_app.replay.cli import replay
from ari_app.secrets_cli import secrets
from ari_app.settings_option import settings_again, with_settings
from media.needs import NOTHING, Need, total


@click.group()
@click.version_option(package_name="mercury", prog_name="mercury")
def main() -> None:
    """Mercury answers and makes phone calls: an ARI application beside Asterisk, with flows written in YAML."""


main.add_command(callbacks)
main.add_command(engines)
main.add_command(flows)
main.add_command(models)
main.add_command(openapi)
main.add_command(replay)
main.add_command(secrets)


@main.command()
@click.option("--alone", is_flag=True, help="Without a supervisor: after a crash nobody starts it again.")
@click.option("--worker-of", "supervisor", type=int, default=0, hidden=True)
@with_settings
def run(settings: Settings, alone: bool, supervisor: int) -> None:
    """Run Mercury (and its Asterisk, unless `asterisk.managed` is false) until Ctrl-C, which drains and stops it.

    After a crash it is started again at once, and goes on with the calls that Asterisk has kept.
    """
    if not (alone or supervisor):
        sys.exit(_supervised(settings))
    if supervisor:
        end_with(supervisor)
    from ari_app.app import serve

    try:
        _run_until_done(serve(settings, _say, settings_again()))
    except click.ClickException:
        raise
    except Exception:
        traceback.print_exc()
        sys.exit(CRASHED)


def _supervised(settings: Settings) -> int:
    def play_music() -> None:
        running = read_running(settings.run_dir)
        if running is None:
            return
        try:
            password = load_secrets(settings).ari_password
            callers = play_to_silent(running.ari_url, settings.asterisk.ari_user, password, settings.node)
        except (OSError, http.client.HTTPException, ValueError) as error:
            _say(f"No music for the callers: {error}")
        else:
            _say(f"{callers} callers hear music")

    supervisor = Supervisor(supervised_command(f"--worker-of={os.getpid()}"), play_music, _say)
    status = supervisor.run()
    if supervisor.crashed and settings.asterisk.managed:
        _end_left_behind(settings)
    return status


def _end_left_behind(settings: Settings) -> None:
    """A Mercury that did not come up again leaves no callers to music for ever."""
    from ari_app.ops.asterisk.adopting import end_left_behind
    from ari_app.ops.asterisk.errors import AsteriskError

    try:
        if end_left_behind(settings.run_dir.absolute() / "asterisk"):
            _say("Mercury did not come back: its Asterisk and its calls were ended")
    except (AsteriskError, OSError) as error:
        _say(f"Asterisk was left alone: {error}")


@main.command()
@with_settings
def asterisk(settings: Settings) -> None:
    """Find or fetch an Asterisk, and say where it is. Nothing is fetched twice."""
    from ari_app.ops.asterisk.install import ensure_asterisk

    installation = ensure_asterisk(settings.cache_dir, settings.asterisk, _say)
    click.echo(f"Asterisk {installation.version}: {' '.join(installation.command('asterisk'))}")


@main.command()
@click.argument("arguments", nargs=-1)
def demo(arguments: tuple[str, ...]) -> None:
    """Make the shop's calls for real on this machine, and write a report to build/demo (from a source checkout)."""
    if not Path("demo/__main__.py").exists():
        raise click.ClickException("the demo runs from a source checkout (its phones and stand-ins are not installed)")
    sys.exit(subprocess.run([sys.executable, "-m", "demo", *arguments], check=False).returncode)


@main.command()
@with_settings
def doctor(settings: Settings) -> None:
    """Check what Mercury needs on this machine, and say what to do about what is missing."""
    from ari_app.engines import budget_of, declared, free, probes
    from ari_app.jupiter.services import load_served
    from ari_app.ops.doctor import run_checks

    def memory() -> tuple[Mapping[str, Need], Need]:
        needs = declared(settings)
        held = total(needs.values()) if read_running(settings.run_dir) else NOTHING
        return needs, budget_of(settings.engines.memory, free() + held)

    checks = run_checks(settings, probes(settings), memory, partial(load_served, settings))
    colours = {"ok": "green", "warn": "yellow", "fail": "red"}
    console = Console()
    for check in checks:
        console.print(
            f"[{colours[check.status]}]{check.status:>5}[/] [bold]{escape(check.name)}[/]: {escape(check.found)}",
            highlight=False,
            soft_wrap=True,
        )
        if check.do:
            console.print(f"      → {escape(check.do)}", highlight=False, soft_wrap=True)
    sys.exit(any(check.status == "fail" for check in checks))


@main.command()
@click.argument("to")
@click.option("--flow", required=True, help="The flow to run, as flows.yaml names it.")
@click.option("--language", default=None, help="hi, mr or en; the flow's first one when not given.")
@click.option("--input", "inputs", multiple=True, metavar="KEY=VALUE", help="An input of the flow; VALUE may be JSON.")
@click.option("--callback-url", default="", help="Where the result goes.")
@with_settings
def call(
    settings: Settings, to: str, flow: str, language: str | None, inputs: tuple[str, ...], callback_url: str
) -> None:
    """Have TO called by a running Mercury."""
    from ari_app.ops.remote import Remote

    body: dict[str, object] = {"flow": flow, "to": to, "inputs": dict(map(_input, inputs))}
    body |= {"language": language} if language else {}
    body |= {"callback_url": callback_url} if callback_url else {}
    click.echo(
        json.dumps(Remote(settings.run_dir).post("/api/voice/call/initiate", body), indent=2, ensure_ascii=False)
    )


@main.command()
@click.argument("call_id", required=False)
@with_settings
def calls(settings: Settings, call_id: str | None) -> None:
    """List the live calls of a running Mercury, or show CALL_ID's timeline."""
    from ari_app.ops.remote import Remote
    from ari_app.ops.timeline import render

    remote = Remote(settings.run_dir)
    if call_id:
        click.echo(render(remote.get(f"/api/voice/calls/{call_id}")))
    else:
        click.echo(json.dumps(remote.get("/admin/calls/active"), indent=2, ensure_ascii=False))


@main.command()
@with_settings
def health(settings: Settings) -> None:
    """Say how a running Mercury is: its parts, how much room for calls there is, and who was refused."""
    from ari_app.ops.remote import Remote

    click.echo(json.dumps(Remote(settings.run_dir).get("/healthz"), indent=2, ensure_ascii=False))


def _input(text: str) -> tuple[str, object]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"expected KEY=VALUE, got {text!r}")
    try:
        return key, json.loads(value)
    except json.JSONDecodeError:
        return key, value


def _say(line: str) -> None:
    click.echo(line, err=True)


def _run_until_done(work: Any) -> None:
    import uvloop

    from ari_app.api.server import ApiError
    from ari_app.app import LeadershipLostError
    from ari_app.ops.asterisk import AsteriskError
    from ivr_flows.problems import FlowError
    from media.errors import EngineError

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work)
    except* (ApiError, AsteriskError, EngineError, FlowError, LeadershipLostError) as errors:
        raise click.ClickException("\n".join(map(str, _leaves(errors)))) from None


def _leaves(errors: BaseExceptionGroup[Any]) -> list[BaseException]:
    """The errors of a group, without their groups."""
    return [
        leaf
        for error in errors.exceptions
        for leaf in (_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    ]
