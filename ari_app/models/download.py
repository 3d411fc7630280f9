"""One file, downloaded in parts: what broke off goes on where it was, and what is kept is what was meant."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import aiohttp
from yarl import URL

from ari_app.models.digests import Digests
from ari_app.models.errors import BrokenOffError, ModelError
from ari_app.models.plan import LARGEST_BYTES, RemoteFile, offset_of
from ari_app.models.shelf import KeptFile
from ari_app.models.web import Tries, Web, as_model_errors


class Part:
    """A file that is not whole yet, under the name of the content that it is to have; its ETag beside it."""

    def __init__(self, folder: Path, file: RemoteFile) -> None:
        self._path = folder / f"{file.content}.part"
        self._tag = folder / f"{file.content}.etag"
        self._git_size = file.size if file.git_id else None
        self._digests: Digests | None = None

    @property
    def size(self) -> int:
        """Bytes that are there."""
        return self._path.stat().st_size if self._path.exists() else 0

    @property
    def etag(self) -> str:
        """The server's name of the content that the part is of; "" where it gave none."""
        return self._tag.read_text(encoding="utf-8") if self._tag.exists() else ""

    async def digests(self) -> Digests:
        """Of what is there; read again after a new start of the process."""
        if self._digests is None or self._digests.bytes != self.size:
            self._digests = Digests(self._git_size)
            if self.size:
                await asyncio.to_thread(self._digests.update_from, self._path)
        return self._digests

    def begin(self, etag: str) -> None:
        """Drop what is there: all comes anew, under this ETag."""
        self.drop()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if etag:
            self._tag.write_text(etag, encoding="utf-8")
        self._path.touch()

    def drop(self) -> None:
        """Forget it."""
        self._path.unlink(missing_ok=True)
        self._tag.unlink(missing_ok=True)
        self._digests = None

    async def take(self, response: aiohttp.ClientResponse, most: int, what: str, came: Callable[[int], None]) -> None:
        """Append the answer's body. `came`: told the size, as it grows."""
        digests = await self.digests()
        with self._path.open("ab", buffering=0) as file:
            while True:
                with as_model_errors(what):
                    chunk = await response.content.readany()
                if not chunk:
                    return
                if digests.bytes + len(chunk) > most:
                    raise ModelError(f"{what}: expected {most} bytes, the server sends more")
                file.write(chunk)
                digests.update(chunk)
                came(digests.bytes)

    def become(self, target: Path) -> None:
        """It is whole: put it where it belongs."""
        with self._path.open("rb") as file:
            os.fsync(file.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        self._path.replace(target)
        self.drop()


async def download(
    web: Web,
    url: URL,
    file: RemoteFile,
    *,
    parts: Path,
    target: Path,
    came: Callable[[int], None],
    say: Callable[[str], None],
) -> KeptFile:
    """Fetch a file, or the rest of it, check it, and put it at `target`. Raises `ModelError`; the part is kept.

    `came` is told how many bytes are there, `say` what went wrong and is tried again.
    """
    part, tries, wrong = Part(parts, file), Tries(web.patience), ""
    while True:
        before = part.size
        try:
            await _go_on(web, url, file, part, came)
        except BrokenOffError as error:
            await tries.again(error, progressed=part.size > before)
            say(f"{error}; trying again from {part.size} bytes")
            continue
        digests = await part.digests()
        if not (differs := _differs(file, digests)):
            part.become(target)
            return KeptFile(file.path, digests.bytes, digests.sha256)
        part.drop()
        if wrong:
            raise ModelError(f"{file.path}: {differs}, twice: the server has another file than it says")
        wrong = differs
        say(f"{file.path}: {differs}; fetching it again from the beginning")


async def _go_on(web: Web, url: URL, file: RemoteFile, part: Part, came: Callable[[int], None]) -> None:
    if file.size is not None and part.size > file.size:
        part.drop()
    have = part.size
    if have == file.size and have:
        return
    await part.digests()
    came(have)
    async with web.get(url, file.path, _headers(have, part.etag)) as response:
        etag = response.headers.get("ETag", "")
        offset = offset_of(response.status, have, response.headers.get("Content-Range", ""), file.size)
        if offset is None or (offset and part.etag and etag and etag != part.etag):
            part.drop()
            raise BrokenOffError(f"{file.path}: the server has no more bytes of what it sent before")
        if (coding := response.headers.get("Content-Encoding", "identity")) != "identity":
            raise ModelError(f"{file.path}: expected the file as it is, the server sends it in the coding {coding}")
        length = response.content_length
        if file.size is not None and length is not None and offset + length != file.size:
            raise ModelError(f"{file.path}: expected {file.size} bytes, the server has {offset + length}")
        if not offset:
            part.begin("" if etag.startswith("W/") else etag)
        await part.take(response, LARGEST_BYTES if file.size is None else file.size, file.path, came)
    if file.size is not None and part.size < file.size:
        raise BrokenOffError(f"{file.path}: the server ended at {part.size} of {file.size} bytes")


def _headers(have: int, etag: str) -> Mapping[str, str]:
    if not have:
        return {}
    return {"Range": f"bytes={have}-", **({"If-Range": etag} if etag else {})}


def _differs(file: RemoteFile, digests: Digests) -> str:
    if file.sha256 and digests.sha256 != file.sha256:
        return f"expected SHA-256 {file.sha256}, got {digests.sha256}"
    if file.git_id and not file.sha256 and digests.git_id != file.git_id:
        return f"expected a file that git calls {file.git_id}, got {digests.git_id}"
    return ""
