"""A whole model: found out, room made sure of, fetched file by file, and only then taken for one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from yarl import URL

from ari_app.models.catalogue import Source
from ari_app.models.digests import Digests
from ari_app.models.download import Part, download
from ari_app.models.errors import BrokenOffError, ModelError
from ari_app.models.hub import Hub
from ari_app.models.plan import MANIFEST, PARTS, SPARE_BYTES, RemoteFile, chosen, gigabytes, is_safe, is_sha256
from ari_app.models.shelf import KeptFile, Manifest, Origin, Shelf, State
from ari_app.models.web import Tries, Web


class Progress(Protocol):
    """Who watches."""

    def begin(self, name: str, files: int, total_bytes: int) -> None:
        """So much is to be there in the end."""

    def at(self, path: str, done_bytes: int) -> None:
        """So much of all is there; `path` is being fetched."""

    def say(self, line: str) -> None:
        """Something happened."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be fetched under which name: files of repositories, or one file at an address."""

    name: str
    licence: str
    sources: tuple[Source, ...] = ()
    url: str = ""
    sha256: str = ""
    """Of the file at `url`; that of files of a hub is the hub's to tell."""


@dataclass(frozen=True, slots=True)
class _Item:
    url: URL
    file: RemoteFile
    """Its path is the one within the model's folder."""


async def fetch(order: Order, shelf: Shelf, web: Web, progress: Progress) -> Manifest:
    """Have the model on the shelf. What is there is not fetched; what broke off goes on. Raises `ModelError`."""
    with shelf.lock(order.name):
        kept = shelf.manifest(order.name)
        if kept and shelf.state(order.name) is State.WHOLE and _is_same(order, kept):
            return kept
        if kept and _places(order) != [origin.repository for origin in kept.origins]:
            was = ", ".join(origin.repository for origin in kept.origins)
            raise ModelError(f"{order.name} is {was} already: mercury models remove {order.name}, or another --as NAME")
        items, origins = await _planned(order, web)
        folder = shelf.folder(order.name)
        there = _there(folder, items)
        _refuse_without_room(shelf.root, folder / PARTS, [item for item in items if item.file.path not in there])
        folder.mkdir(exist_ok=True)
        (folder / MANIFEST).unlink(missing_ok=True)
        progress.begin(order.name, len(items), sum(item.file.size or 0 for item in items))
        files = await _all(web, items, there, folder, progress)
        _drop_others(folder, kept.files if kept else (), files)
        manifest = Manifest(order.name, order.licence, origins, files)
        shelf.write(manifest)
        shutil.rmtree(folder / PARTS, ignore_errors=True)
        return manifest


def _places(order: Order) -> list[str]:
    return [_shown(order.url)] if order.url else [source.repository for source in order.sources]


def _is_same(order: Order, kept: Manifest) -> bool:
    if order.url:
        return [(origin.repository, origin.commit) for origin in kept.origins] == [(_shown(order.url), order.sha256)]
    wanted = [(source.repository, source.revision, source.files) for source in order.sources]
    return wanted == [(origin.repository, origin.revision, origin.patterns) for origin in kept.origins]


async def _planned(order: Order, web: Web) -> tuple[list[_Item], tuple[Origin, ...]]:
    if order.url:
        return await _planned_url(order, web)
    hub, items, origins = Hub(web), [], []
    for source in order.sources:
        commit = await hub.commit(source.repository, source.revision)
        files = await hub.files(source.repository, commit, source.sha256)
        for file in chosen(files, source.files, source.repository):
            path = str(PurePosixPath(source.folder) / file.path)
            url = hub.address(source.repository, commit, file.path)
            items.append(_Item(url, RemoteFile(path, file.size, file.sha256, file.git_id)))
        origins.append(Origin(source.repository, source.revision, commit, source.files))
    paths = [item.file.path for item in items]
    if len(set(paths)) < len(paths):
        raise ModelError(f"{order.name}: two of its sources have a file of the same name")
    return items, tuple(origins)


async def _planned_url(order: Order, web: Web) -> tuple[list[_Item], tuple[Origin, ...]]:
    url = URL(order.url)
    if not is_sha256(order.sha256):
        raise ModelError(f"expected --sha256, 64 hexadecimal digits, with an address, got {order.sha256!r}")
    name = url.name
    if not is_safe(name) or name in (MANIFEST, PARTS):
        raise ModelError(f"expected an address that ends in a file's name, got {_shown(order.url)}")
    size = await _size(web, url)
    origin = Origin(_shown(order.url), "", order.sha256, ())
    return [_Item(url, RemoteFile(name, size, order.sha256))], (origin,)


async def _size(web: Web, url: URL) -> int | None:
    """Of the file, where the server tells; by an answer that is left at its beginning."""
    tries = Tries(web.patience)
    while True:
        try:
            async with web.get(url, url.name) as response:
                return response.content_length
        except BrokenOffError as error:
            await tries.again(error, progressed=False)


def _shown(url: str) -> str:
    """Without what may be a secret."""
    return str(URL(url).with_query(None).with_fragment(None).with_user(None))


def _there(folder: Path, items: Iterable[_Item]) -> dict[str, KeptFile]:
    """Files that are whole already: of an earlier fetch, or one that broke off."""
    there = {}
    for item in items:
        path, size = folder / item.file.path, item.file.size
        if path.is_file() and (size is None or path.stat().st_size == size):
            digests = Digests(size if item.file.git_id else None)
            digests.update_from(path)
            if digests.sha256 == item.file.sha256 or (not item.file.sha256 and digests.git_id == item.file.git_id):
                there[item.file.path] = KeptFile(item.file.path, digests.bytes, digests.sha256)
    return there


def _refuse_without_room(root: Path, parts: Path, items: Iterable[_Item]) -> None:
    needed = sum(max(0, (item.file.size or 0) - Part(parts, item.file).size) for item in items)
    free = shutil.disk_usage(root).free
    if needed and free < needed + SPARE_BYTES:
        raise ModelError(
            f"expected {gigabytes(needed + SPARE_BYTES)} free in {root}, there are {gigabytes(free)}: "
            "make room, or set cache_dir to another disk"
        )


async def _all(
    web: Web, items: Sequence[_Item], there: dict[str, KeptFile], folder: Path, progress: Progress
) -> tuple[KeptFile, ...]:
    done, files = sum(file.size for file in there.values()), []
    for item in items:
        if (file := there.get(item.file.path)) is None:
            path = item.file.path
            came = _counter(progress, path, done)
            file = await download(
                web,
                item.url,
                item.file,
                parts=folder / PARTS,
                target=folder / path,
                came=came,
                say=progress.say,
            )
            done += file.size
        files.append(file)
    return tuple(files)


def _counter(progress: Progress, path: str, before: int) -> Callable[[int], None]:
    return lambda size: progress.at(path, before + size)


def _drop_others(folder: Path, before: Iterable[KeptFile], now: Iterable[KeptFile]) -> None:
    for path in {file.path for file in before} - {file.path for file in now}:
        (folder / path).unlink(missing_ok=True)
