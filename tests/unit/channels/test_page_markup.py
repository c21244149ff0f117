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
