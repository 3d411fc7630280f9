"""Every kind of step has its paths and ways."""

from __future__ import annotations

import pytest

from ivr_flows.paths import cover
from ivr_flows.paths.tracing import shown
from tests.ivr_flows.everything import flow

PATHS = {
    "resting": ["rest (passed) > ready (answered) > bye = done"],
    "sending": ["send (failed) > lost = lost", "send (taken) > sent = sent"],
    "handing": ["hand (failed) > nobody = nobody", "hand (talked) > talked = talked"],
    "leaving": [
        "message (answered) > left = left",
        "message (hung up) = left",
        "message (no input) > none = none",
    ],
    "recording": ["name (answered) > kept = kept", "name (hung up) = none"],
    "typing": ["number (answered) > typed = typed", "number (no match) > none = none"],
    "choosing": ["language (answered) > chosen = chosen", "language (no match) > none = none"],
    "talking": [
        "talk (answered) > bye = answered",
        "talk (answered) > person = person",
        "talk (failed) > bye = answered",
        "talk (time up) > late = answered",
    ],
    "noting": ["note (answered) > noted = noted", "note (time up) > none = none"],
    "identifying": [
        "identify/number (answered) > identify/typed > known = known",
        "identify/number (no input) > bye = unknown",
    ],
}
WAYS = {
    "resting": ["rest: passed", "ready: time up"],
    "sending": ["send: failed", "send: taken, then sent"],
    "handing": ["hand: failed", "hand: talked"],
    "leaving": [
        "message: speaks",
        "message: silence",
        "message: key #",
        "message: hung up while speaking",
        "message (asked back: message): key 1",
        "message (asked back: message): key 2",
        "message (asked back: message): another key",
        "message (asked back: message): silence",
        "message (asked back: message): hung up",
    ],
    "recording": ["name: speaks", "name: key #", "name: hung up while speaking"],
    "typing": [
        "number: types a number",
        "number (asked back: entry): key 1",
        "number (asked back: entry): key 2",
        "number (asked back: entry): says yes",
        "number (asked back: entry): says no",
        "number (asked back: entry): another key",
    ],
    "choosing": ["language: key 2", "language: says hi", "language: speaks hi", "language: speaks en"],
    "talking": [
        "talk: asks shop/hours",
        "talk: asks shop/place",
        "talk: key 0",
        "talk: says agent",
        "talk: says repeat",
        "talk: speaks",
        "talk: failed",
        "talk: is answered",
        "talk: is taken to mean agent",
        "talk: is taken to mean agent, unsurely",
    ],
    "noting": ["note: speaks", "note: says again", "note: hung up while speaking"],
    "identifying": ["identify/number (asked back: entry): says no"],
}


@pytest.mark.parametrize("name", PATHS)
def test_paths_and_ways(name: str) -> None:
    covered = cover(flow(name), [])
    assert covered.whole
    assert set(PATHS[name]) <= set(map(shown, covered.paths))
    assert set(WAYS[name]) <= set(map(str, covered.ways))


def test_facts_are_ways_and_make_no_paths() -> None:
    paths = cover(flow("talking"), []).paths
    assert len(paths) == 7
