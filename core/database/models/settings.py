"""Settings that administrators changed at the desk."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, UtcDateTime, now


class DeskSetting(Base):
    """One setting whose value counts instead of the environment's. ``value``: as it would stand in ``.env``."""

    __tablename__ = "desk_settings"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(128))
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
