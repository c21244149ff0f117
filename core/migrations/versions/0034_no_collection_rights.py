"""Removes a second list of the editors of a collection, which was never used: the rights are in ``staff.collections``."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("collection_rights")


def downgrade() -> None:
    op.create_table(
        "collection_rights",
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("right", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("collection", "account", name=op.f("pk_collection_rights")),
    )
