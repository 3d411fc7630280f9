"""What a load test may do without being told twice, and what it never does. Pure.

A load test that is pointed at the wrong place rings real telephones, or takes a system away from its callers.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

MOST_CALLS = 2000
MOST_RATE = 20.0
MOST_AT_ONCE = 300
LONGEST_S = 3600.0


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be done. `hosts` are the names and addresses it goes to, `addresses` what they resolve to."""

    hosts: Mapping[str, Sequence[str]]
    calls: int
    rate: float
    at_once: int
    takes_s: float
    """At the least, by the flow's own times."""
    dialled: Sequence[str] = ()
    """Numbers that Mercury is to call."""
    contacts: Mapping[str, str] | None = None
    """Where its test trunk finds numbers (host:port…); None: not known."""
    own_hosts: Sequence[str] = ()
    """Addresses of this machine, where the phones are."""
    confirmed: Sequence[str] = ()
    """Hosts that were confirmed by name."""


def refusals(intent: Intent) -> list[str]:
    """Why it is not done; none: it may be."""
    return [*_foreign(intent), *_too_much(intent), *_no_contact(intent)]


def _foreign(intent: Intent) -> Iterator[str]:
    for host, addresses in intent.hosts.items():
        if host in intent.confirmed:
            continue
        if not addresses:
            yield f"{host} has no address"
        for address in addresses:
            if not _near(address):
                yield (
                    f"{host} ({address}) is neither this machine nor in a private network: if you may load it, say so "
                    f"with --i-may-load {host} (CONFIRM={host})"
                )


def _too_much(intent: Intent) -> Iterator[str]:
    limits = (
        ("calls", intent.calls, MOST_CALLS),
        ("calls a second", intent.rate, MOST_RATE),
        ("calls at once", intent.at_once, MOST_AT_ONCE),
        ("seconds", intent.takes_s, LONGEST_S),
    )
    if set(intent.hosts) <= set(intent.confirmed):
        return
    for what, asked, most in limits:
        if asked > most:
            names = " ".join(f"--i-may-load {host}" for host in intent.hosts)
            yield f"{asked:g} {what}, where {most:g} are the most that are made unasked: if you mean it, add {names}"


def _no_contact(intent: Intent) -> Iterator[str]:
    """No confirmation helps here: a number without a contact goes to the telephone network."""
    if not intent.dialled:
        return
    if intent.contacts is None:
        yield (
            "the system's test_trunk.contacts are not known, and a number without a contact would be rung in the "
            "telephone network: give the system's settings (--settings FILE) or its contacts (--contacts FILE)"
        )
        return
    for number in sorted(set(intent.dialled)):
        contact = intent.contacts.get(number, "")
        if not contact:
            yield f"{number} has no contact on the test trunk: it would be rung in the telephone network"
        elif contact_address(contact)[0] not in intent.own_hosts:
            yield f"{number} leads to {contact}: expected a contact at this machine ({', '.join(intent.own_hosts)})"


def contact_address(contact: str) -> tuple[str, int]:
    """Host and port of a contact of the test trunk (`host:port;transport=tcp`)."""
    host, _, port = contact.partition(";")[0].rpartition(":")
    return (host, int(port)) if port.isdigit() else (contact.partition(";")[0], 5060)


def _near(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return parsed.is_loopback or (parsed.is_private and not parsed.is_unspecified)
