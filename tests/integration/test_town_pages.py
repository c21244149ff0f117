"""The imaginary town's pages in the record, on SQLite and on PostgreSQL: put in use, exported, taken out."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from cli.commands.knowledge import settle_town
from cli.demonstration import COMMUNE, PHONE
from core.database import Database
from core.entry import Entry
from core.settings import Settings
from knowledge_base.entries.store import published
from knowledge_base.exchange.export import export


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    secrets = dict.fromkeys(("secret_key", "internal_secret", "address_key"), "s" * 40)
    return Settings.model_validate({**secrets, "home": tmp_path, "contact_phone": "02 99 00 00 00"})


async def test_the_towns_pages_serve_in_the_demonstration_only(database: Database, own: Settings) -> None:
    imaginary = own.model_copy(update={"contact_phone": PHONE, "office_commune": COMMUNE})
    await settle_town(database, own)
    assert not await published(database)
    for _ in range(2):
        await settle_town(database, imaginary)
        assert len(await published(database)) == 23
    await settle_town(database, own)
    assert not await published(database)


async def test_links_to_national_pages_are_in_an_export(database: Database, own: Settings, tmp_path: Path) -> None:
    await settle_town(database, own.model_copy(update={"contact_phone": PHONE, "office_commune": COMMUNE}))
    await export(database, tmp_path / "all.zip")
    with ZipFile(tmp_path / "all.zip") as archive:
        revisions = map(json.loads, archive.read("revisions.jsonl").splitlines())
        contents = [Entry.model_validate(one["content"]) for one in revisions]
    linked = {entry.id: entry.national_pages for entry in contents if entry.national_pages}
    assert len(linked) == 20
    assert linked["valbourg-mariage"] == ("service-public/F930", "demonstration/demo-mariage")
