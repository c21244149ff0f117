"""The staff's identity at the identity provider, what ends their session there, and passwords accepted for some hours."""

import sqlalchemy as sa
from alembic import op

from core.database.base import UtcDateTime

revision = "0082"
down_revision = "0081"


def upgrade() -> None:
    op.add_column("staff", sa.Column("subject", sa.String(length=64), nullable=True))
    op.add_column("staff", sa.Column("password_until", UtcDateTime(), nullable=True))
    op.create_index("uq_staff_subject", "staff", ["subject"], unique=True)
    op.add_column("staff_sessions", sa.Column("id_token", sa.LargeBinary(), nullable=True))
