from __future__ import annotations

import os
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


def test_what_the_flows_need_stays_however_much_else_is_said(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, disk_mb=0.1)
    cache.pin(["0000", "0001"])
    for number in range(30):
        cache.store(f"{number:04d}", AUDIO)
    assert cache.load("0000") == cache.load("0001") == AUDIO
    assert cache.load("0002") is None
    assert cache.counts.evicted == 30 - len(list(tmp_path.glob("*/*.pcm")))
    assert cache.figures.disk_bytes <= cache.figures.disk_limit_bytes


def test_what_is_no_longer_needed_goes_like_all_else(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, disk_mb=0.1)
    cache.pin(["0000"])
    cache.store("0000", AUDIO)
    cache.pin([])
    for number in range(1, 30):
        cache.store(f"{number:04d}", AUDIO)
    assert cache.load("0000") is None


def test_what_is_in_memory_is_in_use_and_goes_last(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, disk_mb=0.1)
    cache.store("used", AUDIO)
    cache.remember("used", AUDIO)
    for number in range(30):
        cache.store(f"{number:04d}", AUDIO)
    assert cache.load("used") == AUDIO


def test_memory_gives_up_what_the_flows_need_after_all_else_and_keeps_its_limit() -> None:
    cache = PromptCache(None, memory_mb=0.05)
    cache.pin(["a"])
    for key in ("a", "b", "c"):
        cache.remember(key, AUDIO)
    assert cache.get("a")
    assert cache.get("b") is None
    cache.pin(["a", "c", "d"])
    cache.remember("d", AUDIO)
    assert cache.memory_bytes <= 0.05 * 1024 * 1024


def test_the_prompts_of_an_old_voice_stay_until_it_lets_go() -> None:
    cache = PromptCache(None, memory_mb=0.05)
    cache.pin(["old"], by="the old voice")
    cache.pin(["new"], by="the new voice")
    for key in ("old", "new", "other"):
        cache.remember(key, AUDIO)
    assert ("old" in cache, "new" in cache, "other" in cache) == (True, True, False)
    cache.pin([], by="the old voice")
    cache.remember("other", AUDIO)
    assert ("old" in cache, "new" in cache, "other" in cache) == (False, True, True)


def test_what_an_ended_process_left_half_written_is_removed(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path)
    (tmp_path / "ab").mkdir()
    left, fresh = tmp_path / "ab" / "x.part", tmp_path / "ab" / "y.part"
    for path in (left, fresh):
        path.write_bytes(b"half")
    os.utime(left, (0, 0))
    cache.store("abcd", AUDIO)
    assert (left.exists(), fresh.exists()) == (False, True)


def test_the_figures_tell_how_often_a_call_found_what_it_asked_for(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path)
    assert cache.figures.hit_rate == 1.0
    assert cache.load("abcd", ahead=True) is None
    assert cache.load("abcd") is None
    cache.store("abcd", AUDIO)
    cache.remember("abcd", AUDIO)
    for _ in range(3):
        cache.get("abcd")
    assert str(cache.figures) == ("3 hits, 1 misses (75.0%); 0.0 MB in memory, 0.0 of 512 MB on disk; 0 removed")
