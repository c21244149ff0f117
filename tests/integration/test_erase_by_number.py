"""``./guichet erase +33…``: who asks by letter to be forgotten knows a telephone number, and no id."""

from __future__ import annotations

from pathlib import Path

from cli.personal_data import conversation_of
from core.database import Database
from core.database.models import Conversation
from core.privacy.addresses import Addresses
from tests.integration.channels_support import settings_for


async def test_a_conversation_is_found_by_its_number_also_while_the_key_changes(
    database: Database, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    before = settings_for(database_url, redis_url, tmp_path)
    digest = Addresses(*before.address_keys).digest("+33612345678")
    async with database.write() as session:
        session.add(Conversation(id="c" * 32, channel="sms", origin="citizen", language="fr", address_digest=digest))
    changing = settings_for(
        database_url, redis_url, tmp_path, address_key="n" * 40, address_key_also=before.address_key.get_secret_value()
    )
    for settings in (before, changing):
        assert await conversation_of(settings, "+33 6 12-34.56 78") == "c" * 32
        assert await conversation_of(settings, "+33612345679") is None
