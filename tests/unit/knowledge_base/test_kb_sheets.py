"""The columns of a sheet, by the names that a page gives back."""

from __future__ import annotations

from pathlib import Path

from knowledge_base.exchange.rows import read_rows
from knowledge_base.exchange.sheets import read_sheet


def test_blanks_and_line_breaks_around_a_column_s_name_do_not_count(tmp_path: Path) -> None:
    """A list of choices in a page loses them: what comes back would else be another column than the one that was shown."""
    sheet = tmp_path / "faq.csv"
    sheet.write_text('id; Libellé ;"Texte\nde la réponse"\n1;Carte;En mairie.\n', encoding="utf-8")
    assert read_sheet(sheet).header == ("id", "Libellé", "Texte de la réponse")
    (entry,) = read_rows(sheet, "essai", {"title": "Libellé", "text": "Texte de la réponse"}).entries
    assert entry.title == "Carte"
