"""Sources that are re-read by themselves, and the links of entries that are checked at night."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base, Json, UtcDateTime, now


class PageSource(Base):
    """The source of a collection, which is re-read every ``hours`` (0: only at a person's request).

    ``place``: an npm package, an address, or a folder or file. ``mapping``: field → column of a spreadsheet.
    ``publish``: changes are published at once unless an answer gets worse; else a person decides.
    ``forced``: the next reading may change as much as it likes, because a person has seen the refusal.
    ``outcome`` of the last reading: empty (none yet), unchanged, changed or refused; ``report``: its counts and differences, or
    the ``error`` in French and English. ``changed_at``: when a reading last changed anything.
    """

    __tablename__ = "page_sources"

    collection: Mapped[str] = mapped_column(String(64), primary_key=True)
    place: Mapped[str] = mapped_column(Text)
    mapping: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    hours: Mapped[int] = mapped_column(default=168)
    publish: Mapped[bool] = mapped_column(default=False)
    forced: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=now)
    outcome: Mapped[str] = mapped_column(String(16), default="")
    report: Mapped[dict[str, Any] | None] = mapped_column(Json)
    ran_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CheckedLink(Base):
    """A web address in what citizens read, as it was found at night. ``digest``: SHA-256 of ``url``. ``entries``: the ids of
    those that have it, once it does not work.

    ``why`` is empty while it works, else gone or unreachable. ``failures``: nights in a row without it.
    """

    __tablename__ = "checked_links"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(String(16), default="")
    failures: Mapped[int] = mapped_column(default=0)
    entries: Mapped[list[str]] = mapped_column(Json, default=list)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
