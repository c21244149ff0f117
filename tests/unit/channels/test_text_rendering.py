"""Replies as plain text."""

from __future__ import annotations

from datetime import date

import pytest

from channels.rendering.text import TextRenderer
from conversations.wording import Wording
from core.text.markdown import plain
from core.turns import AnswerBlock, ChoicesBlock, Frame, NoticeBlock, OpeningDays, Option, PlaceBlock, Source, TextBlock

_WORDING = Wording({("ui_verified_on", "web", "fr"): "Vérifié le {date}"})


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Un **mot** en gras", "Un mot en gras"),
        ("Voir [la page](https://exemple.fr/a)", "Voir la page (https://exemple.fr/a)"),
        ("[https://exemple.fr](https://exemple.fr)", "https://exemple.fr"),
        ("- un\n- deux\n\n1. trois", "- un\n- deux\n\n1. trois"),
        ("| Cas | Prix |\n|---|---:|\n| Adulte | 86 € |\n| Mineur |  |", "Cas | Prix\nAdulte | 86 €\nMineur"),
        ("a\n\n\n\nb", "a\n\nb"),
        (r"5 \* 3 \[sic\]", "5 * 3 [sic]"),
    ],
)
def test_marks_go_and_words_stay(markdown: str, text: str) -> None:
    assert plain(markdown) == text


def test_links_may_be_left_to_their_labels() -> None:
    assert plain("Voir [la page](https://exemple.fr/a)", links=False) == "Voir la page"


def test_a_whole_reply_in_reading_order() -> None:
    blocks = (
        NoticeBlock(text="Données masquées."),
        AnswerBlock(
            text="Voici ce que dit la page :",
            entry="F1",
            entry_version=2,
            snapshot="s",
            title="Carte d'identité",
            headings=("Coût",),
            cases=("En cas de perte",),
            body="Il faut payer **25 €**.",
            source=Source(name="service-public.fr", url="https://exemple.fr/F1"),
            verified_on=date(2020, 2, 1),
            notice="Vérifiée le 01/02/2020 : cela a pu changer.",
            services=(Source(name="Pré-demande", url="https://exemple.fr/s"),),
        ),
        ChoicesBlock(text="Voir aussi", options=(Option(label="A", payload="/a"), Option(label="B", payload="/b"))),
        ChoicesBlock(options=(Option(label="C", payload="/c"),)),
    )
    rendered = TextRenderer(_WORDING)(blocks, language="fr")
    assert rendered.text.split("\n\n") == [
        "Données masquées.",
        "Voici ce que dit la page :",
        "Carte d'identité\nCoût › En cas de perte",
        "Il faut payer 25 €.",
        "Pré-demande : https://exemple.fr/s",
        "service-public.fr : https://exemple.fr/F1\nVérifiée le 01/02/2020 : cela a pu changer.",
        "Voir aussi\n1. A\n2. B",
        "3. C",
    ]
    assert rendered.offered == ("/a", "/b", "/c")


def test_page_that_may_answer_shows_extract_source_and_date_under_its_title() -> None:
    card = Option(
        label="Renoncer à une succession",
        payload="/a",
        entry="F1",
        entry_version=1,
        snapshot="s",
        extract="Cela se fait :\n- au tribunal,\n- chez un notaire.",
        source=Source(name="service-public.fr", url="https://exemple.fr/F1"),
        verified_on=date(2020, 2, 1),
    )
    undated = card.model_copy(
        update={"label": "Accepter", "payload": "/b", "extract": "Vous pouvez accepter.", "verified_on": None}
    )
    plain_option = Option(label="Aucune", payload="/c")
    block = ChoicesBlock(text="Est-ce l’une de ces pages ?", options=(card, undated, plain_option))
    rendered = TextRenderer(_WORDING)((block,), language="fr")
    assert rendered.text.split("\n\n") == [
        "Est-ce l’une de ces pages ?\n1. Renoncer à une succession\nCela se fait :\n- au tribunal,\n- chez un notaire.\n"
        "service-public.fr (Vérifié le 01/02/2020)",
        "2. Accepter\nVous pouvez accepter.\nservice-public.fr",
        "3. Aucune",
    ]


def test_office_shows_now_address_hours_and_source() -> None:
    block = PlaceBlock(
        text="Ouvert jusqu’à 12:00.",
        name="Mairie",
        kind="mairie",
        commune="Clairval",
        address="1 place du Tilleul, 00100 Clairval",
        hours=(OpeningDays(days="lundi", times="9:00–12:00"),),
        phone="00 00 00 01 00",
        source=Source(name="Annuaire", url=""),
        verified_on=date(2026, 10, 12),
    )
    assert TextRenderer(_WORDING)((block,), language="fr").text.split("\n") == [
        "Mairie",
        "Ouvert jusqu’à 12:00.",
        "1 place du Tilleul, 00100 Clairval",
        "lundi : 9:00–12:00",
        "00 00 00 01 00",
        "Annuaire (Vérifié le 12/10/2026)",
    ]


def _dated_card() -> AnswerBlock:
    return AnswerBlock(
        entry="F1",
        entry_version=1,
        snapshot="s",
        title="Carte",
        body="25 €.",
        source=Source(name="Exemple", url=""),
        verified_on=date(2020, 2, 1),
    )


def test_notice_that_dates_an_old_page_stands_for_its_date() -> None:
    card = _dated_card()
    old = card.model_copy(update={"notice": "Vérifiée le 01/02/2020 : cela a pu changer."})
    shown = [TextRenderer(_WORDING)((one,), language="fr").text.rsplit("\n\n", 1)[1] for one in (card, old)]
    assert shown == ["Exemple\nVérifié le 01/02/2020", "Exemple\nVérifiée le 01/02/2020 : cela a pu changer."]


def test_who_wrote_in_another_language_than_the_conversation_s_reads_the_date_in_it() -> None:
    wording = Wording({("ui_verified_on", "web", "es"): "Verificada el {date}"})
    card = _dated_card().model_copy(update={"frame": Frame(language="es", words={})})
    assert TextRenderer(wording)((card,), language="fr").text.endswith("Verificada el 1 de febrero de 2020")


def test_nothing_renders_as_nothing() -> None:
    assert TextRenderer(_WORDING)((TextBlock(text=" "),), language="fr").text == ""
