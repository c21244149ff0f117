"""The revision of an entry that citizens get while an import waits for an index, so that an undone import has no effect."""

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0089"


def upgrade() -> None:
    op.add_column("entries", sa.Column("served", sa.Integer(), nullable=True))
    op.create_index("ix_entries_served", "entries", ["served"])
