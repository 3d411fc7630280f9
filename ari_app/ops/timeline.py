"""A call's history as a person reads it: who said what and when, keys, latencies, the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from media.flight.story import STAGES

_Data = Mapping[str, Any]


def render(call: Mapping[str, Any]) -> str:
    """The timeline of a call document (`GET /api/voice/calls/{id}`), one line an event, seconds from its start."""
    return "\n".join([_title(call), *_lines(call.get("events", ())), _end(call)])


def _title(call: Mapping[str, Any]) -> str:
    arrow = "→" if call["direction"] == "outbound" else "←"
    other = call["to"] if call["direction"] == "outbound" else call["from"]
    return f"{call['id']}  {call['flow']} ({call['language']})  {arrow} {other}"


def _end(call: Mapping[str, Any]) -> str:
    data = ", ".join(f"{key}={value}" for key, value in (call.get("data") or {}).items())
    outcome = call.get("outcome") or "open"
    return (
        f"  = {call['status']}: {outcome}"
        + (f" ({data})" if data else "")
        + (f" – {call['reason']}" if call.get("reason") else "")
    )


def _lines(events: Any) -> Iterator[str]:
    for event in sorted((event for event in events if "ms" in event["data"]), key=lambda event: event["data"]["ms"]):
        describe = _DESCRIBE.get(event["kind"])
        if describe and (text := describe(event["data"])):
            yield f"  {event['data']['ms'] / 1000:8.3f}  {text}"


def _said(data: _Data) -> str:
    if not data["text"]:
        return ""
    return f"agent    “{data['text']}”" + ("" if data["complete"] else "  ✂ cut short")


def _caller(data: _Data) -> str:
    if not data["text"]:
        return f"caller   (recorded: {data['recording']})" if data.get("recording") else "caller   (not understood)"
    return f"caller   “{data['text']}”  {data['engine']} {data['confidence']:.2f}, in {data['recognised_ms']:.0f} ms"


def _understood(data: _Data) -> str:
    guesses = ", ".join(f"{option} {confidence:.2f}" for option, confidence in data["guesses"].items())
    return guesses and f"meant    {guesses}"


def _latency(data: _Data) -> str:
    waits = " + ".join(f"{name} {data[stage]}" for stage, name in STAGES.items() if stage in data)
    filled = f", a few words after {data['filler_ms']}" if "filler_ms" in data else ""
    return f"waited   {waits} = {data['total_ms']} ms{filled}" + ("" if data["answered"] else ", and no answer")


_DESCRIBE: dict[str, Callable[[_Data], str]] = {
    "state": lambda data: (
        f"· {data['state'].replace('_', ' ')}"
        + (f" ({data['because'].replace('_', ' ')})" if data.get("because") else "")
    ),
    "bridged": lambda data: "· bridged",
    "agent_started": lambda data: "agent    begins",
    "said": _said,
    "ringing": lambda data: "· the phone rings",
    "early_media": lambda data: "· the network is heard: an announcement, or its ringing tone",
    "callee": lambda data: f"· {data['callee']}: {data['because'].replace('_', ' ')}",
    "greeting_over": lambda data: "· the greeting is over" + (": a beep" if data.get("beep_ms") is not None else ""),
    "message_begun": lambda data: "agent    leaves its message",
    "agent_paused": lambda data: "agent    stands still",
    "agent_resumed": lambda data: "agent    goes on",
    "barged_in": lambda data: "caller   interrupts",
    "caller_said": _caller,
    "understood": _understood,
    "turn_latency": _latency,
    "steps": lambda data: f"· {' → '.join(data['path'])}",
    "key": lambda data: f"key      {data['digit']}",
    "key_repeated": lambda data: "· the key before was reported twice, and taken once",
    "silence": lambda data: "silence  no answer",
    "decided": lambda data: (
        f"decided  {data['outcome']}" + ("" if data["accepted"] else f" refused: {data['stands']} stands")
    ),
    "decision_failed": lambda data: f"decision NOT committed: {data['error']}",
    "fetched": lambda data: f"lookup   {data['name']}",
    "fetch_failed": lambda data: f"lookup   {data['name']} failed: {data['error']}",
    "submitted": lambda data: f"sent     {data['name']}",
    "submit_failed": lambda data: f"sent     {data['name']} NOT taken: {data['error']}",
    "pause": lambda data: f"· waits {data['for_ms'] / 1000:g} s" + (f" with {data['music']}" if data["music"] else ""),
    "thought": lambda data: (
        f"mind     {'means ' + data['exit'] if data['exit'] else 'answers'}, in {data['took_ms']} ms"
    ),
    "thinking_failed": lambda data: f"mind     gave no answer: {data['error']}",
    "transfer_started": lambda data: f"transfer to {data['to']}",
    "person_answered": lambda data: "person   answers",
    "person_accepted": lambda data: "person   takes the call",
    "talk_began": lambda data: "· caller and person talk",
    "transfer_error": lambda data: f"transfer refused: {data['error']}",
    "transfer_ended": lambda data: (
        f"transfer over: {data['reason']}, after {data['talked_ms'] / 1000:.1f} s of talk"
        if data["talked_ms"]
        else f"transfer failed: {data['reason']}"
    ),
    "transfer_resumed": lambda data: f"transfer to {data['to']} found going on",
    "resumed": lambda data: f"· goes on at {data['step']}, in Mercury's life {data['life']}",
    "welcomed": lambda data: f"· answered because {data['because']}" + (f": {data['about']}" if data["about"] else ""),
    "control": lambda data: f"· {data['by']} asks for: {data['what'].replace('_', ' ')}",
    "controlled": lambda data: f"· the flow hears of it: {data['event']}",
    "opted_out": lambda data: "decided  wants no more calls",
    "opt_out_failed": lambda data: f"opt-out  NOT committed: {data['error']}",
    "time_up": lambda data: "· the call's time is up",
    "engine_failed": lambda data: f"engine   {data['engine']} failed: {data['error']}",
    "setup_failed": lambda data: f"setup    failed: {data['error']}",
    "history_dropped": lambda data: f"· {data['lines']} lines are missing: the database did not answer",
    "media_closed": lambda data: (
        f"· media closed: {data['received']} packets in, {data['sent']} out, {data['lost']} lost"
        + (f", MOS about {data['mos']:.1f}" if data.get("mos") else "")
    ),
}
