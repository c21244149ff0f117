"""Alerts at the desk: collected from the parts, sent to every open page when they change, and by e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.identity import Staff
from desk.parts import Call
from desk.shell import Shell

log = structlog.get_logger(__name__)


async def calls_for(shell: Shell, staff: Staff) -> list[tuple[Call, str]]:
    """Returns the alerts for ``staff``, each with its part, in the parts' order; without those of a part that fails."""
    found: list[tuple[Call, str]] = []
    for part in shell.parts:
        try:
            calls: Sequence[Call] = await part.calls(staff) if part.calls else ()
        except SQLAlchemyError as error:
            log.warning("calls_not_read", part=part.name, error=type(error).__name__)
            continue
        found += [(call, part.name) for call in calls if call.ids]
    return found


def as_told(shell: Shell, staff: Staff, calls: Sequence[tuple[Call, str]]) -> list[dict[str, Any]]:
    """Returns ``calls`` as a page receives them: without any text of a citizen."""
    return [
        {
            "key": f"{part}.{call.key}",
            "path": call.path,
            "text": shell.words.text(part, call.key, staff.language, {"count": len(call.ids)}),
            "ids": list(call.ids),
        }
        for call, part in calls
    ]
