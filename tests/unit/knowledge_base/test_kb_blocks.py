"""Block elements → text, chapters and the tree of cases."""

from __future__ import annotations

from core.entry import Block, Case, Cases, Chapter, TextBlock
from knowledge_base.sources.service_public.blocks import blocks
from tests.unit.knowledge_base.trees import Node, bullets, case, chapter, context, element, node, paragraph

SITE = "https://www.service-public.fr/particuliers/vosdroits"


def converted(*children: Node) -> tuple[Block, ...]:
    return blocks(element(node("Texte", *children)), context({"F7": "La page sept", "F8": "La page huit"}))


def text(markdown: str) -> TextBlock:
    return TextBlock(markdown=markdown)


def test_neighbouring_texts_are_one_block() -> None:
    assert converted(paragraph("Il faut :"), bullets("un acte", "une photo"), paragraph("C'est tout.")) == (
        text("Il faut :\n\n- un acte\n- une photo\n\nC'est tout."),
    )


def test_lists_nest_and_count() -> None:
    inner = node("Item", paragraph("avec :"), bullets("un"), paragraph("puis deux."))
    assert converted(node("Liste", inner, node("Item", paragraph("après")), type="numero")) == (
        text("1. avec :\n   - un\n\n   puis deux.\n2. après"),
    )


def test_chapters_nest_and_empty_ones_vanish() -> None:
    below = node("SousChapitre", node("Titre", paragraph("Dessous")), paragraph("b"))
    found = converted(chapter("Dessus", paragraph("a"), below), chapter("Vide"), chapter("", paragraph("c")))
    assert found == (
        Chapter(heading="Dessus", body=(text("a"), Chapter(heading="Dessous", body=(text("b"),)))),
        text("c"),
    )


def test_cases_are_a_tree() -> None:
    inner = node("BlocCas", case("Marié", paragraph("m")), case("Pacsé", paragraph("p")))
    assert converted(node("BlocCas", case("Mineur", paragraph("non")), case("Majeur", inner), case("Sans suite"))) == (
        Cases(
            cases=(
                Case(label="Mineur", body=(text("non"),)),
                Case(
                    label="Majeur",
                    body=(Cases(cases=(Case(label="Marié", body=(text("m"),)), Case(label="Pacsé", body=(text("p"),)))),),
                ),
            )
        ),
    )


def test_situations_keep_their_introduction() -> None:
    situation = node(
        "Situation",
        node("Titre", "En France"),
        node("Introduction", node("Texte", paragraph("Avant."))),
        node("Texte", chapter("Coût", paragraph("Gratuit."))),
    )
    other = node("Situation", node("Titre", "À l'étranger"), node("Texte", paragraph("Au consulat.")))
    (fork,) = converted(node("ListeSituations", situation, other))
    assert isinstance(fork, Cases)
    assert fork.cases[0].body == (text("Avant."), Chapter(heading="Coût", body=(text("Gratuit."),)))


def test_a_fork_of_one_road_is_a_chapter() -> None:
    assert converted(node("BlocCas", case("En ligne", paragraph("a")))) == (Chapter(heading="En ligne", body=(text("a"),)),)


def test_what_the_source_sets_apart_has_its_role() -> None:
    found = converted(
        node("ASavoir", node("Titre", "À savoir"), paragraph("c'est gratuit.")),
        node("Attention", node("Titre", "Attention"), paragraph("pas le dimanche."), bullets("ni la nuit")),
        node("Rappel", node("Titre", "Définition : UE"), paragraph("27 pays.")),
    )
    assert found == (
        TextBlock(role="tip", markdown="**À savoir**\u00a0: c'est gratuit."),
        TextBlock(role="warning", markdown="**Attention**\u00a0: pas le dimanche.\n\n- ni la nuit"),
        TextBlock(role="definition", markdown="**Définition : UE**\u00a0: 27 pays."),
    )


def test_conditions_of_questionnaires_hide_nothing() -> None:
    condition = node("Condition", node("estVrai", var="T1"))
    assert converted(node("FragmentConditionne", condition, paragraph("Si vous êtes mineur, non."))) == (
        text("Si vous êtes mineur, non."),
    )


def test_contacts_and_services_never_join_the_list_before_them() -> None:
    contact = node(
        "OuSAdresser",
        node("Titre", "Mairie"),
        node("Complement", "Pour s'informer"),
        node("PivotLocal", "mairie"),
        node("RessourceWeb", URL="https://exemple.fr/mairie"),
        node(
            "Texte",
            paragraph("Banque"),
            paragraph("75000 PARIS"),
            chapter("Par téléphone", paragraph(node("MiseEnEvidence", "39 39")), paragraph("du lundi au vendredi")),
        ),
        ID="R1",
    )
    form = node(
        "ServiceEnLigne",
        node("Titre", "Demande"),
        node("Introduction", node("Texte", paragraph("Munissez-vous de votre numéro."))),
        node(
            "ServiceEnLigneAnnexe",
            node("Titre", "Certificat"),
            node("Texte", paragraph("À joindre à toute demande")),
            node("LienWeb", URL="https://exemple.fr/c"),
        ),
        node("NoticeLiee", "La notice", URL="https://exemple.fr/n"),
        ID="R2",
        URL="https://exemple.fr/d",
        numerocerfa="12345*01",
    )
    assert converted(bullets("soit vous attendez"), contact, form) == (
        text(
            "- soit vous attendez\n\n"
            "[Mairie](https://exemple.fr/mairie) (Pour s'informer)\n\n"
            "- Banque, 75000 PARIS\n"
            "- **Par téléphone**\u00a0: **39 39** du lundi au vendredi\n\n"
            "[Demande](https://exemple.fr/d) (cerfa n°\u00a012345\\*01)\n\n"
            "- Munissez-vous de votre numéro.\n"
            "- [Certificat](https://exemple.fr/c)\u00a0: À joindre à toute demande\n"
            "- [La notice](https://exemple.fr/n)"
        ),
    )


def test_lists_that_editors_typed_are_lists() -> None:
    assert converted(paragraph("Sauf :"), paragraph("• le nettoyage,"), paragraph("- la voirie."), paragraph("- 15 %")) == (
        text("Sauf :\n\n- le nettoyage,\n- la voirie.\n\n-\u00a015 %"),
    )


def branch(title: str, *children: Node) -> Node:
    return node("Branche", node("Titre", paragraph(title)), node("SiSelectionne", node("affecteVrai", var="T1")), *children)


def leads_to(page: str) -> Node:
    return node("LienInterne", LienPublication=page)


def test_a_guided_search_leads_to_pages_by_their_titles() -> None:
    found = converted(
        node(
            "Problematiques",
            node("Problematique", node("Titre", paragraph("Perte")), leads_to("F7")),
            node("Problematique", node("Titre", paragraph("Vol")), leads_to("F8")),
        )
    )
    assert found == (
        Cases(
            cases=(
                Case(label="Perte", body=(text(f"- [La page sept]({SITE}/F7)"),)),
                Case(label="Vol", body=(text(f"- [La page huit]({SITE}/F8)"),)),
            )
        ),
    )


def test_a_guided_search_does_not_ask_what_changes_nothing() -> None:
    hint = node("Aide", paragraph("Un passeport français."))
    lost = branch("Perte", branch("Valide", hint, leads_to("F7")), branch("Périmé", leads_to("F7")))
    stolen = branch("Vol", leads_to("F8"))
    found = converted(
        node(
            "Problematiques",
            node("Problematique", node("Titre", paragraph("En France")), lost, stolen),
            node("Problematique", node("Titre", paragraph("Ailleurs")), lost, stolen),
        )
    )
    (fork,) = found
    assert isinstance(fork, Cases)
    assert [(road.label, road.body) for road in fork.cases] == [
        ("Perte", (text(f"- [La page sept]({SITE}/F7)"),)),
        ("Vol", (text(f"- [La page huit]({SITE}/F8)"),)),
    ]


def test_images_give_their_words() -> None:
    described = node("Image", node("TexteDeRemplacement", "schéma"), node("Description", paragraph("1re étape : demander.")))
    plain = node("Image", node("TexteDeRemplacement", "200 cigarettes au plus"), node("Credits", paragraph("Dila")))
    assert converted(described, plain) == (text("1re étape : demander.\n\n200 cigarettes au plus"),)


def test_unknown_blocks_are_counted_and_their_text_kept() -> None:
    noted = context()
    tree = node("Texte", node("Encart", node("Puce", "à droite"), paragraph("Le texte.")), node("Slogan", "Osez !"))
    assert blocks(element(tree), noted) == (text("à droite\n\nLe texte.\n\nOsez !"),)
    assert noted.unknown == {"Encart": 1, "Puce": 1, "Slogan": 1}
