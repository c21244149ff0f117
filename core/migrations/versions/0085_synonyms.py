"""Groups of synonyms, maintained by editors, and every version of each."""

import sqlalchemy as sa
from alembic import op

from core.database.base import Json, UtcDateTime

revision = "0085"
down_revision = "0084"


def upgrade() -> None:
    op.create_table(
        "synonym_groups",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "synonym_versions",
        sa.Column("group_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", Json, nullable=True),
        sa.Column("author", sa.String(length=128), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["synonym_groups.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group_id", "version"),
    )
