"""What of the machine itself can be wrong."""

import pytest

from ari_app.ops.doctor.machine import check_sqlite


@pytest.mark.parametrize(
    ("python", "sqlite", "status"),
    [((3, 11), (3, 40, 1), "ok"), ((3, 13), (3, 46, 0), "ok"), ((3, 13), (3, 40, 1), "fail")],
)
def test_an_sqlite_too_old_for_this_python_is_told(
    python: tuple[int, int], sqlite: tuple[int, ...], status: str
) -> None:
    assert check_sqlite(python, sqlite).status == status
