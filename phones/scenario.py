"""SIPp scenarios of one call each, made from the templates in phones/scenarios."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import jinja2

FAILURES = (
    *(300, 301, 302, 305, 380),
    *(400, 401, 402, 403, 404, 405, 406, 407, 408, 410, 412, 413, 414, 415, 416, 420, 421, 422, 423, 429, 433),
    *(480, 481, 482, 483, 484, 485, 486, 487, 488, 489, 491, 493, 494),
    *(500, 501, 502, 503, 504, 505, 513, 580, 600, 603, 604, 606, 607, 608),
)
"""Final responses that end an INVITE (IANA's list): SIPp needs each by its number."""
REPLIES = {
    180: "Ringing",
    181: "Call Is Being Forwarded",
    183: "Session Progress",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    408: "Request Timeout",
    480: "Temporarily Unavailable",
    484: "Address Incomplete",
    486: "Busy Here",
    488: "Not Acceptable Here",
    500: "Server Internal Error",
    503: "Service Unavailable",
    603: "Decline",
}
"""What a called phone can answer, beside 200 (RFC 3261, section 21): SIPp needs each by its number here, too."""
_OK = "\n".join(
    [
        "SIP/2.0 200 OK",
        *(f"[last_{name}:]" for name in ("Via", "From", "To", "Call-ID", "CSeq")),
        "Content-Length: 0",
        "",
    ]
)


class HeaderError(ValueError):
    """Text that can't stand in a SIP header of a scenario."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Where a phone's SIP is, and the tag and branch that make its call its own."""

    host: str
    port: int
    tag: str
    branch: str

    @property
    def local(self) -> str:
        """host:port."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an INVITE says. `caller` and `to` are name-addr: `"Asha" <sip:+91…@host>` or `<sip:…>`."""

    target: str
    caller: str
    to: str
    user: str
    headers: Mapping[str, str] = field(default_factory=dict)


def caller_scenario(identity: Identity, invitation: Invitation, sdp: str) -> str:
    """The scenario of a call out.

    Raises `HeaderError` for text that would break the message or be taken for a keyword of SIPp.
    """
    return _render(
        "caller.xml.j2",
        local=identity.local,
        tag=identity.tag,
        branch=identity.branch,
        target=_safe(invitation.target),
        from_header=_safe(invitation.caller),
        to_header=_safe(invitation.to),
        user=_safe(invitation.user),
        headers=_headers(invitation.headers),
        failures=FAILURES,
        sdp=sdp,
        ok=_OK,
    )


def callee_scenario(identity: Identity, headers: Mapping[str, str], sdp: str) -> str:
    """The scenario of a call in; `headers` go into the final response."""
    return _render(
        "callee.xml.j2",
        local=identity.local,
        tag=identity.tag,
        headers=_headers(headers),
        replies=REPLIES,
        sdp=sdp,
        ok=_OK,
    )


def _headers(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(_safe(name), _safe(value)) for name, value in headers.items()]


def _safe(text: str) -> str:
    """Scenarios hold messages as CDATA, in which SIPp takes brackets for keywords."""
    if not text or re.search(r"[\r\n\[\]\x1b]", text):
        raise HeaderError(f"expected text of one line without brackets in a SIP header, got {text!r}")
    return text


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("scenarios")),
        autoescape=jinja2.select_autoescape(enabled_extensions=()),
        undefined=jinja2.StrictUndefined,
    )


def _render(template: str, **values: object) -> str:
    return _templates().get_template(template).render(values).lstrip()
