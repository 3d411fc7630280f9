"""All checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ari_app.ops.doctor.check import Check, fail, ok
from ari_app.ops.doctor.machine import check_machine
from ari_app.ops.doctor.telephony import check_telephony
from ari_app.ops.settings import Settings

Probe = Callable[[], object]


def run_checks(settings: Settings, engines: Mapping[str, Probe], load_flows: Callable[[Path], object]) -> list[Check]:
    """Look at everything. `engines` has, for each engine in use, what loads it, or raises; as `load_flows` does."""
    return [
        *check_telephony(settings),
        *check_machine(settings),
        *_check_engines(engines),
        _probe("flows", lambda: load_flows(settings.flows), str(settings.flows), f"mend {settings.flows}"),
    ]


def _check_engines(engines: Mapping[str, Probe]) -> Iterator[Check]:
    for name, probe in engines.items():
        remedy = f"install its package, put its key into run_dir/secrets/engine-{name}-key, or take it out of its chain"
        yield _probe(f"engine {name}", probe, "loads", remedy)


def _probe(name: str, probe: Probe, found: str, do: str) -> Check:
    """A plug-in may raise anything: whatever it is, it is what the operator must see."""
    try:
        probe()
    except Exception as error:
        return fail(name, f"{type(error).__name__}: {error}", do)
    return ok(name, found)
