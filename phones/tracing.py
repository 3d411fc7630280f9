"""A call's trace, put together from SIPp's message log and the phone's mouth and ear."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from phones.ear import Ear
from phones.mouth import Mouth
from phones.sip import SipMessage, TimedMessage
from phones.trace import CallTrace, End


def make_trace(name: str, sip: Sequence[TimedMessage], end: End | None, mouth: Mouth, ear: Ear) -> CallTrace:
    """The trace of what has happened so far."""
    return CallTrace(
        phone=name,
        invited_at=_first(sip, lambda message: message.method == "INVITE"),
        ringing_at=_first(sip, lambda message: _is_invite_reply(message) and 101 <= message.status < 200),
        answered_at=_first(sip, lambda message: _is_invite_reply(message) and message.status == 200),
        ended_at=_first(sip, _ends),
        end=end,
        own_voiced=tuple(mouth.voiced),
        keys=tuple(mouth.keys),
        arrivals=tuple(ear.arrivals),
        far_keys=tuple(ear.keys),
        sip=tuple(sip),
        malformed=ear.malformed,
    )


def _first(sip: Sequence[TimedMessage], matches: Callable[[SipMessage], bool]) -> float | None:
    return next((timed.at for timed in sip if matches(timed.message)), None)


def _is_invite_reply(message: SipMessage) -> bool:
    return message.status > 0 and message.cseq_method == "INVITE"


def _ends(message: SipMessage) -> bool:
    return message.method in ("BYE", "CANCEL") or (_is_invite_reply(message) and message.status >= 300)
