"""The operations on dialling."""

from __future__ import annotations

from ari_app.api.dependencies import Dependencies
from ari_app.api.dialling import Dialling
from ari_app.api.dialling_models import (
    BarNumbers,
    BarredPage,
    BarredQuery,
    DiallingView,
    NumbersBarred,
    SetDialling,
    Spending,
    SpendingQuery,
)
from ari_app.api.route import Route

_BODY = (400, 413, 415, 422)
_AT = "2026-03-01T12:00:00Z"
_OFF = {"on": False, "reason": "the prices are wrong", "by": "ops", "at": _AT, "ended": ["call_5f0c2a"]}
_BARRED = {"number": "+919812345678", "source": "caller", "reason": "", "call_id": "call_5f0c2a", "at": _AT}


def dialling_routes(dependencies: Dependencies) -> tuple[Route, ...]:
    """The kill switch, the do-not-call list, the spending."""
    dialling = Dialling(dependencies)
    return (
        Route(
            "GET",
            "/admin/dialling",
            dialling.show_dialling,
            "Whether outbound calls are made",
            DiallingView,
            example=_OFF | {"ended": []},
        ),
        Route(
            "PUT",
            "/admin/dialling",
            dialling.set_dialling,
            "Switch outbound calls off or on",
            DiallingView,
            body=SetDialling,
            problems=_BODY,
            body_example={"on": False, "reason": "the prices are wrong", "stop": "ringing"},
            example=_OFF,
        ),
        Route(
            "GET",
            "/admin/do-not-call",
            dialling.list_barred,
            "Numbers that are not dialled",
            BarredPage,
            query=BarredQuery,
            problems=(422,),
            example={"numbers": [_BARRED], "next": None},
        ),
        Route(
            "POST",
            "/admin/do-not-call",
            dialling.bar_numbers,
            "Have numbers dialled no more; text/csv is taken, too: its first column",
            NumbersBarred,
            body=BarNumbers,
            problems=_BODY,
            body_example={"numbers": ["+919812345678"], "reason": "asked by e-mail"},
            example={"added": 1, "known": 0},
        ),
        Route(
            "DELETE",
            "/admin/do-not-call/{number}",
            dialling.unbar_number,
            "Have a number dialled again",
            status=204,
            problems=(404, 422),
        ),
        Route(
            "GET",
            "/admin/spending",
            dialling.show_spending,
            "What the days' calls cost",
            Spending,
            query=SpendingQuery,
            problems=(422,),
            example={"days": [{"day": "2026-03-01", "trunk": "exotel", "paise": 4260}], "paise": 4260},
        ),
    )
