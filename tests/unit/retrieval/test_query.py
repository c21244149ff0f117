"""From a citizen's message to what the indexes are asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.query.query import ADDED_WEIGHT, analyse
from retrieval.query.spelling import Vocabulary
from retrieval.query.synonyms import Group, Synonyms
from retrieval.terms.analysis import normal, terms, tokens

PAGES = Vocabulary.of(
    ["Le renouvellement de la nationalité, l'adresse et l'identité.", "Une attestation d'identité, licenciement."] * 2
    + ["nationalité adresse attestation licenciement carte vaccination"] * 2
)
LIST = Synonyms(
    [
        Group(terms=("cni",), means=("carte nationale d'identité",), kind="abbreviation"),
        Group(terms=("rdv",), means=("rendez-vous",), kind="sms"),
    ]
)


@pytest.mark.parametrize(
    ("message", "embedded"),
    [
        ("Ma natioalité ?", "Ma nationalité ?"),  # a letter is missing
        ("changer d'adrsese", "changer d'adresse"),  # two letters swapped
        ("lattestation didentite", "attestation identité"),  # apostrophes forgotten
        ("identite", "identité"),  # accents put back
        ("un RDV pour ma carte", "un rendez-vous pour ma carte"),
        ("un rddv pour ma carte", "un rendez-vous pour ma carte"),
        ("MON LICENCIMENT", "mon licenciement"),  # capitals
        ("1 rdv pour ma carte", "1 rendez-vous pour ma carte"),  # a number, before what is no word
        ("1 attestation pour ma carte", "un attestation pour ma carte"),  # SMS writing has no article
        ("g 1 carte", "j'ai un carte"),
        ("200 g de carte, g une adresse", "200 g de carte, j'ai une adresse"),
        ("dpe g adresse", "dpe g adresse"),
        ("classes f et g adresse", "classes f et g adresse"),
        ("carte et g une adresse", "carte et j'ai une adresse"),
        ("une aspiratrice à Oran", "une aspiratrice à Oran"),  # nothing resembles it
    ],
)
def test_slips_and_spellings_are_mended_in_place(message: str, embedded: str) -> None:
    assert analyse(message, PAGES, LIST).text == embedded


def test_synonyms_weigh_less_than_the_citizens_own_words() -> None:
    query = analyse("ma CNI, ma carte", PAGES, LIST)
    assert query.terms == terms("cni carte")
    assert query.weights[terms("carte")[0]] == 1.0
    assert query.weights[terms("nationale")[0]] == ADDED_WEIGHT


@pytest.mark.parametrize(
    ("message", "embedded", "added"),
    [
        ("ma natioalité", "ma nationalité", ""),  # on no list: a slip
        ("mon adrese", "mon adrese", "logement"),  # the list's word, though a slip away from a page's
        ("ma nationalite perdue", "ma nationalité perdue", "déchéance"),  # accents are no slip
        ("une attestacion", "une attestation", ""),  # the list means this very word by it
    ],
)
def test_what_stands_on_a_list_is_no_slip_of_another_word(message: str, embedded: str, added: str) -> None:
    groups = [
        Group(terms=("adrese",), means=("logement",)),
        Group(terms=("nationalite perdue",), means=("déchéance",)),
        Group(terms=("attestacion",), means=("attestation",)),
    ]
    query = analyse(message, PAGES, Synonyms(groups))
    assert query.text == embedded
    assert query.added == set(terms(added))


def test_a_slip_of_what_stands_on_a_list_is_mended() -> None:
    """The list has "permis", whose stem is the slip's."""
    query = analyse(
        "j'ai perdu mon permi",
        Vocabulary.of(["le permis"] * 2),
        Synonyms([Group(terms=("perdu mon permis",), means=("duplicata",))]),
    )
    assert query.text.split()[-1] == "permis"
    assert query.added == set(terms("duplicata"))


def test_a_message_that_is_hardly_french_is_left_alone() -> None:
    message = "necesito un rdv para renovar pasaporte mañana"
    assert analyse(message, PAGES, LIST).text == message


def test_a_message_in_which_most_words_are_slips_is_still_french() -> None:
    query = analyse("ma natioalité et mmon adrsese, le llicenciement", PAGES, LIST)
    assert query.text == "ma nationalité et mon adresse, le licenciement"


def test_tokens_say_where_they_stand() -> None:
    text = normal("Qu’est-ce que l’impôt ?")
    assert [text[token.start : token.end].lower() for token in tokens(text)] == [token.word for token in tokens(text)]


def test_a_vocabulary_is_kept_and_extended(tmp_path: Path) -> None:
    PAGES.save(tmp_path / "words.json")
    more = Vocabulary.load(tmp_path / "words.json").changed([], ["déchèterie déchèterie"])
    assert more.correct(["dechetrie", "natioalite"]) == ["déchèterie", "nationalité"]
    more.changed(["déchèterie déchèterie"], []).save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "words.json").read_bytes()
