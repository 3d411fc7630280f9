"""A model hub's HTTP interface, as Hugging Face has it: the commit of a revision, its files, where each is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import quote

from yarl import URL

from ari_app.models.errors import BrokenOffError, ModelError
from ari_app.models.plan import MOST_FILES, RemoteFile, files_of
from ari_app.models.web import Tries, Web, as_model_errors

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,200}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_LARGEST_ANSWER = 16 * 1024 * 1024


class Hub:
    """The hub at the home of `web`. Everything raises `ModelError`."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def commit(self, repository: str, revision: str) -> str:
        """The commit that a branch, a tag or a commit is at."""
        check_reference(repository, revision)
        at = self._api(repository, "revision", revision)
        found, _ = await self._json(at, f"{repository}@{revision}")
        commit = found.get("sha") if isinstance(found, dict) else None
        if not isinstance(commit, str) or not _COMMIT.fullmatch(commit):
            raise ModelError(f"{repository}@{revision}: expected a commit from the hub, got {commit!r}")
        if _COMMIT.fullmatch(revision) and commit != revision:
            raise ModelError(f"{repository}: expected the commit {revision}, the hub gave {commit}")
        return commit

    async def files(self, repository: str, commit: str, known: Mapping[str, str]) -> list[RemoteFile]:
        """All files of a commit. `known`: SHA-256 of files that must have this content."""
        url: URL | None = self._api(repository, "tree", commit).with_query(recursive="true")
        files: list[RemoteFile] = []
        while url is not None:
            page, url = await self._json(url, repository)
            files += files_of(page, known)
            if len(files) > MOST_FILES:
                raise ModelError(f"{repository}: expected at most {MOST_FILES} files, there are more")
        return files

    def address(self, repository: str, commit: str, path: str) -> URL:
        """Where a file is."""
        return URL(f"{self._web.home}/{repository}/resolve/{commit}/{quote(path)}", encoded=True)

    def _api(self, repository: str, of: str, revision: str) -> URL:
        return URL(f"{self._web.home}/api/models/{repository}/{of}/{quote(revision, safe='')}", encoded=True)

    async def _json(self, url: URL, what: str) -> tuple[object, URL | None]:
        """A document, and the address of its next page. What breaks off is asked again."""
        tries = Tries(self._web.patience)
        while True:
            try:
                return await self._once(url, what)
            except BrokenOffError as error:
                await tries.again(error, progressed=False)

    async def _once(self, url: URL, what: str) -> tuple[object, URL | None]:
        async with self._web.get(url, what) as response:
            body = bytearray()
            with as_model_errors(what):
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > _LARGEST_ANSWER:
                        raise ModelError(f"{what}: expected a list of files from the hub, its answer has no end")
            link = response.links.get("next")
            following = link.get("url") if link else None
        try:
            document = json.loads(body)
        except ValueError as error:
            raise ModelError(f"{what}: expected JSON from the hub, got {bytes(body[:80])!r}") from error
        if following is None:
            return document, None
        if not isinstance(following, URL) or following.origin() != self._web.home.origin():
            raise ModelError(f"{what}: expected the list's next page on the hub itself, got {str(following)[:80]!r}")
        return document, following


def check_reference(repository: str, revision: str) -> None:
    """Raises `ModelError` for what names no repository or no revision."""
    if not _REPOSITORY.fullmatch(repository):
        raise ModelError(f"expected a repository such as hexgrad/Kokoro-82M, got {repository!r}")
    if not _REVISION.fullmatch(revision) or ".." in revision:
        raise ModelError(f"expected a branch, a tag or a commit of {repository}, got {revision!r}")
