"""The tables, for SQLite and PostgreSQL alike. A change here needs a migration in `migrations/versions`."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
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
    Column("order_id", String(255), nullable=False, server_default=""),
    Column("trunk", String(64), nullable=False, server_default=""),
    Column("party", String(128), nullable=False, server_default=""),
    Column("terms", JSON, nullable=False, server_default="{}"),
    Column("rank", Integer, nullable=False, server_default="0"),
    Column("due_at", UtcDateTime, nullable=True),
    Column("attempt_no", Integer, nullable=False, server_default="0"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime, nullable=True),
    Column("ended_at", UtcDateTime, nullable=True),
    Index(None, "status"),
    Index(None, "created_at"),
    Index(None, "order_id"),
    Index("ix_calls_line", "to_number", "status"),
    Index("ix_calls_queue", "status", "rank"),
)
"""One row a call, as it stands. `due_at`: outbound, when its next attempt may begin; null while one is under way.
`rank`: its place in the queue (`ari_app.dialer.line`); `attempt_no`: attempts begun."""

attempts = Table(
    "attempts",
    metadata,
    Column("id", _SERIAL, primary_key=True, autoincrement=True),
    _call_id(),
    Column("channel_id", String(255), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("ordinal", Integer, nullable=False, server_default="1"),
    Column("number", String(128), nullable=False, server_default=""),
    Column("holds", String(128), nullable=True, unique=True),
    Column("trunk", String(64), nullable=False, server_default=""),
    Column("node", String(128), nullable=False, server_default=""),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    Column("dialled_at", UtcDateTime, nullable=True),
    Column("answered_at", UtcDateTime, nullable=True),
    Column("ended_at", UtcDateTime, nullable=True),
    Column("outcome", String(64), nullable=False, server_default=""),
    Column("cause", Integer, nullable=False, server_default="0"),
    Column("sip_status", Integer, nullable=False, server_default="0"),
    Column("machine", String(16), nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    UniqueConstraint("call_id", "channel_id"),
    Index("ix_attempts_number", "number", "at"),
    Index("ix_attempts_open", "ended_at", "trunk"),
)
"""One row for each ARI channel that was, or may have been, originated. `holds`: the outbound number until the attempt's
end, so that no two attempts ring it at once. `dialled_at`: from here on its phone may have rung."""

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
    Column("seq", Integer, nullable=False, server_default="0"),
    Column("node", String(128), nullable=False, server_default=""),
    UniqueConstraint("call_id", "seq"),
    Index(None, "status"),
)
"""The outbox: what is to be sent to the backend, committed together with what it tells.
`seq`: the order of a call's; `node`: who delivers it."""

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

callback_endpoints = Table(
    "callback_endpoints",
    metadata,
    Column("url", Text, primary_key=True),
    Column("disabled_at", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
)
"""Addresses that asked for no more (410): nothing is sent there until they are enabled again."""

nodes = Table(
    "nodes",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("beat", BigInteger, nullable=False),
    Column("lost", Boolean, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
)
"""The nodes that share these records. `epoch` grows with each life, and when a peer declares the node lost: whoever
writes with an older one is refused. `beat` grows while it lives; `seen_at` is for people."""

paces = Table(
    "paces",
    metadata,
    Column("trunk", String(64), primary_key=True),
    Column("next_at", UtcDateTime, nullable=False),
)
"""When the next call may begin on a trunk, whichever node begins it."""

switches = Table(
    "switches",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("on", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", String(128), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""What operators switch for all nodes: `dialling`. One that has no row is on."""

canceled_orders = Table(
    "canceled_orders",
    metadata,
    Column("order_id", String(255), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("by", String(128), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""Orders that are decided no more."""

do_not_call = Table(
    "do_not_call",
    metadata,
    Column("number", String(128), primary_key=True),
    Column("source", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("call_id", String(64), nullable=True),
    Column("at", UtcDateTime, nullable=False),
)
"""Numbers that are not dialled. `source`: operator, import, or caller (who said so on `call_id`)."""

spending = Table(
    "spending",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("trunk", String(64), primary_key=True),
    Column("paise", BigInteger, nullable=False),
)
"""What the calls of a day (YYYY-MM-DD, of the policy's time zone) cost, by the tariff of the settings."""

controls = Table(
    "controls",
    metadata,
    Column("id", _SERIAL, primary_key=True, autoincrement=True),
    _call_id(),
    Column("node", String(128), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("data", JSON, nullable=False),
    Column("by", String(128), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime, nullable=True),
    Column("error", Text, nullable=False, server_default=""),
    Index("ix_controls_open", "node", "done_at"),
)
"""What is asked of a live call (cancel, hang_up, language, transfer), for the node that has it."""

audit = Table(
    "audit",
    metadata,
    Column("id", _SERIAL, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("action", String(128), nullable=False),
    Column("target", String(255), nullable=False),
    Column("status", Integer, nullable=False),
    Column("remote", String(64), nullable=False),
    Column("data", JSON, nullable=False),
    Index(None, "at"),
)
"""Who did what over the API, and what it was answered."""
