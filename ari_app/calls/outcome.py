"""What became of a call: one pure function of the facts gathered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ari_app.calls.state import State
from ari_app.store.records import Direction, Status
from ari_app.store.terms import Cause
from ivr_flows.commands import End


class MachineEnd(StrEnum):
    """How a call ended for a machine's sake."""

    HUNG_UP_ON = "machine"
    MESSAGE_LEFT = "message_left"


@dataclass(slots=True)
class Facts:
    """What was seen of a call, filled in as it goes."""

    direction: Direction
    answered: bool = False
    """The person's leg was up with us (inbound: answered by us)."""
    talked: bool = False
    """The flow ran."""
    end: End | None = None
    """The flow's last word."""
    cause: int = 0
    """Q.850 cause of the person's channel; 0 unknown."""
    sip_status: int = 0
    """Status that the phone or the trunk refused it with, where Asterisk tells; 0 otherwise."""
    called_back: str = ""
    """The inbound call on which the person who was rung called us meanwhile; "" if they did not."""
    canceled: str = ""
    """Why we were asked to end it; "" if nobody asked."""
    overdue: State | None = None
    """The state that lasted too long, if one did."""
    setup_error: str = ""
    left: bool = False
    """The person's channel was gone before we came to hang it up."""
    media_lost: bool = False
    machine: str = ""
    """Who answered: human, machine, unknown; "" where nobody listened for it."""
    machine_end: MachineEnd | None = None
    """A machine answered, and the flow gave way for it."""


@dataclass(frozen=True, slots=True)
class Final:
    """A call's end, as recorded and sent. `outcome` is the flow's own, or what kept it from having one."""

    status: Status
    outcome: str
    reason: str
    data: Mapping[str, object] = field(default_factory=dict)
    decided: bool = False
    """Whether the flow's outcome was committed during the call."""
    again: Cause | None = None
    """Why it reached nobody, if trying again may help."""


AGAIN: dict[str, Cause] = {
    "busy": Cause.BUSY,
    "declined": Cause.BUSY,
    "no_answer": Cause.NO_ANSWER,
    "unreachable": Cause.UNREACHABLE,
    "failed": Cause.UNREACHABLE,
}
"""What kept a call from reaching anybody → which of its retry rules applies. Others don't help by repetition."""

UNANSWERED: dict[int, tuple[Status, str, str]] = {
    0: (Status.FAILED, "failed", "it ended while Asterisk was out of reach: how is not known"),
    1: (Status.FAILED, "wrong_number", "number not assigned"),
    3: (Status.FAILED, "unreachable", "no route to the number"),
    17: (Status.BUSY, "busy", "busy"),
    18: (Status.NO_ANSWER, "no_answer", "the phone did not respond"),
    19: (Status.NO_ANSWER, "no_answer", "nobody answered"),
    20: (Status.NO_ANSWER, "unreachable", "the phone is off or out of reach"),
    21: (Status.BUSY, "declined", "the call was declined"),
    22: (Status.FAILED, "wrong_number", "the number has changed"),
    27: (Status.FAILED, "unreachable", "the destination is out of order"),
    28: (Status.FAILED, "wrong_number", "the number is incomplete"),
    34: (Status.FAILED, "unreachable", "no circuit: the trunk or network is full or down"),
    38: (Status.FAILED, "unreachable", "the network is out of order"),
    41: (Status.FAILED, "unreachable", "a passing failure in the network"),
    42: (Status.FAILED, "unreachable", "the switch is overloaded"),
    127: (Status.NO_ANSWER, "no_answer", "the call was ended before an answer"),
}
"""Q.850 causes as Asterisk derives them from SIP (486→17, 404→1, 480→19, 503→34, 603→21, 408→18, 487→127 …)."""

REFUSED: dict[int, tuple[Status, str, str]] = {
    403: (
        Status.FAILED,
        "refused",
        "the trunk refused the call (403): is the caller id registered, the account right?",
    ),
}
"""What a SIP status says more exactly than its cause: 603 (a person declines) has the same, 21."""


MACHINE: dict[MachineEnd, Final] = {
    MachineEnd.HUNG_UP_ON: Final(Status.NO_ANSWER, "machine", "a machine answered", again=Cause.MACHINE),
    MachineEnd.MESSAGE_LEFT: Final(Status.COMPLETED, "message_left", "a machine answered, and took the message"),
}


def conclude(facts: Facts) -> Final:
    """The end of a call. Total: any facts have an end."""
    if facts.machine_end and not (facts.end and facts.end.decided):
        return MACHINE[facts.machine_end]
    if facts.talked:
        return _talked(facts)
    if facts.canceled:
        return _canceled(facts)
    if facts.setup_error and not (facts.answered and facts.left):
        return lost(facts.setup_error)
    if facts.direction is Direction.INBOUND or facts.answered:
        return _silent(facts)
    return _unanswered(facts)


def _canceled(facts: Facts) -> Final:
    if facts.called_back:
        return Final(Status.BUSY, "called_back", facts.canceled, {"call_id": facts.called_back}, again=Cause.BUSY)
    return Final(Status.CANCELED, "canceled", facts.canceled)


def _silent(facts: Facts) -> Final:
    if facts.overdue is State.SETTING_UP:
        return lost("the call's media could not be set up in time")
    return Final(Status.COMPLETED, "abandoned", "the caller hung up before the first word")


def _unanswered(facts: Facts) -> Final:
    if facts.overdue is State.DIALING:
        return Final(Status.NO_ANSWER, "no_answer", "nobody answered in time", again=Cause.NO_ANSWER)
    unknown = (Status.FAILED, "failed", f"the call failed (cause {facts.cause})")
    status, outcome, reason = REFUSED.get(facts.sip_status) or UNANSWERED.get(facts.cause, unknown)
    return Final(status, outcome, reason, again=AGAIN.get(outcome))


def _talked(facts: Facts) -> Final:
    if facts.end is None:
        return Final(Status.FAILED, "failed", facts.setup_error or "the flow gave no outcome")
    if facts.overdue is State.TALKING:
        reason = "the call reached its longest time"
    elif facts.media_lost:
        reason = "the caller's audio stopped"
    else:
        reason = facts.canceled or facts.setup_error or "completed"
    return Final(Status.COMPLETED, facts.end.outcome, reason, facts.end.data, facts.end.decided)


def lost(reason: str) -> Final:
    """The end of a call that Mercury itself failed."""
    return Final(Status.FAILED, "failed", reason, again=Cause.UNREACHABLE)


def impossible(reason: str) -> Final:
    """The end of a call that no repetition would make better."""
    return Final(Status.FAILED, "failed", reason)


def not_made(code: str, reason: str) -> Final:
    """The end of a call that was not made (any more): canceled, expired, or against the policy."""
    status = Status.CANCELED if code in _WITHDRAWN else Status.FAILED
    return Final(status, code, reason)


_WITHDRAWN = frozenset({"canceled", "decided"})
