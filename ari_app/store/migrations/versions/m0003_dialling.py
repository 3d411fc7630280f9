"""The queue and its terms, attempts of their own, nodes, policy, controls of live calls, audit, ordered callbacks."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    _widen_calls()
    _widen_attempts()
    _order_callbacks()
    _create_nodes()
    _create_policy()
    _create_controls()


def downgrade() -> None:
    """Take back."""
    tables = (
        "audit", "controls", "spending", "do_not_call", "canceled_orders", "switches", "paces", "nodes",
        "callback_endpoints",
    )  # fmt: skip
    for table in tables:
        op.drop_table(table)
    with op.batch_alter_table("callbacks") as callbacks:
        callbacks.drop_constraint("uq_callbacks_call_id", type_="unique")
        callbacks.drop_column("node")
        callbacks.drop_column("seq")
        callbacks.create_unique_constraint("uq_callbacks_call_id", ["call_id", "type"])
    _narrow("attempts", ["ix_attempts_open", "ix_attempts_number"], _attempt_columns(), unique="uq_attempts_holds")
    _narrow("calls", ["ix_calls_queue", "ix_calls_line", "ix_calls_order_id"], _call_columns())


def _narrow(table: str, indexes: Sequence[str], columns: Sequence[sa.Column[object]], unique: str = "") -> None:
    for index in indexes:
        op.drop_index(index, table)
    with op.batch_alter_table(table) as narrowed:
        if unique:
            narrowed.drop_constraint(unique, type_="unique")
        for column in columns:
            narrowed.drop_column(column.name)


def _call_columns() -> Sequence[sa.Column[object]]:
    return (
        sa.Column("order_id", sa.String(255), nullable=False, server_default=""),
        sa.Column("trunk", sa.String(64), nullable=False, server_default=""),
        sa.Column("party", sa.String(128), nullable=False, server_default=""),
        sa.Column("terms", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("rank", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("attempt_no", sa.Integer(), nullable=False, server_default="0"),
    )


def _attempt_columns() -> Sequence[sa.Column[object]]:
    return (
        sa.Column("ordinal", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("number", sa.String(128), nullable=False, server_default=""),
        sa.Column("holds", sa.String(128), nullable=True),
        sa.Column("trunk", sa.String(64), nullable=False, server_default=""),
        sa.Column("node", sa.String(128), nullable=False, server_default=""),
        sa.Column("epoch", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("dialled_at", _MOMENT, nullable=True),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("outcome", sa.String(64), nullable=False, server_default=""),
        sa.Column("cause", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("sip_status", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("machine", sa.String(16), nullable=False, server_default=""),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
    )


def _widen_calls() -> None:
    for column in _call_columns():
        op.add_column("calls", column)
    op.create_index("ix_calls_order_id", "calls", ["order_id"])
    op.create_index("ix_calls_line", "calls", ["to_number", "status"])
    op.create_index("ix_calls_queue", "calls", ["status", "rank"])
    op.execute("UPDATE calls SET due_at = created_at WHERE direction = 'outbound' AND status = 'queued'")


def _widen_attempts() -> None:
    """Attempts of before are over: a start of Mercury ends what it did not begin."""
    with op.batch_alter_table("attempts") as attempts:
        for column in _attempt_columns():
            attempts.add_column(column)
        attempts.create_unique_constraint("uq_attempts_holds", ["holds"])
    op.create_index("ix_attempts_number", "attempts", ["number", "at"])
    op.create_index("ix_attempts_open", "attempts", ["ended_at", "trunk"])
    op.execute("UPDATE attempts SET ended_at = at")


def _order_callbacks() -> None:
    with op.batch_alter_table("callbacks") as callbacks:
        callbacks.add_column(sa.Column("seq", sa.Integer(), nullable=False, server_default="0"))
        callbacks.add_column(sa.Column("node", sa.String(128), nullable=False, server_default=""))
        callbacks.drop_constraint("uq_callbacks_call_id", type_="unique")
        callbacks.create_unique_constraint("uq_callbacks_call_id", ["call_id", "seq"])
    op.create_table(
        "callback_endpoints",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("disabled_at", _MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_callback_endpoints"),
    )


def _create_nodes() -> None:
    op.create_table(
        "nodes",
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.Boolean(), nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_nodes"),
    )
    op.create_table(
        "paces",
        sa.Column("trunk", sa.String(64), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("trunk", name="pk_paces"),
    )


def _create_policy() -> None:
    op.create_table(
        "switches",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(128), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_switches"),
    )
    op.create_table(
        "canceled_orders",
        sa.Column("order_id", sa.String(255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(128), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("order_id", name="pk_canceled_orders"),
    )
    op.create_table(
        "do_not_call",
        sa.Column("number", sa.String(128), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_do_not_call"),
    )
    op.create_table(
        "spending",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("trunk", sa.String(64), nullable=False),
        sa.Column("paise", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "trunk", name="pk_spending"),
    )


def _create_controls() -> None:
    op.create_table(
        "controls",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("node", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(128), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_controls"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_controls_call_id", ondelete="CASCADE"),
    )
    op.create_index("ix_controls_open", "controls", ["node", "done_at"])
    op.create_table(
        "audit",
        sa.Column("id", _SERIAL, autoincrement=True, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("action", sa.String(128), nullable=False),
        sa.Column("target", sa.String(255), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("remote", sa.String(64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
