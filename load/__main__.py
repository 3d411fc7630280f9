"""`python -m load`: loads a running Mercury with calls, in and out, and reports what came of them (docs/load.md)."""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import resource
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from rich.console import Console

from ari_app.ops.asterisk import ensure_asterisk
from ari_app.ops.settings import Settings, SettingsError, load_settings
from demo.world import DemoError
from ivr_flows.loader import load_flows
from ivr_flows.problems import FlowError
from load import table
from load.errors import LoadError
from load.figures import Budget, Report
from load.guard import Intent, refusals
from load.options import parse
from load.plot import plot
from load.remote import Remote
from load.steps import Runner, Step, ladder_step, one_step
from load.system import System, addresses, own_system, remote_system, running_system
from load.task import Asked, Task, make_task
from phones.errors import PhoneError

_SETTINGS = Path("mercury.yaml")
_SPARE_FILES = 200
_FAILED, _INTERRUPTED = 2, 130


def main(arguments: list[str] | None = None) -> int:
    """The command; gives the exit status."""
    try:
        return asyncio.run(_main(parse(arguments), Console()))
    except (LoadError, DemoError, PhoneError, FlowError, SettingsError) as error:
        sys.stderr.write(f"load: {error}\n")
        return _FAILED
    except KeyboardInterrupt:
        sys.stderr.write("load: ended before all calls were made; those that were up were hung up\n")
        return _INTERRUPTED


async def _main(options: argparse.Namespace, console: Console) -> int:
    settings = _settings(options.settings)
    asked = Asked(
        options.flow, options.direction, options.to, options.mix, options.language, options.inputs, options.seed
    )
    task = make_task(asked, load_flows(options.flows), datetime.now(UTC))
    steps = _steps(options, task)
    installation = await asyncio.to_thread(ensure_asterisk, settings.cache_dir, settings.asterisk, console.print)
    _allow_files(max(step.calls for step in steps))
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(_system(options, settings, steps, console))
        remote = await stack.enter_async_context(Remote(system.api_url, system.token))
        await _guard(options, task, system, steps)
        await remote.check()
        _tell(task, system, steps, console)
        runner = Runner(task, system, remote, installation)
        reports = await _climb(runner, steps, options, task, console)
    return _end(reports, options, console)


def _settings(file: Path | None) -> Settings:
    return load_settings(file or (_SETTINGS if _SETTINGS.exists() else None))


def _steps(options: argparse.Namespace, task: Task) -> list[Step]:
    if not options.ladder:
        return [one_step(options.calls, options.rate, options.at_once, task.takes_s, options.limit_s)]
    return [ladder_step(options.calls, at_once, task.takes_s, options.limit_s) for at_once in options.ladder]


async def _climb(
    runner: Runner, steps: Sequence[Step], options: argparse.Namespace, task: Task, console: Console
) -> list[tuple[Step, Report]]:
    """Every step, up to the first of a ladder that breaks a budget."""
    budget = Budget(options.greeting_ms, options.turn_gap_ms, options.jitter_ms, options.failed_share)
    done = []
    for step in steps:
        console.print(f"{step.calls} calls, {step.pace.rate:g} a second, at most {step.pace.at_once} at once …")
        report = await runner.run(step, budget)
        done.append((step, report))
        title = f"{task.flow.name}, calls {task.direction}, at most {step.pace.at_once} at once"
        table.show(report, title, console)
        _write(
            options.out, f"{task.flow.name}-{task.direction}-{step.name}", title, _document(task, step, report), report
        )
        if report.broken:
            break
    return done


def _end(done: Sequence[tuple[Step, Report]], options: argparse.Namespace, console: Console) -> int:
    if options.ladder:
        held = [step.pace.at_once for step, report in done if not report.broken]
        table.ladder([(step.pace.at_once, report) for step, report in done], max(held, default=None), console)
    console.print(f"JSON and plots: {options.out}")
    statuses = [report.exit_status for _, report in done]
    return statuses[0] if options.ladder else statuses[-1]


def _write(folder: Path, name: str, title: str, document: Mapping[str, Any], report: Report) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=2, ensure_ascii=False)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    (folder / f"{name}.svg").write_text(plot(report, title), encoding="utf-8")


def _document(task: Task, step: Step, report: Report) -> dict[str, Any]:
    """All of a step: what was asked, and what came of it."""
    shares = {share.way.shown: share.weight for share in task.shares}
    asked = {"rate": step.pace.rate, "at_once": step.pace.at_once, "shares": shares, "seed": task.seed}
    machine = {"python": platform.python_version(), "system": platform.platform()}
    flow = {"flow": task.flow.name, "flow_hash": task.flow.hash, "direction": task.direction, "language": task.language}
    return {**flow, **asked, **machine, **report.document(), "series": report.series()}


@asynccontextmanager
async def _system(
    options: argparse.Namespace, settings: Settings, steps: Sequence[Step], console: Console
) -> AsyncIterator[System]:
    """The system that is named, or runs here, or is started now."""
    if options.target:
        contacts = _contacts(options.contacts, settings if options.settings else None)
        yield remote_system(options.target, options.api, options.token_file, contacts, options.local_host)
        return
    contacts = _contacts(options.contacts, settings) or {}
    running = None if options.own else running_system(options.run_dir or settings.run_dir, contacts)
    if running is not None:
        yield running
        return
    console.print("No Mercury runs here: one is started for the load, with a stand-in for Jupiter")
    numbers, at_once = sum(step.calls for step in steps), max(step.pace.at_once for step in steps)
    async with own_system(options.out / "run", options.flows, numbers, at_once) as system:
        yield system


def _contacts(file: Path | None, settings: Settings | None) -> Mapping[str, str] | None:
    """Where the test trunk finds numbers: a file of them, a settings file that has them, or the settings."""
    if file is None:
        return settings.test_trunk.contacts if settings else None
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise LoadError(f"{file}: {error}") from error
    found = values.get("test_trunk", {}).get("contacts", values) if isinstance(values, dict) else None
    if not isinstance(found, dict):
        raise LoadError(
            f"{file}: expected numbers and their contacts ({{+919…: 'host:port'}}), got {type(values).__name__}"
        )
    return {str(number): str(contact) for number, contact in found.items()}


async def _guard(options: argparse.Namespace, task: Task, system: System, steps: Sequence[Step]) -> None:
    """Raises `LoadError` with every reason against it."""
    hosts = {system.sip[0], urlsplit(system.api_url).hostname or system.api_url}
    entries = [entry for step in steps for entry in task.plan(step.calls, list(system.contacts or {}) or [""], "0")]
    intent = Intent(
        hosts={host: await addresses(host) for host in sorted(hosts)},
        calls=sum(step.calls for step in steps),
        rate=max(step.pace.rate for step in steps),
        at_once=max(step.pace.at_once for step in steps),
        takes_s=sum(step.calls / min(step.pace.rate, step.pace.at_once / task.takes_s) for step in steps),
        dialled=[entry.number for entry in entries] if task.direction == "out" else (),
        contacts=system.contacts,
        own_hosts=sorted({system.local_host, "127.0.0.1"}) if system.here else [system.local_host],
        confirmed=options.i_may_load,
    )
    if reasons := refusals(intent):
        raise LoadError("not done:\n  " + "\n  ".join(reasons))


def _tell(task: Task, system: System, steps: Sequence[Step], console: Console) -> None:
    where = f"{system.sip[0]}:{system.sip[1]}, API {system.api_url}"
    about = f"call {task.dialled}" if task.direction == "in" else f"are called ({len(system.contacts or {})} numbers)"
    console.print(f"Mercury at {where}: phones of {system.local_host} {about}, seed {task.seed}")
    total = sum(share.weight for share in task.shares)
    for share in task.shares:
        console.print(f"  {share.weight / total:4.0%}  {share.way.outcome:<18} {share.way.shown}", markup=False)


def _allow_files(calls: int) -> None:
    """A socket a call. Raises `LoadError` where the system allows fewer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = calls + _SPARE_FILES
    if soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise LoadError(
            f"{calls} calls need {needed} open files; {hard} are allowed (ulimit -Hn): make fewer in a step"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


if __name__ == "__main__":
    sys.exit(main())
