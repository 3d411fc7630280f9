"""Steps: what a call does, one after the other. A step's kind is the word that only it has (`KINDS`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from ivr_flows.model.steps.acting import BranchStep, Case, HangUpStep, Run, RunStep, SayStep, SetStep, WaitStep
from ivr_flows.model.steps.asking import Answer, AskStep, Command, Option
from ivr_flows.model.steps.backend import DecideStep, LookupStep, OptOutStep, Query, Submission, SubmitStep
from ivr_flows.model.steps.base import Hear, NoInput, NoMatch, Pauses, Question, Reaction, StepBase
from ivr_flows.model.steps.conversing import ConverseStep, Conversing, Exit, Fact
from ivr_flows.model.steps.entering import Digits, DigitsStep, ReadBack
from ivr_flows.model.steps.languages import LanguageStep
from ivr_flows.model.steps.listening import Listening, ListenStep, Message, RecordStep, Review, VoicemailStep
from ivr_flows.model.steps.transferring import Transfer, TransferStep

KINDS: Mapping[str, type[StepBase]] = {
    "options": AskStep,
    "digits": DigitsStep,
    "listen": ListenStep,
    "record": RecordStep,
    "voicemail": VoicemailStep,
    "language": LanguageStep,
    "converse": ConverseStep,
    "transfer": TransferStep,
    "run": RunStep,
    "submit": SubmitStep,
    "lookup": LookupStep,
    "decide": DecideStep,
    "opt_out": OptOutStep,
    "set": SetStep,
    "branch": BranchStep,
    "wait": WaitStep,
    "hang_up": HangUpStep,
    "say": SayStep,
}
"""The word that tells a step's kind; where there are several, the first of this list."""


def _kind(value: Any) -> str | None:
    if isinstance(value, StepBase):
        return next(f"<{word}>" for word, kind in KINDS.items() if isinstance(value, kind))
    if not isinstance(value, dict):
        return None
    if "ask" in value and not KINDS.keys() & (value.keys() - {"say", "set"}):
        return "<options>"
    return next((f"<{word}>" for word in KINDS if word in value), None)


Step = Annotated[
    Annotated[AskStep, Tag("<options>")]
    | Annotated[DigitsStep, Tag("<digits>")]
    | Annotated[ListenStep, Tag("<listen>")]
    | Annotated[RecordStep, Tag("<record>")]
    | Annotated[VoicemailStep, Tag("<voicemail>")]
    | Annotated[LanguageStep, Tag("<language>")]
    | Annotated[ConverseStep, Tag("<converse>")]
    | Annotated[TransferStep, Tag("<transfer>")]
    | Annotated[RunStep, Tag("<run>")]
    | Annotated[SubmitStep, Tag("<submit>")]
    | Annotated[LookupStep, Tag("<lookup>")]
    | Annotated[DecideStep, Tag("<decide>")]
    | Annotated[OptOutStep, Tag("<opt_out>")]
    | Annotated[SetStep, Tag("<set>")]
    | Annotated[BranchStep, Tag("<branch>")]
    | Annotated[WaitStep, Tag("<wait>")]
    | Annotated[HangUpStep, Tag("<hang_up>")]
    | Annotated[SayStep, Tag("<say>")],
    Discriminator(
        _kind,
        custom_error_type="step_kind",
        custom_error_message=f"expected a step that has one of: {', '.join(KINDS)}",
    ),
]

__all__ = [
    "KINDS",
    "Answer",
    "AskStep",
    "BranchStep",
    "Case",
    "Command",
    "ConverseStep",
    "Conversing",
    "DecideStep",
    "Digits",
    "DigitsStep",
    "Exit",
    "Fact",
    "HangUpStep",
    "Hear",
    "LanguageStep",
    "ListenStep",
    "Listening",
    "LookupStep",
    "Message",
    "NoInput",
    "NoMatch",
    "OptOutStep",
    "Option",
    "Pauses",
    "Query",
    "Question",
    "Reaction",
    "ReadBack",
    "RecordStep",
    "Review",
    "Run",
    "RunStep",
    "SayStep",
    "SetStep",
    "Step",
    "StepBase",
    "Submission",
    "SubmitStep",
    "Transfer",
    "TransferStep",
    "VoicemailStep",
    "WaitStep",
]
