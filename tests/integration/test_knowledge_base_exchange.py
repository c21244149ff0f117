"""The whole knowledge base out to a file and back, on SQLite and PostgreSQL; and files that are wrong."""

from __future__ import annotations

import asyncio
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from core.database import Database
from core.database.base import Base
from core.database.models import Collection, EntryRow, GoldenQuestion, SynonymGroup, SynonymVersion
from core.entry import Chapter, Entry, TextBlock
from knowledge_base.editing import saving, steps
from knowledge_base.editing.steps import Policy, Target
from knowledge_base.entries.store import published, upsert
from knowledge_base.errors import ImportRefused
from knowledge_base.exchange.export import export
from knowledge_base.imports import ImportOptions, import_demonstration, import_file
from knowledge_base.synonyms import store as synonyms
from retrieval.query.synonyms import Group
from tests.integration.editing_support import publish, take_away
from tests.integration.migrated import migrated

TABLES = ("collections", "entries", "revisions", "steps", "conflicts", "golden_questions", "synonym_groups", "synonym_versions")


GLORIETTE = Group(terms=("gloriette",), means=("déchèterie",), note="vu en mairie")


def entry(page: str, text: str = "Le texte.", **fields: Any) -> Entry:
    body = (Chapter(heading="Règles", body=(TextBlock(markdown=text),)),)
    return Entry(id=page, collection="essai", title=f"L'été {page} 👍", body=body, **fields)


async def bring(database: Database, *entries: Entry) -> None:
    await upsert(database, "essai", entries, source="x", checksum="0" * 64, author="import", reason="x", force=True)


async def lived_in(database: Database) -> None:
    """Imports, drafts, publications, a schedule, an archive, a conflict, a golden question, and synonyms."""
    await bring(database, entry("a"), entry("b", verified_on=date(2024, 5, 1)), entry("c"), entry("d"))
    await saving.save(database, entry("a", "Ici."), started_from=1, author="anne", reason="Chez nous")
    await publish(database, [Target("essai", "a")], author="paul", policy=Policy())
    await saving.save(database, entry("b", "Brouillon."), started_from=1, author="anne", reason="")
    await steps.schedule(database, [Target("essai", "b")], at=datetime(2099, 1, 1, tzinfo=UTC), author="paul", policy=Policy())
    await take_away(database, Target("essai", "c"), author="paul", reason="Périmée")
    await bring(database, entry("a", "Ailleurs."), entry("b"), entry("c"))
    await saving.save(database, entry("n"), started_from=0, author="anne", reason="Nouvelle")
    async with database.write() as session:
        session.add(Collection(name="essai", title="Essai", kind="local"))
        session.add(
            GoldenQuestion(id="g1", digest="d" * 64, question="Et l'été ?", accepted=["a"], origin="desk", author="anne")
        )
    used = await synonyms.propose(database, GLORIETTE, author="anne", use=True)
    await synonyms.propose(database, None, author="paul", name=used, seen=1)


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    async with database.read() as session:
        for name in TABLES:
            table = Base.metadata.tables[name]
            rows = await session.execute(select(table).order_by(*table.primary_key))
            # What citizens get until an index is built is a matter of each service, and no part of an export.
            found[name] = [{key: value for key, value in row.items() if key != "served"} for row in rows.mappings()]
    return found


@pytest.fixture
async def other(tmp_path: Path) -> Any:
    """An empty service beside the first."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'other.db'}"
    await migrated(url)
    database = Database(url)
    yield database
    await database.close()


async def test_out_and_in_again_is_the_same(database: Database, other: Database, tmp_path: Path) -> None:
    await lived_in(database)
    counts = await export(database, tmp_path / "kb.zip")
    assert counts == {"collections": 1, "entries": 5, "revisions": 10, "steps": 3, "conflicts": 1, "golden": 1} | {
        "synonyms": 1,
        "synonym_versions": 2,
    }
    dry = await import_file(other, tmp_path / "kb.zip", options=ImportOptions(dry_run=True))
    assert (dry.created, await published(other)) == (5, [])
    assert await import_file(other, tmp_path / "kb.zip") == dry
    assert await everything(other) == await everything(database)
    assert [one.digest() for one in await published(other)] == [one.digest() for one in await published(database)]
    again = await import_file(other, tmp_path / "kb.zip")
    assert (again.created, again.unchanged) == (0, 5)
    await export(other, tmp_path / "again.zip")
    assert lines(tmp_path / "again.zip") == lines(tmp_path / "kb.zip")


async def test_synonyms_join_those_that_are_there(database: Database, other: Database, tmp_path: Path) -> None:
    """What this service says of a word stays, an export of before has none, and one of a collection leaves them out."""
    await lived_in(database)
    await export(database, tmp_path / "kb.zip")
    ours = GLORIETTE.model_copy(update={"means": ("kiosque",)})
    await synonyms.propose(other, ours, author="zoé", use=True)
    await import_file(other, tmp_path / "kb.zip")
    assert await synonyms.in_use(other) == [ours]
    counts = await export(database, tmp_path / "some.zip", collections=["essai"])
    assert (counts["entries"], counts["synonyms"], counts["synonym_versions"]) == (5, 0, 0)
    with zipfile.ZipFile(tmp_path / "kb.zip") as whole, zipfile.ZipFile(tmp_path / "older.zip", "w") as older:
        manifest = json.loads(whole.read("manifest.json"))
        for name in list(manifest["files"]):
            if name.startswith("synonym"):
                del manifest["files"][name]
            else:
                older.writestr(name, whole.read(name))
        older.writestr("manifest.json", json.dumps(manifest))
    assert (await import_file(other, tmp_path / "older.zip", options=ImportOptions(dry_run=True))).unchanged == 5


@pytest.mark.parametrize(
    ("content", "version"), [({"terms": [], "means": ["x"]}, 1), ({"terms": ["?"], "means": ["x"]}, 1), (None, 2)]
)
async def test_synonyms_that_are_none_are_refused(
    database: Database, other: Database, tmp_path: Path, content: object, version: int
) -> None:
    async with database.write() as session:
        session.add(SynonymGroup(id="g", version=version, active=1))
        await session.flush()
        session.add(SynonymVersion(group_id="g", version=1, content=content, author="a"))
    await export(database, tmp_path / "kb.zip")
    with pytest.raises(ImportRefused, match=r"synonyms|synonym_versions"):
        await import_file(other, tmp_path / "kb.zip")
    assert await synonyms.stored_groups(other, gone=True) == []


def lines(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}


async def test_a_whole_service_moves_on_to_another(database: Database, other: Database, tmp_path: Path) -> None:
    """What was exported goes on living; a later export brings the rest, and nothing that was written there is lost."""
    await import_demonstration(database)
    await bring(database, entry("a"), entry("b"))
    await export(database, tmp_path / "first.zip")
    await import_file(other, tmp_path / "first.zip")
    await saving.save(other, entry("b", "Là-bas."), started_from=1, author="zoé", reason="")
    await bring(database, entry("a", "Plus tard."), entry("b", "Ici."))
    await export(database, tmp_path / "second.zip", collections=["essai"])
    report = await import_file(other, tmp_path / "second.zip")
    assert (report.created, report.updated, report.unchanged, report.conflicts) == (0, 1, 0, 1)
    rows = {row["id"]: row for row in (await everything(other))["entries"] if row["collection"] == "essai"}
    assert (rows["a"]["version"], rows["b"]["head"], rows["b"]["latest"]) == (2, 2, 3)
    [conflict] = (await everything(other))["conflicts"]
    assert (conflict["base"], conflict["local"], conflict["theirs"]) == (1, 2, 3)


async def test_an_export_can_be_taken_while_editors_save(database: Database, tmp_path: Path) -> None:
    await bring(database, entry("a"))

    async def edit() -> None:
        for number in range(30):
            await saving.save(database, entry("a", f"{number}."), started_from=number + 1, author="anne", reason="")

    async def take() -> None:
        for number in range(3):
            await export(database, tmp_path / f"{number}.zip")

    await asyncio.gather(edit(), take())
    for number in range(3):
        found = lines(tmp_path / f"{number}.zip")
        assert json.loads(found["entries.jsonl"])["latest"] == len(found["revisions.jsonl"].splitlines())


def rewrite(path: Path, change: Callable[[dict[str, bytes]], None], *, honest: bool = True) -> Path:
    """The export with other contents; ``honest`` ones have a manifest that fits."""
    import hashlib

    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    if honest:
        manifest = json.loads(files["manifest.json"])
        for name in manifest["files"]:
            manifest["files"][name] = {
                "lines": len(files[name].splitlines()),
                "sha256": hashlib.sha256(files[name]).hexdigest(),
            }
        files["manifest.json"] = json.dumps(manifest).encode()
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return changed


def _replaced(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return change


def _twice(files: dict[str, bytes]) -> None:
    files["entries.jsonl"] = files["entries.jsonl"].splitlines(keepends=True)[0] * 10_000


def _cut(files: dict[str, bytes]) -> None:
    files["revisions.jsonl"] = files["revisions.jsonl"][:-40]


def _bomb(files: dict[str, bytes]) -> None:
    files["steps.jsonl"] = b" " * (64 * 1024**2)


@pytest.mark.parametrize(
    ("change", "honest", "said"),
    [
        (_cut, False, "n'est pas tel qu'il a été écrit|ligne 2 : ce n'est pas un objet JSON"),
        (_twice, True, "entries.jsonl, ligne 2 : l'identifiant a figure deux fois"),
        (_bomb, True, "steps.jsonl, ligne 1 : trop longue"),
        (_replaced("revisions.jsonl", b"essai", b"\xff\xfe"), True, "revisions.jsonl, ligne 1 : ce n'est pas un objet"),
        (_replaced("revisions.jsonl", b"Le texte", b"Un faux texte"), True, "ligne 1 : révision 1 de a : le contenu n'est pas"),
        (_replaced("revisions.jsonl", b'"version":1', b'"version":7'), True, "ligne 1 : .*révision"),
        (_replaced("entries.jsonl", b'"head":1', b'"head":9'), True, "a nomme une révision qui n'est pas dans le fichier"),
        (_replaced("entries.jsonl", b'"status":"published"', b'"status":"hidden"'), True, "ligne 1 : état inconnu"),
        (_replaced("entries.jsonl", b'"updated_at":"2', b'"updated_at":"x'), True, "entries.jsonl, ligne 1 : updated_at"),
        (_replaced("manifest.json", b'"version": 1', b'"version": 99'), False, "format 99"),
        (_replaced("manifest.json", b"guichet-knowledge-base", b"autre"), False, "manifeste"),
    ],
)
async def test_a_wrong_file_is_named_by_line_and_changes_nothing(
    database: Database, other: Database, tmp_path: Path, change: Any, honest: bool, said: str
) -> None:
    await bring(database, entry("a"), entry("b"))
    await export(database, tmp_path / "kb.zip")
    await bring(other, entry("z"))
    before = await everything(other)
    with pytest.raises(ImportRefused, match=said):
        await import_file(other, rewrite(tmp_path / "kb.zip", change, honest=honest))
    assert await everything(other) == before


async def test_a_truncated_archive_changes_nothing(database: Database, tmp_path: Path) -> None:
    await bring(database, entry("a"))
    await export(database, tmp_path / "kb.zip")
    whole = (tmp_path / "kb.zip").read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 5):
        (tmp_path / "cut.zip").write_bytes(whole[:length])
        with pytest.raises(ImportRefused):
            await import_file(database, tmp_path / "cut.zip", "essai")


def _csv(text: str, encoding: str = "utf-8") -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / "faq.csv").write_bytes(text.encode(encoding))
        return folder / "faq.csv"

    return write


def _xlsx(*rows: tuple[Any, ...]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        book = openpyxl.Workbook()
        for row in rows:
            assert book.active is not None
            book.active.append(row)
        book.save(folder / "faq.xlsx")
        return folder / "faq.xlsx"

    return write


@pytest.mark.parametrize(
    "write",
    [
        _csv("Référence;Question;Réponse;Vérifié le\n7;Où jeter l'huile ?;En déchetterie à Nîmes.;01/03/2024\n"),
        _csv('ref,titre,texte,date\n7,Où jeter l\'huile ?,"En déchetterie à Nîmes.",2024-03-01\n', "cp1252"),
        _csv("id\ttitle\tanswer\tdate\n7\tOù jeter l'huile ?\tEn déchetterie à Nîmes.\t01/03/2024\n", "utf-16"),
        _xlsx(
            ("Identifiant", "Titre", "Contenu", "Mise à jour"),
            (7, "Où jeter l'huile ?", "En déchetterie à Nîmes.", datetime(2024, 3, 1)),
        ),
        _csv("id;question;reponse;date\n7;Où jeter l'huile ?;<p>En déchetterie à Nîmes.<script>x()</script></p>;2024-03-01\n"),
    ],
)
async def test_sheets_of_all_kinds(database: Database, tmp_path: Path, write: Callable[[Path], Path]) -> None:
    path = await asyncio.to_thread(write, tmp_path)
    assert (await import_file(database, path, "ville", options=ImportOptions(dry_run=True))).created == 1
    assert await published(database) == []
    assert (await import_file(database, path, "ville")).created == 1
    [found] = await published(database)
    assert (found.id, found.title, found.body, found.verified_on) == (
        "7",
        "Où jeter l'huile ?",
        (TextBlock(markdown="En déchetterie à Nîmes."),),
        date(2024, 3, 1),
    )


async def test_what_names_no_source_is_the_administration_s_and_never_the_file_s(database: Database, tmp_path: Path) -> None:
    path = _csv("id;titre;texte\n1;Où jeter l'huile ?;En déchetterie.\n")(tmp_path)
    await import_file(database, path, "ville", organisation="Mairie de Nîmes")
    assert [one.source for one in await published(database)] == ["Mairie de Nîmes"]


async def test_columns_are_named_by_hand(database: Database, tmp_path: Path) -> None:
    path = _csv("a;b;c\nx1;Une question ?;Une réponse.\n")(tmp_path)
    with pytest.raises(ImportRefused, match=r"À préciser : le titre \(title\), le texte de la réponse \(text\)"):
        await import_file(database, path, "ville")
    with pytest.raises(ImportRefused, match="Colonnes : a, b, c"):
        await import_file(database, path, "ville", mapping={"title": "z"})
    mapping = {"title": "b", "text": "c", "id": "a"}
    assert (await import_file(database, path, "ville", mapping=mapping)).created == 1


async def test_a_column_that_was_guessed_can_be_left_out_and_a_wrong_address_is_told(
    database: Database, tmp_path: Path
) -> None:
    path = _csv(
        "id;titre;texte;thème;lien\n1;Q ?;R.;Loisirs;\n2;P ?;S.;Loisirs;pas une adresse\n3;O ?;T.;;https://x.example\n"
    )(tmp_path)
    report = await import_file(database, path, "ville", mapping={"theme": ""})
    assert report.created == 2
    assert [str(reason) for reason in report.rejected] == [
        "ligne 3 : « pas une adresse » n'est pas une adresse, qui commence par https://"
    ]
    async with database.read() as session:
        assert (await session.get_one(EntryRow, ("ville", "1"))).content["theme"] == []


def _bytes(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


def _bombed(folder: Path) -> Path:
    with zipfile.ZipFile(_xlsx(("titre", "texte"))(folder)) as whole:
        files = {name: whole.read(name) for name in whole.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    files[sheet] = files[sheet].replace(b"</sheetData>", b"<!-- -->" * 4_000_000 + b"</sheetData>")
    with zipfile.ZipFile(folder / "faq.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return folder / "faq.xlsx"


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (_bytes("faq.csv", b"id;titre;texte\n1;a\x00b;c\n"), "ligne 2 : ce n'est pas du texte"),
        (_bytes("faq.csv", b"id;titre;texte\n1;\x81\x8d;c\n"), "codage"),
        (_bytes("faq.csv", b""), "vide"),
        (_bytes("faq.csv", b'id;titre;texte\n1;"jamais ferm\xc3\xa9;c\n'), "ligne 2"),
        (_bytes("faq.xlsx", b"PK\x03\x04 coup"), "coupé ou abîmé"),
        (_bytes("faq.docx", b"x"), "genre connu"),
        (_bombed, "déplié, il dépasse 10 Mo"),
        (_csv("id;titre;texte\n" + "1;Question ?;Réponse.\n" * 10_000), "ligne 3 : l'identifiant 1 figure déjà à la ligne 2"),
        (_csv("id;titre;texte\n1;;Réponse.\n2;Q;<script>x()</script>\n"), "ligne 2 : il manque le titre .title. ; ligne 3 :"),
    ],
)
async def test_wrong_sheets_change_nothing(
    database: Database, tmp_path: Path, write: Callable[[Path], Path], said: str
) -> None:
    await bring(database, entry("z"))
    before = await everything(database)
    path = await asyncio.to_thread(write, tmp_path)
    with pytest.raises(ImportRefused, match=said):
        await import_file(database, path, "essai", options=ImportOptions(force=True))
    assert await everything(database) == before
