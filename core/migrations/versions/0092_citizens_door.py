"""What citizens say at the end of a contact, and the questions that editors pin to the start or hide from it."""

import sqlalchemy as sa
from alembic import op

from core.database.base import UtcDateTime

revision = "0092"
down_revision = "0091"


def upgrade() -> None:
    op.create_table(
        "satisfactions",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("satisfied", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.String(32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id"),
    )
    op.create_index("ix_satisfactions_created", "satisfactions", ["created_at"])
    op.create_table(
        "start_questions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(128), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
