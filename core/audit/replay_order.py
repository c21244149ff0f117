"""The rows of the ledger that a backup does not contain, in the order in which they must be replayed. No I/O."""

from bisect import bisect_right
from collections.abc import Collection, Iterable

from core.audit.ledger import RESTORED, LedgerRow

type Key = tuple[int, str]  # number and digest of a row


def rows_since(rows: Iterable[LedgerRow], contained: Collection[Key]) -> list[LedgerRow]:
    """Returns those of ``rows`` that are newer than a backup whose audit contains the rows ``contained``; each once.

    Row numbers are used again after a restore, and earlier rows may be gone from the record. So each restore begins a new
    age: a backup of one age contains the rows replayed at its beginning, and no row of the next age. Within an age rows are
    ordered by number. Times are compared only to tell ages apart: a restore's downtime lies between two ages.
    """
    known = {row.key: row for row in rows}
    restored = sorted((row for row in known.values() if row.action == RESTORED), key=lambda row: row.at)
    begun = [row.at for row in restored]

    def age(row: LedgerRow) -> int:
        return bisect_right(begun, row.at)

    present = max((age(row) for row in restored if row.key in contained), default=0)
    since = (row for key, row in known.items() if age(row) >= present and key not in contained)
    return sorted((row for row in since if row.action != RESTORED), key=lambda row: (age(row), row.seq, row.at))
