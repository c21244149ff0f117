"""A view is in the audit once for as long as a page goes on reading. On SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from sqlalchemy import delete, select, update

from conversations.record.opening import open_conversation
from core.audit.queries import newest
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, ConversationView, StaffSession
from core.identity import Role
from core.identity.conversation_access import SAME_VIEW, record_view
from core.turns import Origin
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import settings_for


async def test_view_that_goes_on_is_one_and_another_session_or_a_long_pause_begins_another(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    staff = await make_staff(database, Role.SUPERVISOR)
    for _ in range(2):
        await sign_in(database, settings_for(database_url, "", tmp_path), staff)
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.TEST).id
        first, second = await session.scalars(select(StaffSession.id))

    async def seen() -> int:
        return len(await newest(database, limit=99, action="conversation.read", target=f"conversation:{conversation}"))

    mine = replace(staff, session=first)
    await asyncio.gather(*(record_view(database, mine, conversation) for _ in range(5)))
    assert await seen() == 1
    await _seen_before(database, SAME_VIEW * 0.9)
    await record_view(database, mine, conversation)
    await _seen_before(database, SAME_VIEW * 0.9)  # counted from the last reading, which the one before has moved on
    await record_view(database, mine, conversation)
    assert await seen() == 1
    await record_view(database, replace(staff, session=second), conversation)
    assert await seen() == 2
    await _seen_before(database, SAME_VIEW * 1.1)
    await record_view(database, mine, conversation)
    assert await seen() == 3
    async with database.write() as session:
        await session.execute(delete(Conversation))
    async with database.read() as session:
        assert (await session.scalars(select(ConversationView))).all() == []  # erased with it


async def _seen_before(database: Database, ago: object) -> None:
    async with database.write() as session:
        await session.execute(update(ConversationView).values(seen_at=now() - ago))  # type: ignore[operator]
