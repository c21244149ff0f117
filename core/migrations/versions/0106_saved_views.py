"""Lists of entries that a person keeps, and the entries of a link that does not work."""

import sqlalchemy as sa
from alembic import op

from core.database.base import Json, SequenceNumber

revision = "0106"
down_revision = "0105"


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("seq", SequenceNumber, autoincrement=True, nullable=False),
        sa.Column("staff_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_saved_views_staff_id", "saved_views", ["staff_id"])
    op.add_column("checked_links", sa.Column("entries", Json, nullable=False, server_default="[]"))
