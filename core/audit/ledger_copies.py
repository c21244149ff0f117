"""Copies of the ledger that nobody can delete or change for a time: objects in an S3 bucket with object lock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pydantic import ValidationError

from core.audit.chain import Link
from core.audit.ledger import LedgerRow, ledger_row
from core.database.base import now
from core.settings import Settings
from core.shared_place import Place, SharedUnreachable


class LockedCopies:
    """An object for each time that rows were sent, named by the last of them. Blocking.

    Any number of machines may send; a row that two of them send counts once. All methods raise ``SharedUnreachable``.
    """

    def __init__(self, url: str, *, days: int) -> None:
        self._place = Place(url)
        self._days = days
        self._read: dict[str, tuple[LedgerRow, ...]] = {}

    @classmethod
    def of(cls, settings: Settings) -> LockedCopies | None:
        """``None`` where the settings name no place."""
        return cls(settings.ledger_copies, days=settings.ledger_days) if settings.ledger_copies else None

    def put(self, rows: Sequence[Link]) -> None:
        """Send ``rows``, which stand there unchanged for the days of the settings."""
        lines = "".join(ledger_row(row).model_dump_json() + "\n" for row in rows)
        name = f"{rows[-1].seq:012d}-{rows[-1].digest}.jsonl"
        self._place.write_locked(name, lines.encode(), until=now() + timedelta(days=self._days))

    def read(self) -> list[LedgerRow]:
        """Returns all that stands there. What was read once is not fetched again: it cannot change."""
        for name in self._place.names():
            if name not in self._read:
                self._read[name] = self._parsed(name)
        return [row for some in self._read.values() for row in some]

    def _parsed(self, name: str) -> tuple[LedgerRow, ...]:
        try:
            rows = tuple(LedgerRow.model_validate_json(line) for line in self._place.read(name).splitlines())
        except ValidationError:
            rows = ()
        if not rows or not all(row.is_whole() for row in rows):
            raise SharedUnreachable(f"{name} in {self._place.url} is no copy of the ledger.")
        return rows
