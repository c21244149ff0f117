"""The preview's walk through the tree of cases: what is asked, what is shown, and what an address that is gone does."""

from __future__ import annotations

from datetime import date

import pytest

from actions.replies.style import WEB, Style
from cli.desk_walk import CardTexts, reply_after_walk, starts
from conversations.wording import Wording
from core.entry import Case, Cases, Chapter, Entry, TextBlock
from core.settings import ROOT
from core.turns import AnswerBlock, ChoicesBlock, ReplyBlock
from knowledge_base.desk.editor.contracts import Walk

PRICE = Cases(
    question="Quel âge ?",
    cases=(
        Case(
            label="Mineur",
            body=(
                Cases(
                    cases=(
                        Case(label="Moins de 15 ans", body=(TextBlock(markdown="17 €"),)),
                        Case(label="De 15 à 17 ans", body=(TextBlock(markdown="42 €"),)),
                    )
                ),
            ),
        ),
        Case(label="Majeur", body=(TextBlock(markdown="86 €"),)),
    ),
)
ENTRY = Entry(
    id="F1",
    collection="local",
    title="Passeport",
    short_answer="Il se demande en mairie.",
    body=(Chapter(heading="Coût", body=(TextBlock(markdown="Cela dépend de l'âge :"), PRICE)),),
)


@pytest.fixture(scope="module")
def teller() -> CardTexts:
    return CardTexts(Wording.load(ROOT / "domain.yml"), "web", "fr", Style(WEB, 12, date(2026, 1, 1)))


def pressed(blocks: tuple[ReplyBlock, ...]) -> dict[str, str]:
    """Label → what the button does."""
    return {one.label: one.payload for block in blocks if isinstance(block, ChoicesBlock) for one in block.options}


def body(blocks: tuple[ReplyBlock, ...]) -> str:
    return " ".join(block.body for block in blocks if isinstance(block, AnswerBlock))


def test_a_walk_begins_under_each_heading() -> None:
    assert starts(ENTRY) == [(0, ()), (1, ("Coût",))]


def test_cases_that_fit_are_shown_side_by_side_and_each_leads_on(teller: CardTexts) -> None:
    shown = reply_after_walk(ENTRY, Walk(start=1), teller)
    assert isinstance(shown[-1], ChoicesBlock)
    assert shown[-1].text.replace("\u00a0", " ") == "Votre cas, en détail :"
    assert pressed(shown) == {"Mineur": "case 0.1.0", "Majeur": "case 0.1.1"}
    assert body(shown).split("\n\n") == [
        "Cela dépend de l'âge.",
        "**Mineur, Moins de 15 ans** : 17 €.",
        "**Mineur, De 15 à 17 ans** : 42 €.",
        "**Majeur** : 86 €.",
    ]
    assert body(reply_after_walk(ENTRY, Walk(1, ("0.1.1",)), teller)) == "86 €."
    nested = pressed(reply_after_walk(ENTRY, Walk(1, ("0.1.0",)), teller))
    assert nested["Moins de 15 ans"] == "case 0.1.0.0.0"
    assert nested["Revenir à la question précédente"] == "back"
    assert body(reply_after_walk(ENTRY, Walk(1, ("0.1.0", "0.1.0.0.0")), teller)) == "17 €."


def test_the_source_s_question_is_asked_below_the_first_of_cases_that_do_not_fit(teller: CardTexts) -> None:
    texts = {label: f"{label}, c'est {'très ' * 40}cher." for label in ("Mineur", "Majeur", "Senior")}
    fork = Cases(
        question="Quel âge ?",
        cases=tuple(Case(label=label, body=(TextBlock(markdown=text),)) for label, text in texts.items()),
    )
    shown = reply_after_walk(ENTRY.model_copy(update={"body": (fork,)}), Walk(), teller)
    assert isinstance(shown[-1], ChoicesBlock)
    assert shown[-1].text == "Quel âge ?"
    assert list(pressed(shown)) == [*texts, "Je ne sais pas"]
    assert body(shown).split("\n\n")[-3:] == [
        f"**Mineur** : {texts['Mineur']}",
        f"**Majeur** : {texts['Majeur']}",
        "… (2 sur 3)",
    ]


def test_who_does_not_know_gets_the_cases_in_full(teller: CardTexts) -> None:
    shown = body(reply_after_walk(ENTRY, Walk(1, (), "0.1"), teller))
    assert all(
        text in shown
        for text in ("**Mineur › Moins de 15 ans**\n\n17 €", "**Mineur › De 15 à 17 ans**\n\n42 €", "**Majeur**\n\n86 €")
    )


@pytest.mark.parametrize(
    "walk", [Walk(99), Walk(1, ("7.7.7",)), Walk(1, ("0",)), Walk(1, (), "5.5"), Walk(1, (), "0"), Walk(1, ("x",))]
)
def test_an_address_that_the_tree_has_no_more_is_passed_over(teller: CardTexts, walk: Walk) -> None:
    assert reply_after_walk(ENTRY, walk, teller) == reply_after_walk(ENTRY, Walk(walk.start if walk.start < 2 else 0), teller)


def test_many_cases_come_a_page_at_a_time(teller: CardTexts) -> None:
    many = Cases(cases=tuple(Case(label=f"Cas {number}", body=(TextBlock(markdown=str(number)),)) for number in range(12)))
    entry = ENTRY.model_copy(update={"body": (many,)})
    first = pressed(reply_after_walk(entry, Walk(), teller))
    assert list(first)[:8] == [f"Cas {number}" for number in range(8)]
    assert first["Voir d’autres réponses"] == "page 8"
    assert list(pressed(reply_after_walk(entry, Walk(page=8), teller)))[:4] == [f"Cas {number}" for number in range(8, 12)]
