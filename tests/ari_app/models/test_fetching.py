"""A model is fetched over real HTTP: whole or not at all, no byte twice, and nothing but what was meant."""

from __future__ import annotations

import asyncio
import hashlib
import random
import shutil
import signal
import sys
from collections import namedtuple
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from yarl import URL

from ari_app.models.catalogue import Source
from ari_app.models.errors import ModelError
from ari_app.models.fetching import Order, fetch
from ari_app.models.plan import MANIFEST, PARTS
from ari_app.models.shelf import Manifest, Shelf, State, differing
from ari_app.models.web import Patience, Web
from tests.standins.model_hub import COMMIT, ModelHub

REPOSITORY = "someone/tiny"
WEIGHTS = random.Random(1).randbytes(200_000)
QUICK = Patience(connect_s=2, stall_s=0.3, tries=4, first_wait_s=0.001, most_wait_s=0.002)
ORDER = Order("tiny", "MIT", (Source(REPOSITORY, ("config.json", "*.bin", "voices/*")),))


class Watching:
    """Remembers what it was shown."""

    def __init__(self) -> None:
        self.total = 0
        self.seen: list[int] = []
        self.said: list[str] = []

    def begin(self, name: str, files: int, total_bytes: int) -> None:
        self.total = total_bytes

    def at(self, path: str, done_bytes: int) -> None:
        self.seen.append(done_bytes)

    def say(self, line: str) -> None:
        self.said.append(line)


@pytest.fixture
async def hub() -> AsyncIterator[ModelHub]:
    async with ModelHub() as server:
        server.put(REPOSITORY, "config.json", b"{}")
        server.put(REPOSITORY, "model.bin", WEIGHTS, large=True)
        server.put(REPOSITORY, "voices/af.pt", b"voice", large=True)
        server.put(REPOSITORY, "README.md", b"# tiny")
        yield server


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "models")


async def fetched(
    hub: ModelHub, shelf: Shelf, order: Order = ORDER, *, token: str = "", progress: Watching | None = None
) -> Manifest:
    async with Web(hub.url, token=token, patience=QUICK) as web:
        return await fetch(order, shelf, web, progress or Watching())


def is_whole(shelf: Shelf) -> bool:
    kept = shelf.manifest("tiny")
    return kept is not None and shelf.state("tiny") is State.WHOLE and not list(differing(shelf.folder("tiny"), kept))


def written(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def test_files_that_were_asked_for_are_there_and_nothing_else(hub: ModelHub, shelf: Shelf) -> None:
    watching = Watching()
    manifest = await fetched(hub, shelf, progress=watching)
    folder = shelf.folder("tiny")
    assert written(folder) == ["config.json", "mercury-model.json", "model.bin", "voices/af.pt"]
    assert (folder / "model.bin").read_bytes() == WEIGHTS
    assert is_whole(shelf)
    (origin,) = manifest.origins
    assert (origin.repository, origin.revision, origin.commit) == (REPOSITORY, "main", COMMIT)
    assert {file.path: file.sha256 for file in manifest.files}["model.bin"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert watching.total == watching.seen[-1] == len(WEIGHTS) + 7
    assert watching.seen == sorted(watching.seen)


async def test_nothing_is_asked_for_twice(hub: ModelHub, shelf: Shelf) -> None:
    first = await fetched(hub, shelf)
    hub.requests.clear()
    assert await fetched(hub, shelf) == first
    assert hub.requests == []


async def test_a_list_in_pages_is_read_to_its_end(hub: ModelHub, shelf: Shelf) -> None:
    hub.page = 2
    await fetched(hub, shelf)
    assert is_whole(shelf)


async def test_what_breaks_off_goes_on_and_no_byte_comes_twice(hub: ModelHub, shelf: Shelf) -> None:
    hub.cuts.extend([2, 50_000, 30_000, 0, 70_000])  # the first is config.json's, whole
    watching = Watching()
    await fetched(hub, shelf, progress=watching)
    assert is_whole(shelf)
    assert hub.served["model.bin"] == len(WEIGHTS)
    ranges = [asked.range for asked in hub.requests if asked.path.endswith("model.bin") and asked.server == "cdn"]
    assert ranges == ["", "bytes=50000-", "bytes=80000-", "bytes=80000-", "bytes=150000-"]
    assert {asked.if_range for asked in hub.requests if asked.range and asked.server == "cdn"} == {'"one"'}
    assert len(watching.said) == 4
    assert "trying again from 50000 bytes" in watching.said[0]


async def test_a_server_that_says_nothing_more_is_left_and_asked_again(hub: ModelHub, shelf: Shelf) -> None:
    hub.stalls.append(60_000)
    await fetched(hub, shelf, Order("tiny", "MIT", (Source(REPOSITORY, ("*.bin",)),)))
    assert hub.served["model.bin"] == len(WEIGHTS)
    assert is_whole(shelf)


async def test_a_server_that_never_gets_on_is_given_up_and_the_part_is_kept(hub: ModelHub, shelf: Shelf) -> None:
    hub.cuts.extend([2, 50_000, 0, 0, 0, 0])
    with pytest.raises(ModelError, match=r"model\.bin: the connection broke"):
        await fetched(hub, shelf)
    assert shelf.state("tiny") is State.PARTIAL
    hub.cuts.clear()
    await fetched(hub, shelf)
    assert hub.served["model.bin"] == len(WEIGHTS)
    assert hub.served["config.json"] == 2
    assert is_whole(shelf)


async def test_a_server_without_ranges_sends_all_again(hub: ModelHub, shelf: Shelf) -> None:
    hub.knows_ranges = False
    hub.cuts.extend([2, 50_000])
    await fetched(hub, shelf)
    assert is_whole(shelf)
    assert hub.served["model.bin"] == len(WEIGHTS) + 50_000


async def test_content_that_changed_meanwhile_comes_all_anew(hub: ModelHub, shelf: Shelf) -> None:
    hub.cuts.extend([2, 50_000, *[0] * 10])
    with pytest.raises(ModelError):
        await fetched(hub, shelf)
    hub.cuts.clear()
    hub.etag = '"two"'
    await fetched(hub, shelf)
    assert is_whole(shelf)
    assert hub.served["model.bin"] == len(WEIGHTS) + 50_000


async def test_a_part_that_is_not_the_file_s_is_found_out_and_dropped(hub: ModelHub, shelf: Shelf) -> None:
    hub.cuts.extend([2, 50_000, *[0] * 10])
    with pytest.raises(ModelError):
        await fetched(hub, shelf)
    hub.cuts.clear()
    (part,) = (shelf.folder("tiny") / PARTS).glob("*.part")
    part.write_bytes(bytes(50_000))
    watching = Watching()
    await fetched(hub, shelf, progress=watching)
    assert "fetching it again from the beginning" in watching.said[0]
    assert is_whole(shelf)


async def test_a_server_that_has_no_such_bytes_any_more_is_asked_for_all(hub: ModelHub, shelf: Shelf) -> None:
    hub.cuts.extend([2, 50_000])
    hub.statuses.extend([0, 0, 416])
    await fetched(hub, shelf)
    assert is_whole(shelf)
    assert hub.served["model.bin"] == len(WEIGHTS) + 50_000


async def test_a_file_that_is_not_what_the_hub_says_is_never_kept(hub: ModelHub, shelf: Shelf) -> None:
    hub.put(REPOSITORY, "model.bin", WEIGHTS, large=True, told=WEIGHTS[::-1])
    with pytest.raises(ModelError, match=r"model\.bin: expected SHA-256 .*, twice"):
        await fetched(hub, shelf)
    assert hub.served["model.bin"] == 2 * len(WEIGHTS)
    assert not (shelf.folder("tiny") / "model.bin").exists()
    assert shelf.state("tiny") is State.PARTIAL


async def test_small_files_are_held_to_git_s_name(hub: ModelHub, shelf: Shelf) -> None:
    hub.put(REPOSITORY, "config.json", b"[]", told=b"{}")
    with pytest.raises(ModelError, match=r"config\.json: expected a file that git calls"):
        await fetched(hub, shelf)


async def test_another_length_than_the_hub_says_is_refused_at_once(hub: ModelHub, shelf: Shelf) -> None:
    hub.put(REPOSITORY, "model.bin", WEIGHTS, large=True, told=WEIGHTS[:1000])
    with pytest.raises(ModelError, match=r"model\.bin: expected 1000 bytes, the server has 200000"):
        await fetched(hub, shelf)
    assert hub.served.get("model.bin", 0) < 70_000


async def test_a_gated_model_wants_a_token_which_goes_to_the_hub_alone(hub: ModelHub, shelf: Shelf) -> None:
    hub.token = "hf-sesame"
    with pytest.raises(ModelError, match=r"wants a token: put one into run_dir/secrets/models-token.*HTTP 401") as told:
        await fetched(hub, shelf)
    with pytest.raises(ModelError, match=r"the token is not taken.*HTTP 401"):
        await fetched(hub, shelf, token="hf-wrong")
    hub.accepted = False
    with pytest.raises(ModelError, match=r"accept the model's terms on its page \(HTTP 403\)"):
        await fetched(hub, shelf, token="hf-sesame")
    hub.accepted = True
    hub.requests.clear()
    await fetched(hub, shelf, token="hf-sesame")
    assert {(asked.server, asked.authorization) for asked in hub.requests} == {("hub", "Bearer hf-sesame"), ("cdn", "")}
    assert "sesame" not in str(told.value) + (shelf.folder("tiny") / MANIFEST).read_text()
    assert "signature" not in (shelf.folder("tiny") / MANIFEST).read_text()


async def test_what_does_not_exist_is_said(hub: ModelHub, shelf: Shelf) -> None:
    with pytest.raises(ModelError, match="HTTP 404: there is no such model, revision or file"):
        await fetched(hub, shelf, Order("tiny", "MIT", (Source("someone/else", ("*",)),)))
    with pytest.raises(ModelError, match="HTTP 404"):
        await fetched(hub, shelf, Order("tiny", "MIT", (Source(REPOSITORY, ("*",), "v9"),)))
    assert shelf.state("tiny") is State.ABSENT


async def test_trouble_that_passes_is_waited_for(hub: ModelHub, shelf: Shelf) -> None:
    hub.statuses.extend([503, 429, 502])
    await fetched(hub, shelf)
    assert is_whole(shelf)


async def test_a_hub_with_evil_names_gets_nothing_written(hub: ModelHub, shelf: Shelf, tmp_path: Path) -> None:
    hub.extra.append({"type": "file", "path": "voices/../../../evil.bin", "oid": "0" * 40, "size": 1})
    with pytest.raises(ModelError, match="would not stay in its folder"):
        await fetched(hub, shelf)
    assert hub.served == {}
    assert written(tmp_path) == ["models/.tiny.lock"]


async def test_without_room_nothing_is_begun(hub: ModelHub, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, 100_000))
    with pytest.raises(ModelError, match=r"expected 269 MB free in .*there are 100 kB: make room"):
        await fetched(hub, shelf)
    assert hub.served == {}
    assert shelf.state("tiny") is State.ABSENT


async def test_another_revision_brings_only_what_changed_and_drops_what_is_gone(hub: ModelHub, shelf: Shelf) -> None:
    await fetched(hub, shelf)
    hub.served.clear()
    hub.commits["v2"] = "f" * 40
    hub.put(REPOSITORY, "config.json", b'{"v": 2}')
    order = Order("tiny", "MIT", (Source(REPOSITORY, ("config.json", "*.bin"), "v2"),))
    manifest = await fetched(hub, shelf, order)
    assert hub.served == {"config.json": 8}
    assert manifest.origins[0].commit == "f" * 40
    assert not (shelf.folder("tiny") / "voices/af.pt").exists()


async def test_another_repository_does_not_take_a_name_that_is_taken(hub: ModelHub, shelf: Shelf) -> None:
    await fetched(hub, shelf)
    hub.put("someone/other", "config.json", b"{}")
    with pytest.raises(ModelError, match="tiny is someone/tiny already: mercury models remove tiny"):
        await fetched(hub, shelf, Order("tiny", "MIT", (Source("someone/other", ("*",)),)))
    assert is_whole(shelf)


async def test_one_file_of_an_address(hub: ModelHub, shelf: Shelf) -> None:
    sha256 = hub.put("files/of", "voice.onnx", WEIGHTS)
    address = f"{hub.cdn}/files/of/voice.onnx?key=secret"
    hub.cuts.extend([0, 50_000])
    manifest = await fetched(hub, shelf, Order("tiny", "unknown", url=address, sha256=sha256))
    assert is_whole(shelf)
    assert "secret" not in str(manifest)
    with pytest.raises(ModelError, match=r"tiny is http://.*already"):
        await fetched(hub, shelf, Order("tiny", "unknown", url=f"{hub.cdn}/files/of/other.onnx", sha256=sha256))
    shelf.remove("tiny")
    with pytest.raises(ModelError, match="twice: the server has another file"):
        await fetched(hub, shelf, Order("tiny", "unknown", url=address, sha256="0" * 64))


async def test_plain_http_is_for_this_machine_alone(hub: ModelHub) -> None:
    async with Web("https://hub.example", patience=QUICK) as web:
        with pytest.raises(ModelError, match="expected an https address, got http://127"):
            async with web.get(URL(f"{hub.cdn}/files/of/voice.onnx"), "voice.onnx"):
                pass
    with pytest.raises(ModelError, match="expected an https address to send a token to"):
        Web("http://hub.example", token="hf-sesame")


async def test_two_at_once_do_not_clash(hub: ModelHub, shelf: Shelf) -> None:
    hub.stalls.extend([10**9, 100_000])
    first = asyncio.create_task(fetched(hub, shelf))
    await hub.sending.wait()
    with pytest.raises(ModelError, match=r"tiny: process \d+ is fetching it"):
        await fetched(hub, shelf)
    with pytest.raises(ModelError, match=r"tiny: process \d+ is fetching it"):
        shelf.remove("tiny")
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    hub.stalls.clear()
    await fetched(hub, shelf)
    assert is_whole(shelf)


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_goes_wrong_it_is_whole_in_the_end_or_said(hub: ModelHub, shelf: Shelf, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(3):
        hub.knows_ranges = chance.random() < 0.7
        hub.etag = chance.choice(['"one"', '"two"', 'W/"weak"', ""])
        hub.cuts.extend(chance.choice([0, 10, 50_000, 10**9]) for _ in range(chance.randrange(8)))
        hub.statuses.extend(chance.choice([0, 0, 0, 416, 500, 503]) for _ in range(chance.randrange(8)))
        try:
            await fetched(hub, shelf)
        except ModelError:
            assert shelf.state("tiny") is State.PARTIAL
    hub.cuts.clear()
    hub.statuses.clear()
    await fetched(hub, shelf)
    assert is_whole(shelf)
    assert written(shelf.folder("tiny")) == ["config.json", "mercury-model.json", "model.bin", "voices/af.pt"]


VICTIM = """
import asyncio, sys
from pathlib import Path
from ari_app.models.catalogue import Source
from ari_app.models.fetching import Order, fetch
from ari_app.models.shelf import Shelf
from ari_app.models.web import Web
class Telling:
    def begin(self, name, files, total_bytes):
        pass
    def say(self, line):
        pass
    def at(self, path, done_bytes):
        print(done_bytes, flush=True)
async def main(url, root, repository, *patterns):
    async with Web(url) as web:
        await fetch(Order("tiny", "MIT", (Source(repository, patterns),)), Shelf(Path(root)), web, Telling())
asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_fetch_that_was_killed_goes_on_where_it_was(hub: ModelHub, shelf: Shelf) -> None:
    hub.stalls.extend([10, 60_000])
    victim = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", VICTIM, hub.url, str(shelf.root), REPOSITORY, *ORDER.sources[0].files),
        stdout=asyncio.subprocess.PIPE,
    )
    assert victim.stdout
    async with asyncio.timeout(20):
        while int(await victim.stdout.readline()) < 60_002:
            continue
    victim.send_signal(signal.SIGKILL)
    await victim.wait()
    assert shelf.state("tiny") is State.PARTIAL
    hub.served.clear()
    hub.requests.clear()
    await fetched(hub, shelf)
    assert is_whole(shelf)
    assert hub.served == {"model.bin": len(WEIGHTS) - 60_000, "voices/af.pt": 5}
    assert "bytes=60000-" in [asked.range for asked in hub.requests]
