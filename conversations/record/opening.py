"""Opening conversations: without an address, or of a telephone number."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.signing import new_id
from core.database.base import now
from core.database.conflict import insert_into
from core.database.models import Conversation
from core.privacy.addresses import Addresses
from core.turns import Origin


def open_conversation(session: AsyncSession, *, channel: str, language: str, origin: Origin) -> Conversation:
    """Adds a new conversation without address (website, ``ask``, bench)."""
    conversation = Conversation(id=new_id(), channel=channel, origin=origin, language=language)
    session.add(conversation)
    return conversation


def number_row(
    addresses: Addresses, number: str, *, channel: str, origin: str, language: str, provider: str
) -> dict[str, object]:
    """Returns the values of a new conversation with ``number`` (E.164)."""
    return {
        "id": new_id(),
        "channel": channel,
        "origin": origin,
        "language": language,
        "provider": provider,
        "address": addresses.encrypt(number),
        "address_digest": addresses.digest(number),
    }


async def open_by_number(session: AsyncSession, rows: Sequence[dict[str, object]]) -> Sequence[Conversation]:
    """Returns the conversations of the numbers of ``rows`` (``number_row``), opened where they are new, and locked."""
    opened = await session.execute(
        insert_into(session, Conversation)
        .on_conflict_do_update(index_elements=["address_digest"], set_={"last_at": now()})
        .returning(Conversation),
        list(rows),
        execution_options={"populate_existing": True},
    )
    return opened.scalars().all()
