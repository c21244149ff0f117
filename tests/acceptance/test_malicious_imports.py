"""Files made to attack whoever imports them: entities, aliases and objects that run, names that climb, pages that hold script.

What is damaged at random: tests/integration/test_parsers_fuzzing.py; what lies about its size: test_archives_that_lie.py.
"""

from __future__ import annotations

import json
import tarfile
import zipfile
from collections.abc import AsyncIterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import httpx
import openpyxl
import pytest

from cli.gateway import create
from core.database import Database
from core.identity import Role
from core.settings import Settings
from knowledge_base.entries.safety import unsafe
from knowledge_base.entries.store import published
from knowledge_base.errors import ImportRefused
from knowledge_base.import_tasks import Tasks
from knowledge_base.imports import import_file, import_service_public, import_site
from knowledge_base.sources.markdown_folder import read_folder
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import settings_for
from tests.integration.migrated import copy_of_empty
from tests.integration.site_support import site_served

_SECRET = "the content of a file of this machine"
_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
{doctype}<Publication xmlns:dc="http://purl.org/dc/elements/1.1/" ID="F1" type="Fiche d'information">
<dc:title>Carte {inside}</dc:title><Introduction><Texte><Paragraphe>Texte {inside}.</Paragraphe></Texte></Introduction>
</Publication>"""
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def _doctypes(secret: Path, server: str) -> dict[str, tuple[str, str]]:
    """Document types, and what refers to them."""
    return {
        "a file of this machine": (f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]>', "&x;"),
        "a page inside": (f'<!DOCTYPE a [<!ENTITY x SYSTEM "{server}/entity">]>', "&x;"),
        "a document type elsewhere": (f'<!DOCTYPE a SYSTEM "{server}/dtd">', ""),
        "a parameter entity": (f'<!DOCTYPE a [<!ENTITY % x SYSTEM "{server}/parameter"> %x;]>', ""),
        "a billion laughs": (f'<!DOCTYPE a [<!ENTITY l0 "ha">{_LAUGHS}]>', "&l9;"),
        "a quadratic blow-up": (f'<!DOCTYPE a [<!ENTITY x "{"h" * 50_000}">]>', "&x;" * 1000),
    }


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite alone: what is refused never reaches the record."""
    copy_of_empty(tmp_path / "guichet.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"


@pytest.mark.parametrize("how", _doctypes(Path("/x"), ""))
async def test_entities_of_an_archive_read_nothing_and_call_nobody(database: Database, tmp_path: Path, how: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(_SECRET)
    with site_served() as site:
        doctype, inside = _doctypes(secret, site.url)[how]
        page = _PAGE.format(doctype=doctype, inside=inside)
        archive = tmp_path / "a.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("F1.xml", page)
        try:
            await import_service_public(database, tmp_path, archive=archive)
        except ImportRefused:
            assert await published(database) == []
        assert site.asked == []
    assert all(
        _SECRET not in entry.model_dump_json() and "ha" * 9 not in entry.model_dump_json()
        for entry in await published(database)
    )


async def test_entities_of_a_sitemap_read_nothing(database: Database, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(_SECRET)
    with site_served() as site:
        declared = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y SYSTEM "{site.url}/called">]>'
        place = f"<url><loc>{site.url}/&x;&y;</loc></url>"
        root = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{place}</urlset>"
        site.pages["/sitemap.xml"] = f'<?xml version="1.0"?>{declared}{root}'.encode()
        with pytest.raises(ImportRefused):
            await import_site(database, f"{site.url}/sitemap.xml", "ville", tmp_path, inside=True, pause=0)
        assert not any("called" in path or "content" in path for path in site.asked)
    assert await published(database) == []


def _climbed(folder: Path) -> list[Path]:
    """Files with names that no test gives to a place where they may be."""
    return sorted([*folder.rglob("*.xml"), *folder.rglob("climbed*"), *Path("/tmp").glob("climbed*")])


_CLIMBING = ("../../../climbed.xml", "/tmp/climbed.xml", "..\\..\\climbed.xml", "a/../../climbed.xml")


async def test_names_that_climb_out_of_an_archive_write_nothing(database: Database, tmp_path: Path) -> None:
    work = tmp_path / "one" / "two" / "three"
    work.mkdir(parents=True)
    with zipfile.ZipFile(work / "a.zip", "w") as file:
        for name in (*_CLIMBING, "F1.xml"):
            file.writestr(name, _PAGE.format(doctype="", inside=""))
    with tarfile.open(work / "a.tgz", "w:gz") as file:
        for name in _CLIMBING:
            info = tarfile.TarInfo(name)
            info.size = 2
            file.addfile(info, BytesIO(b"{}"))
        link = tarfile.TarInfo("package/data/index.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        file.addfile(link)
    before = _climbed(tmp_path)
    await import_service_public(database, work, archive=work / "a.zip")
    with pytest.raises(ImportRefused):
        await import_service_public(database, work, archive=work / "a.tgz")
    assert _climbed(tmp_path) == before
    assert "root:" not in "".join(entry.model_dump_json() for entry in await published(database))


_HEAD = "---\nid: f1\ntitle: {title}\nsource: Essai\nurl: https://exemple.fr/\nverified_on: 2026-01-02\n---\n\nTexte.\n"
_ALIASES = "a0: &a0 [ha]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))


@pytest.mark.parametrize(
    "head",
    [
        _HEAD.format(title="!!python/object/apply:os.system ['touch climbed']"),
        _HEAD.format(title="!!python/name:os.system"),
        _HEAD.replace("id: f1", f"{_ALIASES}id: f1\nkeywords: *a11").format(title="Carte"),
        _HEAD.replace("id: f1", "id: &x [*x]").format(title="Carte"),
        _HEAD.replace("https://exemple.fr/", "javascript:alert(1)").format(title="Carte"),
        _HEAD.format(title="Carte") + "\n<script>alert(1)</script>\n",
        _HEAD.format(title="Carte") + "\n[x](javascript:alert(1))\n\n[y](/desk/sign-out)\n",
    ],
    ids=["object", "name", "aliases", "itself", "address", "script", "link"],
)
def test_the_head_of_a_page_makes_no_object_and_no_script(tmp_path: Path, head: str) -> None:
    (tmp_path / "page.md").write_text(head)
    with pytest.raises(ImportRefused):
        read_folder(tmp_path)
    assert not Path("climbed").exists()


_CONTROL = "a\x00b\x1b[2J"
_CELLS = ("=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+1", "-2+3", "<script>alert(1)</script>", '<img src=x onerror="alert(1)">')


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
async def test_cells_that_run_elsewhere_are_text_or_refused_here(database: Database, tmp_path: Path, kind: str) -> None:
    rows = [[f"id{number}", f"Carte {number}", cell] for number, cell in enumerate(_CELLS)]
    if kind != "xlsx":  # whose cells cannot hold it
        rows.append(["control", f"Carte {_CONTROL}", f"En mairie {_CONTROL}"])
    path = tmp_path / f"faq.{kind}"
    if kind == "csv":
        path.write_text("id;title;text\n" + "\n".join(";".join(row) for row in rows))
    elif kind == "jsonl":
        path.write_text("\n".join(json.dumps(dict(zip(("id", "title", "text"), row, strict=True))) for row in rows))
    else:
        book = openpyxl.Workbook()
        for row in [["id", "title", "text"], *rows]:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(path)
    with suppress(ImportRefused):
        await import_file(database, path, "ville")
    kept = await published(database)
    assert [unsafe(entry) for entry in kept if unsafe(entry)] == []
    assert not any("\\u00" in entry.model_dump_json() for entry in kept)


async def test_ids_that_are_paths_are_none_afterwards(database: Database, tmp_path: Path) -> None:
    """An id is part of an address of the desk, and of nothing else."""
    path, names = tmp_path / "faq.jsonl", ["../../etc/x", "/etc/y", "a/b", "..", "a\nb", "a b?c#d", "%2e%2e%2f", "F1\x00"]
    path.write_text("\n".join(json.dumps({"id": name, "title": f"Carte {name}", "text": "En mairie."}) for name in names))
    await import_file(database, path, "ville")
    ids = [entry.id for entry in await published(database)]
    assert len(ids) > 3
    assert [one for one in ids if set(one) & set("/\\?#%\n\x00") or one in (".", "..")] == []
    for name in ("../x", "/etc", "a/b", "a b", ""):
        with pytest.raises(ImportRefused):
            await import_file(database, path, name)


@pytest.fixture
async def editor(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """An editor whose account was stolen, in front of a gateway."""
    settings: Settings = settings_for(database_url, "redis://127.0.0.1:1/0", tmp_path / "home")
    app = create(settings)
    headers = await sign_in(database, settings, await make_staff(database, Role.PUBLISHER))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.base_url, headers=headers) as http:
        yield http
    await app.state.deps.close()


async def test_an_upload_is_kept_where_the_service_says(
    editor: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_at_all(*_: object, **__: object) -> None:
        """The import itself is a process of its own, and of no interest here."""

    monkeypatch.setattr(Tasks, "start", not_at_all)
    before = _climbed(tmp_path)
    names = ("../../../climbed.csv", "/tmp/climbed.csv", "..\\climbed.csv", "--inside.csv", ".htaccess.csv")
    for name in names:
        file = {"file": (name, b"id;title;text\n1;Carte;En mairie.\n", "text/csv")}
        taken = await editor.post("/desk/exchange", data={"collection": "ville"}, files=file)
        assert taken.status_code == 303, name
    imports = tmp_path / "home" / "imports"
    assert len(list(imports.glob("*/*"))) == len(names)  # each in the folder of its task
    assert [path for path in _climbed(tmp_path) if imports not in path.parents] == before


@pytest.mark.parametrize("address", ["--inside", "file:///etc/passwd", "/etc/passwd", "-", "--help"])
async def test_an_address_to_import_is_no_option_and_no_file(editor: httpx.AsyncClient, address: str) -> None:
    form = {"source": "site", "address": address, "collection": "ville"}
    assert (await editor.post("/desk/exchange", data=form)).status_code == 422
