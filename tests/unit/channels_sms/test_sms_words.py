"""Words obeyed as a whole message, and words that choose."""

from __future__ import annotations

import pytest

from channels.choices import chosen
from channels.sms.keywords import Keyword, keyword


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
    assert chosen(text, offered) == (offered[number - 1] if number else None)


@pytest.mark.parametrize(
    ("text", "picked"), [("oui", "/a"), ("Oui.", "/a"), ("d’accord", None), ("ok", None), ("yes", "/a"), ("oui mais", None)]
)
def test_yes_picks_the_only_one(text: str, picked: str | None) -> None:
    assert chosen(text, ["/a"]) == picked


@pytest.mark.parametrize("offered", [None, []])
def test_nothing_offered_nothing_chosen(offered: list[str] | None) -> None:
    assert chosen("1", offered) is None
