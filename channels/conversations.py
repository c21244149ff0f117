"""Opening a conversation, and finding that of a telephone number."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.signing import new_id
from core.database.conflict import insert_into
from core.database.models import Conversation
from core.privacy.addresses import Addresses
from core.turns import Origin


def open_conversation(session: AsyncSession, *, channel: str, language: str, origin: Origin) -> Conversation:
    """Add a new conversation without address (website, ``ask``, bench)."""
    conversation = Conversation(id=new_id(), channel=channel, origin=origin, language=language)
    session.add(conversation)
    return conversation


async def conversation_of(
    session: AsyncSession, addresses: Addresses, address: str, *, channel: str, provider: str, language: str, origin: Origin
) -> Conversation:
    """The conversation of ``address`` (E.164), opened now if it is new. Safe from two processes at once."""
    digest = addresses.digest(address)
    await session.execute(
        insert_into(session, Conversation)
        .values(
            id=new_id(),
            channel=channel,
            origin=origin,
            language=language,
            provider=provider,
            address=addresses.encrypt(address),
            address_digest=digest,
        )
        .on_conflict_do_nothing(index_elements=["address_digest"])
    )
    found = await session.execute(select(Conversation).where(Conversation.address_digest == digest))
    conversation = found.scalar_one()
    if conversation.provider != provider:  # the administration changed its provider, or the simulator was used before
        conversation.provider, conversation.origin = provider, origin
    return conversation
