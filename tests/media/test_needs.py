import pytest

from media.needs import NOTHING, Need, mib_of, table, total


def test_needs_add_up_kind_by_kind() -> None:
    assert total([Need(100, 1600), Need(300), Need(vram_mib=50)]) == Need(400, 1650)
    assert total([]) == NOTHING


def test_a_model_is_counted_where_it_is() -> None:
    assert Need.placed(1600, on_gpu=True, ram_mib=400) == Need(ram_mib=400, vram_mib=1600)
    assert Need.placed(1600, on_gpu=False, ram_mib=400) == Need(ram_mib=2000)


def test_only_what_the_budget_lacks_is_beyond_it() -> None:
    assert Need(500, 12_000).beyond(Need(1000, 11_500)) == Need(0, 500)
    assert Need(500, 11_500).beyond(Need(500, 11_500)) == NOTHING


def test_bytes_are_rounded_up() -> None:
    assert mib_of(0) == 0
    assert mib_of(1) == 1
    assert mib_of(1024 * 1024) == 1
    assert mib_of(1024 * 1024 + 1) == 2


def test_a_need_below_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="RAM -1"):
        Need(-1)


def test_it_reads_as_a_sentence_does() -> None:
    assert str(Need(400, 1600)) == "1,600 MiB of VRAM and 400 MiB of RAM"
    assert str(Need(400)) == "400 MiB of RAM"
    assert str(NOTHING) == "nothing"


def test_the_table_tells_what_is_missing() -> None:
    assert table({"ears": Need(400, 9600), "mind": Need(700, 4700)}, Need(8000, 11_500)).splitlines() == [
        "engine   VRAM MiB  RAM MiB",
        "ears        9,600      400",
        "mind        4,700      700",
        "sum        14,300    1,100",
        "budget     11,500    8,000",
        "missing     2,800        0",
    ]


def test_the_table_says_nothing_of_missing_where_all_fits() -> None:
    assert table({"ears": Need(400)}, Need(8000)).splitlines()[-1].split() == ["budget", "0", "8,000"]
