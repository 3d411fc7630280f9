"""The scenarios of phones/scenarios for a SIPp of many calls. Pure.

A calling SIPp takes each call's number and RTP port from its injection file (`rows`), a called one takes the port of
each answer with the order to answer.
"""

from __future__ import annotations

from collections.abc import Iterable

from phones.scenario import Identity, Invitation, callee_scenario, caller_scenario
from phones.sdp import PCMA, Media

EVENTS = 101
"""Payload type of telephone-event (RFC 4733)."""
_CALLER = "@caller@"
_PORT = 65_535
"""Stands for the RTP port in the session description."""


def calling(local: tuple[str, int], target: str) -> str:
    """Calls `target` (`sip:number@host:port`), once a row."""
    invitation = Invitation(
        target=target, caller=f"<sip:{_CALLER}@{local[0]}>", to=f"<{target.partition(';')[0]}>", user=_CALLER
    )
    made = caller_scenario(_identity(local), invitation, _offer(local[0], "[field1]"))
    return made.replace(_CALLER, "[field0]")


def called(local: tuple[str, int]) -> str:
    """Is called, as often as anybody calls."""
    return callee_scenario(_identity(local), {}, _offer(local[0], "[$port]"))


def rows(calls: Iterable[tuple[str, int]]) -> str:
    """The injection file: a number and an RTP port a call, in the order of the calls."""
    return "SEQUENTIAL\n" + "".join(f"{number};{port}\n" for number, port in calls)


def _identity(local: tuple[str, int]) -> Identity:
    """Tags and branches of its own for each call of the process."""
    return Identity(local[0], local[1], "[pid]-[call_number]", "z9hG4bK-[pid]-[call_number]")


def _offer(host: str, port: str) -> str:
    return Media(host, _PORT, (PCMA,), EVENTS).describe().replace(str(_PORT), port)
