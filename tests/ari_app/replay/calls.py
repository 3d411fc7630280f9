"""A call of a small flow, with its flight log: media on the virtual clock, and the interpreter."""

from __future__ import annotations

from pathlib import Path

from ari_app.calls.flight import CallFlight
from ivr_flows.events import Event, Guess, HungUp, Silence, Speech
from ivr_flows.interpreter import advance, start
from ivr_flows.loader import load_flows
from ivr_flows.model import Flow
from tests.media.dialog.harness import ENGLISH, Call
from tests.media.flight.flights import Tape

FLOWS = """\
flows:
  shop:
    languages: [en]
    start: ask
    outcomes: [rejected, unknown]
    on_hang_up: unknown
    gives_up: bye
    steps:
      ask:
        ask: {en: "Do you take the order?"}
        options:
          accept: {key: "1", hear: {en: ["yes"]}, next: take}
          reject: {key: "2", hear: {en: ["no"]}, next: bye}
      take:
        ask: {en: "Shall we call again?"}
        options:
          again: {key: "1", hear: {en: [call again]}, next: bye}
      bye: {say: {en: "Goodbye."}, hang_up: rejected}
"""


def flow(folder: Path) -> Flow:
    """The flow, from a file."""
    file = folder / "flows.yaml"
    file.write_text(FLOWS, encoding="utf-8")
    return load_flows(file).flows["shop"]


async def a_call(shop: Flow, *, words: bool = True, seconds: float = 0.0) -> Tape:
    """It is asked, interrupted and answered, and hangs up; silence for so long before that."""
    tape = Tape(words=words)
    call = Call(clock=tape.clock, flight=tape.log)
    flight = CallFlight(tape.log)
    tape.log.note("call", id="call_<1>", direction="inbound", flow=shop.name, language="en")
    session, commands = start(shop, {}, caller="+919800000001")
    flight.began(session, commands)
    call.say("say-1", "Do you want <b>& take the order? Please answer with yes or with no")
    call.leg.listen(ENGLISH)
    await call.run("." * round(seconds * 50) + "." * 20 + "#" * 45 + "." * 40)
    events: list[Event] = [
        Speech(1700, "yes", 0.9, (Guess("accept", 0.97),)),
        Silence(1750),
        HungUp(1800),
    ]
    for event in events:
        session, commands = advance(shop, session, event)
        flight.advanced(event, session, commands)
        flight.noted("key", None, {"digit": "7"})
        call.say(f"then-{event.at_ms}", "Thank you")
        await call.run("." * 30)
    await call.leg.close()
    tape.log.note("ended", status="completed", outcome="unknown", reason="")
    tape.log.close()
    return tape
