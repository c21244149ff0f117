"""The npm package and the official XML archive: one result from both, and clear refusals."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from core.entry import Entry, Link
from knowledge_base.errors import InvalidSource
from knowledge_base.sources import tarballs
from knowledge_base.sources.service_public import archive, package
from knowledge_base.sources.service_public.importer import open_source, read
from tests.unit.knowledge_base.trees import (
    Node,
    bullets,
    chapter,
    node,
    paragraph,
    publication,
    write_archive,
    write_package,
    xml,
)

SITE = "https://www.service-public.fr"


def page(number: int, *children: Node | str, **options: str) -> Node:
    text = node("Texte", chapter("Règles", paragraph(*(children or ("Le texte.",))), bullets("un")))
    return publication(f"F{number}", text, title=f"Titre {number}", **options)


def entries(path: Path) -> dict[str, Entry]:
    return {entry.id: entry for entry in read(open_source(path)).entries}


def test_only_listed_pages_are_read(tmp_path: Path) -> None:
    path = write_package(tmp_path / "p.tgz", {"particuliers": [page(1), page(2)]}, leftovers={"particuliers": [page(3)]})
    assert list(entries(path)) == ["F1", "F2"]


def test_a_page_under_two_audiences_is_one_entry(tmp_path: Path) -> None:
    plus = node("PourEnSavoirPlus", node("Titre", "Plus"), URL="https://exemple.fr")
    companies = page(1, audience="Professionnels", path="particuliers")
    companies["children"].append(plus)
    path = write_package(
        tmp_path / "p.tgz", {"professionnels": [companies], "particuliers": [page(1)], "associations": [page(2)]}
    )
    found = entries(path)["F1"]
    assert found.audiences == ("particuliers", "professionnels")
    assert found.urls == {
        "": f"{SITE}/particuliers/vosdroits/F1",
        "particuliers": f"{SITE}/particuliers/vosdroits/F1",
        "professionnels": f"{SITE}/particuliers/vosdroits/F1",
    }
    assert found.related == (Link(title="Plus", url="https://exemple.fr"),)


def test_the_main_edition_is_the_one_shown_to_its_own_audience(tmp_path: Path) -> None:
    shown_elsewhere = page(1, audience="Particuliers", path="professionnels-entreprises")
    own = page(1, audience="Professionnels")
    found = entries(write_package(tmp_path / "p.tgz", {"particuliers": [shown_elsewhere], "professionnels": [own]}))["F1"]
    assert found.url == f"{SITE}/professionnels-entreprises/vosdroits/F1"
    assert found.audiences == ("particuliers", "professionnels")


def test_package_and_archive_give_the_same_entries(tmp_path: Path) -> None:
    lost = ("On ", node("MiseEnEvidence", "travaille"), node("LienInterne", "le 1er mai", LienPublication="F2"), ".")
    kept = ("On ", node("MiseEnEvidence", "travaille"), " ", node("LienInterne", "le 1er mai", LienPublication="F2"), ".")
    others = [page(2, "R&D < 5 %"), page(3, audience="Associations")]
    packed = write_package(tmp_path / "p.tgz", {"particuliers": [page(1, *lost), others[0]], "associations": [others[1]]})
    zipped = write_archive(tmp_path / "a.zip", [page(1, *kept), *others])
    assert entries(packed) == entries(zipped)
    assert entries(zipped)["F3"].audiences == ("associations",)


def test_xml_is_taken_at_its_word(tmp_path: Path) -> None:
    glued = page(1, node("MiseEnEvidence", "parce"), node("LienIntra", "que"))
    assert "parce**que" in str(entries(write_archive(tmp_path / "a.zip", [glued]))["F1"].body)


def test_a_folder_of_archives_is_one_source(tmp_path: Path) -> None:
    write_archive(tmp_path / "part.zip", [page(1), page(2)])
    write_archive(tmp_path / "pro.zip", [page(2, audience="Professionnels")])
    source = open_source(tmp_path)
    assert source.listings() == 3
    assert {entry.id: entry.audiences for entry in read(source).entries} == {
        "F1": ("particuliers",),
        "F2": ("particuliers", "professionnels"),
    }


def test_progress_and_unknown_elements_are_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = write_package(tmp_path / "p.tgz", {"particuliers": [page(1, node("Clignotant", "a")), page(2)]})
    reading = read(open_source(path), lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    assert reading.unknown == {"Clignotant": 1}


def test_checksums_follow_the_content(tmp_path: Path) -> None:
    first, second = write_archive(tmp_path / "a.zip", [page(1)]), write_archive(tmp_path / "b.zip", [page(2)])
    assert open_source(first).checksum() == open_source(first).checksum() != open_source(second).checksum()


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_refused(tmp_path: Path, share: float) -> None:
    text = "".join(chr(97 + number * 7919 % 26) for number in range(5000))
    pages = [page(number, f"{number}{text}{number * 31}") for number in range(1, 20)]
    for path in (write_package(tmp_path / "p.tgz", {"particuliers": pages}), write_archive(tmp_path / "a.zip", pages)):
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InvalidSource, match=path.name):
            entries(path)


def test_a_package_without_a_page_that_it_lists_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_package(tmp_path / "p.tgz", {"particuliers": [page(1), page(2)]})
    monkeypatch.setattr(package, "_PAGE", __import__("re").compile(r"package/data/(\w+)/(F1)\.json$"))
    with pytest.raises(InvalidSource, match="incomplet"):
        entries(path)


def test_files_of_another_kind_are_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("bonjour")
    (tmp_path / "vide.tgz").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "autre.zip", "w") as other:
        other.writestr("lisezmoi.txt", "bonjour")
    for name in ("note.txt", "vide.tgz", "autre.zip", "absent.zip"):
        with pytest.raises(InvalidSource, match=name):
            entries(tmp_path / name)


def zip_of(path: Path, content: str) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("F1.xml", content)
    return path


def test_a_page_that_is_no_xml_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match=r"F1\.xml"):
        entries(zip_of(tmp_path / "a.zip", "<Publication><Titre></Publication>"))


def test_entities_are_neither_resolved_nor_accepted(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mot de passe")
    for entity in (f'<!ENTITY e SYSTEM "{secret.as_uri()}">', '<!ENTITY e "ha"><!ENTITY f "&e;&e;&e;">'):
        content = f"<!DOCTYPE Publication [{entity}]>" + xml(page(1)).replace("Le texte.", "&e;")
        with pytest.raises(InvalidSource, match="entit"):
            entries(zip_of(tmp_path / "a.zip", content))


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 1000)
    monkeypatch.setattr(tarballs, "MAX_FILE_BYTES", 1000)
    big = page(1, "a" * 2000)
    for path in (write_archive(tmp_path / "a.zip", [big]), write_package(tmp_path / "p.tgz", {"particuliers": [big]})):
        with pytest.raises(InvalidSource, match=path.name):
            entries(path)
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 10_000)
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 3000)
    with pytest.raises(InvalidSource):
        entries(write_archive(tmp_path / "b.zip", [page(number, "a" * 1000) for number in range(1, 9)]))
