"""What an entry may not hold: refused where it is saved, left out of an export that has it, and the rest is not lost."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest

from core.database import Database
from core.database.models import EntryRow
from core.entry import Entry
from knowledge_base.editing import rows as editing_rows
from knowledge_base.editing import saving
from knowledge_base.editing.errors import EditRefused
from knowledge_base.editing.rows import append
from knowledge_base.entries.store import published
from knowledge_base.exchange.export import export
from knowledge_base.imports import import_file
from tests.integration.test_knowledge_base_exchange import bring, entry, everything, other, rewrite

__all__ = ["other"]


def _script(files: dict[str, bytes]) -> None:
    first, *rest = files["revisions.jsonl"].splitlines()
    row = json.loads(first)
    row["content"]["introduction"] = "<script>alert(1)</script>"
    row["digest"] = Entry.model_validate(row["content"]).digest()
    files["revisions.jsonl"] = b"\n".join([json.dumps(row).encode(), *rest]) + b"\n"


async def _unsafe_before(database: Database, page: str, text: str) -> None:
    """A revision as editors could save it before saving had the grammar of importing; it becomes the entry's head."""
    async with database.write() as session:
        row = await session.get_one(EntryRow, ("essai", page))
        with patch.object(editing_rows, "unsafe", return_value=None):
            append(session, row, entry(page, text), author="anne", reason="", parent=row.head)
        row.stage = "draft"


async def test_an_export_with_an_unsafe_revision_is_imported_without_it_and_names_it(
    database: Database, other: Database, tmp_path: Path
) -> None:
    await bring(database, entry("a"), entry("b"))
    await _unsafe_before(database, "a", "![Plan](https://mairie.example/plan.png)")
    await export(database, tmp_path / "kb.zip")
    assert (await import_file(database, tmp_path / "kb.zip")).unchanged == 2  # its own export says nothing new
    report = await import_file(other, tmp_path / "kb.zip")
    assert (report.created, len(report.rejected)) == (2, 1)
    assert "révision 2 de a" in report.rejected[0]
    assert "image" in report.rejected[0]
    assert "image" in report.rejected[0].en
    kept = {row["version"]: row["content"] for row in (await everything(other))["revisions"] if row["entry_id"] == "a"}
    assert "![Plan]" not in json.dumps(kept)
    assert kept[2]["body"] == kept[1]["body"]
    again = await import_file(other, tmp_path / "kb.zip")
    assert (again.created, again.updated, again.conflicts, again.unchanged) == (0, 0, 0, 2)


@pytest.mark.parametrize("text", ["![Plan](https://x.example/a.png)", "### Prix", "<b>Prix</b>", "[ici](page)"])
async def test_saving_refuses_what_importing_would(database: Database, text: str) -> None:
    await bring(database, entry("a"))
    with pytest.raises(EditRefused) as refused:
        await saving.save(database, entry("a", text), started_from=1, author="anne", reason="")
    assert refused.value.code == "unsafe"
    assert len((await everything(database))["revisions"]) == 1


async def test_an_entry_of_nothing_but_unsafe_revisions_is_left_out_and_named(
    database: Database, other: Database, tmp_path: Path
) -> None:
    await bring(database, entry("a"), entry("b"))
    await export(database, tmp_path / "kb.zip")
    report = await import_file(other, rewrite(tmp_path / "kb.zip", _script))
    assert (report.created, [one.id for one in await published(other)]) == (1, ["b"])
    assert ["HTML" in one for one in report.rejected] == [True]


async def test_an_export_is_known_by_its_content_whatever_its_name(database: Database, other: Database, tmp_path: Path) -> None:
    await bring(database, entry("a"))
    await export(database, tmp_path / "sauvegarde")
    assert (await import_file(other, tmp_path / "sauvegarde")).created == 1
