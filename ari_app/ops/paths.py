"""Where the files that come with Mercury are: beside the packages in a checkout, inside `ari_app` when installed."""

from __future__ import annotations

from pathlib import Path

_PACKAGED = Path(__file__).parent.parent / "_data"
_CHECKOUT = Path(__file__).parent.parent.parent


def data_path(name: str) -> Path:
    """The file or folder `name` ("asterisk-conf", "dialplan", "flows.yaml").

    Raises `FileNotFoundError` when the installation lacks it.
    """
    for base in (_PACKAGED, _CHECKOUT):
        if (base / name).exists():
            return base / name
    raise FileNotFoundError(f"{name} is neither in {_PACKAGED} nor in {_CHECKOUT}: this installation is incomplete")


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner may look into, and give it back."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path
