"""Offices written at the desk, one row a version."""

import sqlalchemy as sa
from alembic import op

from core.database.base import Json, UtcDateTime

revision = "0098"
down_revision = "0097"


def upgrade() -> None:
    op.create_table(
        "office_edits",
        sa.Column("office", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", Json, nullable=True),
        sa.Column("base", Json, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("author", sa.String(length=128), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("office", "version"),
    )
