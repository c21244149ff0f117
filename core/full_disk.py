"""Detects errors caused by a full disk: the state folder's, PostgreSQL's, or a backup's."""

import errno
import re
import shutil
from pathlib import Path

ERRORS = (errno.ENOSPC, errno.EDQUOT)
_BYTES_NEEDED = 2**20  # with less, no further page of SQLite's log and its index fits
_DISK_FULL = "53100"  # PostgreSQL's error code for it
_RUST = re.compile(r"\(os error (\d+)\)$")


def is_full(error: BaseException | None) -> bool:
    """Decides whether ``error`` or one of its causes (of the system, SQLite or PostgreSQL, under SQLAlchemy) is a full disk."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in ERRORS:
            return True
        if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(error, "sqlstate", "") == _DISK_FULL:
            return True
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__
    return False


def has_room(folder: Path) -> bool:
    """Decides whether the disk of ``folder`` has room for another message."""
    return shutil.disk_usage(folder).free >= _BYTES_NEEDED


def system_error(error: Exception) -> OSError | None:
    """Returns the system error that a Rust library gives only by its number; ``None`` if it is none."""
    found = _RUST.search(str(error))
    return OSError(int(found[1]), str(error)) if found else None
