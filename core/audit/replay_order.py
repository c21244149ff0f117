"""Which entries of the ledger a backup does not know, in the order in which they must be replayed. No I/O."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable

from core.audit.ledger import RESTORED, Entry

type Key = tuple[int, str]  # number and digest of a row


def entries_since(entries: Iterable[Entry], contained: Collection[Key]) -> list[Entry]:
    """Those of ``entries`` that happened after a backup whose audit holds the rows ``contained``; each once.

    Numbers are given again after a restore, and rows of before it may be gone from the record for ever. So each restore
    begins an age: a backup of one age holds what was replayed at its beginning, and nothing of the next. Within an age rows
    follow each other by number; only to tell ages apart are times compared, of which a restore's downtime lies between.
    """
    known = {entry.key: entry for entry in entries}
    restored = sorted((entry for entry in known.values() if entry.action == RESTORED), key=lambda entry: entry.at)
    begun = [entry.at for entry in restored]

    def age(entry: Entry) -> int:
        return bisect_right(begun, entry.at)

    present = max((age(entry) for entry in restored if entry.key in contained), default=0)
    since = (entry for key, entry in known.items() if age(entry) >= present and key not in contained)
    return sorted((entry for entry in since if entry.action != RESTORED), key=lambda entry: (age(entry), entry.seq, entry.at))
