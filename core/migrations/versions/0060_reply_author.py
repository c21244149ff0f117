"""The staff member who wrote a reply."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0034"


def upgrade() -> None:
    op.add_column("replies", sa.Column("author", sa.String(length=64), server_default="", nullable=False))
