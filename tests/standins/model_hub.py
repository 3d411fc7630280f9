"""A stand-in for a model hub of Hugging Face's layout and its CDN, on two real sockets; it does as it is told.

async with ModelHub() as hub:
    hub.put("someone/model", "weights.bin", b"…", large=True)
    hub.cuts.append(1000)
    … hub.url, hub.requests, hub.served
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from aiohttp import web

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_CHUNK = 4096
_R = TypeVar("_R", bound=web.StreamResponse)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: of the hub or of the CDN."""

    server: str
    path: str
    range: str
    if_range: str
    authorization: str
    status: int


@dataclass(slots=True)
class _File:
    content: bytes
    large: bool
    told: bytes
    """What the listing says that it is."""


@dataclass(slots=True)
class ModelHub:
    """Repositories by name. What is in a deque holds for one answer each, of files alone."""

    token: str = ""
    """Wanted for everything, where given."""
    accepted: bool = True
    """Whether the token's account has accepted the terms."""
    commits: dict[str, str] = field(default_factory=dict)
    """Revision → commit; `main` is COMMIT."""
    cuts: deque[int] = field(default_factory=deque)
    """Bytes of the body after which the connection is closed."""
    stalls: deque[int] = field(default_factory=deque)
    """Bytes of the body after which nothing more comes."""
    statuses: deque[int] = field(default_factory=deque)
    """Instead of a file; 0 for the file."""
    knows_ranges: bool = True
    etag: str = '"one"'
    gap_s: float = 0.0
    """Between two chunks of 4096 bytes."""
    page: int = 1000
    extra: list[dict[str, Any]] = field(default_factory=list)
    """Entries of every listing, as they are."""
    requests: list[Asked] = field(default_factory=list)
    served: dict[str, int] = field(default_factory=dict)
    """Bytes of bodies by file."""
    sending: asyncio.Event = field(default_factory=asyncio.Event)
    """Some bytes of a file have gone out."""
    url: str = ""
    cdn: str = ""
    _files: dict[str, dict[str, _File]] = field(default_factory=dict)
    _runners: list[web.AppRunner] = field(default_factory=list)

    def put(self, repository: str, path: str, content: bytes, *, large: bool = False, told: bytes | None = None) -> str:
        """Have a file; `told`: the content that the listing speaks of, where it lies. Its SHA-256."""
        said = content if told is None else told
        self._files.setdefault(repository, {})[path] = _File(content, large, said)
        return _sha256(content)

    async def __aenter__(self) -> Self:
        hub, cdn = web.Application(), web.Application()
        hub.router.add_get("/api/models/{owner}/{name}/revision/{revision}", self._revision)
        hub.router.add_get("/api/models/{owner}/{name}/tree/{commit}", self._tree)
        hub.router.add_get("/{owner}/{name}/resolve/{commit}/{path:.*}", self._resolve)
        cdn.router.add_get("/{owner}/{name}/{path:.*}", self._large)
        self.url, self.cdn = await self._serve(hub), await self._serve(cdn)
        return self

    async def __aexit__(self, *_: object) -> None:
        for runner in self._runners:
            await runner.cleanup()

    async def _serve(self, app: web.Application) -> str:
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._runners.append(runner)
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _revision(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        revision = request.match_info["revision"]
        commit = self.commits.get(revision, COMMIT if revision in {"main", COMMIT} else "")
        if not commit:
            return self._answered(request, web.json_response({"error": "Revision not found"}, status=404))
        siblings = [{"rfilename": path} for path in self._files[_repository(request)]]
        return self._answered(
            request, web.json_response({"id": _repository(request), "sha": commit, "siblings": siblings})
        )

    async def _tree(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        entries = [{"type": "directory", "path": "voices", "oid": "0" * 40, "size": 0}]
        entries += [_entry(path, file) for path, file in self._files[_repository(request)].items()]
        entries += self.extra
        first = int(request.query.get("cursor", "0"))
        headers = {}
        if first + self.page < len(entries):
            following = f"{self.url}{request.path}?recursive=true&cursor={first + self.page}"
            headers["Link"] = f'<{following}>; rel="next"'
        return self._answered(request, web.json_response(entries[first : first + self.page], headers=headers))

    async def _resolve(self, request: web.Request) -> web.StreamResponse:
        if refusal := self._refusal(request):
            return refusal
        file, path = self._file(request), request.match_info["path"]
        if file.large:
            address = f"{self.cdn}/{_repository(request)}/{path}?signature=secret"
            told = {
                "X-Linked-Etag": f'"{_sha256(file.told)}"',
                "X-Linked-Size": str(len(file.told)),
                **self._of(request),
            }
            return self._answered(request, web.Response(status=302, headers={"Location": address, **told}))
        return await self._send(request, file, self._of(request))

    async def _large(self, request: web.Request) -> web.StreamResponse:
        return await self._send(request, self._file(request))

    def _of(self, request: web.Request) -> Mapping[str, str]:
        return {"X-Repo-Commit": request.match_info["commit"]}

    async def _send(
        self, request: web.Request, file: _File, headers: Mapping[str, str] | None = None
    ) -> web.StreamResponse:
        if self.statuses and (status := self.statuses.popleft()):
            return self._answered(request, web.Response(status=status, headers={"Retry-After": "0"}))
        start = self._start(request)
        total = len(file.content)
        if start and start >= total:
            return self._answered(request, web.Response(status=416, headers={"Content-Range": f"bytes */{total}"}))
        response = web.StreamResponse(status=206 if start else 200, headers={"ETag": self.etag, **(headers or {})})
        if start:
            response.headers["Content-Range"] = f"bytes {start}-{total - 1}/{total}"
        response.content_length = total - start
        self._answered(request, response)
        await response.prepare(request)
        if request.method == "HEAD":
            return response
        await self._body(request, response, file.content[start:])
        return response

    async def _body(self, request: web.Request, response: web.StreamResponse, body: bytes) -> None:
        cut = self.cuts.popleft() if self.cuts else None
        stall = self.stalls.popleft() if self.stalls else None
        path = request.match_info["path"]
        most = min(len(body), *(limit for limit in (cut, stall) if limit is not None), len(body))
        for at in range(0, most, _CHUNK):
            chunk = body[at : min(at + _CHUNK, most)]
            await response.write(chunk)
            self.served[path] = self.served.get(path, 0) + len(chunk)
            self.sending.set()
            await asyncio.sleep(self.gap_s)
        if stall is not None and stall < len(body):
            await asyncio.Event().wait()
        if cut is not None and request.transport:
            request.transport.close()

    def _start(self, request: web.Request) -> int:
        asked = request.headers.get("Range", "")
        if not asked or not self.knows_ranges or request.headers.get("If-Range", self.etag) != self.etag:
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def _file(self, request: web.Request) -> _File:
        try:
            return self._files[_repository(request)][request.match_info["path"]]
        except KeyError:
            raise web.HTTPNotFound from None

    def _refusal(self, request: web.Request) -> web.Response | None:
        sent = request.headers.get("Authorization", "")
        if self.token and sent != f"Bearer {self.token}":
            return self._answered(request, web.json_response({"error": "Invalid username or password."}, status=401))
        if not self.accepted:
            return self._answered(request, web.json_response({"error": "Access is restricted"}, status=403))
        if _repository(request) not in self._files:
            return self._answered(request, web.json_response({"error": "Repository not found"}, status=404))
        return None

    def _answered(self, request: web.Request, response: _R) -> _R:
        server = "hub" if str(request.url.origin()) == self.url else "cdn"
        of = request.headers
        self.requests.append(
            Asked(
                server,
                request.path,
                of.get("Range", ""),
                of.get("If-Range", ""),
                of.get("Authorization", ""),
                response.status,
            )
        )
        return response


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _repository(request: web.Request) -> str:
    return f"{request.match_info['owner']}/{request.match_info['name']}"


def _entry(path: str, file: _File) -> dict[str, Any]:
    size = len(file.told)
    git = hashlib.sha1(b"blob %d\0" % size + file.told, usedforsecurity=False).hexdigest()
    entry: dict[str, Any] = {"type": "file", "path": path, "oid": git, "size": size}
    if file.large:
        entry["lfs"] = {"oid": _sha256(file.told), "size": size, "pointerSize": 130}
    return entry
