"""Accents, SMS writing, yes and no: one home each."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import pytest

from core.text.folding import compatible, fold, unaccented
from core.text.slang import BOTH, DANGER, DIALOGUE
from core.text.yes_no import is_bare_yes, says_no, says_yes


@pytest.mark.parametrize(
    ("text", "canonical", "compatible"),
    [
        ("élève à Noël", "eleve a Noel", "eleve a Noel"),
        ("ﬁn", "ﬁn", "fin"),
        ("œuvre", "œuvre", "œuvre"),
        ("Ａ１", "Ａ１", "A1"),
        ("plain", "plain", "plain"),
    ],
)
def test_unaccented_text_has_plain_letters(text: str, canonical: str, compatible: str) -> None:
    assert (unaccented(text), unaccented(text, "NFKD")) == (canonical, compatible)


@pytest.mark.parametrize("form", [compatible, unaccented, partial(unaccented, form="NFKD")])
def test_folding_of_any_character_gives_at_most_four(form: Callable[[str], str]) -> None:
    characters = (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF)  # without surrogates
    assert [character for character in characters if len(form(character)) > 4] == []


def test_fold_gives_lower_case_and_straight_apostrophes() -> None:
    assert fold("L’Été À Évry") == "l'ete a evry"


def test_slang_of_dialogue_and_danger_agree_but_on_courtesies() -> None:
    both = DIALOGUE.keys() & DANGER.keys()
    assert {word for word in both if DIALOGUE[word] != DANGER[word]} == {"svp"}
    assert both - BOTH.keys() == {"svp"}


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("Oui", True, False),
        ("c’est ça, merci", True, False),
        ("D'accord", True, False),
        ("send it please", True, False),
        ("نعم", True, False),
        ("Non merci", False, True),
        ("laissez tomber", False, True),
        ("never mind", False, True),
        ("oui mais lequel ?", False, False),
        ("", False, False),
    ],
)
def test_yes_and_no_are_whole_messages(text: str, yes: bool, no: bool) -> None:
    assert (says_yes(text), says_no(text)) == (yes, no)


@pytest.mark.parametrize(("text", "bare"), [("oui", True), ("Yes please.", True), ("ok", False), ("d'accord", False)])
def test_a_bare_yes_is_oui_or_yes(text: str, bare: bool) -> None:
    assert is_bare_yes(text) == bare
