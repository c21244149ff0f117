"""Follow-ups in the registers of telephones and letters are understood as their plain wording is."""

from __future__ import annotations

import pytest

from actions.messages.aspects import asked_in
from actions.messages.follow_up_parser import Kind, as_follow_up
from actions.messages.plain_words import plain
from tests.unit.actions.fakes import UNDATED as ENTRY


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("bjr, sa coute cb svp", "ca coute combien"),
        ("c koi les papiers ?", "c'est quoi les papiers"),
        ("Bonjour, pourriez-vous m'indiquer le délai ? Merci d'avance.", "le delai"),
        ("merci", "merci"),
        ("un faux passeport", "un faux passeport"),
        ("sa mère", "sa mere"),
    ],
)
def test_spelled_out_and_without_politeness(text: str, meant: str) -> None:
    assert plain(text) == meant


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("c payan ?", "cost"),
        ("bonjour, pourriez-vous me dire combien cela coûte ? merci", "cost"),
        ("c ou kil fo aller", "place"),
        ("pourriez-vous m'indiquer où m'adresser", "place"),
        ("où ?", "place"),
        ("sa prend cb de tps", "delay"),
        ("je l'aurai quand ?", "delay"),
        ("kel papié", "documents"),
        ("papiers ?", "documents"),
        ("c'est valable combien de temps ?", "validity"),
        ("en cas de refus je fais quoi", "appeal"),
        ("c'est quoi la marche à suivre", "procedure"),
        ("il faut faire quoi", "procedure"),
        ("c'est pour qui ?", "eligibility"),
    ],
)
def test_an_aspect_is_asked_for_and_nothing_else(text: str, aspect: str) -> None:
    found = as_follow_up(text, ENTRY)
    assert (found.kind, found.aspect and found.aspect.name, set(found.unexplained_terms)) == (Kind.ASPECT, aspect, set())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("jcomprend rien du tout", Kind.EXPLAIN),
        ("c'est du chinois", Kind.EXPLAIN),
        ("pourriez-vous me donner davantage de précisions", Kind.MORE),
        ("é si jabite a letranger", Kind.SITUATION),
    ],
)
def test_other_kinds_too(text: str, kind: Kind) -> None:
    found = as_follow_up(text, ENTRY)
    assert (found.kind, set(found.unexplained_terms)) == (kind, set())


@pytest.mark.parametrize("text", ["bjr jé perdu ma carte grise", "cb coute 1 permis bateau", "je ne suis pas français, rsa ?"])
def test_another_subject_keeps_its_words(text: str) -> None:
    assert as_follow_up(text, ENTRY).unexplained_terms


@pytest.mark.parametrize("word", ["c", "g", "fo", "ya", "pr"])
def test_plain_of_a_text_of_one_spelling_does_not_become_much_longer(word: str) -> None:
    text = f"{word} " * (2_000 // (len(word) + 1))
    assert len(plain(text)) < 1.2 * len(text)


def test_asked_in_a_long_message_is_no_aspect_of_the_page_in_focus() -> None:
    asked = "c'est combien ?"
    assert asked_in(asked)[0] is not None
    assert asked_in(f"{asked} {'mon dossier ' * 100}")[0] is None
