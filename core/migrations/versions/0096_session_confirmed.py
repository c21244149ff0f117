"""When a member of staff last confirmed password and code in an open session."""

import sqlalchemy as sa
from alembic import op

from core.database.base import UtcDateTime

revision = "0096"
down_revision = "0095"


def upgrade() -> None:
    op.add_column("staff_sessions", sa.Column("confirmed_at", UtcDateTime(), nullable=True))
