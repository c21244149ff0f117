"""What is shown although the citizen's case is not known."""

from __future__ import annotations

from datetime import date

import pytest

from actions.cases.case_tree import Fork, fork_at
from actions.replies.fork_card import fork_card
from actions.replies.side_by_side import OpenFork
from actions.replies.style import Style
from core.entry import Case, Cases, Chapter, Entry
from core.settings import Settings
from core.text.markdown import plain
from core.turns import AnswerBlock
from retrieval.contracts import RetrievalResult
from tests.unit.actions.fakes import BY_SMS, ON_WEB, SNAPSHOT, FakeKnowledge, case, hit
from tests.unit.actions.replies.worths import nothing
from tests.unit.actions.talk import Talk, options

LEAD = "Le prix dépend de votre âge."
AT = " (au 12/05/2020)"


def page(*cases: Case, introduction: str = LEAD, **more: object) -> tuple[Entry, Fork]:
    values: dict[str, object] = {"introduction": introduction, "body": (Cases(cases=cases),), **more}
    entry = Entry.model_validate({"id": "F1", "collection": "test", "version": 2, "title": "Carte", **values})
    return entry, fork_at(entry, (0,))


def long(count: int, words: int) -> list[Case]:
    return [case(f"Cas {number}", f"Le texte {number} est {'très ' * words}long.") for number in range(count)]


SHORT = (case("Majeur", "Il coûte 86 €."), case("Mineur", "Il coûte 42 €."))


@pytest.mark.parametrize("style", [ON_WEB, BY_SMS])
def test_fork_card_of_short_cases_shows_them_all_below_what_holds_for_everyone(style: Style) -> None:
    entry, fork = page(*SHORT)
    card, complete, _ = fork_card(OpenFork(entry, fork, 0, nothing), 0, "s1", style)
    assert complete
    assert card is not None
    assert card.block.body.split("\n\n") == [LEAD, "**Majeur** : Il coûte 86 €.", "**Mineur** : Il coûte 42 €."]
    assert (card.block.entry, card.block.entry_version, card.block.snapshot) == ("F1", 2, "s1")
    assert (card.block.cases, card.shortened, card.pieces) == ((), False, ())


def test_fork_card_within_a_case_names_that_case() -> None:
    inner = (case("De 18 à 25 ans", "Il coûte 25 €."), case("Plus de 25 ans", "Il coûte 30 €."))
    entry, _ = page(case("Majeur", then=inner), case("Mineur", "Il coûte 42 €."))
    card, complete, _ = fork_card(OpenFork(entry, fork_at(entry, (0, 0, 0)), 1, nothing), None, "s1", ON_WEB)
    assert complete
    assert card is not None
    assert card.block.cases == ("Majeur",)
    assert card.block.body.startswith("**De 18 à 25 ans** : ")


def test_fork_card_of_an_old_page_dates_each_case() -> None:
    entry, fork = page(*SHORT, verified_on=date(2020, 5, 12))
    card, _, _ = fork_card(OpenFork(entry, fork, 0, nothing), None, "s1", ON_WEB)
    assert card is not None
    assert card.block.body == f"**Majeur** : Il coûte 86 €{AT}.\n\n**Mineur** : Il coûte 42 €{AT}."


def test_fork_card_gives_the_cases_more_room_than_their_lead() -> None:
    """Where all cases fit without what leads up to them, they are worth more."""
    entry, fork = page(*long(2, 52), introduction=f"Le prix est {'très ' * 20}variable.")
    card, complete, _ = fork_card(OpenFork(entry, fork, 0, nothing), 0, "s1", ON_WEB)
    assert complete
    assert card is not None
    assert card.block.body.startswith("**Cas 0** : ")
    assert len(plain(card.block.body)) <= ON_WEB.limits.cases


@pytest.mark.parametrize("count", [3, 5, 9])
def test_fork_card_of_too_many_cases_shows_the_first_and_counts_them(count: int) -> None:
    entry, fork = page(*long(count, 30))
    card, complete, _ = fork_card(OpenFork(entry, fork, 0, nothing), 0, "s1", ON_WEB)
    assert card is not None
    lead, *shown, last = card.block.body.split("\n\n")
    assert (lead, complete, card.shortened) == (LEAD, count == 3, count > 3)
    assert count == 3 or last == f"… ({len(shown)} sur {count})"
    assert len(plain(card.block.body)) <= ON_WEB.limits.cases + len(LEAD)


def test_fork_card_by_sms_of_cases_that_do_not_fit_says_what_holds_for_everyone() -> None:
    entry, fork = page(*long(3, 30))
    card, complete, _ = fork_card(OpenFork(entry, fork, 0, nothing), 0, "s1", BY_SMS)
    assert card is not None
    assert (card.block.body, complete) == (LEAD, False)


@pytest.mark.parametrize("style", [ON_WEB, BY_SMS])
def test_fork_card_of_long_cases_that_nothing_leads_up_to_shows_the_introduction(style: Style) -> None:
    entry, fork = page(*long(2, 90))
    card, complete, _ = fork_card(OpenFork(entry, fork, 1, nothing), None, "s1", style)
    assert card is not None
    assert (card.block.body, complete) == (LEAD, False)


@pytest.mark.parametrize("style", [ON_WEB, BY_SMS])
def test_fork_card_of_long_cases_on_a_page_without_introduction_is_none(style: Style) -> None:
    entry, _ = page(*long(2, 90))
    alone = entry.model_copy(update={"introduction": "", "body": entry.body[-1:]})
    assert fork_card(OpenFork(alone, fork_at(alone, (0,)), 0, nothing), None, "s1", style) == (None, False, ())


@pytest.mark.parametrize(("start", "own", "others"), [(1, 0, (1, 2)), (3, 2, (0, 1))])
def test_fork_card_by_sms_shows_the_case_found_and_leaves_the_others(start: int, own: int, others: tuple[int, ...]) -> None:
    entry, fork = page(*long(3, 30))
    card, complete, left = fork_card(OpenFork(entry, fork, start, nothing), None, "s1", BY_SMS)
    assert card is not None
    assert card.block.body.startswith(f"**Cas {own}** : Le texte {own} est ")
    assert (complete, left) == (False, others)


async def test_a_case_that_stands_alone_by_sms_is_followed_by_the_others(settings: Settings) -> None:
    class ThreeCases(OnePage):
        def __init__(self) -> None:
            super().__init__()
            self.page = page(*long(3, 30), introduction="", title="Carte")[0]

        def search(self, query: str, **_: object) -> RetrievalResult:
            return super().search(query).model_copy(update={"hits": (hit(self.page, 1.0, 1),)})

    talk = Talk(settings, ThreeCases(), channel="sms")
    turn = await talk.say("demander la carte")
    (card,) = [block for block in turn.blocks if isinstance(block, AnswerBlock)]
    assert (turn.outcome, card.sms_text.startswith("**Cas 0** : ")) == ("guided", True)
    assert [one.label for one in options(turn)] == ["Cas 1", "Cas 2"]
    other = await talk.say("cas 2")
    assert [block.cases for block in other.blocks if isinstance(block, AnswerBlock)] == [("Cas 2",)]


class OnePage(FakeKnowledge):
    """Finds the first case of a chapter whose cases are too long to be shown."""

    def __init__(self) -> None:
        super().__init__()
        chapter = Chapter(heading="Coût", body=(Cases(cases=tuple(long(2, 90))),))
        self.page = Entry(
            id="F2", collection="test", title="Carte", introduction="La carte se demande en mairie.", body=(chapter,)
        )

    def search(self, query: str, **_: object) -> RetrievalResult:
        return RetrievalResult(hits=(hit(self.page, 1.0, 1),), confidence=0.9, decision="answered", snapshot=SNAPSHOT)

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return self.page if entry_id == self.page.id else None


@pytest.mark.parametrize("channel", ["web", "sms"])
async def test_a_question_about_the_case_comes_after_what_the_page_says_for_everyone(settings: Settings, channel: str) -> None:
    knowledge = OnePage()
    turn = await Talk(settings, knowledge, channel=channel).say("demander la carte")
    assert turn.outcome == "guided"
    assert [block.body for block in turn.blocks if isinstance(block, AnswerBlock)] == [knowledge.page.introduction]
