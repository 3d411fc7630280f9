"""The API as an aiohttp application, and its server."""

from __future__ import annotations

from aiohttp import web

from ari_app.api.callers import Caller, Callers
from ari_app.api.dependencies import Dependencies
from ari_app.api.guard import audited, deadline, finder, identified, paced, permitted, problems, rate_headers
from ari_app.api.openapi import document
from ari_app.api.rates import Rate
from ari_app.api.routes import routes
from ari_app.api.streaming import Streams
from ari_app.ops.settings import ApiSettings

_DOCUMENT = "/openapi.json"
_DRAIN_S = 5.0


class ApiError(RuntimeError):
    """The API can't be served; the text says why."""


def create_api(dependencies: Dependencies, settings: ApiSettings, *, version: str) -> web.Application:
    """The application: all routes, guarded."""
    streams = Streams(dependencies, settings.max_streams)
    table = routes(dependencies, settings, streams)
    find = finder(table)
    open_paths = frozenset({_DOCUMENT, *(route.path for route in table if route.open)})
    app = web.Application(
        client_max_size=settings.max_body_bytes,
        middlewares=[
            problems,
            identified(Callers([Caller("api", dependencies.token), *dependencies.callers]), open_paths),
            audited(dependencies.store.audit, dependencies.wall, find),
            problems,
            paced(
                Rate(settings.reads_per_s, settings.reads_burst),
                Rate(settings.writes_per_s, settings.writes_burst),
                dependencies.clock,
            ),
            permitted(find),
            deadline(settings.request_timeout_s, find),
        ],
    )
    described = document(table, version)

    async def openapi(_request: web.Request) -> web.Response:
        return web.json_response(described)

    for route in table:
        app.router.add_route(route.method, route.path, route.handler)
    app.router.add_get(_DOCUMENT, openapi)
    app.on_shutdown.append(streams.close)
    app.on_response_prepare.append(_add_headers)
    return app


class ApiServer:
    """Serves an application at the settings' address; port 0 takes a free one."""

    def __init__(self, app: web.Application, settings: ApiSettings) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_DRAIN_S)
        self._host = settings.host
        self._port = settings.port

    async def start(self) -> str:
        """Listen: the base URL. Raises `ApiError` when the address can't be had."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise ApiError(
                f"can't listen on {self._host}:{self._port} ({error.strerror}): stop what holds it, or set api.port"
            ) from error
        host, port = self._runner.addresses[0][:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def close(self) -> None:
        """Answer what is under way, and stop."""
        await self._runner.cleanup()


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(rate_headers(request))
    response.headers["Server"] = "Mercury"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
