"""All checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ari_app.ops.doctor.check import Check, fail, ok
from ari_app.ops.doctor.machine import check_machine
from ari_app.ops.doctor.telephony import check_telephony
from ari_app.ops.settings import Settings
from media.needs import NOTHING, TOO_MUCH, Need, table, total

Probe = Callable[[], object]
Memory = Callable[[], tuple[Mapping[str, Need], Need]]
"""What each engine declares that it needs, and what there is for all of them."""


def run_checks(
    settings: Settings, engines: Mapping[str, Probe], memory: Memory, load_flows: Callable[[Path], object]
) -> list[Check]:
    """Look at everything. `engines` has, for each engine in use, what loads it, or raises; as `load_flows` does."""
    return [
        *check_telephony(settings),
        *check_machine(settings),
        check_memory(*memory()),
        *_check_engines(engines),
        _probe("flows", lambda: load_flows(settings.flows), str(settings.flows), f"mend {settings.flows}"),
    ]


def check_memory(needs: Mapping[str, Need], budget: Need) -> Check:
    """Whether the engines fit, before any is loaded: the table shows it either way."""
    missing = total(needs.values()).beyond(budget)
    shown = table(needs, budget).replace("\n", "\n      ")
    if missing == NOTHING:
        return ok("engines' memory", f"they fit\n      {shown}")
    return fail("engines' memory", f"missing: {missing}\n      {shown}", TOO_MUCH)


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
