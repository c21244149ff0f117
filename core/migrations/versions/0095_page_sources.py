"""Sources that are re-read by themselves, and the links of entries that are checked at night."""

import sqlalchemy as sa
from alembic import op

from core.database.base import Json, UtcDateTime

revision = "0095"
down_revision = "0094"


def upgrade() -> None:
    op.create_table(
        "page_sources",
        sa.Column("collection", sa.String(64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("mapping", Json, nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("publish", sa.Boolean(), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("report", Json, nullable=True),
        sa.Column("ran_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("collection"),
    )
    op.create_table(
        "checked_links",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_checked_links_checked_at", "checked_links", ["checked_at"])
