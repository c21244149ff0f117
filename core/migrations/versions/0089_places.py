"""The directory of offices in use."""

import sqlalchemy as sa
from alembic import op

from core.database.base import Json, UtcDateTime

revision = "0089"
down_revision = "0087"


def upgrade() -> None:
    op.create_table(
        "directories",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("offices", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=128), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "offices",
        sa.Column("directory", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.ForeignKeyConstraint(["directory"], ["directories.version"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("directory", "id"),
    )
    op.create_index("ix_offices_kind_commune", "offices", ["kind", "commune"])
