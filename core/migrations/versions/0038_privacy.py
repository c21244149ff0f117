"""Evidence of erasure and retention: erased conversations, and runs of the retention."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0036"

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "erased_conversations",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exported", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_erased_conversations")),
    )
    op.create_index(op.f("ix_erased_conversations_erased_at"), "erased_conversations", ["erased_at"])
    op.create_index(op.f("ix_erased_conversations_exported"), "erased_conversations", ["exported"])
    op.create_table(
        "retention_runs",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("deleted", _JSON, nullable=False),
        sa.Column("overdue", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_retention_runs")),
    )
    op.create_index(op.f("ix_retention_runs_started_at"), "retention_runs", ["started_at"])
