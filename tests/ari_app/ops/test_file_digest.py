from __future__ import annotations

import os
from pathlib import Path

import pytest

from ari_app.ops.file_digest import FileDigest


def test_what_files_hold_counts_not_when_they_were_written(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    two.write_text("b")
    digest = FileDigest()
    before = digest.of((one, two))
    os.utime(one, ns=(1, 1))
    assert digest.of((one, two)) == before
    two.write_text("c")
    assert digest.of((one, two)) != before
    two.write_text("b")
    assert digest.of((one, two)) == before


def test_a_file_that_went_away_is_a_change(tmp_path: Path) -> None:
    file = tmp_path / "flows.yaml"
    file.write_text("a")
    digest = FileDigest()
    before = digest.of((file,))
    file.unlink()
    assert digest.of((file,)) != before
    file.write_text("a")
    assert digest.of((file,)) == before


def test_files_are_read_only_when_their_folder_tells_of_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "flows.yaml"
    file.write_text("a")
    digest = FileDigest()
    digest.of((file,))
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read again"))
    digest.of((file,))
