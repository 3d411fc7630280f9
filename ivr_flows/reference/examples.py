"""A short example of each kind of step, and a value of each type. A test reads them as the loader does."""

from __future__ import annotations

from collections.abc import Mapping

from ivr_flows.model.values import Type

STEPS: Mapping[str, str] = {
    "options": """\
ask: {en: "To take the order, press one. To decline it, press two."}
options:
  take: {key: "1", hear: {en: [yes, I take it]}, confirm: {en: "You take it. Is that right?"}, next: minutes}
  decline: {key: "2", hear: {en: [no, decline]}, next: why}
""",
    "digits": """\
ask: {en: "Type your order number, then press hash."}
digits: {into: order_number, type: order_number, min: 3, max: 8, ends_with: "#"}
confirm: {say: {en: "Order {{ order_number }}. Press one if that is right, two if not."}}
next: status
""",
    "listen": """\
ask: {en: "Why not? Say it after the tone."}
listen: {into: reason, longest: 20s, silence: 2s, beep: true}
next: thanks
""",
    "record": """\
ask: {en: "Say your name."}
record: {into: name_said, longest: 5s}
next: thanks
""",
    "voicemail": """\
ask: {en: "We are closed. Leave a message after the tone, then press hash."}
voicemail: {into: message, review: {ask: {en: "Press one to keep it, two to speak it again."}}}
next: thanks
""",
    "language": """\
ask: {hi: "हिंदी के लिए एक दबाइए।", en: "For English, press two."}
language: {hi: "1", en: "2"}
next: menu
""",
    "converse": """\
ask: {en: "What would you like to know?"}
converse:
  persona: A friendly person of the shop, who answers in one sentence.
  knowledge: [shop]
  exits:
    person: {key: "0", hear: {en: [talk to a person]}, next: transfer}
  turns: 6
next: anything_else
""",
    "transfer": """\
say: {en: "I connect you."}
transfer: {to: "+918047112233", whisper: {en: "A customer. Press one."}, accept: "1", ring: 20s}
next: bye
failed: voicemail
""",
    "run": """\
run:
  flow: confirm_address
  inputs: {order: "{{ order_id }}"}
  then: {confirmed: pay, changed: pay, unclear: transfer}
""",
    "submit": """\
say: {en: "One moment."}
submit: {name: cancel_order, values: {order_id: order_id}, timeout: 5s}
next: cancelled
failed: transfer
""",
    "lookup": """\
say: {en: "I am looking."}
lookup: {name: order_status, arguments: {order_id: order_id}, gives: {minutes: minutes}, timeout: 3s}
next: tell
failed: sorry
""",
    "decide": """\
decide: confirmed
say: {en: "Thank you. The order is yours."}
already: too_late
failed: not_recorded
""",
    "opt_out": """\
opt_out: opted_out
say: {en: "We will not call you again. Goodbye."}
failed: sorry
""",
    "set": """\
set: {ready_in: "15", note: "As always, {{ vendor }}."}
types: {ready_in: minutes}
next: confirm
""",
    "branch": """\
branch:
  - {when: total > 500 and status == 'preparing', next: transfer}
otherwise: tell
""",
    "wait": """\
say: {en: "Please stay on the line."}
wait: 20s
next: again
""",
    "hang_up": """\
say: {en: "Goodbye."}
hang_up: answered
""",
    "say": """\
say: {en: "Your order {{ order_id }} is on its way."}
next: anything_else
""",
}
VALUES: Mapping[Type, object] = {
    Type.TEXT: "Asha Kitchen",
    Type.ORDER_NUMBER: "A-12345",
    Type.INTEGER: 42,
    Type.MINUTES: 25,
    Type.RUPEES: "1250.50",
    Type.KILOMETRES: "4.5",
    Type.PHONE: "+919812345678",
    Type.TIME: "15:30",
    Type.DATE: "2026-10-02",
    Type.LIST: ["2 idli", "1 vada"],
    Type.CHOICE: "cash",
}
CHOICE = {"cash": {"hi": "नकद", "mr": "रोख", "en": "cash"}}
