"""Orders, as Jupiter sees and cancels them."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from ari_app.api.body import parse, read_json
from ari_app.api.callers import caller_of
from ari_app.api.dependencies import Dependencies
from ari_app.api.masking import answer_to
from ari_app.api.problem import FieldError, ProblemError, invalid
from ari_app.api.route import Route
from ari_app.ops.scopes import Scope
from ari_app.store.orders import DecisionRecord, Order
from ari_app.store.records import CallRecord

_ANSWER_S = 3.0
"""How long is waited for calls to end, on whichever nodes."""
_LONGEST_ID = 255
_ORDER = "/api/voice/orders/{order_id}"
_AT = "2026-03-01T12:00:31Z"
_EXAMPLE: dict[str, Any] = {
    "order_id": "A17",
    "canceled": {"at": _AT, "by": "jupiter", "reason": "the customer cancelled"},
    "decided": False,
    "decisions": [],
    "open": [],
    "calls": [
        {
            "id": "call_5f0c2a",
            "direction": "outbound",
            "status": "canceled",
            "flow": "vendor_confirmation",
            "outcome": "canceled",
            "reason": "the customer cancelled",
            "created_at": _AT,
            "ended_at": _AT,
            "link": "/api/voice/calls/call_5f0c2a",
        }
    ],
}


class CancelOrder(BaseModel):
    """Why an order is canceled."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field("", max_length=500, description="Kept with its calls, and told in their results.")


class OrderCall(BaseModel):
    """A call about the order."""

    id: str
    direction: str
    status: str
    flow: str
    outcome: str
    reason: str
    created_at: datetime
    ended_at: datetime | None
    link: str


class OrderDecision(BaseModel):
    """What was decided of the order; it stands whatever comes later."""

    subject: str = Field(description="What was decided about: the flow, and the order.")
    call_id: str
    outcome: str
    data: dict[str, Any]
    at: datetime


class OrderCancellation(BaseModel):
    """The first cancellation of the order."""

    at: datetime
    by: str
    reason: str


class OrderView(BaseModel):
    """An order as its calls know it."""

    order_id: str
    canceled: OrderCancellation | None
    decided: bool = Field(description="Whether anything was decided, before the cancellation if there is one.")
    decisions: list[OrderDecision]
    open: list[str] = Field(description="Ids of its calls that have not ended.")
    calls: list[OrderCall] = Field(description="The newest first.")


class OrdersApi:
    """Handlers of /api/voice/orders."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._to = dependencies

    async def show_order(self, request: web.Request) -> web.Response:
        """An order: its calls, what was decided, whether it was canceled."""
        return answer_to(request, await self._view(_order_id(request)))

    async def cancel_order(self, request: web.Request) -> web.Response:
        """Cancel an order: nobody is called about it any more, and nothing is decided of it.

        It is refused from the first moment on; then its calls are ended: those in the queue at once, those that ring
        or talk on their nodes, with a goodbye. Asking again changes nothing but ends what still lives.
        """
        asked = parse(CancelOrder, await read_json(request)) if request.can_read_body else CancelOrder()
        order_id, by = _order_id(request), caller_of(request).name
        canceled = await self._to.store.orders.cancel(order_id, asked.reason, by)
        reason = asked.reason or f"order {order_id} was canceled"
        for call_id in canceled.waiting:
            await self._to.store.cancel(call_id, reason, by)
        await asyncio.gather(*(self._to.store.controls.outcome(each, _ANSWER_S) for each in canceled.controls))
        return answer_to(request, await self._view(order_id))

    async def _view(self, order_id: str) -> OrderView:
        order = await self._to.store.orders.get(order_id)
        if order is None:
            raise ProblemError(404, f"No call is about order {order_id}.")
        return _view(order)


def order_routes(dependencies: Dependencies) -> tuple[Route, ...]:
    """The operations on orders."""
    orders = OrdersApi(dependencies)
    return (
        Route(
            "GET",
            _ORDER,
            orders.show_order,
            "An order's calls and decisions",
            OrderView,
            Scope.READ,
            problems=(404,),
            example=_EXAMPLE,
        ),
        Route(
            "POST",
            f"{_ORDER}/cancel",
            orders.cancel_order,
            "Cancel an order, and end its calls",
            OrderView,
            Scope.CALLS,
            body=CancelOrder,
            problems=(400, 413, 415, 422),
            body_example={"reason": "the customer cancelled"},
            example=_EXAMPLE,
        ),
    )


def _order_id(request: web.Request) -> str:
    order_id = request.match_info["order_id"]
    if len(order_id) > _LONGEST_ID:
        raise invalid([FieldError(field="order_id", message=f"expected at most {_LONGEST_ID} characters")])
    return order_id


def _view(order: Order) -> OrderView:
    canceled = order.canceled
    return OrderView(
        order_id=order.order_id,
        canceled=OrderCancellation(at=canceled.at, by=canceled.by, reason=canceled.reason) if canceled else None,
        decided=bool(order.decisions),
        decisions=list(map(_decision, order.decisions)),
        open=[call.id for call in order.calls if not call.status.final],
        calls=list(map(_call, order.calls)),
    )


def _decision(decision: DecisionRecord) -> OrderDecision:
    return OrderDecision(
        subject=decision.subject,
        call_id=decision.call_id,
        outcome=decision.outcome,
        data=dict(decision.data),
        at=decision.at,
    )


def _call(call: CallRecord) -> OrderCall:
    return OrderCall(
        id=call.id,
        direction=call.direction,
        status=call.status,
        flow=call.flow,
        outcome=call.outcome,
        reason=call.reason,
        created_at=call.created_at,
        ended_at=call.ended_at,
        link=f"/api/voice/calls/{call.id}",
    )
