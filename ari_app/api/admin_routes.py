"""The operations of operators."""

from __future__ import annotations

from ari_app.api import examples
from ari_app.api.admin import Admin
from ari_app.api.auditing import Auditing
from ari_app.api.dependencies import Dependencies
from ari_app.api.models import ActiveCalls, AuditPage, AuditQuery, Engines, EnginesLoading, FlowsTaken, Health
from ari_app.api.route import Route
from ari_app.ops.scopes import Scope


def admin_routes(dependencies: Dependencies) -> tuple[Route, ...]:
    """What goes on, the flows, the engines, the audit, the health."""
    admin = Admin(dependencies)
    return (
        Route(
            "GET",
            "/admin/calls/active",
            admin.active,
            "The calls that have not ended",
            ActiveCalls,
            Scope.READ,
            example=examples.ACTIVE,
        ),
        Route(
            "POST",
            "/admin/flows/reload",
            admin.reload_flows,
            "Take the flows as edited",
            FlowsTaken,
            problems=(422,),
            example=examples.FLOWS,
        ),
        Route(
            "GET",
            "/admin/engines",
            admin.show_engines,
            "The engines, and the calls that have them",
            Engines,
            Scope.READ,
            example=examples.ENGINES,
        ),
        Route(
            "POST",
            "/admin/engines/reload",
            admin.reload_engines,
            "Take the engines of the settings as edited",
            EnginesLoading,
            status=202,
            problems=(409, 422),
            example=examples.ENGINES_LOADING,
        ),
        Route(
            "GET",
            "/admin/audit",
            Auditing(dependencies).show_audit,
            "Who did what",
            AuditPage,
            query=AuditQuery,
            problems=(422,),
            example=examples.AUDIT,
        ),
        Route(
            "GET",
            "/healthz",
            admin.health,
            "Whether calls can be taken and made",
            Health,
            also=(503,),
            open=True,
            example=examples.HEALTH,
        ),
    )
