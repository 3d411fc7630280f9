"""The tables, for SQLite and PostgreSQL alike. A change here needs a migration in `migrations/versions`."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps no time zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a time zone: it could mean anything."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected a time with a time zone, got {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)
_SERIAL = BigInteger().with_variant(Integer(), "sqlite")


def _call_id() -> Column[str]:
    return Column("call_id", String(64), ForeignKey("calls.id", ondelete="CASCADE"), nullable=False)


calls = Table(
    "calls",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("direction", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("flow", String(128), nullable=False),
    Column("flow_hash", String(128), nullable=False),
    Column("language", String(16), nullable=False),
    Column("to_number", String(128), nullable=False),
    Column("caller", String(128), nullable=False),
    Column("inputs", JSON, nullable=False),
    Column("callback_url", Text, nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("idempotency_key", String(255), nullable=True, unique=True),
    Column("request_hash", String(64), nullable=False),
    Column("node", String(128), nullable=False),
    Column("channel_id", String(255), nullable=False),
    Column("outcome", String(128), nullable=False),
    Column("data", JSON, nullable=False),
    Column("cause", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime, nullable=True),
    Column("ended_at", UtcDateTime, nullable=True),
    Index(None, "status"),
    Index(None, "created_at"),
)
"""One row a call, as it stands."""

attempts = Table(
    "attempts",
    metadata,
    Column("id", _SERIAL, primary_key=True, autoincrement=True),
    _call_id(),
    Column("channel_id", String(255), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("call_id", "channel_id"),
)
"""One row for each ARI channel that was, or may have been, originated."""

events = Table(
    "events",
    metadata,
    Column("id", _SERIAL, primary_key=True, autoincrement=True),
    _call_id(),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("data", JSON, nullable=False),
    Index(None, "call_id"),
)
"""The history of calls."""

decisions = Table(
    "decisions",
    metadata,
    Column("subject", String(255), primary_key=True),
    _call_id(),
    Column("outcome", String(128), nullable=False),
    Column("data", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "call_id"),
)
"""The first decision of each subject; its primary key is what makes it the only one."""

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", String(80), primary_key=True),
    _call_id(),
    Column("type", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("next_at", UtcDateTime, nullable=True),
    Column("ended_at", UtcDateTime, nullable=True),
    UniqueConstraint("call_id", "type"),
    Index(None, "status"),
)
"""The outbox: what is to be sent to the backend, committed together with what it tells."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", _SERIAL, primary_key=True, autoincrement=True),
    Column("callback_id", String(80), ForeignKey("callbacks.id", ondelete="CASCADE"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("http_status", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("took_ms", Integer, nullable=False),
    Index(None, "callback_id"),
)
"""Every attempt to deliver a callback. `http_status` 0: no answer came."""

flow_versions = Table(
    "flow_versions",
    metadata,
    Column("hash", String(128), primary_key=True),
    Column("name", String(128), nullable=False),
    Column("body", JSON, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Index(None, "name"),
)
"""Every version of a flow that calls could run on. `body` is the whole flow, expanded; a row never changes."""
