"""French text to index terms."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from retrieval.terms import analysis
from retrieval.terms.analysis import fold, normal, term, terms, tokens, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L'impôt qu’on paie", ["impôt", "on", "paie"]),
        ("jusqu'à l'école", ["à", "école"]),
        ("aujourd'hui", ["aujourd", "hui"]),
        ("N° 12-34 : ½ !", ["n", "12", "34", "1", "2"]),
        ("", []),
        ("?!…", []),
        ("x" * 41, []),
    ],
)
def test_words_are_cut_at_elisions_and_punctuation(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "variants",
    [
        ("impôts", "impots", "L'IMPÔT", "d’impôt"),
        ("véhicules", "vehicule", "VÉHICULES"),
        ("perdu", "perdues", "perdre"),
        ("congés", "congé", "conges"),
        ("sœur", "soeur", "soeurs"),
    ],
)
def test_variants_of_a_word_meet_in_one_term(variants: tuple[str, ...]) -> None:
    assert len({tuple(terms(variant)) for variant in variants}) == 1


def test_greetings_and_grammar_leave_no_term() -> None:
    assert terms("Bonjour Madame, je voudrais savoir s'il vous plaît, merci d'avance") == []


def test_digits_are_kept() -> None:
    assert terms("le formulaire 2042") == [*terms("formulaire"), "2042"]


def test_fold_levels_case_accents_and_ligatures() -> None:
    assert fold("Œuvre d’ÉTÉ") == "oeuvre d'ete"
    assert fold("Ἀθήνα, Đặng, عَرَبِيّ") == "αθηνα, đang, عربي"


@pytest.mark.parametrize(
    "text",
    [
        "L'ÉTÉ d´été jusqu'au ½ ﬁn ① aujourd'hui",
        "İstanbul d'İstanbul ΟΔΟΣ'Σ l’Œuvre `x` ʼa‘b ʹ qu'''il _a_b' l' d'''",
        "A" * 50 + "'b " + "x'" * 30,
    ],
)
def test_words_and_terms_are_those_of_the_tokens(text: str) -> None:
    found = [token.word for token in tokens(normal(text))]
    assert words(text) == found
    assert terms(text) == [made for word in found if (made := term(word))]


def test_terms_of_several_threads_are_those_of_one() -> None:
    forms = [
        f"{root}{ending}" for root in ("obliga", "renouvell", "fonctionn", "déclar") for ending in ("ir", "erions", "aires")
    ]
    expected = {form: analysis._stem(form) for form in forms}
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda form: (form, analysis._stem(form)), forms * 200))
    finally:
        sys.setswitchinterval(before)
    assert {(form, stem) for form, stem in found if stem != expected[form]} == set()
