"""Words obeyed as a whole message, and words that choose."""

from __future__ import annotations

import pytest

from conversations.keywords import Keyword, keyword, language_after
from conversations.turns.choices import is_unknown_number, option_by_label, option_by_number, unsure_option


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("STOP", Keyword.STOP),
        ("stop", Keyword.STOP),
        (" Stop ! \n", Keyword.STOP),
        ("Arrêt", Keyword.STOP),
        ("ARRET.", Keyword.STOP),
        ("stopall", Keyword.STOP),
        ("Désabonner", Keyword.STOP),
        ("ＳＴＯＰ", Keyword.STOP),
        ("START", Keyword.START),
        ("Début", Keyword.START),
        ("oui stop", Keyword.START),
        ("aide", Keyword.HELP),
        ("Help?", Keyword.HELP),
        ("infos", Keyword.HELP),
        ("CONTACT", Keyword.CONTACT),
        ("contacter la mairie", None),
        ("Suite…", Keyword.MORE),
        ("la suite", Keyword.MORE),
        ("more", Keyword.MORE),
        ("et la suite ?", None),
        ("ENGLISH", Keyword.ENGLISH),
        ("Français", Keyword.FRENCH),
        ("langue", Keyword.LANGUAGE),
        ("cours de langue", None),
        ("Effacer", Keyword.ERASE),
        ("effacer mon casier", None),
        ("cancel", Keyword.STOP),
        ("arrêt de travail", None),
        ("stop et stationnement interdit", None),
        ("stopstop", None),
        ("aide au logement", None),
        ("", None),
        ("!!!", None),
    ],
)
def test_a_keyword_is_the_whole_message(text: str, expected: Keyword | None) -> None:
    assert keyword(text) is expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2),
        (" 2. ", 2),
        ("(3)", 3),
        ("n°2", 2),
        ("le 2 svp", 2),
        ("le deuxième", 2),
        ("La première", 1),
        ("le 1er", 1),
        ("la 2ème", 2),
        ("2e", 2),
        ("je veux le troisième", 3),
        ("le dernier", 3),
        ("the second one", 2),
        ("first", 1),
        ("last one please", 3),
        ("je prends la seconde", 2),
        ("deux", 2),
        ("la une", 1),
        ("un", 1),
        ("deux enfants", None),
        ("4", None),
        ("0", None),
        ("oui", None),
        ("2 enfants", None),
        ("le deuxième enfant", None),
        ("premier emploi", None),
        ("le", None),
        ("", None),
    ],
)
def test_choosing_among_three(text: str, number: int | None) -> None:
    offered = ["/a", "/b", "/c"]
    assert option_by_number(text, offered) == (offered[number - 1] if number else None)


@pytest.mark.parametrize(
    ("text", "picked"), [("oui", "/a"), ("Oui.", "/a"), ("d’accord", None), ("ok", None), ("yes", "/a"), ("oui mais", None)]
)
def test_yes_picks_the_only_one(text: str, picked: str | None) -> None:
    assert option_by_number(text, ["/a"]) == picked


@pytest.mark.parametrize("offered", [None, []])
def test_nothing_offered_nothing_chosen(offered: list[str] | None) -> None:
    assert option_by_number("1", offered) is None


@pytest.mark.parametrize(
    ("asked", "present", "after"),
    [
        (Keyword.LANGUAGE, "fr", "en"),
        (Keyword.LANGUAGE, "en", "fr"),
        (Keyword.ENGLISH, "en", "en"),
        (Keyword.FRENCH, "en", "fr"),
        (Keyword.HELP, "en", "en"),
        (None, "fr", "fr"),
    ],
)
def test_the_language_that_follows(asked: Keyword | None, present: str, after: str) -> None:
    assert language_after(asked, present) == after


@pytest.mark.parametrize(
    ("text", "offered", "slip"),
    [("7", 3, True), ("0", 3, True), ("le 9", 2, True), ("2", 3, False), ("7", 0, False), ("7 enfants", 3, False)],
)
def test_a_number_that_was_not_offered_is_a_slip(text: str, offered: int, slip: bool) -> None:
    assert is_unknown_number(text, ["/x"] * offered) is slip


_LABELS = [("En France", "/france"), ("À l'étranger", "/abroad"), ("Vous avez 18 ans ou plus", "/adult"), ("Oui", "/yes")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("En France", "/france"),
        ("en france.", "/france"),
        ("A L’ETRANGER !", "/abroad"),
        ("à l'étranger svp", "/abroad"),
        ("c'est en France", "/france"),
        ("je choisis : à l'étranger, merci", "/abroad"),
        ("vous avez 18 ans ou plus", "/adult"),
        ("oui", "/yes"),
        ("en France ou à l'étranger ?", None),
        ("combien ça coûte en France ?", None),
        ("c'est", None),
        ("…", None),
        ("", None),
    ],
)
def test_a_label_that_is_typed_is_its_button(text: str, expected: str | None) -> None:
    assert option_by_label(text, _LABELS) == expected


def test_a_label_that_two_options_bear_names_neither() -> None:
    assert option_by_label("passeport", [("Passeport", "/a"), ("Passeport", "/b")]) is None
    assert option_by_label("passeport", [("Passeport", "/a"), ("Passeport", "/a")]) == "/a"
    assert option_by_label("merci", [("Merci", "/thanks")]) == "/thanks"  # politeness too may be what a button says


_UNSURE = '/choose_case{"entry": "F1", "fork": "2"}'
_OFFERED = ('/choose_case{"entry": "F1", "case": "2.0"}', '/choose_case{"entry": "F1", "fork": "2", "page": 8}', _UNSURE)


@pytest.mark.parametrize(
    "text",
    [
        "je sais pas",
        "Je ne sais pas trop.",
        "j'en sais rien",
        "jsp",
        "aucune idée",
        "Ça dépend",
        "peu importe",
        "n'importe lequel",
        "les deux",
        "bah je sais pas moi",
        "je suis pas sûr",
        "not sure",
        "I don't know which one",
        "no lo sé",
        "لا أعرف",
    ],
)
def test_who_cannot_tell_presses_i_do_not_know(text: str) -> None:
    assert unsure_option(text, _OFFERED) == _UNSURE
    assert unsure_option(text, _OFFERED[:2]) is None


@pytest.mark.parametrize(
    "text",
    [
        "je sais pas quoi faire",
        "je ne sais pas lire",
        "oui",
        "non",
        "n'importe quoi",
        "je sais pas si je suis concerné",
        "ça dépend de quoi ?",
        "les deux parents doivent venir ?",
        "combien",
        "2",
    ],
)
def test_whoever_says_more_is_listened_to(text: str) -> None:
    assert unsure_option(text, _OFFERED) is None
