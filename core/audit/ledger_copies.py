"""Copies of the ledger that nobody can delete or change for a time: objects in an S3 bucket with object lock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pydantic import ValidationError

from core.audit.chain import Link
from core.audit.ledger import LedgerRow, ledger_row
from core.database.base import now
from core.settings import Settings
from core.shared_folder import SharedFolder, SharedUnreachable


class LockedCopies:
    """Copies in a bucket: one object per transfer, named by its last row. Blocking.

    Several machines may send; a row that is sent twice counts once. All methods raise ``SharedUnreachable``.
    """

    def __init__(self, url: str, *, days: int) -> None:
        self._folder = SharedFolder(url)
        self._days = days
        self._read: dict[str, tuple[LedgerRow, ...]] = {}

    @classmethod
    def of(cls, settings: Settings) -> LockedCopies | None:
        """Returns the copies that the settings name; ``None`` if they name no place."""
        return cls(settings.ledger_copies, days=settings.ledger_days) if settings.ledger_copies else None

    def put(self, rows: Sequence[Link]) -> None:
        """Sends ``rows``. They stay unchangeable for the number of days in the settings."""
        lines = "".join(ledger_row(row).model_dump_json() + "\n" for row in rows)
        name = f"{rows[-1].seq:012d}-{rows[-1].digest}.jsonl"
        self._folder.write_locked(name, lines.encode(), until=now() + timedelta(days=self._days))

    def read(self) -> list[LedgerRow]:
        """Returns all rows in the bucket. Objects that were read once are not fetched again: they cannot change."""
        for name in self._folder.names():
            if name not in self._read:
                self._read[name] = self._parsed(name)
        return [row for some in self._read.values() for row in some]

    def _parsed(self, name: str) -> tuple[LedgerRow, ...]:
        try:
            rows = tuple(LedgerRow.model_validate_json(line) for line in self._folder.read(name).splitlines())
        except ValidationError:
            rows = ()
        if not rows or not all(row.is_whole() for row in rows):
            raise SharedUnreachable(f"{name} in {self._folder.url} is no copy of the ledger.")
        return rows
