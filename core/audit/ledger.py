"""The ledger: a copy, outside the record, of the audit rows that a restore must replay (ADR 0058).

A backup does not contain later removals: disabled accounts, withdrawn rights, changed secrets, erased citizens. Rows about
these are written to a file on another path before their transaction commits.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import orjson
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from core.audit.chain import GENESIS, Link, digest_of
from core.database import Database
from core.settings import Settings

ERASED, RESTORED = "conversation.erased", "backup.restored"
REPLAYED = "replayed"  # in the details of a row that a restore wrote: the original row is in the ledger already
LEDGER_ACTIONS = frozenset(
    {
        "api_token.revoked",
        "staff.accept",
        "staff.change",
        "staff.disable",
        "staff.enable",
        "staff.invite",
        "staff.password",
        "staff.recovery_used",
        "staff.reset",
        "staff.second_factor",
        "webhook.disabled",
        "webhook.removed",
        ERASED,
        RESTORED,
    }
)
_TAIL = 1 << 20  # bytes: more than the longest line

log = structlog.get_logger(__name__)


class LedgerDamaged(ValueError):
    """The file is torn or was changed. ``line`` (from 1) is the first wrong one, ``before`` the content before it."""

    def __init__(self, path: Path, line: int, before: Sequence[LedgerRow]) -> None:
        super().__init__(f"line {line} of {path}")
        self.path, self.line, self.before = path, line, before


class LedgerRow(BaseModel):
    """A row of the audit in the ledger. It names nobody: accounts by their id, erased citizens by their receipt.

    ``chain``: 64 hex digits over ``digest`` (which covers the row) and the ``chain`` of the line before in its file.
    """

    model_config = ConfigDict(frozen=True)

    seq: int
    at: datetime
    actor: str
    action: str
    target: str
    details: str
    previous: str
    digest: str
    chain: str = ""

    @property
    def key(self) -> tuple[int, str]:
        """Returns the number and digest of the row. The number alone is not unique: after a restore it is used again."""
        return self.seq, self.digest

    def is_whole(self) -> bool:
        """Decides whether the row still fits the digest with which it was audited."""
        content = (self.seq, self.at, self.actor, self.action, self.target, self.details, self.previous)
        return digest_of(*content) == self.digest


def ledger_row(row: Link | LedgerRow) -> LedgerRow:
    """Returns ``row`` as a row of the ledger that is in no file yet."""
    return LedgerRow.model_validate(row, from_attributes=True)


def is_for_ledger(row: Link | LedgerRow) -> bool:
    """Decides whether ``row`` of the audit belongs in the ledger."""
    return row.action in LEDGER_ACTIONS and (row.action == RESTORED or REPLAYED not in orjson.loads(row.details))


class Ledger:
    """The file at ``path``: one line of JSON per row, append-only, for any number of processes.

    Its folder must exist, unless ``makes_folder``: if a mount is missing, the file would be written to this machine's disk.
    """

    def __init__(self, path: Path, *, makes_folder: bool = False) -> None:
        self.path = path
        self._makes_folder = makes_folder

    @classmethod
    def of(cls, settings: Settings) -> Ledger:
        return cls(settings.ledger_file, makes_folder=not settings.ledger)

    def append(self, rows: Iterable[Link | LedgerRow]) -> None:
        """Writes ``rows`` and waits for the disk. Without any rows, it makes sure that the file exists. Raises ``OSError``."""
        if self._makes_folder:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_new = not self.path.exists()
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            lines, chain = _continue(descriptor)
            for row in map(ledger_row, rows):
                chain = _next_digest(chain, row)
                lines += _line(row.model_copy(update={"chain": chain}))
            while lines:
                lines = lines[os.write(descriptor, lines) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            _sync_folder(self.path.parent)

    async def append_row(self, row: Link) -> None:
        """Writes ``row`` now, in the transaction that audits it.

        A failure is only logged, and the act goes on: not closing an account because another disk is missing would be worse.
        ``core.audit.ledger_sync`` writes the row once the file is writable.
        """
        try:
            await asyncio.to_thread(self.append, (row,))
        except OSError as error:
            log.error("ledger_not_written", path=str(self.path), seq=row.seq, error=type(error).__name__)

    def read(self) -> list[LedgerRow]:
        """Returns all rows, in the order of the file. Raises ``OSError`` and ``LedgerDamaged``."""
        with self.path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)  # no other process is in the middle of a line
            return _checked_rows(self.path, file.read())


def open_record(settings: Settings) -> Database:
    """Returns the record of ``settings``, for processes that change accounts or erase: rows to replay reach the ledger."""
    return Database(settings.sql_url, ledger=Ledger.of(settings))


def _line(row: LedgerRow) -> bytes:
    return row.model_dump_json().encode() + b"\n"


def _next_digest(chain: str, row: LedgerRow) -> str:
    return hashlib.sha256((chain + row.digest).encode()).hexdigest()


def _read(line: bytes) -> LedgerRow | None:
    try:
        return LedgerRow.model_validate_json(line)
    except ValidationError:
        return None


def _continue(descriptor: int) -> tuple[bytes, str]:
    """Returns the bytes to write first (they end the partial line of a killed process), and the chain to continue."""
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, _TAIL, max(0, size - _TAIL))
    whole = (row for row in map(_read, reversed(tail.splitlines())) if row is not None)
    last = next(whole, None)
    return b"" if not tail or tail.endswith(b"\n") else b"\n", last.chain if last else GENESIS


def _checked_rows(path: Path, content: bytes) -> list[LedgerRow]:
    """Returns the rows of a file. Raises ``LedgerDamaged``.

    A partial line is ignored if the next line follows the last whole one: its process was killed before its commit.
    """
    found: list[LedgerRow] = []
    chain, half = GENESIS, 0
    for number, line in enumerate(content.splitlines(), 1):
        row = _read(line)
        if row is None:
            half = half or number
            continue
        if not row.is_whole() or _next_digest(chain, row) != row.chain:
            raise LedgerDamaged(path, half or number, found)
        found.append(row)
        chain, half = row.chain, 0
    if half:
        raise LedgerDamaged(path, half, found)
    return found


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
