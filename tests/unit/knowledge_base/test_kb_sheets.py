"""Sheets as people have them: columns by their names, and whatever spreadsheets and their users make of a table."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from knowledge_base.errors import InvalidSource
from knowledge_base.sources.sheets.entries import read_rows
from knowledge_base.sources.sheets.sheet import read_header, read_sheet


def test_blanks_and_line_breaks_around_a_column_s_name_do_not_count(tmp_path: Path) -> None:
    """A list of choices in a page loses them: what comes back would else be another column than the one that was shown."""
    sheet = tmp_path / "faq.csv"
    sheet.write_text('id; Libellé ;"Texte\nde la réponse"\n1;Carte;En mairie.\n', encoding="utf-8")
    assert read_sheet(sheet).header == ("id", "Libellé", "Texte de la réponse")
    (entry,) = read_rows(sheet, "essai", {"title": "Libellé", "text": "Texte de la réponse"}).entries
    assert entry.title == "Carte"


_TABLE = "Référence;Titre;Réponse\nR1;Élection à Orléans;Dès l'été, où l'on reçoit : ça coûte 3 euros, même à Noël.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_spreadsheets_write_is_read_as_it_was_written(tmp_path: Path, encoding: str, end: str) -> None:
    sheet = tmp_path / "faq.csv"
    sheet.write_bytes(_TABLE.replace("\n", end).encode(encoding))
    (entry,) = read_rows(sheet, "essai").entries
    assert (entry.id, entry.title) == ("R1", "Élection à Orléans")


def test_a_mac_s_letters_are_not_taken_for_those_of_windows(tmp_path: Path) -> None:
    """Each of these bytes is a letter in both; read as Windows-1252, "Été" was "ƒtŽ"."""
    sheet = tmp_path / "faq.csv"
    sheet.write_bytes("Titre;Texte\nÉté;Piscine fermée\n".encode("mac_roman"))
    (entry,) = read_rows(sheet, "essai").entries
    assert entry.title == "Été"


@pytest.mark.parametrize("above", ["sep=;\n", "FAQ de la mairie, 2026\n\n", "FAQ;;\nMise à jour par Anne, Léa, Zoé;;\n"])
def test_what_stands_above_the_names_of_the_columns_is_not_taken_for_them(tmp_path: Path, above: str) -> None:
    sheet = tmp_path / "faq.csv"
    sheet.write_text(above + _TABLE, encoding="utf-8")
    (entry,) = read_rows(sheet, "essai").entries
    assert entry.id == "R1"


def test_columns_are_known_without_what_stands_below_them(tmp_path: Path) -> None:
    sheet = tmp_path / "faq.csv"
    sheet.write_text(
        "FAQ de la mairie\n" + _TABLE + "R2;Un titre;Un texte\n" * 40 + 'R3;Un titre;"jamais fermé', encoding="utf-8"
    )
    assert read_header(sheet) == ("Référence", "Titre", "Réponse")
    with pytest.raises(InvalidSource, match="jamais refermé"):
        read_sheet(sheet)
    sheet.write_bytes(b"%PDF-1.7")
    with pytest.raises(InvalidSource, match="PDF"):
        read_header(sheet)


def test_a_workbook_s_table_may_stand_on_its_second_sheet_under_a_title(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Lisez-moi"])
    sheet = book.create_sheet("FAQ")
    for row in (["FAQ de la mairie"], [], ["Titre", "Réponse"], ["Carte", "En mairie."]):
        sheet.append(row)
    book.save(tmp_path / "faq.xlsx")
    (tmp_path / "faq.xlsx").rename(tmp_path / "faq.csv")  # known by what it holds, too
    (entry,) = read_rows(tmp_path / "faq.csv", "essai").entries
    assert entry.title == "Carte"


def test_a_cell_merged_over_several_rows_is_that_of_each(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["Rubrique", "Titre", "Réponse"], ["Sport", "A", "a"], [None, "B", "b"], ["Culture", "C", "c"]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "faq.xlsx")
    assert [entry.theme for entry in read_rows(tmp_path / "faq.xlsx", "essai").entries] == [
        ("Sport",),
        ("Sport",),
        ("Culture",),
    ]


@pytest.mark.parametrize(
    ("content", "said", "in_english"),
    [
        (b"%PDF-1.4\n1 0 obj\n", "c'est un PDF", "this is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "enregistrez-le en .xlsx", "save it as .xlsx"),
        (b"<html><table><tr><td>Titre", "c'est une page web", "this is a web page"),
        (b'Titre;Texte\nA;a\nB;"coup', "ligne 3 : un guillemet s'ouvre", "line 3: a quotation mark is never closed"),
        (b'Titre;Texte\n"A "b";a\n', "ligne 2 : un guillemet fermant", "line 2: a closing quotation mark"),
        ("Titre;Texte\nPrÃ©nom;En mairie\n".encode(), "accents sont perdus (« Ã© »)", "accents are lost ('Ã©')"),
        (b"Titre;Texte\nPr\xef\xbf\xbdnom;En mairie\n", "accents sont perdus", "accents are lost"),
        (b"Titre;Texte\nA;Un; deux\n", "ligne 2 : elle a 3 cellules pour 2", "line 2: it has 3 cells for 2 columns"),
        (b"Titre;Texte\n;a\n", "il manque le titre", "the title"),
    ],
)
def test_what_cannot_be_read_says_what_to_do_in_both_languages(
    tmp_path: Path, content: bytes, said: str, in_english: str
) -> None:
    sheet = tmp_path / "faq.csv"
    sheet.write_bytes(content)
    with pytest.raises(InvalidSource) as refused:
        read_rows(sheet, "essai")
    assert said in refused.value.fr
    assert in_english in refused.value.en
    assert "identifiant" not in refused.value.fr


def test_an_id_is_part_of_an_address_and_two_lines_of_one_title_are_told_so(tmp_path: Path) -> None:
    """Nobody could open "2024/15" at the desk, nor therefore edit, withdraw or archive it."""
    sheet = tmp_path / "faq.csv"
    sheet.write_text("Référence;Titre;Texte\n2024/15;A;a\n../x?;B;b\n;C;c\n;C;d\n", encoding="utf-8")
    read = read_rows(sheet, "essai")
    assert [entry.id for entry in read.entries][:2] == ["2024-15", "..-x-"]
    assert [*read.rejected] == ["ligne 5 : le titre « C » figure déjà à la ligne 4, et ces lignes n'ont pas d'identifiant"]


def test_a_column_names_the_national_pages_on_the_matter_of_an_entry(tmp_path: Path) -> None:
    path = tmp_path / "ville.csv"
    path.write_text(
        "id;titre;texte;fiches nationales\nv1;Mariage;1 place de la Halle;service-public/F930 | demonstration/demo-mariage\n"
        "v2;Piscine;6 quai du Port;\n",
        encoding="utf-8",
    )
    found = read_rows(path, "ville", None, "Ville").entries
    assert [entry.national_pages for entry in found] == [("service-public/F930", "demonstration/demo-mariage"), ()]
