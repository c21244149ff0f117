"""Golden questions in the record, on SQLite and on PostgreSQL; and by the command line."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from core.database import Database
from knowledge_base.entries.store import upsert
from knowledge_base.quality.golden.contracts import Golden
from knowledge_base.quality.golden.store import UnknownEntries, add, add_all, golden, set_active
from tests import commands
from tests.integration.migrated import migrated
from tests.unit.retrieval.samples import IDENTITY, PARENTAL, PASSPORT


async def bring(database: Database) -> None:
    entries = [IDENTITY, PASSPORT, PARENTAL]
    await upsert(database, "test", entries, source="essai", checksum="0" * 64, author="test", reason="essai")


async def test_a_question_is_kept_once_and_takes_over_what_is_right(database: Database) -> None:
    await bring(database)
    name = await add(database, Golden(question="Carte perdue ?", gold=("F1",), origin="editor", author="a"))
    again = await add(database, Golden(question="carte  perdue ?", gold=("F1", "F2"), origin="review", author="b"))
    assert again == name
    (kept,) = await golden(database)
    assert (kept.gold, kept.origin, kept.question) == (("F1", "F2"), "review", "carte perdue ?")


async def test_an_entry_that_is_not_there_is_refused(database: Database) -> None:
    await bring(database)
    with pytest.raises(UnknownEntries, match="F404"):
        await add(database, Golden(question="Carte perdue ?", gold=("F1", "F404"), author="a"))
    assert await golden(database) == []


async def test_what_is_imported_again_is_unchanged(database: Database) -> None:
    await bring(database)
    questions = [Golden(id=f"q{n}", question=f"Question {n}", gold=("F1",), author="a") for n in range(3)]
    first = await add_all(database, [*questions, Golden(id="bad", question="Non", gold=("F404",), author="a")])
    assert (first.created, first.rejected) == (3, ("bad: F404",))
    changed = questions[0].model_copy(update={"question": "Question zéro"})  # the same id, other words
    second = await add_all(database, [changed, *questions[1:]])
    assert (second.created, second.updated, second.unchanged) == (0, 1, 2)
    assert await golden(database) == [changed, *questions[1:]]


async def test_a_question_that_is_withdrawn_is_not_asked(database: Database) -> None:
    name = await add(database, Golden(question="La météo ?", author="a"))
    assert await set_active(database, name, active=False)
    assert not await set_active(database, "nothing", active=False)
    assert await golden(database) == []
    assert [question.active for question in await golden(database, inactive=True)] == [False]


async def test_the_command_line_exports_what_it_imports(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    await migrated(url)
    database = Database(url)
    await bring(database)
    await database.close()

    def guichet(*arguments: str) -> subprocess.CompletedProcess[str]:
        secrets = {f"GUICHET_{name}": "x" * 40 for name in ("SECRET_KEY", "INTERNAL_SECRET", "ADDRESS_KEY")}
        environment = {**os.environ, **secrets, "GUICHET_HOME": str(tmp_path), "GUICHET_LANG": "en", "DATABASE_URL": url}
        return commands.run(["golden", *arguments], environment)

    name = json.loads(guichet("add", "Passeport perdu ?", "F2", "--heading", "Coût", "--json").stdout)["id"]
    (listed,) = json.loads(guichet("list", "--json").stdout)
    assert (listed["id"], listed["gold"], listed["heading"]) == (name, ["F2"], "Coût")
    assert "F404" in guichet("add", "Autre chose ?", "F404").stderr
    file = tmp_path / "golden.jsonl"
    assert guichet("export", str(file)).returncode == 0
    report = json.loads(guichet("import", str(file), "--json").stdout)
    assert report == {"created": 0, "updated": 0, "unchanged": 1, "rejected": []}
    assert guichet("remove", name).returncode == 0
    assert json.loads(guichet("list", "--json").stdout) == []
