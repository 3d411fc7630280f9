"""A client of Mercury's REST interface: typed, asynchronous, and safe to retry. It needs nothing of the server's.

async with Mercury("http://127.0.0.1:8080", token) as mercury:
    accepted = await mercury.initiate(CallOrder(flow="vendor_confirmation", to="+919812345678"))
    async for event in mercury.events(accepted.id):
        print(event.kind, event.data)
    print((await mercury.get(accepted.id)).outcome)
"""

from ari_app.client.errors import (
    ConflictError,
    DeniedError,
    InvalidError,
    MercuryError,
    NotFoundError,
    ProblemError,
    TooManyRequestsError,
    UnavailableError,
    UnreachableError,
)
from ari_app.client.mercury import Mercury
from ari_app.client.models import (
    Accepted,
    Attempt,
    Call,
    Callback,
    CallDetails,
    CallOrder,
    Changed,
    Event,
    FieldProblem,
    Problem,
    TranscriptLine,
)
from ari_app.client.retrying import Retrying

__all__ = [
    "Accepted",
    "Attempt",
    "Call",
    "CallDetails",
    "CallOrder",
    "Callback",
    "Changed",
    "ConflictError",
    "DeniedError",
    "Event",
    "FieldProblem",
    "InvalidError",
    "Mercury",
    "MercuryError",
    "NotFoundError",
    "Problem",
    "ProblemError",
    "Retrying",
    "TooManyRequestsError",
    "TranscriptLine",
    "UnavailableError",
    "UnreachableError",
]
