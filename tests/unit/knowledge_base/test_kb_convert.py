"""One page → one entry."""

from __future__ import annotations

from datetime import date

import pytest

from core.entry import Chapter, Link, TextBlock, passages
from knowledge_base.errors import InvalidSource
from knowledge_base.sources.service_public.convert import entry
from tests.unit.knowledge_base.trees import Node, bullets, chapter, context, element, node, paragraph, publication

TITLES = {"F1": "Un titre", "F2": "Deux", "F3": "Trois"}


def see_also(kind: str, page: str, title: str, important: str) -> Node:
    return node("VoirAussi", node(kind, node("Titre", title), ID=page, audience="Particuliers"), important=important)


PAGE = publication(
    "F1",
    node("SousThemePere", "Citoyenneté", ID="N9"),
    node("DossierPere", node("SousDossier", node("Fiche", "Court", ID="F1"), node("Fiche", "Autre", ID="F2"))),
    node("Cible", "Artisan, Commerçant"),
    node("Avertissement", node("Titre", "Réforme"), node("Texte", paragraph("Elle viendra."))),
    node("Introduction", node("Texte", paragraph("Deux mots."), bullets("un"))),
    node(
        "Texte",
        chapter(
            "Où ?",
            paragraph("Ici :"),
            node("OuSAdresser", node("Titre", "Mairie"), ID="R1"),
            node("ServiceEnLigne", node("Titre", "Demander"), ID="R2", URL="https://exemple.fr/2", numerocerfa="12345*01"),
        ),
    ),
    see_also("Dossier", "N5", "Un dossier", "non"),
    see_also("Fiche", "F3", "Trois", "oui"),
    node("Reference", node("Titre", "Code civil"), URL="https://exemple.fr/code"),
    node("OuSAdresser", node("Titre", "Mairie"), ID="R1"),
    node("OuSAdresser", node("Titre", "Mairie"), node("Complement", "Pour s'informer"), ID="R1"),
    node("OuSAdresser", node("Titre", "Préfecture"), ID="R3"),
    node("ServiceEnLigne", node("Titre", "Demander"), ID="R2", URL="https://exemple.fr/2", numerocerfa="12345*01"),
    node("ServiceEnLigne", node("Titre", "Un modèle"), ID="R4"),
    node("PourEnSavoirPlus", node("Titre", "Ailleurs"), URL="https://exemple.fr/plus"),
    node("Definition", node("Titre", "Ayant droit"), node("Texte", paragraph("Qui a un droit")), ID="R5"),
    node("Abreviation", node("Titre", "MSA"), node("Texte", paragraph("Mutualité sociale agricole")), ID="R6"),
    node("QuestionReponse", "Et deux ?", ID="F2", audience="Particuliers"),
    node("QuestionReponse", "Et moi ?", ID="F1", audience="Particuliers"),
)


def test_a_page_becomes_an_entry() -> None:
    found = entry(element(PAGE), context(TITLES))
    assert (found.id, found.collection, found.title, found.source) == ("F1", "service-public", "Un titre", "service-public.fr")
    assert found.description == "Ce que dit la page."
    assert found.introduction == "Deux mots.\n\n- un"
    assert found.theme == ("Papiers", "Élections")
    assert found.keywords == ("Citoyenneté", "Court", "Artisan", "Commerçant")
    assert found.verified_on == date(2020, 6, 16)
    assert found.audiences == ("particuliers",)
    assert found.url == "https://www.service-public.fr/particuliers/vosdroits/F1"


def test_its_links() -> None:
    found = entry(element(PAGE), context(TITLES))
    assert found.related == (
        Link(title="Trois", entry="F3"),
        Link(title="Et deux ?", entry="F2"),
        Link(title="Un dossier", url="https://www.service-public.fr/particuliers/vosdroits/N5"),
        Link(title="Ailleurs", url="https://exemple.fr/plus"),
    )
    assert found.services == (
        Link(title="Demander (cerfa n°\u00a012345*01)", url="https://exemple.fr/2"),
        Link(title="Un modèle", url="https://www.service-public.fr/particuliers/vosdroits/R4"),
    )


def test_its_body_in_reading_order() -> None:
    found = entry(element(PAGE), context(TITLES)).body
    assert found[0] == TextBlock(role="warning", markdown="**Réforme**\u00a0: Elle viendra.")
    assert isinstance(found[1], Chapter)
    assert found[2:] == (
        TextBlock(markdown="Mairie (Pour s'informer)\n\nPréfecture"),
        TextBlock(role="definition", markdown="**Ayant droit**\u00a0: Qui a un droit"),
        TextBlock(role="definition", markdown="**MSA**\u00a0: Mutualité sociale agricole"),
    )


def test_its_passages_know_their_headings() -> None:
    found = passages(entry(element(PAGE), context(TITLES)))
    assert found[0].markdown.startswith("Deux mots.")
    assert ("Où ?",) in {passage.headings for passage in found}


def test_a_link_to_a_page_that_is_not_in_the_source_leads_to_the_site() -> None:
    found = entry(element(PAGE), context({"F1": "Un titre"}))
    assert found.related[0] == Link(title="Trois", url="https://www.service-public.fr/particuliers/vosdroits/F3")


def test_an_introduction_of_more_than_text_opens_the_body() -> None:
    tree = publication("F1", node("Introduction", node("Texte", chapter("Qui ?", paragraph("Vous.")))))
    found = entry(element(tree), context())
    assert found.introduction == ""
    assert found.body == (Chapter(heading="Qui ?", body=(TextBlock(markdown="Vous."),)),)


def test_unknown_parts_of_a_page_are_counted_and_kept() -> None:
    noted = context()
    found = entry(element(publication("F1", node("Bandeau", paragraph("Nouveau !")))), noted)
    assert found.body == (TextBlock(markdown="Nouveau !"),)
    assert noted.unknown == {"Bandeau": 1}


def test_the_marks_editors_put_before_titles_are_not_shown() -> None:
    assert entry(element(publication("F1", title="**Carte perdue")), context()).title == "Carte perdue"


def test_an_impossible_date_is_none() -> None:
    tree = publication("F1")
    tree["children"][2] = node("dc:date", "modified 2020-02-30")
    assert entry(element(tree), context()).verified_on is None


@pytest.mark.parametrize("tree", [node("Publication", ID="F1"), publication("", title="Sans numéro"), node("Autre", ID="F1")])
def test_what_is_no_page_is_refused(tree: Node) -> None:
    with pytest.raises(InvalidSource):
        entry(element(tree), context())
