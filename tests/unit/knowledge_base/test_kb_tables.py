"""Tables → Markdown."""

from __future__ import annotations

from knowledge_base.sources.service_public.blocks import blocks, flat
from tests.unit.knowledge_base.trees import Node, bullets, context, element, node, paragraph


def cell(*texts: str, **merged: str) -> Node:
    return node("Cellule", *(paragraph(text) for text in texts), **merged)


def row(*cells: Node, kind: str = "normal") -> Node:
    return node("Rangée", *cells, type=kind)


def rendered(*rows: Node, columns: int = 0, title: str = "") -> list[str]:
    head = [node("Titre", title)] if title else []
    tree = node("Tableau", *head, *(node("Colonne") for _ in range(columns)), *rows)
    return flat(blocks(element(node("Texte", tree)), context())).split("\n")


def test_a_table_with_its_title_and_head() -> None:
    found = rendered(
        row(cell("Foyer"), cell("Plafond"), kind="header"),
        row(cell("1 personne"), cell("20\u00a0000\u00a0€")),
        title="Plafonds",
    )
    assert found == ["**Plafonds**", "", "| Foyer | Plafond |", "| --- | --- |", "| 1 personne | 20\u00a0000\u00a0€ |"]


def test_without_a_head_no_row_is_made_one() -> None:
    assert rendered(row(cell("Vol"), cell("3 ans"))) == ["| | |", "| --- | --- |", "| Vol | 3 ans |"]


def test_merged_cells_are_repeated_where_they_stand() -> None:
    found = rendered(
        row(cell("Zone", fusionVerticale="2"), cell("Loyer", fusionHorizontale="2"), kind="header"),
        row(cell("meublé"), cell("vide"), kind="header"),
        row(cell("A"), cell("10"), cell("8")),
        row(cell("B", fusionVerticale="2"), cell("7", fusionHorizontale="2")),
        row(cell("6"), cell("5")),
        columns=3,
    )
    assert found == [
        "| Zone | Loyer – meublé | Loyer – vide |",
        "| --- | --- | --- |",
        "| A | 10 | 8 |",
        "| B | 7 | 7 |",
        "| B | 6 | 5 |",
    ]


def test_a_cell_merged_too_far_down_does_not_push_the_next_row_out() -> None:
    found = rendered(
        row(cell("Vote", fusionVerticale="2"), cell("Date", fusionVerticale="2"), kind="header"),
        row(cell("Régionales"), cell("2021")),
        columns=2,
    )
    assert found[2] == "| Régionales | 2021 |"


def test_columns_that_are_merged_everywhere_are_one() -> None:
    found = rendered(
        row(cell("Territoire", fusionHorizontale="2"), cell("Heures"), kind="header"),
        row(cell("Guyane", fusionHorizontale="2"), cell("7 h à 15 h")),
        columns=3,
    )
    assert found[0] == "| Territoire | Heures |"


def test_what_a_cell_says_is_one_line_without_bars() -> None:
    listed = node("Cellule", paragraph("Au choix :"), bullets("un", "deux"))
    found = rendered(row(cell("a|b"), listed, cell("- Relevé", "- Talon", "- 15 actions")))
    assert found[2] == "| a\\|b | Au choix : un deux | Relevé ; Talon ; 15 actions |"


def test_a_table_that_says_nothing_is_none() -> None:
    assert rendered(row(cell(""), cell(""))) == [""]
