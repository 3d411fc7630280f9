from __future__ import annotations

from pathlib import Path

from media.audio.pcm import Pcm
from media.tts.cache import PromptCache, cache_key
from media.tts.protocol import Speech

AUDIO = Pcm(8000, bytes(range(200)) * 100)


def test_a_corrupted_file_is_a_miss_and_goes(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path)
    cache.store("abcd", AUDIO)
    assert cache.load("abcd") == AUDIO
    [path] = tmp_path.glob("*/*.pcm")
    for damaged in (path.read_bytes()[:-2], b"", b"MPC1", b"x" * 500):
        path.write_bytes(damaged)
        assert cache.load("abcd") is None
        assert not path.exists()
    assert cache.counts.corrupted == 4


def test_memory_keeps_what_was_used_last() -> None:
    cache = PromptCache(None, memory_mb=0.05)
    for key in ("a", "b"):
        cache.remember(key, AUDIO)
    assert cache.get("a")
    cache.remember("c", AUDIO)
    assert cache.get("b") is None
    assert cache.get("a")


def test_the_disk_keeps_within_its_limit(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, disk_mb=0.1)
    for number in range(12):
        cache.store(f"{number:04d}", AUDIO)
    files = list(tmp_path.glob("*/*"))
    assert sum(path.stat().st_size for path in files) <= 0.1 * 1024 * 1024
    assert cache.load("0011") == AUDIO


def test_keys_differ_in_all_that_is_heard() -> None:
    speeches = [
        Speech("a", "en"),
        Speech("b", "en"),
        Speech("a", "hi"),
        Speech("a", "en", "f"),
        Speech("a", "en", "", 1.1),
    ]
    keys = {cache_key(speech, engine) for speech in speeches for engine in ("one", "two")}
    assert len(keys) == 10
