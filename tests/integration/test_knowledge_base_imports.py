"""Imports from file to record: what they report, and that a wrong file changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.database import Database
from knowledge_base.entries.store import published
from knowledge_base.errors import ImportRefused, InvalidSource
from knowledge_base.imports import ImportOptions, import_demonstration, import_file, import_service_public
from tests.unit.knowledge_base.trees import Node, chapter, node, paragraph, publication, write_archive, write_package


def pages(*numbers: int, text: str = "Le texte.") -> list[Node]:
    return [publication(f"F{number}", node("Texte", chapter("Règles", paragraph(text)))) for number in numbers]


async def test_service_public_from_the_official_archive(database: Database, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    options = ImportOptions(progress=lambda *done: steps.append(done))
    archive = write_archive(tmp_path / "a.zip", pages(1, 2, 3))
    report = await import_service_public(database, tmp_path, archive=archive, options=options)
    assert (report.created, steps[-1]) == (3, (3, 3))
    later = write_archive(tmp_path / "b.zip", [*pages(1), *pages(2, text="Autre."), *pages(4)])
    report = await import_service_public(database, tmp_path, archive=later)
    assert (report.created, report.updated, report.unchanged, report.withdrawn) == (1, 1, 1, 1)


async def test_package_and_archive_are_the_same_pages(database: Database, tmp_path: Path) -> None:
    await import_service_public(database, tmp_path, archive=write_archive(tmp_path / "a.zip", pages(1, 2)))
    package = write_package(tmp_path / "p.tgz", {"particuliers": pages(1, 2)})
    assert (await import_service_public(database, tmp_path, archive=package)).unchanged == 2


async def test_unknown_elements_are_reported(database: Database, tmp_path: Path) -> None:
    odd = publication("F1", node("Texte", node("Clignotant", paragraph("a"))))
    report = await import_service_public(database, tmp_path, archive=write_archive(tmp_path / "a.zip", [odd]))
    assert report.unknown == {"Clignotant": 1}


async def test_a_truncated_file_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = write_package(tmp_path / "p.tgz", {"particuliers": pages(1, 2)})
    await import_service_public(database, tmp_path, archive=path)
    changed = write_package(tmp_path / "q.tgz", {"particuliers": pages(1, 2, text="Changé.")})
    changed.write_bytes(changed.read_bytes()[:-20])
    with pytest.raises(InvalidSource, match=r"q\.tgz"):
        await import_service_public(database, tmp_path, archive=changed)
    assert {entry.version for entry in await published(database)} == {1}


async def test_the_projects_own_set(database: Database) -> None:
    first = await import_demonstration(database)
    again = await import_demonstration(database)
    assert first.created == again.unchanged >= 60
    assert {entry.collection for entry in await published(database)} == {"demonstration"}


async def test_a_faq_of_another_administration(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "faq.jsonl"
    lines = [{"id": str(number), "title": f"Question {number} ?", "text": "Réponse."} for number in range(4)]
    path.write_text("\n".join(json.dumps(line) for line in [*lines, {"id": "9"}]))
    report = await import_file(database, path, "mairie-essai")
    assert (report.created, len(report.rejected)) == (4, 1)
    assert [entry.id for entry in await published(database, "mairie-essai")] == ["0", "1", "2", "3"]


@pytest.mark.parametrize("name", ["service-public", "", "../ailleurs", "x" * 65])
async def test_a_faq_cannot_take_any_name(database: Database, tmp_path: Path, name: str) -> None:
    path = tmp_path / "faq.jsonl"
    path.write_text(json.dumps({"id": "1", "title": "?", "text": "!"}))
    with pytest.raises(ImportRefused, match="nom de cette collection"):
        await import_file(database, path, name)
    assert await published(database) == []
