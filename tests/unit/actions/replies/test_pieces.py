"""Markdown in pieces that are never cut: sentences, items, rows, headings, links, and what each of them needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.replies.piece_sets import counted, needed
from actions.replies.pieces import Kind, joined, pieces_of, refers_back

ITEM, LINK, ROW, SENTENCE, HEADING = Kind.ITEM, Kind.LINK, Kind.ROW, Kind.SENTENCE, Kind.HEADING
TABLE = "| Âge | Prix |\n| --- | --- |\n| Majeur | 86 € |\n| Mineur | 42 € |"


def texts(markdown: str) -> list[str]:
    return [piece.text for piece in pieces_of(markdown)]


def needs(markdown: str) -> list[tuple[int, ...]]:
    return [piece.needs for piece in pieces_of(markdown)]


@pytest.mark.parametrize(
    ("markdown", "sentences"),
    [
        ("Venez en mairie. Apportez une photo ! Et un timbre ?", 3),
        ("Il écrit « Je renonce ». Puis il signe.", 2),
        ("La carte (CNI). Elle est gratuite.", 2),
        ("**Attention.** Le délai est court.", 2),
        ("Le délai est de 3 mois. 2 mois en cas d'urgence.", 2),
        ("Il dure 10 ans… Ensuite il expire.", 2),
        ("Texte ordinaire\nsur deux lignes. Suite.", 2),
        # A full stop that ends no sentence.
        ("Selon l'art. 12 du code, c'est permis.", 1),
        ("Une pièce (passeport, carte d'identité, etc.) est demandée.", 1),
        ("Adressez-vous à M. Dupont ou à Mme. Durand.", 1),
        ("Écrivez au n. 3 de la rue A. Martin.", 1),
        ("Le prix est de 1.500 € (voir l'annexe. Elle est en ligne) par an.", 1),
        ("Envoyez 2 photos (de 6 mois max. Elles sont en couleur).", 1),
        ("le décret no. 5 et l'arrêté.", 1),
        # A number at the end of a sentence.
        ("Appelez le 39 39. Le service est gratuit.", 2),
        ("C'est ainsi depuis 2019. En 2021, cela change.", 2),
        ("Ouvert jusqu'à 18 h. Fermé le lundi.", 2),
    ],
)
def test_pieces_of_a_paragraph_are_its_sentences(markdown: str, sentences: int) -> None:
    found = pieces_of(markdown)
    assert [piece.kind for piece in found] == [SENTENCE] * sentences
    assert " ".join(joined(found).split()) == " ".join(markdown.split())


@pytest.mark.parametrize(
    ("markdown", "kinds", "needed"),
    [
        ("Il faut :\n\n- une photo\n- un timbre", [SENTENCE, ITEM, ITEM], [(), (0,), (0,)]),
        ("Il faut :\n- une photo\n- un timbre", [SENTENCE, ITEM, ITEM], [(), (0,), (0,)]),
        ("Venez. Il faut :\n- une photo", [SENTENCE, SENTENCE, ITEM], [(), (), (1,)]),
        ("Venez.\n\n- une photo\n- un timbre", [SENTENCE, ITEM, ITEM], [(), (), ()]),
        ("1. Venez\n2. Signez\n10. Partez", [ITEM] * 3, [()] * 3),
        ("* une photo\n* un timbre", [ITEM] * 2, [()] * 2),
        ("Voici :\n\nVenez en mairie.", [SENTENCE, SENTENCE], [(), (0,)]),
        ("**Coût**\n\nC'est gratuit.", [HEADING, SENTENCE], [(), (0,)]),
        ("**Qui paie ?**\n\nLe demandeur.", [HEADING, SENTENCE], [(), (0,)]),
        ("**C'est gratuit.**\n\nVenez.", [SENTENCE, SENTENCE], [(), ()]),
        ("Il faut :\n\n**Majeur**\n\n- une photo", [SENTENCE, HEADING, ITEM], [(), (), (1,)]),
        (TABLE, [HEADING, ROW, ROW], [(), (0,), (0,)]),
        (f"Les prix :\n\n{TABLE}", [SENTENCE, HEADING, ROW, ROW], [(), (0,), (1,), (1,)]),
        ("| Âge | Prix |\n| Majeur | 86 € |", [HEADING, ROW], [(), (0,)]),
        ("[Formulaire](https://exemple.fr/f)", [LINK], [()]),
        ("[Formulaire](https://exemple.fr/f) (cerfa 12) :", [LINK], [()]),
        ("[Formulaire](https://exemple.fr/f)\n\n- à remplir\n- à signer", [LINK, ITEM, ITEM], [(), (0,), (0,)]),
        ("Voir [la page](https://exemple.fr/f).", [SENTENCE], [()]),
        ("Le maire signe. Il date la carte.", [SENTENCE, SENTENCE], [(), (0,)]),
        ("Le maire signe.\n\nIl date la carte.", [SENTENCE, SENTENCE], [(), (0,)]),
        ("- Le maire signe\n\nIl date la carte.", [ITEM, SENTENCE], [(), ()]),
        ("Le maire signe. Il est possible de venir.", [SENTENCE, SENTENCE], [(), ()]),
    ],
)
def test_pieces_of_know_their_kind_and_what_they_need(markdown: str, kinds: list[Kind], needed: list[tuple[int, ...]]) -> None:
    found = pieces_of(markdown)
    assert ([piece.kind for piece in found], [piece.needs for piece in found]) == (kinds, needed)
    assert joined(found) == markdown


@pytest.mark.parametrize(
    ("markdown", "items"),
    [
        ("Il faut :\n\n- une photo\n  récente\n- un timbre", ["- une photo\n  récente", "- un timbre"]),
        ("Il faut :\n\n- une photo\n  - de face\n- un timbre", ["- une photo\n  - de face", "- un timbre"]),
        ("Il faut :\n\n- une photo\n\n  Elle est récente.\n- un timbre", ["- une photo\n\n  Elle est récente.", "- un timbre"]),
        ("Il faut :\n\n- une photo\n\n  Récente.\n\n- un timbre", ["- une photo\n\n  Récente.", "- un timbre"]),
        ("Il faut :\n\n- une photo\n\n- un timbre", ["- une photo", "- un timbre"]),
    ],
)
def test_pieces_of_a_list_are_its_outermost_items(markdown: str, items: list[str]) -> None:
    lead, *found = pieces_of(markdown)
    assert (lead.text, [piece.text for piece in found]) == ("Il faut :", items)
    assert {piece.needs for piece in found} == {(0,)}
    assert len({piece.paragraph for piece in found}) == 1  # it is counted as one list
    assert joined([lead, *found]).split() == markdown.split()


@pytest.mark.parametrize("markdown", ["", "  ", "\n\n"])
def test_pieces_of_nothing_are_none(markdown: str) -> None:
    assert pieces_of(markdown) == []
    assert joined([]) == ""


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_pieces_of_a_sentence_without_colon_above_a_list_leads_in_to_it(gap: str) -> None:
    found = pieces_of(f"Elle est déclarée. De plus, elle doit{gap}- être sociale\n- ou concourir à la diffusion de la culture.")
    assert [piece.announces for piece in found] == [False, True, False, False]
    assert found[2].needs == found[3].needs == (1,)


def test_a_line_in_bold_with_a_colon_introduces_the_list_below_it_and_nothing_after() -> None:
    pieces = pieces_of("**Il est interdit :**\n\n- de brûler,\n- de vendre.\n\nVos voisins peuvent vous poursuivre.")
    assert needed(pieces, 1) == {0, 1}
    assert needed(pieces, 3) == {3}


def test_pieces_of_a_table_need_the_rows_about_the_same_thing() -> None:
    rows = ("| Né en | Âge |", "| --- | --- |", "| 1963 | 58 |", "| 1964 | 58 |", "|  | 60 |", "| 1965 | 59 |", "| 1964 | 62 |")
    assert needs("\n".join(rows)) == [(), (0,), (0, 3, 5), (0, 2, 5), (0,), (0, 2, 3)]


def test_joined_keeps_the_pieces_of_one_paragraph_together() -> None:
    markdown = "Un. Deux.\n\nTrois :\n- quatre\n- cinq"
    first, _, third, _, fifth = pieces_of(markdown)
    assert joined([first, third, fifth]) == "Un.\n\nTrois :\n- cinq"


@pytest.mark.parametrize(
    ("markdown", "announces"),
    [
        ("Il faut :", True),
        ("Il faut\u00a0:", True),
        ("Il **faut :**", True),
        ("**Coût**", True),
        ("**La durée est la suivante**.", True),
        (TABLE, True),
        ("Il faut.", False),
        ("- un\n- deux", False),
    ],
)
def test_a_piece_announces_what_it_says_nothing_without(markdown: str, announces: bool) -> None:
    assert pieces_of(markdown)[0].announces is announces


@pytest.mark.parametrize(
    ("sentence", "refers"),
    [
        ("Il doit venir.", True),
        ("Elle est gratuite.", True),
        ("Dans ce cas, venez.", True),
        ("Toutefois, c'est permis.", True),
        ("**Ce** délai est court.", False),
        ("**Cette règle** change.", True),
        ("Il est possible de venir.", False),
        ("Il faut venir.", False),
        ("Il n'existe pas de recours.", False),
        ("Il s'agit d'un droit.", False),
        ("Ce que vous gagnez compte.", False),
        ("Le maire signe.", False),
        ("Contactez alors votre Crous.", True),
        ("Ceci est gratuit.", True),
        ("Par exemple, un mois.", True),
        ("On en compte 5 par semaine.", True),
        ("Après cette date, il est trop tard.", True),
        ("Après 6 mois, le droit prend fin.", False),
        ("Alors que le délai court, payez.", True),
        ("Ilots et bois sont exclus.", False),
        ("Les heures suivantes sont majorées de 50 %.", True),
        ("À défaut d'accord, le taux est de 25 %.", False),
        ("À défaut, le taux est de 25 %.", True),
        ("Les **heures suivantes** sont majorées de 50 %.", True),
        ("Les sommes suivantes sont exonérées :", False),
        ("Au vu de ces éléments, le juge décide.", True),
        ("Vous devez l'envoyer à la caisse.", True),
        ("Vous pouvez aussi le consulter en ligne.", True),
        ("Le locataire doit les déclarer.", True),
        ("Vous devez la taxe.", False),
    ],
)
def test_refers_back_knows_the_words_that_stand_for_others(sentence: str, refers: bool) -> None:
    assert refers_back(sentence) is refers


@given(
    st.lists(
        st.sampled_from(
            [
                "Une phrase.",
                "Il vient.",
                "Il faut :",
                "- un\n- deux",
                "- un\n\n  suite\n- deux",
                TABLE,
                "**Coût**",
                "[a](https://b.fr)",
            ]
        ),
        max_size=8,
    )
)
def test_joined_pieces_keep_the_text(parts: list[str]) -> None:
    markdown = "\n\n".join(parts)
    found = pieces_of(markdown)
    assert joined(found).split() == markdown.split()
    assert all(need < at for at, piece in enumerate(found) for need in piece.needs)


def test_counted_leaves_out_a_heading_whose_own_text_was_not_chosen() -> None:
    pieces = pieces_of("**Revalorisation :**\n\nIl suit les prix.\n\n**Montant**\n\nIl est de 12 €.")
    assert counted(pieces, {0, 2, 3}) == "**Montant**\n\nIl est de 12 €."
    assert counted(pieces, {0, 1, 2, 3}).startswith("**Revalorisation :**\n\nIl suit")


def test_counted_keeps_a_heading_right_above_another() -> None:
    pieces = pieces_of("**Montant**\n\n**En 2026**\n\nIl est de 12 €.")
    assert counted(pieces, {0, 1, 2}).startswith("**Montant**\n\n**En 2026**")


@pytest.mark.parametrize(
    ("markdown", "tells"),
    [
        ("(en [timbre fiscal](https://town.example/F1))", False),
        ("(gratuit) pour un mineur", True),
        ("86 € (en [timbre fiscal](https://town.example/F1))", True),
        ("- Par téléphone :", False),
        ("**Coût**", False),
    ],
)
def test_an_answer_begins_with_no_remark_contact_or_heading(markdown: str, tells: bool) -> None:
    assert pieces_of(markdown)[0].tells is tells


@pytest.mark.parametrize(
    ("sentence", "circumstances"),
    [
        ("Si l'un des époux est sous tutelle, il faut un accord.", {"guardianship"}),
        ("Lorsque vous êtes incarcéré, le greffe transmet la demande.", {"prison"}),
        ("Si l'employeur ne déclare rien à la CPAM ou à la MSA, écrivez-lui.", set()),
        ("Le tuteur est prévenu, s'il est connu.", set()),
        ("Si vous êtes marié, venez à deux.", set()),
    ],
)
def test_a_piece_that_begins_with_a_condition_is_for_those_circumstances(sentence: str, circumstances: set[str]) -> None:
    assert pieces_of(sentence)[0].circumstances == circumstances
