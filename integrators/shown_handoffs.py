"""What programs read of a handoff: neither what the citizen wrote, nor numbers, nor who of the staff has it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select, select

from core.database.models import Conversation, Handoff
from core.handoff import State
from core.turns import Origin


class ShownHandoff(BaseModel):
    """One handoff. ``kind``: chat, call_back or validation; ``state`` and ``reason``: those of the supervisors' desk."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: str
    state: str
    reason: str
    team: str
    alert: bool
    channel: str
    language: str
    created_at: datetime
    waiting_since: datetime | None
    claimed_at: datetime | None
    closed_at: datetime | None


_COLUMNS = (
    *(Handoff.id, Handoff.kind, Handoff.state, Handoff.reason, Handoff.team, Handoff.alert),
    *(Conversation.channel, Conversation.language),
    *(Handoff.created_at, Handoff.waiting_since, Handoff.claimed_at, Handoff.closed_at),
)


def citizens_handoffs() -> Select[*tuple[Any, ...]]:
    """Returns the query of citizens' handoffs, with ``seq`` and the columns of ``ShownHandoff``; not of unfinished forms."""
    joined = select(Handoff.seq, *_COLUMNS).join(Conversation, Conversation.id == Handoff.conversation_id)
    return joined.where(Conversation.origin == Origin.CITIZEN, Handoff.state != State.DRAFT)
