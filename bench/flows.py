"""Time of an interpreter step, and of loading flows: python -m bench flows."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from ivr_flows.events import Decided, Digit, Event, Silence, Speech
from ivr_flows.interpreter import advance, start
from ivr_flows.loader import check, check_text, load_flows, parse_flows
from ivr_flows.model import Flow

FLOWS_AT_ALL, FILES = 200, 40
FLOWS = Path(__file__).parents[1] / "flows.yaml"
ORDER = {"order_id": "12345", "vendor": "शर्मा स्वीट्स", "items": ["2 पनीर टिक्का", "1 नान"], "total": "1250.50"}
CALL: tuple[Event, ...] = (
    Silence(0),
    Speech(0, "नहीं", 0.9),
    Speech(0, "जी नहीं", 0.9),
    *(Digit(0, key) for key in "*120#"),
    Decided(0, True),
)


def main() -> None:
    """Print the figures; exit with 1 where one is over its budget."""
    text = FLOWS.read_text(encoding="utf-8")
    flow = load_flows(FLOWS).flows["vendor_confirmation"]
    steps = [time for _ in range(200) for time in _walk(flow)]
    with TemporaryDirectory() as folder:
        many = _in_files(Path(folder), text, FLOWS_AT_ALL, FILES)
        figures = (
            ("flows.yaml loads (CPU, p50 of 10)", _p50(lambda: parse_flows(text), 10, process_time), 100.0),
            (
                "a flow of 200 steps loads (CPU, p50 of 15)",
                _p50(lambda: parse_flows(_steps(200)), 15, process_time),
                100.0,
            ),
            (
                "200 flows in a file are checked (p50 of 5)",
                _p50(lambda: check_text(_many(text, FLOWS_AT_ALL)), 5),
                2000.0,
            ),
            ("200 flows in 40 files are checked (p50 of 5)", _p50(lambda: check(many), 5), 2000.0),
            ("interpreter step (p50)", statistics.median(steps), 1.0),
            ("interpreter step (p99)", statistics.quantiles(steps, n=100)[98], 1.0),
        )
    for name, value, budget in figures:
        print(f"{name:<46} {value:8.3f} ms   budget {budget:g} ms")
    sys.exit(any(value > budget for _, value, budget in figures))


def _p50(work: Callable[[], object], times: int, clock: Callable[[], float] = perf_counter) -> float:
    """Milliseconds of the middle one of so many runs."""
    found = []
    for _ in range(times):
        began = clock()
        work()
        found.append((clock() - began) * 1000)
    return statistics.median(found)


def _walk(flow: Flow) -> list[float]:
    session, _ = start(flow, ORDER, "hi")
    found = []
    for event in CALL:
        began = perf_counter()
        session, commands = advance(flow, session, event)
        session.to_json()
        found.append((perf_counter() - began) * 1000)
    if commands[-1].outcome != "confirmed":  # type: ignore[union-attr]
        sys.exit(f"the call ended with {commands[-1]}, not confirmed")
    return found


def _many(text: str, count: int, first: int = 0) -> str:
    """So many of the vendor's flow, in one file."""
    start, end = text.index("  vendor_confirmation:"), text.index("  rider_assignment:")
    flow = text[start:end]
    names = (f"flow{number}:" for number in range(first, first + count))
    return "flows:\n" + "".join(flow.replace("vendor_confirmation:", name, 1) for name in names)


def _in_files(folder: Path, text: str, count: int, files: int) -> Path:
    """So many flows in so many files, and the file that includes these."""
    each = count // files
    for number in range(files):
        (folder / f"part{number}.yaml").write_text(_many(text, each, number * each), encoding="utf-8")
    first = folder / "flows.yaml"
    first.write_text(f"include: [{', '.join(f'part{number}.yaml' for number in range(files))}]\n", encoding="utf-8")
    return first


def _steps(count: int) -> str:
    head = (
        "flows:\n  large:\n    languages: [hi, en]\n    outcomes: [done]\n"
        "    on_hang_up: done\n    gives_up: bye\n    start: s0\n    steps:\n      bye: {hang_up: done}\n"
    )
    step = (
        "      s{n}:\n        ask: {{hi: 'सवाल {n}। एक दबाइए।', en: 'Question {n}. Press one.'}}\n        options:\n"
        "          go_on: {{key: '1', hear: {{hi: [आगे, aage], en: [next, go on]}}, next: {to}}}\n"
    )
    return head + "".join(step.format(n=n, to=f"s{n + 1}" if n + 1 < count else "bye") for n in range(count))


if __name__ == "__main__":
    main()
