"""HTML of the ministry's pages → Markdown blocks."""

from __future__ import annotations

from lxml import etree

from core.entry import Block, Chapter, TextBlock
from knowledge_base.sources.service_public.blocks import blocks
from knowledge_base.sources.service_public.context import Context
from knowledge_base.sources.travail_emploi.tree import add_html


def converted(html: str) -> tuple[Block, ...]:
    root = etree.Element("Texte")
    add_html(root, html)
    return blocks(root, Context("particuliers", {}))


def text(html: str) -> str:
    (block,) = converted(html)
    assert isinstance(block, TextBlock)
    return block.markdown


def test_inline_elements_become_markdown_and_split_bold_is_one() -> None:
    html = (
        '<p>La <span><strong>durée</strong></span><strong> légale</strong> (<a href="https://x.fr/a">art. L. 3121-27</a>)</p>'
    )
    assert text(html) == "La **durée légale** ([art. L. 3121-27](https://x.fr/a))"


def test_nested_lists_are_indented_whether_inside_the_item_or_beside_it() -> None:
    for html in (
        "<ul><li>Un<ul><li>deux</li></ul></li><li>trois</li></ul>",
        "<ul><li>Un</li><ul><li>deux</li></ul><li>trois</li></ul>",
    ):
        assert text(html) == "- Un\n  - deux\n- trois"


def test_merged_cells_are_repeated_and_a_grid_without_head_takes_its_first_row() -> None:
    html = (
        "<table><tbody><tr><td></td><td>CDI</td><td>CDD</td></tr>"
        '<tr><td rowspan="2">Préavis</td><td colspan="2">1 mois</td></tr>'
        "<tr><td>2 mois</td><td>3 mois</td></tr></tbody></table>"
    )
    assert text(html).splitlines() == [
        "| | CDI | CDD |",
        "| --- | --- | --- |",
        "| Préavis | 1 mois | 1 mois |",
        "| Préavis | 2 mois | 3 mois |",
    ]


def test_table_of_one_column_is_a_frame_around_text() -> None:
    assert text("<table><tr><td><p>Un.</p></td></tr><tr><td>Deux.</td></tr></table>") == "Un.\n\nDeux."


def test_boxes_are_tips_or_warnings_under_the_name_they_give_themselves() -> None:
    named = converted(
        '<div class="fr-highlight"><p><span><strong>À</strong></span><strong> savoir ! </strong><br>Un mois.</p></div>'
    )
    warned = converted('<div class="fr-callout"><h3>Attention</h3><p>Deux mois.</p></div>')
    plain = converted('<div class="fr-highlight">Trois <strong>mois</strong>.</div>')
    assert named == (TextBlock(markdown="**À savoir**\u00a0: Un mois.", role="tip"),)
    assert warned == (TextBlock(markdown="**Attention**\u00a0: Deux mois.", role="warning"),)
    assert plain == (TextBlock(markdown="Trois **mois**.", role="tip"),)


def test_headings_open_chapters_down_to_the_next_of_their_rank() -> None:
    html = "<h3>A</h3><p>un</p><div><h4>B</h4><p>deux</p></div><h3>C</h3><p>trois</p>"
    assert converted(html) == (
        Chapter(heading="A", body=(TextBlock(markdown="un"), Chapter(heading="B", body=(TextBlock(markdown="deux"),)))),
        Chapter(heading="C", body=(TextBlock(markdown="trois"),)),
    )


def test_accordion_is_a_chapter_that_ends_with_it() -> None:
    html = '<section class="fr-accordion"><h3><button>Calcul</button></h3><div><p>un</p></div></section><p>deux</p>'
    assert converted(html) == (Chapter(heading="Calcul", body=(TextBlock(markdown="un"),)), TextBlock(markdown="deux"))


def test_what_is_not_on_the_lists_is_left_out() -> None:
    html = (
        '<script>a()</script><style>p{}</style><iframe src="https://x.fr">b</iframe><form>c</form><img src="y" alt="d">'
        '<div class="youtube_player">e</div><section class="fr-accordion"><h3>Lire la retranscription textuelle</h3>f</section>'
        '<p onclick="g()">Reste. <a href="javascript:h()">Ici</a> &lt;b&gt;</p>'
    )
    assert text(html) == "Reste. Ici \\<b>"


def test_line_broken_in_the_middle_of_a_sentence_goes_on() -> None:
    assert text("<p>l’allocataire est<br>informé.<br>Il répond.</p>") == "l’allocataire est informé.\n\nIl répond."


def test_elements_nested_without_end_are_cut_off() -> None:
    assert converted("<div>" * 250 + "x" + "</div>" * 250) == ()
