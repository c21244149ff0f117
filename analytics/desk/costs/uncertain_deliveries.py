"""Staff's decisions on messages that did not arrive, or may not have: only staff may send these again."""

from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from channels.sms.causes import cause_of
from core.audit import record
from core.database.base import now
from core.database.models import Delivery

Decision = Literal["arrived", "lost", "again"]

# Causes that may have been removed meanwhile. With the others, another attempt would fail again and cost money.
_CORRECTABLE = frozenset({"account", "sender", "overload", "budget", "deadline", "connection"})


def decisions(status: str, cause: str) -> tuple[Decision, ...]:
    """Returns the possible decisions on a message with this ``status`` and ``cause`` (``channels.sms.causes``)."""
    if status == "uncertain":
        return ("arrived", "lost", "again")
    return ("again",) if status in ("failed", "expired") and cause in _CORRECTABLE else ()


async def decide(session: AsyncSession, seq: int, decision: Decision, *, actor: str) -> bool:
    """Records the outcome of the message ``seq``, or queues it again. Returns false if the decision is not possible (any more).

    A message queued again obeys all rules: it is not sent after a STOP, or when the day's budget is spent.
    """
    delivery = await session.get(Delivery, seq, with_for_update=True)
    if delivery is None or decision not in decisions(
        delivery.status, cause_of(delivery.provider, delivery.status, delivery.error)
    ):
        return False
    before = {"status": delivery.status, "error": delivery.error, "decision": decision}
    if decision == "again":
        delivery.status, delivery.error, delivery.attempts = "queued", "", 0
        delivery.provider_message_id, delivery.created_at = None, now()
    else:
        delivery.status = "delivered" if decision == "arrived" else "failed"
    await session.flush()
    await record(session, actor=actor, action="delivery.decided", target=f"delivery:{seq}", details=before)
    return True
