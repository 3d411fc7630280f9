"""Who answers a call that came in: the flow of the caller's open order, the one that the backend names, the route's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from ari_app.calls.door import SaidWhatError, Welcome, said
from ari_app.calls.switch import Refusal, Switch, SwitchError
from ari_app.jupiter.client import ServiceError
from ari_app.ops.logging import get_logger
from ari_app.store.records import CallRecord
from ivr_flows.book import FlowBook, Route
from ivr_flows.model import Flow
from ivr_flows.problems import InputError
from ivr_flows.routes import is_e164, to_e164

_log = get_logger(__name__)
ASK_S = 2.0
"""How long a caller hears ringing while the backend thinks."""


class Asked(Protocol):
    """The backend that is asked; `ari_app.jupiter.services.Services` is one."""

    async def whether_to_answer(self, call: Mapping[str, object], timeout_s: float) -> Mapping[str, object]:
        """Raises `ServiceError`."""


class OpenOrders(Protocol):
    """The records, as the reception needs them."""

    async def open_order(self, number: str) -> CallRecord | None:
        """The outbound call whose order a number is to decide."""


class Reception:
    """A node's."""

    def __init__(
        self,
        *,
        orders: OpenOrders,
        backend: Asked,
        switch: Switch,
        flow_of: Callable[[CallRecord], Awaitable[Flow | None]],
    ) -> None:
        self._orders = orders
        self._backend = backend
        self._switch = switch
        self._flow_of = flow_of

    async def welcome(
        self, call: Mapping[str, object], channel: str, route: Route, book: FlowBook
    ) -> Welcome | Refusal:
        """What a call is answered with, or refused. `call`: as the backend is told of it."""
        if route.call_back and (found := await self._called_back(str(call["from"]))):
            return found
        usual = Welcome(route.flow, route.inputs, route.flow.languages[0])
        return await self._asked(call, channel, usual, book) if route.ask else usual

    async def _called_back(self, caller: str) -> Welcome | None:
        """The caller's open order; withheld and short numbers have none."""
        number = to_e164(caller)
        if not is_e164(number):
            return None
        try:
            sought = await self._orders.open_order(number)
            flow = await self._flow_of(sought) if sought else None
            if sought is None or flow is None:
                return None
            inputs, language = flow.check_inputs(sought.inputs), flow.check_language(sought.language)
        except (SQLAlchemyError, InputError) as error:
            _log.warning("call.no_call_back", error=str(error))
            return None
        return Welcome(flow, inputs, language, sought.order_id, "order", sought.id, sought.metadata, sought)

    async def _asked(
        self, call: Mapping[str, object], channel: str, usual: Welcome, book: FlowBook
    ) -> Welcome | Refusal:
        """What the backend says, the caller hearing the phone ring; its silence and its errors leave the usual flow."""
        try:
            await self._switch.ring(channel)
        except SwitchError as error:
            _log.warning("call.not_ringing", error=str(error))
        try:
            return said(await self._backend.whether_to_answer(call, ASK_S), book.flows, usual)
        except (ServiceError, SaidWhatError) as error:
            _log.warning("call.answered_unasked", call_id=call["call_id"], flow=usual.flow.name, error=str(error))
            return usual.because_of(str(error))
