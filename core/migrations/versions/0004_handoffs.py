"""Conversations that wait for a supervisor or have one, and call-backs to make."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_OPEN = sa.text("state IN ('claimed', 'draft', 'flagged', 'offline', 'waiting')")


def upgrade() -> None:
    op.create_table(
        "handoffs",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("alert", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("fencing", sa.Integer(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        sa.Column("collecting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number_hint", sa.String(length=24), nullable=False),
        sa.Column("best_time", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_handoffs_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_handoffs")),
        sa.UniqueConstraint("id", name=op.f("uq_handoffs_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_handoffs_conversation_id"), "handoffs", ["conversation_id"])
    op.create_index(op.f("ix_handoffs_created_at"), "handoffs", ["created_at"])
    op.create_index(
        "uq_handoffs_open", "handoffs", ["conversation_id", "kind"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
