"""Alerts at the desk: collected from the parts, sent to every open page when they change, and by e-mail; and their figures."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from core.database.models import StaffRow
from core.identity import Right, Staff
from desk.parts import Alert, Figure
from desk.shell import Shell

log = structlog.get_logger(__name__)


async def alerts_for(shell: Shell, staff: Staff) -> list[tuple[Alert, str]]:
    """Returns the alerts for ``staff``, each with its part, in the parts' order; without those of a part that fails."""
    sources = [(part.name, part.alerts) for part in shell.parts if part.alerts]
    return [(alert, part) for alert, part in await _collect(sources, staff) if alert.ids]


async def figures_for(shell: Shell, staff: Staff) -> list[tuple[Figure, str]]:
    """Returns the figures for ``staff`` as ``alerts_for`` does."""

    async def unsecured(person: Staff) -> Sequence[Figure]:
        if not person.may(Right.MANAGE_STAFF):
            return ()
        secured = StaffRow.totp.is_not(None) | StaffRow.subject.is_not(None)
        query = select(func.count()).select_from(StaffRow).where(StaffRow.disabled_at.is_(None), ~secured)
        async with shell.database.read() as session:
            return (Figure("desk_figure_unsecured", "/desk/staff", "service", await session.scalar(query) or 0),)

    return await _collect([*((part.name, part.figures) for part in shell.parts if part.figures), ("desk", unsecured)], staff)


async def _collect[T](
    sources: Sequence[tuple[str, Callable[[Staff], Awaitable[Sequence[T]]]]], staff: Staff
) -> list[tuple[T, str]]:
    collected: list[tuple[T, str]] = []
    for part, read in sources:
        try:
            collected += [(one, part) for one in await read(staff)]
        except SQLAlchemyError as error:
            log.warning("calls_not_read", part=part, error=type(error).__name__)
    return collected


def alerts_as_json(shell: Shell, staff: Staff, alerts: Sequence[tuple[Alert, str]]) -> list[dict[str, Any]]:
    """Returns ``alerts`` as a page receives them: without any text of a citizen."""
    return [
        {
            "key": f"{part}.{alert.key}",
            "path": alert.path,
            "text": shell.words.text(part, alert.key, staff.language, {"count": len(alert.ids)}),
            "ids": list(alert.ids),
        }
        for alert, part in alerts
    ]
