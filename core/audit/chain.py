"""The hash chain without I/O: which bytes are digested, and how a chain is checked up to its first broken link."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import orjson
from pydantic import JsonValue

GENESIS = "0" * 64  # the ``previous`` of the first row


class Break(StrEnum):
    """A fault of a link."""

    CHANGED = "changed"  # the digest does not fit the row's content
    MOVED = "moved"  # nor does the row follow the one before: it stood elsewhere
    MISSING = "missing"  # one or more rows before this one are missing
    UNCHAINED = "unchained"  # the row is whole, but does not follow the row before
    TRUNCATED = "truncated"  # rows are missing at the end
    REWRITTEN = "rewritten"  # the chain is whole, but differs from the exported head
    PRUNED = "pruned"  # the rows up to this one were deleted, and no exported head says that it was us
    FORGED = "forged"  # an exported head whose signature is not ours


@dataclass(frozen=True, slots=True)
class Link:
    """A row of the record. ``details`` is canonical JSON."""

    seq: int
    at: datetime
    actor: str
    action: str
    target: str
    details: str
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first broken link: the number of the row (for ``missing`` and ``truncated``: of the first missing one)."""

    seq: int
    how: Break


def canonical(details: Mapping[str, JsonValue]) -> str:
    """Returns JSON with sorted keys and no spaces. Raises ``TypeError`` for values that JSON does not have."""
    return orjson.dumps(dict(details), option=orjson.OPT_SORT_KEYS).decode()


def digest_of(seq: int, at: datetime, actor: str, action: str, target: str, details: str, previous: str) -> str:
    """Returns the digest (64 hex digits) of all columns of a row, including the digest of the row before."""
    fields = [seq, at.astimezone(UTC).isoformat(timespec="microseconds"), actor, action, target, details, previous]
    return hashlib.sha256(orjson.dumps(fields)).hexdigest()


class ChainCheck:
    """Follows rows in the order of ``seq``. ``seq`` and ``digest`` are those of the last correct row."""

    def __init__(self) -> None:
        self.seq = 0
        self.digest = GENESIS

    def follow(self, rows: Sequence[Link]) -> BrokenLink | None:
        """Returns the first row of ``rows`` that breaks the chain, if any."""
        for row in rows:
            how = self._break_at(row)
            if how is not None:
                return BrokenLink(self.seq + 1 if how is Break.MISSING else row.seq, how)
            self.seq, self.digest = row.seq, row.digest
        return None

    def _break_at(self, row: Link) -> Break | None:
        if row.seq != self.seq + 1:
            return Break.MISSING
        whole = digest_of(row.seq, row.at, row.actor, row.action, row.target, row.details, row.previous) == row.digest
        follows = row.previous == self.digest
        if whole:
            return None if follows else Break.UNCHAINED
        return Break.CHANGED if follows else Break.MOVED
