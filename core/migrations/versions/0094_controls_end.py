"""When an announcement, an urgent message or an off-switch ends by itself."""

import sqlalchemy as sa
from alembic import op

from core.database.base import UtcDateTime

revision = "0094"
down_revision = "0092"


def upgrade() -> None:
    op.add_column("controls", sa.Column("until", UtcDateTime(), nullable=True))
