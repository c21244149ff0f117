"""The problems (``core.problems``) for errors of the channels."""

from collections.abc import Callable

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from conversations.intake.web import UnknownConversation
from conversations.ports import InvalidSignature, MalformedRequest
from core.full_disk import is_full
from core.problems import Problem

_NO_CHARACTER = "22021"  # PostgreSQL: character_not_in_repertoire
_STATEMENT_ERRORS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)  # the record itself is available

log = structlog.get_logger(__name__)


def _record_unavailable(error: Exception) -> Problem:
    """Returns the problem for a record that is full, read-only or gone: nothing was kept, and the sender must send again.

    A character that no database text can hold (NUL, in an address or a form) is the sender's error.
    """
    if getattr(getattr(error, "orig", None), "sqlstate", "") == _NO_CHARACTER:
        return Problem(400)
    log.error("record_failed", error=type(error).__name__, disk_full=is_full(error))
    return Problem(500 if isinstance(error, _STATEMENT_ERRORS) else 503)


KNOWN: dict[type[Exception], Callable[[Exception], Problem]] = {
    InvalidSignature: lambda _: Problem(403, "gateway_bad_request"),
    MalformedRequest: lambda _: Problem(422),
    UnknownConversation: lambda _: Problem(401),
    DBAPIError: _record_unavailable,
    PoolExhausted: _record_unavailable,
    ConnectionError: _record_unavailable,  # from PostgreSQL's driver if no server listens or answers
}
