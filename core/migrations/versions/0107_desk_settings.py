"""Settings that administrators change at the desk, instead of the environment's."""

import sqlalchemy as sa
from alembic import op

from core.database.base import UtcDateTime

revision = "0107"
down_revision = "0106"


def upgrade() -> None:
    op.create_table(
        "desk_settings",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("author", sa.String(128), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
