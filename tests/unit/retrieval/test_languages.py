"""Other languages: which one it is, stems that survive inflection, French terms for a question."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.languages.detection import detect
from core.settings import ROOT
from retrieval.query.foreign import foreign_query
from retrieval.query.glossary import concepts, french_terms
from retrieval.query.stems import LANGUAGES, fold, matches, stem, word_forms, words
from retrieval.terms.analysis import terms


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("bjr jvoudrai savoir pr le rsa", "fr"),
        ("the landlord keeps my money", "en"),
        ("necesito una cita", "es"),
        ("não tenho papéis", "pt"),
        ("oturum kartım kayboldu", "tr"),
        ("أريد موعدا", "ar"),
        ("потрібна довідка", "uk"),
        ("довідка CAF", "uk"),
        ("كم مبلغ RSA", "ar"),
    ],
)
def test_a_short_message_tells_its_language(text: str, language: str) -> None:
    assert detect(text) == language


def test_what_has_no_words_is_in_the_expected_language() -> None:
    assert detect("123 !?", "en") == "en"
    assert detect("", "fr") == "fr"


def test_the_expected_language_is_preferred_only_among_likely_ones() -> None:
    assert detect("passport", "fr") == "fr"
    assert detect("passport", "en") == "en"
    assert detect("je voudrais refaire mon passeport", "en") == "fr"


@pytest.mark.parametrize(
    ("language", "entry", "form"),
    [
        ("en", "licence", "licences"),
        ("es", "divorciarse", "divorciarme"),
        ("pt", "salário", "salarios"),
        ("tr", "ehliyet", "ehliyetimi"),
        ("tr", "kimlik", "kimligim"),  # k softens to ğ, which telephones write g
        ("tr", "ev", "evimde"),
        ("tr", "yenilemek", "yenileyebilirim"),
        ("uk", "посвідка", "посвідкою"),
        ("uk", "народження", "народженню"),
        ("ar", "بطاقة", "بطاقتي"),
        ("ar", "الإقامة", "والاقامه"),
    ],
)
def test_an_inflected_word_meets_its_dictionary_form(language: str, entry: str, form: str) -> None:
    assert matches(word_forms(fold(form), language), stem(fold(entry), language), language)


@pytest.mark.parametrize(
    ("language", "entry", "other"), [("tr", "ev", "evlenmek"), ("tr", "süre", "sürekli"), ("uk", "лікар", "лікарнянимирозділ")]
)
def test_a_word_that_only_begins_alike_is_another(language: str, entry: str, other: str) -> None:
    assert not matches(word_forms(fold(other), language), stem(fold(entry), language), language)


def test_the_longest_term_wins() -> None:
    assert french_terms("birth certificate", "en") == ["acte de naissance"]
    assert french_terms("I need a certificate of birth? no, a certificate", "en").count("attestation") == 1


def test_questions_bring_the_terms_of_the_pages() -> None:
    assert "permis de conduire" in french_terms("Perdi a minha carta de condução", "pt")
    assert "certificat d'immatriculation" in french_terms("bu ruhsatı nasıl alırım", "tr")
    assert french_terms("nothing of the kind here zzz", "en") == []
    assert french_terms("carte grise", "fr") == []


def test_names_and_numbers_stay_beside_the_glossary() -> None:
    question = "كم مبلغ RSA 2025"
    found = foreign_query(question, "ar")
    assert found is not None
    assert {*terms("montant"), "rsa", "2025"} <= set(found.terms)
    assert found.text == question


def test_what_the_glossary_does_not_know_is_left_to_its_own_words() -> None:
    assert foreign_query("zorglub quantique", "en") is None
    assert foreign_query("carte grise perdue", "fr") is None


def test_every_concept_has_french_and_six_languages_and_nothing_is_empty_once_stemmed() -> None:
    assert len(concepts()) >= 350
    for concept in concepts():
        assert concept.french
        assert all(terms(term) for term in concept.french), concept.french
        for language in LANGUAGES:
            assert concept.terms[language], concept.french
            assert all(words(term, language) for term in concept.terms[language]), (language, concept.french)


def test_a_term_of_two_concepts_brings_both() -> None:
    assert {"location", "loyer"} <= set(french_terms("كراء", "ar"))


def test_a_word_as_written_wins_over_one_with_its_stem() -> None:
    assert "mariage" not in french_terms("casa", "es")
    assert "mariage" in french_terms("casarse", "es")


def test_the_glossary_is_read_from_the_project() -> None:
    assert list((ROOT / "retrieval" / "query" / "glossary").glob("*.yml"))


@pytest.mark.parametrize(("word", "language"), [("evi ", "tr"), ("منحه ", "ar"), ("school ", "en")])
def test_a_word_said_again_and_again_is_compared_a_few_times(word: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It cost 8 ms: each time it was compared with the second word of each term that begins with it."""
    compared: list[str] = []

    def counted(forms: Sequence[str], root: str, language: str) -> bool:
        compared.append(root)
        return matches(forms, root, language)

    monkeypatch.setattr("retrieval.query.glossary.matches", counted)
    french_terms(word * 300, language)
    assert len(compared) < 200
