"""Continued views of conversations: reading again soon counts as the same view in the audit."""

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0086"


def upgrade() -> None:
    op.create_table(
        "conversation_views",
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["staff_sessions.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id", "conversation_id"),
    )
    op.create_index("ix_conversation_views_conversation_id", "conversation_views", ["conversation_id"])
