"""What staff decide about a message that did not arrive, or may not have: nobody else may send it a second time."""

from __future__ import annotations

from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from channels.sms.causes import cause_of
from core.audit import record
from core.database.base import now
from core.database.models import Delivery

Decision = Literal["arrived", "lost", "again"]

# Causes that somebody may have mended meanwhile. The others would only fail again, and be paid for.
_MENDED = frozenset({"account", "sender", "overload", "budget", "deadline", "connection"})


def decisions(status: str, cause: str) -> tuple[Decision, ...]:
    """Returns what may be decided about a message of this ``status`` and ``cause`` (``channels.sms.causes``)."""
    if status == "uncertain":
        return ("arrived", "lost", "again")
    return ("again",) if status in ("failed", "expired") and cause in _MENDED else ()


async def decide(session: AsyncSession, seq: int, decision: Decision, *, actor: str) -> bool:
    """Write down what became of the message ``seq``, or queue it again. False: there is nothing (left) to decide so.

    One that is queued again goes the way of all: whoever sent STOP meanwhile, or a day whose budget is spent, gets nothing.
    """
    delivery = await session.get(Delivery, seq, with_for_update=True)
    if delivery is None or decision not in decisions(
        delivery.status, cause_of(delivery.provider, delivery.status, delivery.error)
    ):
        return False
    was = {"status": delivery.status, "error": delivery.error, "decision": decision}
    if decision == "again":
        delivery.status, delivery.error, delivery.attempts = "queued", "", 0
        delivery.provider_message_id, delivery.created_at = None, now()
    else:
        delivery.status = "delivered" if decision == "arrived" else "failed"
    await session.flush()
    await record(session, actor=actor, action="delivery.decided", target=f"delivery:{seq}", details=was)
    return True
