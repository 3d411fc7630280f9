"""What is to be fetched, and how it goes on: rules without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies

from ari_app.models.errors import ModelError
from ari_app.models.plan import RemoteFile, chosen, files_of, gigabytes, is_safe, offset_of

SHA256 = "a" * 64
GIT = "b" * 40


def entry(path: str, **more: Any) -> dict[str, Any]:
    return {"type": "file", "path": path, "size": 3, "oid": GIT, **more}


def test_a_listing_has_large_files_with_their_sha256_and_small_ones_with_git_s_name() -> None:
    listing = [
        {"type": "directory", "path": "voices"},
        entry("config.json"),
        entry("model.bin", lfs={"oid": SHA256, "size": 1_600_000_000, "pointerSize": 130}),
    ]
    assert files_of(listing, {}) == [
        RemoteFile("config.json", 3, "", GIT),
        RemoteFile("model.bin", 1_600_000_000, SHA256),
    ]


def test_what_is_known_of_a_file_holds_against_the_hub() -> None:
    large = entry("model.bin", lfs={"oid": SHA256, "size": 3})
    assert files_of([entry("config.json")], {"config.json": SHA256})[0].sha256 == SHA256
    with pytest.raises(ModelError, match=f"model.bin: expected the content {'c' * 64}, the hub has {SHA256}"):
        files_of([large], {"model.bin": "c" * 64})


@pytest.mark.parametrize(
    ("listing", "told"),
    [
        ({"error": "no"}, "expected a list of at most"),
        (["config.json"], "expected a file with a path"),
        ([entry("x", size=-1)], "expected a size in bytes"),
        ([entry("x", size="3")], "expected a size in bytes"),
        ([entry("x", oid="")], "expected a SHA-256 or git's id"),
        ([entry("x", lfs={"oid": "short", "size": 3})], "expected a SHA-256 or git's id"),
        ([entry("x", lfs=[1])], "expected a size"),
    ],
)
def test_a_listing_that_is_none_is_refused(listing: object, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        files_of(listing, {})


def test_patterns_choose_files() -> None:
    files = files_of([entry(path) for path in ("config.json", "voices/af.pt", "voices/hm.pt", "README.md")], {})
    assert [file.path for file in chosen(files, ["*.json", "voices/*.pt"], "x/y")] == [
        "config.json",
        "voices/af.pt",
        "voices/hm.pt",
    ]
    with pytest.raises(ModelError, match=r"x/y: expected a file like \*\.gguf; it has: config\.json, voices/af\.pt"):
        chosen(files, ["*.json", "*.gguf"], "x/y")


HOSTILE = [
    *("../x.json", "/etc/x.json", "a/../../x.json", "a//x.json", "a\\..\\x.json", "C:x.json", "x.json\x00", "./x.json"),
    *("a/./x.json", "x.json/", "a. /x.json", "\n.json", "mercury-model.json", ".parts/x.json", "MERCURY-MODEL.json"),
    "a" * 300 + ".json",
]


@pytest.mark.parametrize("path", HOSTILE)
def test_a_name_that_leads_elsewhere_refuses_the_whole_model(path: str) -> None:
    files = files_of([entry("config.json"), entry(path)], {})
    with pytest.raises(ModelError, match=r"would not stay in its folder\. Nothing was fetched"):
        chosen(files, ["*"], "x/y")


@pytest.mark.parametrize("paths", [("a.json", "A.json"), ("voices", "voices/af.pt"), ("a.json", "a.json")])
def test_names_that_are_one_place_are_refused(paths: tuple[str, ...]) -> None:
    with pytest.raises(ModelError, match="two of its files would be one"):
        chosen(files_of([entry(path) for path in paths], {}), ["*"], "x/y")


@given(strategies.text(alphabet="ab./\\~\0: -", min_size=1, max_size=12))
def test_a_safe_name_stays_in_its_folder(path: str) -> None:
    if is_safe(path):
        inside = (Path("/models/x") / path).resolve()
        assert inside.is_relative_to("/models/x") and inside != Path("/models/x")
        assert str(inside.relative_to("/models/x")) == path


@pytest.mark.parametrize(
    ("status", "asked_from", "content_range", "size", "begins"),
    [
        (200, 0, "", 10, 0),
        (200, 4, "", 10, 0),
        (206, 4, "bytes 4-9/10", 10, 4),
        (206, 4, "bytes 4-9/*", 10, 4),
        (206, 4, "bytes 4-9/10", None, 4),
        (416, 4, "bytes */10", 10, None),
    ],
)
def test_where_a_body_begins(
    status: int, asked_from: int, content_range: str, size: int | None, begins: int | None
) -> None:
    assert offset_of(status, asked_from, content_range, size) == begins


@pytest.mark.parametrize("content_range", ["", "bytes 5-9/10", "bytes 4-9/11", "bytes four", "bytes */10"])
def test_another_part_than_was_asked_for_is_no_answer(content_range: str) -> None:
    with pytest.raises(ModelError, match=r"expected bytes 4- of 10, the server sent"):
        offset_of(206, 4, content_range, 10)


@pytest.mark.parametrize(
    ("size", "said"), [(1_622_000_000, "1.6 GB"), (85_300_000, "85 MB"), (999, "999 B"), (4_683_000_000, "4.7 GB")]
)
def test_sizes_in_words(size: int, said: str) -> None:
    assert gigabytes(size) == said
