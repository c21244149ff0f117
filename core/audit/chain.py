"""The chain itself, without I/O: what is digested, and how a chain is followed to its first broken link."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import orjson
from pydantic import JsonValue

GENESIS = "0" * 64  # what the first row follows


class Break(StrEnum):
    """How a link is broken."""

    CHANGED = "changed"  # the row's digest is not that of its content
    MOVED = "moved"  # nor does it follow the row before: it stood elsewhere
    MISSING = "missing"  # one or more rows before this one are gone
    UNCHAINED = "unchained"  # the row is whole, but follows another one than the row before
    TRUNCATED = "truncated"  # rows are gone from the end
    REWRITTEN = "rewritten"  # the chain is whole, but not the one whose head was exported
    FORGED = "forged"  # an exported head whose signature is not ours


@dataclass(frozen=True, slots=True)
class Link:
    """A row as it stands in the record; ``details`` as canonical JSON."""

    seq: int
    at: datetime
    actor: str
    action: str
    target: str
    details: str
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first broken link: the number of the row (for ``missing`` and ``truncated``, of the first that is gone)."""

    seq: int
    how: Break


def canonical(details: Mapping[str, JsonValue]) -> str:
    """JSON with sorted keys and no spaces. Raises ``TypeError`` for what is not JSON."""
    return orjson.dumps(dict(details), option=orjson.OPT_SORT_KEYS).decode()


def digest_of(seq: int, at: datetime, actor: str, action: str, target: str, details: str, previous: str) -> str:
    """64 hex digits over everything that a row says, and the digest of the one before it."""
    fields = [seq, at.astimezone(UTC).isoformat(timespec="microseconds"), actor, action, target, details, previous]
    return hashlib.sha256(orjson.dumps(fields)).hexdigest()


class Walk:
    """Follows rows in the order of ``seq``; ``seq`` and ``digest`` are those of the last row that was right."""

    def __init__(self) -> None:
        self.seq = 0
        self.digest = GENESIS

    def follow(self, rows: Sequence[Link]) -> Broken | None:
        """Returns the first row of ``rows`` that does not follow, if there is one."""
        for row in rows:
            how = self._wrong(row)
            if how is not None:
                return Broken(self.seq + 1 if how is Break.MISSING else row.seq, how)
            self.seq, self.digest = row.seq, row.digest
        return None

    def _wrong(self, row: Link) -> Break | None:
        if row.seq != self.seq + 1:
            return Break.MISSING
        whole = digest_of(row.seq, row.at, row.actor, row.action, row.target, row.details, row.previous) == row.digest
        follows = row.previous == self.digest
        if whole:
            return None if follows else Break.UNCHAINED
        return Break.CHANGED if follows else Break.MOVED
