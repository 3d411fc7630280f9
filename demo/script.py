"""The calls of the demo: who calls whom, what they do, and how each call must end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.report import Failed, Told
from demo.world import DemoError, World
from phones.errors import PhoneError
from phones.phone import Phone
from phones.recordings import recording

SUPPORT = "+918047112233"
SUPPORT_PERSON = "+918047112200"
"""Who is rung for customers of that number who want a person; in the demo, busy."""
OTHER_NUMBER, OTHER_PERSON = "+918047112299", "+918047112201"
"""A number that only the last route is for, and its person, who takes the call."""
VENDOR = {"vendor": "शर्मा", "items": ["दो पनीर टिक्का", "चार तंदूरी रोटी"], "total": "485.50"}
TRIP = {"pickup": "अन्नपूर्णा रसोई", "drop": "कोथरूड", "distance": "3.5", "pay": "42"}
ORDERS: Mapping[str, Mapping[str, object]] = {"5001": {"status": "on_the_way", "minutes": 12}}
"""What the stand-in for Jupiter knows."""

_RUNG_WITHIN_S = 120.0
"""A person is rung only when the customer wants one."""
Act = Callable[[Phone, World], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Inbound:
    """Somebody calls the shop."""

    name: str
    caller: str
    expected: str
    act: Act
    dialled: str = SUPPORT
    person: str = ""
    """Who else is rung in it, and what they do."""
    person_acts: Act | None = None
    direction: str = "inbound"


@dataclass(frozen=True, slots=True)
class Outbound:
    """Jupiter has somebody called."""

    name: str
    number: str
    flow: str
    inputs: Mapping[str, object]
    expected: str
    act: Act
    language: str = "hi"
    direction: str = "outbound"


async def _interrupts_and_leaves_a_message(phone: Phone, world: World) -> None:
    await phone.answered()
    await phone.agent_starts()
    await phone.pause(8.0)
    await phone.play(recording(world.sounds, "cancelled"))
    await _listen(phone)
    await phone.press("4321#")
    await _listen(phone)
    await phone.press("2")
    await _listen(phone)
    await phone.press("1")
    await _listen(phone)
    await phone.play(recording(world.sounds, "spy-agent"))
    await phone.agent_starts()
    await phone.agent_pauses(silence_ms=1200)
    await phone.play(recording(world.sounds, "vm-isunavail"))
    await phone.press("#")
    await _listen(phone)
    await phone.press("1")
    await phone.ended()


async def _talks_to_a_person(phone: Phone, world: World) -> None:
    await phone.answered()
    await phone.agent_starts()
    await phone.pause(1.5)
    await phone.press("0")
    await phone.pause(9.0)
    await phone.play(recording(world.sounds, "vm-isunavail"))
    await phone.ended()


async def _talks_to_somebody_else(phone: Phone, _world: World) -> None:
    await phone.invited(_RUNG_WITHIN_S)
    await phone.refuse(486)


async def _takes_the_call(phone: Phone, world: World) -> None:
    await phone.answer(ring_s=1.0, timeout_s=_RUNG_WITHIN_S)
    await _listen(phone)
    await phone.press("1")
    await phone.pause(1.0)
    await phone.play(recording(world.sounds, "auth-thankyou"))
    await phone.pause(5.0)
    await phone.hang_up()


async def _asks_for_the_status(phone: Phone, world: World) -> None:
    await phone.answered()
    await phone.agent_starts()
    await phone.pause(1.5)
    await phone.press("1")
    await _listen(phone)
    await phone.press("5001#")
    await _listen(phone, silence_ms=900)
    await phone.play(recording(world.sounds, "auth-thankyou"))
    await phone.ended()


async def _confirms(phone: Phone, _world: World) -> None:
    await phone.answer(ring_s=0.5)
    await _listen(phone, silence_ms=900)
    await phone.press("1")
    await _listen(phone)
    await phone.press("20#")
    await phone.ended()


async def _is_busy(phone: Phone, _world: World) -> None:
    await phone.invited()
    await phone.refuse(486)


async def _rejects_with_a_reason(phone: Phone, world: World) -> None:
    await phone.answer(ring_s=0.5)
    await phone.agent_starts()
    await phone.pause(1.0)
    await phone.press("2")
    await _listen(phone)
    await phone.press("4")
    await _listen(phone)
    await phone.play(recording(world.sounds, "vm-isunavail"))
    await phone.press("#")
    await phone.ended()


async def _hangs_up_in_the_middle(phone: Phone, _world: World) -> None:
    await phone.answer(ring_s=0.3)
    await phone.agent_starts()
    await phone.pause(2.0)
    await phone.hang_up()


async def _presses_one(phone: Phone, _world: World) -> None:
    await phone.answer(ring_s=0.3)
    await phone.agent_starts()
    await phone.pause(1.5)
    await phone.press("1")
    await phone.ended()


async def _presses_two(phone: Phone, _world: World) -> None:
    await phone.answer(ring_s=0.3)
    await phone.agent_starts()
    await phone.pause(1.0)
    await phone.press("2")
    await phone.ended()


async def _listen(phone: Phone, silence_ms: int = 600) -> None:
    await phone.agent_starts()
    await phone.agent_pauses(silence_ms=silence_ms)


INBOUND = (
    Inbound(
        "customer-voice-and-keys",
        "+919812345601",
        "callback_requested",
        _interrupts_and_leaves_a_message,
        person=SUPPORT_PERSON,
        person_acts=_talks_to_somebody_else,
    ),
    Inbound("customer-asks-status", "+919812345602", "answered", _asks_for_the_status),
    Inbound(
        "customer-talks-to-a-person",
        "+919812345603",
        "talked",
        _talks_to_a_person,
        dialled=OTHER_NUMBER,
        person=OTHER_PERSON,
        person_acts=_takes_the_call,
    ),
)
OUTBOUND = (
    Outbound(
        "vendor-confirms",
        "+919812345611",
        "vendor_confirmation",
        {"order_id": "7001", **VENDOR},
        "confirmed",
        _confirms,
    ),
    Outbound("vendor-busy", "+919812345612", "vendor_confirmation", {"order_id": "7002", **VENDOR}, "busy", _is_busy),
    Outbound(
        "vendor-rejects-with-reason",
        "+919812345613",
        "vendor_confirmation",
        {"order_id": "7003", **VENDOR},
        "rejected",
        _rejects_with_a_reason,
    ),
    Outbound(
        "vendor-hangs-up",
        "+919812345614",
        "vendor_confirmation",
        {"order_id": "7004", **VENDOR},
        "hung_up",
        _hangs_up_in_the_middle,
    ),
    Outbound(
        "rider-accepts", "+919812345621", "rider_assignment", {"trip_id": "901", **TRIP}, "accepted", _presses_one
    ),
    Outbound(
        "rider-rejects", "+919812345622", "rider_assignment", {"trip_id": "902", **TRIP}, "rejected", _presses_two
    ),
)
NUMBERS = (*(call.number for call in OUTBOUND), *(call.person for call in INBOUND if call.person))


async def perform(call: Inbound | Outbound, world: World, tapes: Path) -> Told | Failed:
    """Make a call, or have it made, and see how it ends."""
    try:
        return await (
            _perform_inbound(call, world, tapes) if isinstance(call, Inbound) else _perform_outbound(call, world, tapes)
        )
    except (DemoError, PhoneError) as error:
        return Failed(call.name, call.direction, call.expected, str(error))


async def _perform_inbound(call: Inbound, world: World, tapes: Path) -> Told:
    target = f"sip:{call.dialled}@{world.running.sip_udp}"
    async with (
        _person(call, world, tapes),
        await Phone.call(world.line, target, caller=call.caller, name=call.name) as phone,
    ):
        acting = asyncio.ensure_future(call.act(phone, world))
        try:
            await phone.answered()
            call_id = await world.inbound_from(call.caller)
            await acting
        finally:
            acting.cancel()
        phone.write_tape(tapes / f"{call.name}.wav")
        trace = phone.trace()
    return Told(call.name, call.expected, await world.ended_call(call_id), trace)


@asynccontextmanager
async def _person(call: Inbound, world: World, tapes: Path) -> AsyncIterator[None]:
    """The one who is rung for the customer, if anyone is. They have done what they do when the call is over."""
    if call.person_acts is None:
        yield
        return
    name = f"{call.name}-person"
    async with await Phone.listen(world.line, sip_port=world.callee_ports[call.person], name=name) as phone:
        acting = asyncio.ensure_future(call.person_acts(phone, world))
        try:
            yield
            await acting
        finally:
            acting.cancel()
        phone.write_tape(tapes / f"{name}.wav")


async def _perform_outbound(call: Outbound, world: World, tapes: Path) -> Told:
    port = world.callee_ports[call.number]
    async with await Phone.listen(world.line, sip_port=port, name=call.name) as phone:
        acting = asyncio.ensure_future(call.act(phone, world))
        try:
            call_id = await world.initiate(
                flow=call.flow, to=call.number, language=call.language, inputs=dict(call.inputs)
            )
            await acting
        finally:
            acting.cancel()
        phone.write_tape(tapes / f"{call.name}.wav")
        trace = phone.trace()
    return Told(call.name, call.expected, await world.ended_call(call_id), trace)
