"""The last reply of a human that a citizen has seen, as the widget or a request for the history reports it."""

from sqlalchemy import select, update

from conversations.signals.event_bus import EventBus
from core.database import Database
from core.database.models import Handoff
from core.handoff import Kind, State


async def mark_seen(database: Database, event_bus: EventBus, conversation: str, seq: int) -> None:
    """Records that replies up to ``seq`` were shown in ``conversation``. Costs only a read unless a human holds it."""
    unseen = (
        Handoff.conversation_id == conversation,
        Handoff.kind == Kind.CHAT,
        Handoff.state == State.CLAIMED,
        Handoff.seen_seq < seq,
    )
    async with database.read(brief=True) as session:
        if (await session.execute(select(Handoff.seq).where(*unseen))).first() is None:
            return
    async with database.write(brief=True) as session:
        await session.execute(update(Handoff).where(*unseen).values(seen_seq=seq))
    await event_bus.notify(conversation, "seen")
