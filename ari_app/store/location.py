"""Where the databases are: as the settings say, else in the run folder."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url

from ari_app.ops.settings import Settings


def store_url(settings: Settings) -> str:
    """Of the call records."""
    return settings.store_url or _file(settings, "mercury.db")


def queue_url(settings: Settings) -> str:
    """Of the durable queue."""
    return settings.dialer.queue_url or _file(settings, "queue.db")


def missing_file(url: str) -> Path | None:
    """The SQLite file that is not there yet; None where there is one, or a server."""
    parsed = make_url(url)
    file = Path(parsed.database or "")
    return file if parsed.get_backend_name() == "sqlite" and not file.exists() else None


def _file(settings: Settings, name: str) -> str:
    return f"sqlite:///{(settings.run_dir / name).absolute()}"
