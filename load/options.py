"""The command's options."""

from __future__ import annotations

import argparse
from pathlib import Path

_EPILOG = """\
Without --target, the Mercury that runs from --run-dir is loaded; where none runs, one is started for the load alone.
A mix is NAME=SHARE,…; NAME is an outcome of the flow, the number of a path (mercury flows sipp FLOW --list), or, of
calls out, busy or unanswered. Exits with 1 when an outcome differs from what was pressed, or more calls than
--failed-share are not set up.
"""


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        prog="load", description=__doc__, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    _calls(parser)
    _system(parser)
    _limits(parser)
    return parser.parse_args(arguments)


def _calls(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--flow", default="vendor_confirmation", help="whose paths are walked (vendor_confirmation)")
    parser.add_argument("--flows", type=Path, default=Path("flows.yaml"), help="the flows file (flows.yaml)")
    parser.add_argument("--calls", type=_whole, default=20, help="how many (20)")
    parser.add_argument("--rate", type=_positive, default=2.0, help="how many begin in a second (2)")
    parser.add_argument("--at-once", type=_whole, default=100, help="how many may be up at once (100)")
    parser.add_argument("--ladder", type=_ladder, default=(), help="several of those, one after the other: 10,20,40")
    parser.add_argument("--direction", choices=("in", "out"), help="in where a route leads to the flow, else out")
    parser.add_argument("--to", default="", help="the number that calls in dial; one that is routed to the flow")
    parser.add_argument(
        "--mix", default="", help="shares of the paths: confirmed=6,rejected=2,busy=1 (each outcome alike)"
    )
    parser.add_argument("--language", default="", help="of calls out (the flow's first)")
    parser.add_argument("--inputs", default="", help="of calls out, as JSON, in place of the paths' own")
    parser.add_argument("--seed", type=int, default=1, help="of the order in which paths are walked (1)")


def _system(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run-dir", type=Path, help="of a Mercury on this machine (the settings')")
    parser.add_argument("--settings", type=Path, help="its settings file (mercury.yaml, where there is one)")
    parser.add_argument("--own", action="store_true", help="start a Mercury for the load even where one runs")
    parser.add_argument("--target", default="", help="host:port of another Mercury's SIP over UDP")
    parser.add_argument("--api", default="", help="URL of its REST interface")
    parser.add_argument("--token-file", type=Path, help="file with its API token")
    parser.add_argument("--contacts", type=Path, help="YAML with its test_trunk.contacts, or its settings file")
    parser.add_argument("--local-host", default="", help="address of this machine for the phones (the way there tells)")
    parser.add_argument("--i-may-load", action="append", default=[], metavar="HOST", help="a host that you may load")


def _limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--failed-share", type=float, default=0.01, help="of calls that need not be set up (0.01)")
    parser.add_argument("--greeting-ms", type=_positive, default=500.0, help="budget, p95 (500)")
    parser.add_argument("--turn-gap-ms", type=_positive, default=500.0, help="budget, p95 (500)")
    parser.add_argument("--jitter-ms", type=_positive, default=20.0, help="budget, p95 of calls' p99 (20)")
    parser.add_argument("--limit-s", type=_positive, help="longest time of a step (by the calls, with room)")
    parser.add_argument("--out", type=Path, default=Path("build/load"), help="where JSON and plot go (build/load)")


def _whole(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, got {text}")
    return number


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"expected more than 0, got {text}")
    return number


def _ladder(text: str) -> tuple[int, ...]:
    return tuple(_whole(number) for number in text.split(",") if number)
