"""Removes a second list of the editors of a collection, which was never used: the rights are in ``staff.collections``."""

from alembic import op

revision = "0034"
down_revision = "0019"


def upgrade() -> None:
    op.drop_table("collection_rights")
