"""What of a part is shown: whole sentences that answer, what turns them round, lists and tables that say what is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.replies.extract import extract
from actions.replies.piece_sets import left_out, stub
from actions.replies.pieces import Kind, Piece, joined, pieces_of
from core.text.markdown import plain
from retrieval.contracts import PageSentence
from tests.unit.actions.replies.worths import holding, nothing

RULE = "Le permis est gratuit."
MORE = " ".join(f"La règle numéro {number} est longue." for number in range(10, 20))
EXCEPTION = "Toutefois, un duplicata coûte 25 € de timbre fiscal à acheter en ligne ou dans un bureau de tabac."
ITEMS = [f"- pièce numéro {number}" for number in range(1, 8)]
LIST = "\n".join(("Il faut :", "", *ITEMS))
TABLE = "\n".join(("| Âge | Prix |", "| --- | --- |", *(f"| {age} ans | {age} euros |" for age in range(10, 30))))


def length(markdown: str) -> int:
    return len(plain(markdown, links=False))


@pytest.mark.parametrize("part", [RULE, f"{RULE} {RULE}", f"{RULE}\n\n- une photo\n- un timbre.", TABLE])
def test_extract_of_a_part_that_fits_is_the_whole_part(part: str) -> None:
    found = extract(part, nothing, 1000)
    assert (found.text, found.rest, found.whole) == (part, "", True)
    assert found.pieces == tuple(range(len(pieces_of(part))))


def test_extract_of_a_longer_part_is_its_beginning_and_the_rest_is_left() -> None:
    found = extract(f"{RULE} {MORE}", nothing, 100)
    assert found.text == f"{RULE} La règle numéro 10 est longue. La règle numéro 11 est longue."
    assert found.rest.startswith("La règle numéro 12 est longue.")
    assert (found.pieces, found.whole) == ((0, 1, 2), False)


def test_extract_is_the_sentence_that_is_worth_most() -> None:
    found = extract(f"{RULE} {MORE}", holding("18", "règle"), 40)
    assert (found.text, found.pieces) == ("La règle numéro 18 est longue.", (9,))
    assert found.rest == f"{RULE} {MORE}".replace(" La règle numéro 18 est longue.", "")


def test_extract_of_sentences_of_equal_worth_is_the_first() -> None:
    assert extract(f"{RULE} {MORE}", lambda some: [0.0] * len(some), 40).text == RULE
    assert extract(f"{RULE} {MORE}", lambda some: [0.0, *[0.1] * (len(some) - 1)], 40).text != RULE


def test_extract_gives_the_worth_plain_sentences_and_says_which_begins_the_part() -> None:
    given: list[PageSentence] = []

    def worth(sentences: Sequence[PageSentence]) -> list[float]:
        given.extend(sentences)
        return nothing(sentences)

    extract("[Le formulaire](https://exemple.fr/f)\n\nLa carte est **gratuite**. Le guichet est bleu.", worth, 30)
    assert given == [PageSentence("La carte est gratuite.", begins=True), PageSentence("Le guichet est bleu.")]


def test_extract_never_leads_with_a_note_where_the_part_says_more() -> None:
    note = "**À savoir** : le numéro 18 est gratuit."
    assert extract(f"{RULE} {MORE}\n\n{note}", holding("18", "gratuit"), 60).text.startswith(RULE)
    assert extract(f"{note}\n\n**À noter** : le numéro 19 est {'très ' * 12}cher.", holding("18"), 60).text == note


@pytest.mark.parametrize(("answer_chars", "begins"), [(0, "La règle numéro 13"), (200, RULE)])
def test_extract_keeps_the_beginning_where_the_answer_still_comes_soon(answer_chars: int, begins: str) -> None:
    found = extract(f"{RULE} {MORE}", holding("13"), 100, answer_chars=answer_chars)
    assert found.text.startswith(begins)
    assert "La règle numéro 13 est longue." in found.text


def test_extract_shows_the_sentence_to_which_the_best_one_refers() -> None:
    part = f"{MORE} Le maire signe la carte. Il la date aussitôt. {MORE}"
    assert extract(part, holding("aussitôt"), 60).text == "Le maire signe la carte. Il la date aussitôt."


def test_extract_shows_the_heading_under_which_the_best_sentence_stands() -> None:
    part = f"{MORE}\n\n**Coût**\n\nC'est gratuit.\n\n**Délai**\n\n{MORE}"
    assert extract(part, holding("gratuit"), 30).text == "**Coût**\n\nC'est gratuit."


LONG_FIRST = f"La carte est {'très ' * 40}belle."


def test_extract_keeps_a_first_sentence_whole_that_is_too_long() -> None:
    found = extract(f"{LONG_FIRST} {RULE}", nothing, 100)
    assert (found.text, found.rest) == (LONG_FIRST, RULE)


def test_extract_takes_another_sentence_where_it_is_strict() -> None:
    assert extract(f"{LONG_FIRST} {RULE}", nothing, 100, strict=True).text == RULE
    assert extract(LONG_FIRST, nothing, 100, strict=True).text == LONG_FIRST  # there is no other


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        (f"Oui, {LONG_FIRST.lower()} {RULE}", True),
        (f"**Non**, {LONG_FIRST.lower()} {RULE}", True),
        (f"{LONG_FIRST} {RULE}", False),
    ],
)
def test_extract_shows_a_yes_or_no_whole(part: str, whole: bool) -> None:
    """Half of it may say the contrary."""
    found = extract(part, holding("gratuit"), 100, whole_chars=150)
    assert found.whole is whole
    assert not whole or found.text == part


def test_extract_of_a_long_yes_begins_with_it() -> None:
    part = f"Oui, sous conditions. {MORE} {MORE} {MORE} Le prix est libre."
    assert extract(part, holding("libre"), 100, whole_chars=150).text.startswith("Oui, sous conditions.")


@pytest.mark.parametrize("between", [" ", "\n\n"])
@pytest.mark.parametrize("spare", [0, 20])
def test_extract_shows_the_exception_where_it_fits(between: str, spare: int) -> None:
    shown = f"{RULE}{between}{EXCEPTION}"
    found = extract(f"{shown} {MORE}", nothing, len(shown) + spare)
    assert found.text == shown


@pytest.mark.parametrize("between", [" ", "\n\n"])
def test_extract_shows_the_first_words_of_an_exception_that_does_not_fit(between: str) -> None:
    found = extract(f"{RULE}{between}{EXCEPTION}{between}{MORE}", nothing, 90)
    assert found.text == f"{RULE}\n\nToutefois, un duplicata coûte 25 € de timbre fiscal à…"
    assert found.rest.startswith(EXCEPTION)  # it is still to be read


def test_extract_warns_of_the_whole_part_wherever_the_warning_stands() -> None:
    found = extract(f"{RULE} {MORE}\n\n**Attention** : le délai est court.", nothing, 90)
    assert found.text == f"{RULE}\n\n**Attention** : le délai est court."


def test_extract_leaves_an_exception_to_what_is_not_shown() -> None:
    assert extract(f"{RULE} {MORE} {EXCEPTION}", nothing, 40).text == RULE


@pytest.mark.parametrize(
    ("max_chars", "shown"),
    [(200, 7), (70, 2), (50, 1)],
)
def test_extract_of_a_list_counts_the_items_that_it_shows(max_chars: int, shown: int) -> None:
    found = extract(f"{LIST}\n\n{MORE}", nothing, max_chars)
    count = [] if shown == 7 else [f"- … ({shown} sur 7)"]
    assert found.text.splitlines()[:2] == ["Il faut :", ""]
    assert found.text.splitlines()[2 : 3 + shown] == [*ITEMS[:shown], *count] or shown == 7
    assert found.text.endswith(")") or shown == 7
    assert length(found.text) <= max_chars


def test_extract_of_an_item_in_the_middle_keeps_the_lead_in() -> None:
    assert extract(LIST, holding("numéro 5"), 50).text == "Il faut :\n\n- pièce numéro 5\n- … (1 sur 7)"


def test_extract_counts_a_list_whose_items_go_over_several_paragraphs() -> None:
    part = "Il faut :\n\n- une photo\n\n  Elle est récente.\n- un timbre\n- une lettre\n- un acte"
    assert extract(part, nothing, 60).text == "Il faut :\n\n- une photo\n\n  Elle est récente.\n- … (1 sur 4)"


def test_extract_of_a_table_keeps_its_head() -> None:
    found = extract(TABLE, holding("23"), 60)
    assert found.text.splitlines()[:2] == TABLE.splitlines()[:2]
    assert "| 23 ans | 23 euros |" in found.text
    assert length(found.text) <= 60


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("Cela dépend de votre âge :", "Cela dépend de votre âge."),
        ("Cela dépend de votre âge\u00a0:", "Cela dépend de votre âge."),
        ("- une photo\n- un timbre", "- une photo\n- un timbre."),
        ("- une photo ;\n- un timbre ;", "- une photo ;\n- un timbre."),
        ("Le prix (86 €)", "Le prix (86 €)"),
        ("Est-ce gratuit ?", "Est-ce gratuit ?"),
        ("Il dit « non »", "Il dit « non »"),
        ("Et ainsi de suite…", "Et ainsi de suite…"),
        ("**C'est gratuit.**", "**C'est gratuit.**"),
        ("Sans point", "Sans point."),
        ("Un mot **en gras**", "Un mot **en gras**."),
        ("Tout cela **dépend\u00a0:**", "Tout cela **dépend**."),
    ],
)
def test_extract_ends_as_a_sentence_does(part: str, text: str) -> None:
    assert extract(part, nothing, 100).text == text


@pytest.mark.parametrize("max_chars", [20, 40, 60, 80])
def test_extract_never_ends_on_what_only_announces(max_chars: int) -> None:
    part = f"{RULE}\n\nVous devez fournir :\n\n- une photo qui est {'très ' * 20}récente\n\n**Délai**\n\n{MORE}"
    assert extract(part, nothing, max_chars).text == RULE


def test_extract_of_a_best_sentence_that_announces_shows_what_it_announces() -> None:
    part = f"{MORE}\n\nLe prix est le suivant :\n\n- 25 euros\n- 30 euros"
    assert extract(part, holding("prix"), 60).text.startswith("Le prix est le suivant :\n\n- 25 euros")
    bold = part.replace("le suivant :", "**le suivant :**")
    assert extract(bold, holding("prix"), 60).text.startswith("Le prix est **le suivant :**\n\n- 25 euros")


@pytest.mark.parametrize(
    "part",
    [
        "",
        "[Formulaire](https://exemple.fr/f)",
        "[Formulaire](https://exemple.fr/f)\n\n[Mairie](https://exemple.fr/m)",
        "Par téléphone :",
        "**En ligne**",
        "[Formulaire](https://exemple.fr/f)\n\n- à remplir",
        "-",
    ],
)
def test_extract_of_links_and_contacts_alone_is_empty(part: str) -> None:
    found = extract(part, nothing, 100)
    assert (found.text, found.rest, found.pieces) == ("", part, ())


def test_extract_passes_over_links_unless_a_whole_part_is_shown_with_them() -> None:
    part = f"[Formulaire](https://exemple.fr/f)\n\n{RULE}"
    assert extract(part, nothing, 100).text == RULE
    assert extract(part, nothing, 100, whole_chars=100).text == part


def test_extract_counts_the_labels_of_links_and_no_addresses() -> None:
    part = f"Voir [la page](https://exemple.fr/{'x' * 300}). {RULE}"
    assert extract(part, nothing, 60).text == part


@pytest.mark.parametrize(
    "sentence", ["Toutefois, non.", "**Attention** : non.", "- sauf le lundi", "Cette règle ne vaut pas ici."]
)
def test_is_exception_knows_what_turns_round(sentence: str) -> None:
    assert Piece(sentence, Kind.SENTENCE, 0).is_exception
    assert not Piece(f"Il est dit : {sentence}", Kind.SENTENCE, 0).is_exception


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (
            "Vous devez avoir 18 ans. De plus, vous devez vivre en France.",
            "Vous devez avoir 18 ans.\n\nDe plus, vous devez vivre en France.",
        ),
        ("Vous devez avoir 18 ans. De plus, la demande est toujours gratuite.", "Vous devez avoir 18 ans."),
        ("L'aide est de 18 euros. Vous devez aussi vivre seul en France.", "L'aide est de 18 euros."),
    ],
)
def test_one_more_condition_is_shown_with_the_first(part: str, shown: str) -> None:
    assert extract(part, holding("18"), 40).text == shown


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Toutefois, **non**.", "Toutefois, non."),
        ("De plus, vous devez", "De plus, vous devez…"),
        (
            "Toutefois, la mairie a un délai de réponse de 30 jours (au 12/05/2020).",
            "Toutefois, la mairie a un délai de réponse de 30 jours…",
        ),
        ("Sauf [la page](https://exemple.fr/f).", "Sauf la page."),
        (
            "Toutefois, il faut venir avec une photo récente et un timbre.",
            "Toutefois, il faut venir avec une photo récente et un…",
        ),
        (
            "Sauf (voir la page qui suit celle-ci, et celle d'après) le lundi.",
            "Sauf (voir la page qui suit celle-ci, et celle d'après) le…",
        ),
    ],
)
def test_stub_is_cut_between_words_and_says_so(sentence: str, shown: str) -> None:
    assert stub(sentence) == shown
    assert len(shown) <= 60


PARTS = st.lists(
    st.sampled_from(
        [
            RULE,
            EXCEPTION,
            MORE[:95],
            LIST,
            TABLE,
            "**Coût**",
            "Il faut :",
            "[a](https://b.fr)",
            "Oui, c'est permis.",
            LONG_FIRST,
        ]
    ),
    min_size=1,
    max_size=6,
).map("\n\n".join)


@given(PARTS, st.integers(30, 500), st.booleans(), st.sampled_from(["gratuit", "numéro 3", "23", "timbre"]))
def test_extract_of_anything_is_whole_pieces_and_loses_nothing(part: str, max_chars: int, strict: bool, word: str) -> None:
    found, pieces = extract(part, holding(word), max_chars, strict=strict), pieces_of(part)
    left = [pieces[at] for at in left_out(pieces, found.pieces)]
    assert found.rest.split() == joined(left).split()
    if not found.text:
        return
    assert re.search(r"[.!?»)…|](?:\*\*)?\Z", found.text)
    shown = [line for line in found.text.rstrip(".").splitlines() if not re.search(r"…(?: \(\d+ sur \d+\))?\Z", line)]
    assert all(line in part for line in shown)


@given(
    st.lists(st.sampled_from([RULE, MORE, LIST, TABLE]), min_size=1, max_size=5).map("\n\n".join),
    st.integers(60, 500),
    st.integers(0, 300),
    st.sampled_from(["gratuit", "numéro 3", "numéro 15", "23"]),
)
def test_extract_of_short_sentences_fits(part: str, max_chars: int, answer_chars: int, word: str) -> None:
    found = extract(part, holding(word), max_chars, answer_chars=min(answer_chars, max_chars))
    assert 0 < length(found.text) <= max_chars + found.whole  # the full stop behind the last item of a whole part


def test_extract_shows_what_a_sentence_announces_without_a_colon() -> None:
    found = extract(
        "Des documents sont demandés dans les situations suivantes.\n\n- Vous êtes veuf\n\nAutre chose.", nothing, 95
    )
    assert found.text.startswith("Des documents sont demandés dans les situations suivantes.\n\n- Vous êtes veuf")


def test_extract_leaves_out_what_announces_nothing() -> None:
    found = extract("Allez à la mairie. D'autres papiers sont demandés dans les cas suivants.", holding("papiers"), 60)
    assert found.text.startswith("Allez à la mairie.")
