"""What engines declare is held against what there is, before any of them is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from ari_app.engines.budget import MemoryBudgetError, budget_of, check_budget, free_ram_mib, need_of
from ari_app.ops.engine_settings import EngineSettings, MemorySettings
from media.errors import EngineUnavailableError
from media.needs import NOTHING, Need

MEMINFO = "MemTotal:       16384000 kB\nMemAvailable:    8192000 kB\nHugePages_Total:       0\n"


class Holder:
    """An engine that declares something."""

    need = Need(ram_mib=500, vram_mib=1551)


class Vague:
    """One whose files can't be read."""

    @property
    def need(self) -> Need:
        raise FileNotFoundError("model.bin")


def test_what_does_not_fit_is_refused_with_the_table_and_what_to_do() -> None:
    needs = {"recogniser whisper": Need(500, 1551), "mind llm": Need(1096, 5424)}
    with pytest.raises(MemoryBudgetError) as refused:
        check_budget(needs, Need(ram_mib=8000, vram_mib=6000))
    lines = str(refused.value).splitlines()
    assert lines[0].endswith("missing: 975 MiB of VRAM")
    assert [line.split() for line in lines[2:-1]] == [
        ["recogniser", "whisper", "1,551", "500"],
        ["mind", "llm", "5,424", "1,096"],
        ["sum", "6,975", "1,596"],
        ["budget", "6,000", "8,000"],
        ["missing", "975", "0"],
    ]
    assert "need_vram_mib" in lines[-1]


def test_what_fits_to_the_last_mib_is_taken() -> None:
    check_budget({"a": Need(100, 200), "b": Need(100)}, Need(200, 200))


def test_a_model_s_own_need_goes_before_what_its_engine_declares() -> None:
    chosen = EngineSettings.model_validate(
        {"models": {"ears": {"engine": "e", "need_vram_mib": 900}, "server": {"engine": "e", "need_vram_mib": 3000}}}
    )
    assert need_of("ears", Holder(), chosen) == Need(ram_mib=500, vram_mib=900)
    assert need_of("other", Holder(), chosen) == Holder.need
    assert need_of("server", object(), chosen) == Need(vram_mib=3000)
    assert need_of("nothing", object(), chosen) == NOTHING


def test_an_engine_that_can_t_tell_its_need_can_t_be_had() -> None:
    with pytest.raises(EngineUnavailableError, match=r"'ears' can't tell what memory it needs: model\.bin"):
        need_of("ears", Vague(), EngineSettings())


def test_the_settings_go_before_what_was_found() -> None:
    found = Need(ram_mib=16_000, vram_mib=11_500)
    assert budget_of(MemorySettings(), found) == Need(ram_mib=16_000 - 1024, vram_mib=11_500)
    assert budget_of(MemorySettings(ram_mib=4000, vram_mib=0), found) == Need(ram_mib=4000)


def test_a_small_machine_keeps_a_quarter_for_calls() -> None:
    assert budget_of(MemorySettings(), Need(ram_mib=800)) == Need(ram_mib=600)


def test_ram_is_what_the_machine_has_or_its_container_where_that_is_less(tmp_path: Path) -> None:
    meminfo, cgroup = tmp_path / "meminfo", tmp_path / "cgroup"
    meminfo.write_text(MEMINFO)
    assert free_ram_mib(meminfo, cgroup) == 8000
    cgroup.mkdir()
    (cgroup / "memory.current").write_text(f"{900 << 20}\n")
    (cgroup / "memory.stat").write_text(f"anon 1\ninactive_file {400 << 20}\n")
    (cgroup / "memory.max").write_text("max\n")
    assert free_ram_mib(meminfo, cgroup) == 8000
    (cgroup / "memory.max").write_text(f"{2000 << 20}\n")
    assert free_ram_mib(meminfo, cgroup) == 1500
