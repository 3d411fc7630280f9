"""What a caller hears who waits for what is made of their words. Pure."""

from __future__ import annotations

from ivr_flows.commands import SayPart, SpokenText
from ivr_flows.model.flow import CALLER, Filler, Flow
from ivr_flows.prompts.render import render
from ivr_flows.session import Session
from ivr_flows.vocabulary import FILLERS


def filler(flow: Flow, session: Session, count: int) -> tuple[SayPart, ...]:
    """The words for the `count`-th wait of a call (from 0), in its language; none where the flow has them off."""
    chosen, language = flow.body.filler, session.language
    if not isinstance(chosen, Filler):
        return ()
    if chosen.say is None:
        texts = FILLERS[language]
        return (SpokenText(texts[count % len(texts)], language),)
    line = chosen.say[count % len(chosen.say)].line(language)
    return render(line, language, flow.variables, {CALLER: session.caller, **session.values})


def filler_after_ms(flow: Flow, usual_ms: int) -> int:
    """What a caller waits in silence, 0 for however long; `usual_ms` where the flow says nothing."""
    chosen = flow.body.filler
    if not isinstance(chosen, Filler):
        return 0
    return usual_ms if chosen.after is None else chosen.after
