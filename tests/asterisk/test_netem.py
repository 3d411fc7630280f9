"""The same calls on a line that the kernel makes bad: netem, in a network namespace with nothing but its loopback.

Asterisk, Mercury and phones all run in there; only UDP from and to the address of the phones, their RTP, passes netem.
Skipped without root, without `tc`, and on kernels without sch_netem.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.asterisk.test_bad_lines import EACH, NETEM, PHONES, WORST
from tests.standins.bad_path import Condition

_LIFE_S = 200
_FILTER = "tc filter add dev lo parent 1: protocol ip u32 match ip protocol 17 0xff"


def netem(condition: Condition) -> str:
    """The condition in netem's words. Jitter overtakes there, unless a rate keeps packets in their queue."""
    least, most = condition.delay_ms
    words = []
    if most:
        words.append(f"delay {(least + most) / 2:g}ms {(most - least) / 2:g}ms")
    if condition.loss:
        words.append(f"loss {condition.loss:.2%}")
    if condition.reordered and most:
        words.append(f"reorder {condition.reordered:.2%}")
    if condition.doubled:
        words.append(f"duplicate {condition.doubled:.2%}")
    if most and not condition.overtaking:
        words.append("rate 10mbit")
    return " ".join(words)


def in_namespace(qdisc: str, *command: str) -> list[str]:
    """A command that runs in a namespace of its own, where the phones' address has this queueing discipline."""
    script = [
        "ip link set lo up",
        "tc qdisc add dev lo root handle 1: htb default 1",
        "tc class add dev lo parent 1: classid 1:1 htb rate 1gbit quantum 60000",
        "tc class add dev lo parent 1: classid 1:2 htb rate 1gbit quantum 60000",
        f"tc qdisc add dev lo parent 1:2 handle 20: {qdisc}",
        *(
            f"tc filter add dev lo parent 1: protocol ip u32 match ip {way} {PHONES}/32 flowid 1:2"
            for way in ("src", "dst")
        ),
        'exec "$@"',
    ]
    return ["unshare", "--net", "sh", "-c", " && ".join(script), "sh", *command]


def _obstacle() -> str:
    """Why this can't be done here."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if missing := [program for program in ("unshare", "ip", "tc") if not shutil.which(program)]:
        return f"{', '.join(missing)} is not installed"
    tried = subprocess.run(in_namespace("netem delay 1ms", "true"), capture_output=True, text=True, check=False)
    return f"this kernel has no netem: {tried.stderr.strip()}" if tried.returncode else ""


@pytest.mark.asterisk
@pytest.mark.slow
@pytest.mark.timeout(_LIFE_S + 20)
@pytest.mark.parametrize("condition", [*EACH, WORST], ids=lambda condition: str(condition.name))
def test_calls_over_netem(condition: Condition) -> None:
    if obstacle := _obstacle():
        pytest.skip(obstacle)
    pytest_in_there = [sys.executable, "-m", "pytest", "tests/asterisk/test_bad_lines.py", "-k", "kernel"]
    done = subprocess.run(
        in_namespace(f"netem limit 10000 {netem(condition)}", *pytest_in_there),
        env={**os.environ, NETEM: condition.name},
        capture_output=True,
        text=True,
        timeout=_LIFE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition("loss", loss=0.03), "loss 3.00%"),
        (WORST, "delay 60ms 40ms loss 3.00% reorder 5.00% duplicate 5.00% rate 10mbit"),
        (Condition("overtaking", delay_ms=(20, 100), overtaking=True), "delay 60ms 40ms"),
    ],
)
def test_a_condition_in_netems_words(condition: Condition, words: str) -> None:
    assert netem(condition) == words
