"""Which rows of the ledger a backup does not know, in the order in which they must be replayed. No I/O."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable

from core.audit.ledger import RESTORED, LedgerRow

type Key = tuple[int, str]  # number and digest of a row


def rows_since(rows: Iterable[LedgerRow], contained: Collection[Key]) -> list[LedgerRow]:
    """Returns those of ``rows`` that happened after a backup whose audit holds the rows ``contained``; each once.

    Numbers are given again after a restore, and rows of before it may be gone from the record for ever. So each restore
    begins an age: a backup of one age holds what was replayed at its beginning, and nothing of the next. Within an age rows
    follow each other by number; only to tell ages apart are times compared, of which a restore's downtime lies between.
    """
    known = {row.key: row for row in rows}
    restored = sorted((row for row in known.values() if row.action == RESTORED), key=lambda row: row.at)
    begun = [row.at for row in restored]

    def age(row: LedgerRow) -> int:
        return bisect_right(begun, row.at)

    present = max((age(row) for row in restored if row.key in contained), default=0)
    since = (row for key, row in known.items() if age(row) >= present and key not in contained)
    return sorted((row for row in since if row.action != RESTORED), key=lambda row: (age(row), row.seq, row.at))
