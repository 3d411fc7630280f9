"""The walls of docs/architecture.md that a reader of the code can't see at a glance: its pure cores are pure.

A pure module imports no loop, socket, thread, database or clock, and nothing of ours that does; it asks nobody what
time it is.
"""

from __future__ import annotations

import ast
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
OURS = ("ari_app", "ivr_flows", "media", "phones", "demo")
IMPURE = {
    "asyncio",
    "aiohttp",
    "concurrent",
    "http",
    "multiprocessing",
    "select",
    "selectors",
    "signal",
    "socket",
    "sqlalchemy",
    "sqlite3",
    "ssl",
    "subprocess",
    "threading",
    "time",
    "urllib",
    "uvloop",
}
CLOCKS = {"now", "utcnow", "today", "monotonic", "perf_counter", "get_event_loop", "get_running_loop"}
CORES = {
    "the flow interpreter": [
        "ivr_flows.interpreter",
        "ivr_flows.kinds",
        "ivr_flows.turn",
        "ivr_flows.session",
        "ivr_flows.expressions",
        "ivr_flows.matching",
        "ivr_flows.prompts",
        "ivr_flows.routes",
        "ivr_flows.book",
        "ivr_flows.simulator",
    ],
    "turn-taking": ["media.turn"],
    "RTP packet and jitter buffer": ["media.rtp"],
    "the player's timeline": ["media.audio.player", "media.audio.ledger", "media.audio.lead", "media.audio.g711"],
    "codecs and concealment": ["media.audio.codecs", "media.audio.comfort_noise", "media.audio.concealment"],
    "how what is said is made to sound": ["media.audio.mastering", "media.audio.track", "media.audio.ducking"],
    "the websocket's protocol": ["media.transport.control", "media.transport.pacing", "media.transport.session"],
    "the flight log and its replay": ["media.flight.format", "media.flight.reader", "media.flight.replay"],
    "admission": ["ari_app.calls.admission"],
    "the call's state table": ["ari_app.calls.state"],
    "Whisper's agreement, guards and hints": [
        "media.asr.agreement",
        "media.asr.whisper_guards",
        "media.asr.whisper_hints",
    ],
    "who waits for a worker": ["media.workers.line"],
    "the outcome": ["ari_app.calls.outcome"],
    "the ARI reconciliation": ["ari_app.ari.adoption", "ari_app.ari.backoff"],
    "the retry policy": ["ari_app.dialer.retry", "ari_app.dialer.attempts"],
    "the health of engines and backends": ["media.breaker", "media.health"],
    "the queue's rank and pace": ["ari_app.dialer.line", "ari_app.dialer.pace"],
    "the policy before dialling": [
        "ari_app.dialer.policy.judging",
        "ari_app.dialer.policy.rules",
        "ari_app.dialer.policy.opening",
    ],
    "what voices behind a network say": [
        "media.tts.sample_stream",
        "media.tts.sentences",
        "media.tts.remote",
        "media.tts.elevenlabs_messages",
    ],
    "machine detection": ["media.machine", "ari_app.calls.progress"],
    "callback addresses": ["ari_app.dialer.addresses"],
    "the plan of a load test": ["load.plan", "load.paths", "load.guard", "load.judging"],
    "what people read": ["ari_app.ops.timeline", "demo.report", "phones.measure"],
}


def modules_of(name: str) -> list[str]:
    """A module, or all modules of a package."""
    path = HOME / name.replace(".", "/")
    if not path.is_dir():
        return [name]
    inner = (file.relative_to(HOME).with_suffix("") for file in path.rglob("*.py"))
    return sorted(".".join(file.parts).removesuffix(".__init__") for file in inner)


def source(module: str) -> Path | None:
    path = HOME / module.replace(".", "/")
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.exists()), None)


@cache
def imports(module: str) -> frozenset[str]:
    """What a module imports: modules, and names of them that are modules themselves."""
    file = source(module)
    assert file, f"{module} is no module of ours"
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            named = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name for name in named if name.startswith(OURS) and source(name)} or {node.module}
    return frozenset(found)


def ways_to_impurity(module: str) -> list[str]:
    """Each chain of imports that leads from a module to something impure."""
    ways, seen = [], set()
    waiting: list[tuple[str, ...]] = [(module,)]
    while waiting:
        way = waiting.pop()
        for name in sorted(imports(way[-1])):
            if name.split(".")[0] in IMPURE:
                ways.append(" → ".join((*way, name)))
            elif name.startswith(OURS) and name not in seen:
                seen.add(name)
                waiting.append((*way, name))
    return ways


@pytest.mark.parametrize(
    "module", sorted({each for names in CORES.values() for name in names for each in modules_of(name)})
)
def test_a_pure_core_knows_no_loop_no_socket_and_no_clock(module: str) -> None:
    assert ways_to_impurity(module) == []
    file = source(module)
    assert file
    asked = {
        node.func.attr
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not asked & CLOCKS


def test_every_core_that_the_page_names_is_looked_at() -> None:
    page = (HOME / "docs" / "architecture.md").read_text(encoding="utf-8")
    chapter = page.partition("## Pure cores")[2].partition("\n## ")[0]
    named = " ".join(chapter.partition("given times:")[2].split()).rstrip(".")
    assert named
    assert {core.strip() for core in named.split(",")} <= set(CORES)


@pytest.mark.parametrize(
    ("text", "found"),
    [("import asyncio", True), ("from ari_app.calls.history import History", True), ("import json", False)],
)
def test_the_test_itself_finds_what_it_looks_for(text: str, found: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    real = imports.__wrapped__

    def some(module: str) -> frozenset[str]:
        if module != "ivr_flows.fake":
            return real(module)
        node = ast.parse(text).body[0]
        assert isinstance(node, ast.Import | ast.ImportFrom)
        return frozenset([node.module or ""] if isinstance(node, ast.ImportFrom) else [node.names[0].name])

    monkeypatch.setattr("tests.test_architecture.imports", some)
    assert bool(ways_to_impurity("ivr_flows.fake")) is found


def test_all_packages_are_there() -> None:
    assert all(find_spec(name) for name in OURS)
