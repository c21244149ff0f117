"""Entries' Markdown as HTML on pages without JavaScript."""

from __future__ import annotations

import pytest

from channels.web.pages.markup import html


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("**Délai de préavis**\n\nUn mois.", "<h3>Délai de préavis</h3>\n<p>Un mois.</p>\n"),
        ("**Logement meublé** : un mois.", "<p><strong>Logement meublé</strong> : un mois.</p>\n"),
        ("**Attention :**", "<p><strong>Attention :</strong></p>\n"),
        ("**Vous devez la déclarer.**", "<p><strong>Vous devez la déclarer.</strong></p>\n"),
        ("- **Mineur**", "<ul>\n<li><strong>Mineur</strong></li>\n</ul>\n"),
        ("**<b>x</b> et y**", "<h3>&lt;b&gt;x&lt;/b&gt; et y</h3>\n"),
    ],
)
def test_html_line_in_bold_alone_becomes_heading(markdown: str, shown: str) -> None:
    assert html(markdown) == shown


@pytest.mark.parametrize(
    ("markdown", "current", "shown"),
    [
        ("Le timbre coûte 25 € ou **30 €**.", True, "Le timbre coûte <strong>25 €</strong> ou <strong>30 €</strong>."),
        ("Il coûtait 1 250,50 euros.", False, "Il coûtait 1 250,50 euros."),
        ("En mairie, ou à la mairie.", False, "En <strong>mairie</strong>, ou à la mairie."),
        (
            "Voyez [la mairie](https://a.example).",
            True,
            'Voyez <a href="https://a.example" rel="noopener noreferrer">la mairie</a>.',
        ),
    ],
)
def test_html_amounts_if_current_and_places_once_stand_in_bold(markdown: str, current: bool, shown: str) -> None:
    assert html(markdown, current=current) == f"<p>{shown}</p>\n"


def test_html_amounts_of_a_table_do_not_stand_in_bold() -> None:
    assert "strong" not in html("| Année | Prix |\n|---|---|\n| 2005 | 7 € |", current=True)


def test_html_list_that_announces_steps_is_numbered() -> None:
    assert "<ol>\n<li>Un</li>\n<li>Deux</li>\n</ol>" in html("Les étapes sont les suivantes :\n\n- Un\n- Deux")
    assert "<ul>" in html("Il faut :\n\n- Un\n- Deux")
