"""`python -m demo`: make the shop's calls for real, tell them, and exit with 0 only if each ended as it must."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import time
from pathlib import Path

from ari_app.ops.timeline import render
from demo.report import Failed, Told, figures, succeeded, summary
from demo.script import INBOUND, NUMBERS, ORDERS, OUTBOUND, perform
from demo.world import DemoError, World, open_world
from phones.errors import PhoneError


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/demo"), help="where the report goes")
    out = parser.parse_args().out
    try:
        return asyncio.run(_demo(out))
    except (DemoError, PhoneError) as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1


async def _demo(out: Path) -> int:
    began = time.monotonic()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    print("Setting up Asterisk, Mercury and a stand-in for Jupiter")
    async with open_world(out / "run", NUMBERS, ORDERS) as world:
        print(f"  ready in {world.ready_s:.1f} s: SIP {world.running.sip_udp}, API {world.running.api_url}")
        told = await _calls(world, out)
        results = await world.results()
    document = summary(told, results)
    (out / "summary.json").write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _tell(told, document, out)
    print(f"{time.monotonic() - began:.0f} s in all")
    return 0 if succeeded(document) else 1


async def _calls(world: World, out: Path) -> list[Told | Failed]:
    print(f"Customers call in ({len(INBOUND)}), Jupiter has vendors and riders called ({len(OUTBOUND)}) …", flush=True)
    return list(await asyncio.gather(*(perform(call, world, out) for call in (*INBOUND, *OUTBOUND))))


def _tell(told: list[Told | Failed], document: dict[str, object], out: Path) -> None:
    for call in told:
        print(f"\n── {call.name} (expected: {call.expected})")
        print(render(call.record) if isinstance(call, Told) else f"  NOT as scripted: {call.error}")
    print("\n" + figures(document))
    callbacks = document["callbacks"]
    print(f"results at Jupiter: {callbacks}")
    print(f"recordings and summary.json: {out}")


if __name__ == "__main__":
    sys.exit(main())
