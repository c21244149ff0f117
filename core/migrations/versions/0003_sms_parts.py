"""SMS: the rest of a reply for SUITE, erasure by EFFACER, parts in transit, and costs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_LONG_AGO = "2020-01-01 00:00:00"  # older deliveries have no deadline left


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def upgrade() -> None:
    op.add_column("conversations", sa.Column("rest", JSON, nullable=True))
    op.add_column("conversations", sa.Column("closing", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("deliveries", sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=_LONG_AGO))
    op.create_table(
        "seen_messages",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_seen_messages")),
    )
    op.create_table(
        "message_parts",
        sa.Column("group_digest", sa.String(length=64), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("group_digest", "part", name=op.f("pk_message_parts")),
    )
    op.create_index("ix_message_parts_received_at", "message_parts", ["received_at"], unique=False)
    op.create_table(
        "number_usage",
        sa.Column("address_digest", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _count("received"),
        _count("segments"),
        sa.Column("warned", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("address_digest", "day", name=op.f("pk_number_usage")),
    )
    op.create_table(
        "sms_usage",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        _count("received"),
        _count("messages"),
        _count("segments"),
        _count("cost"),
        sa.PrimaryKeyConstraint("day", "provider", "origin", name=op.f("pk_sms_usage")),
    )
