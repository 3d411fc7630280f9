"""The versions of flows that calls were taken with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "flow_versions",
        sa.Column("hash", sa.String(128), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_flow_versions"),
    )
    op.create_index("ix_flow_versions_name", "flow_versions", ["name"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("flow_versions")
