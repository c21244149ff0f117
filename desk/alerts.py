"""Alerts at the desk: collected from the parts, sent to every open page when they change, and by e-mail."""

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.identity import Staff
from desk.parts import Alert
from desk.shell import Shell

log = structlog.get_logger(__name__)


async def alerts_for(shell: Shell, staff: Staff) -> list[tuple[Alert, str]]:
    """Returns the alerts for ``staff``, each with its part, in the parts' order; without those of a part that fails."""
    collected: list[tuple[Alert, str]] = []
    for part in shell.parts:
        try:
            alerts: Sequence[Alert] = await part.alerts(staff) if part.alerts else ()
        except SQLAlchemyError as error:
            log.warning("calls_not_read", part=part.name, error=type(error).__name__)
            continue
        collected += [(alert, part.name) for alert in alerts if alert.ids]
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
