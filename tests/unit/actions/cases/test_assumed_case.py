"""What is assumed of a citizen who says neither their place nor their age: where, of whom, and how it is taken back."""

from __future__ import annotations

import pytest

from actions.cases.assumed_case import case_to_assume, is_protected
from actions.cases.case_tree import Fork, fork_at
from actions.cases.dialogue_state import Focus, UserFacts
from actions.situation.reading import facts_in
from core.entry import Case, Cases, Entry, TextBlock
from core.settings import Settings
from core.turns import AnswerBlock, ChoicesBlock, Turn
from retrieval.contracts import RetrievalResult
from tests.unit.actions.fakes import SNAPSHOT, FakeKnowledge, hit
from tests.unit.actions.talk import Talk, option, options

AGES = ("Vous êtes mineur", "Vous êtes majeur")
PLACES = ("À l'étranger", "En France")
AREAS = ("En outre-mer", "En métropole")


def page(*labels: str, theme: tuple[str, ...] = (), title: str = "Passeport") -> tuple[Fork, Entry]:
    """Texts so long that the cases do not fit side by side."""
    texts = [TextBlock(markdown=f"{label}, la démarche est {'très ' * 70}longue.") for label in labels]
    cases = tuple(Case(label=label, body=(text,)) for label, text in zip(labels, texts, strict=True))
    entry = Entry(id="A1", collection="test", title=title, theme=theme, body=(Cases(cases=cases),), source="s")
    return fork_at(entry, (0,)), entry


def assumed(
    settings: Settings, labels: tuple[str, ...], query: str = "passeport", *, said_before: str = "", **more: object
) -> str | None:
    subject = Focus.model_validate({"entry": "A1", "query": query, **more})
    situation = UserFacts().with_said(facts_in(said_before), said_before) if said_before else UserFacts()
    case = case_to_assume(*page(*labels), subject, situation, settings)
    return None if case is None else labels[case]


@pytest.mark.parametrize(
    ("labels", "case"),
    [
        (AGES, "Vous êtes majeur"),
        (("Moins de 18 ans", "18 ans ou plus"), "18 ans ou plus"),
        (PLACES, "En France"),
        (AREAS, "En métropole"),
        (("Perte en France", "Perte à l'étranger"), "Perte en France"),
        (("Vous êtes salarié", "Vous êtes retraité"), None),
        (("En ligne", "Sur place"), None),
        (("De 18 à 25 ans", "Plus de 25 ans"), None),  # both are adults
        (("Vous êtes Français", "Vous êtes étranger"), None),
        (("Marié", "Célibataire"), None),
    ],
)
def test_assumed_case_is_that_of_adults_who_live_in_france(
    settings: Settings, labels: tuple[str, ...], case: str | None
) -> None:
    assert assumed(settings, labels) == case


@pytest.mark.parametrize(
    ("query", "case"),
    [
        ("prix du passeport", "Vous êtes majeur"),
        ("je perds mon passeport", "Vous êtes majeur"),
        *(
            (f"passeport {whose}", None)
            for whose in (
                "pour mon fils",
                "de ma fille",
                "de ma mère",
                "pour notre bébé",
                "du bébé",
                "d'un enfant",
                "de mon mari",
                "de mon voisin",
                "pour ma grand-mère",
                "de maman",
                "de ma famille",
                "d'un mineur",
                "for my son",
                "for my dad",
                "para mi hijo",
                "para a minha filha",
            )
        ),
    ],
)
def test_assumed_case_is_none_where_somebody_else_is_named(settings: Settings, query: str, case: str | None) -> None:
    assert assumed(settings, AGES, query) == case
    assert assumed(settings, AGES, latest=query) == case


@pytest.mark.parametrize(
    ("labels", "query", "said_before"),
    [
        (PLACES, "passeport à Munich", ""),
        (PLACES, "consulat ou mairie, je suis au Maroc", ""),
        (AREAS, "passeport, je vis à l'étranger", ""),
        (AREAS, "passeport", "j'habite à Berlin"),
        (("En France", "En Europe"), "passeport", "j'habite au Maroc"),
        (("Moins de 18 ans", "18 ans ou plus"), "passeport", "j'ai 17 ou 18 ans"),
    ],
)
def test_assumed_case_is_none_where_something_else_was_said(
    settings: Settings, labels: tuple[str, ...], query: str, said_before: str
) -> None:
    assert assumed(settings, labels, query, said_before=said_before) is None


def test_assumed_case_is_none_where_it_was_taken_back(settings: Settings) -> None:
    assert assumed(settings, AGES, reopened=("0",)) is None
    assert assumed(settings, AGES, reopened=("3",)) == "Vous êtes majeur"


@pytest.mark.parametrize(
    ("changes", "age", "place", "area"),
    [
        ({}, "Vous êtes majeur", "En France", "En métropole"),
        ({"assume_adult": False}, None, "En France", "En métropole"),
        ({"assume_place": ""}, "Vous êtes majeur", None, None),
        ({"assume_place": "france"}, "Vous êtes majeur", "En France", None),
        ({"assume_place": "", "assume_adult": False}, None, None, None),
    ],
)
def test_assumed_case_is_as_the_settings_have_it(
    settings: Settings, changes: dict[str, object], age: str | None, place: str | None, area: str | None
) -> None:
    chosen = settings.model_copy(update=changes)
    assert [assumed(chosen, labels) for labels in (AGES, PLACES, AREAS)] == [age, place, area]


@pytest.mark.parametrize(
    ("theme", "title", "protected"),
    [
        (("Papiers", "Passeport"), "Prix d'un passeport", False),
        (("Étranger", "Titres, carte de séjour"), "Carte de résident", True),
        (("Étranger",), "Demande d’asile en France", True),
        (("Justice",), "Délai d'appel d'un jugement", True),
        (("Famille",), "Violences conjugales", True),
        (("Famille",), "Curatelle", True),
        (("Logement",), "Parcours du locataire", False),
    ],
)
def test_is_protected_knows_subjects_by_theme_and_title(
    settings: Settings, theme: tuple[str, ...], title: str, protected: bool
) -> None:
    fork, entry = page(*AGES, theme=theme, title=title)
    assert is_protected(entry, settings) is protected
    subject = Focus(entry=entry.id, query="la règle")
    assert (case_to_assume(fork, entry, subject, UserFacts(), settings) is None) is protected
    nothing_protected = settings.model_copy(update={"protected_subjects": " ; "})
    assert not is_protected(entry, nothing_protected)


class OnePage(FakeKnowledge):
    """Finds one page, in its first case."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._entry = entry

    def search(self, query: str, **_: object) -> RetrievalResult:
        found = (hit(self._entry, 1.0),)
        return RetrievalResult(hits=found, confidence=0.9, decision="answered", snapshot=SNAPSHOT)

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return self._entry if entry_id == self._entry.id else None


def card(turn: Turn) -> AnswerBlock:
    (found,) = [block for block in turn.blocks if isinstance(block, AnswerBlock)]
    return found


def supposes(turn: Turn) -> bool:
    return any(block.type == "text" and "(En France)" in block.text for block in turn.blocks) or any(
        block.type == "text" and block.text.replace("\u00a0", " ").startswith("Pour : En France.") for block in turn.blocks
    )


@pytest.mark.parametrize("channel", ["web", "sms"])
async def test_an_assumed_case_is_said_above_the_answer_and_the_others_are_below(settings: Settings, channel: str) -> None:
    talk = Talk(settings, OnePage(page(*PLACES)[1]), channel=channel)
    turn = await talk.say("prix du passeport")
    assert (turn.outcome, card(turn).cases) == ("answered", ("En France",))
    assert turn.blocks[0].type == "text"  # above the card
    assert supposes(turn)
    (cases,) = [block for block in turn.blocks if isinstance(block, ChoicesBlock) and block.purpose == "cases"]
    assert [one.label for one in cases.options] == ["À l'étranger"]
    abroad = await talk.press(option(turn, "À l'étranger"))
    assert (card(abroad).cases, supposes(abroad)) == (("À l'étranger",), False)


@pytest.mark.parametrize("reply", ["à l'étranger", "j'habite au Maroc"])
async def test_an_assumed_case_is_corrected_in_words(settings: Settings, reply: str) -> None:
    talk = Talk(settings, OnePage(page(*PLACES)[1]))
    await talk.say("prix du passeport")
    turn = await talk.say(reply)
    assert (card(turn).cases, supposes(turn)) == (("À l'étranger",), False)


async def test_an_assumed_case_is_taken_back_by_going_back(settings: Settings) -> None:
    talk = Talk(settings, OnePage(page(*PLACES)[1]))
    await talk.say("prix du passeport")
    asked = await talk.say("retour", intent="go_back")
    assert (asked.outcome, [one.label for one in options(asked)][:2]) == ("guided", ["À l'étranger", "En France"])
    turn = await talk.press(option(asked, "En France"))
    assert (card(turn).cases, supposes(turn)) == (("En France",), False)  # now it was said


async def test_an_assumed_case_that_is_said_after_all_is_no_assumption(settings: Settings) -> None:
    talk = Talk(settings, OnePage(page(*PLACES)[1]))
    assert supposes(await talk.say("prix du passeport"))
    turn = await talk.say("j'habite à Lyon")
    assert (turn.outcome, supposes(turn)) == ("answered", False)
    again = await talk.say("prix du passeport à Lyon")
    assert not supposes(again)


async def test_cases_that_fit_are_shown_and_nothing_is_assumed(settings: Settings) -> None:
    _, entry = page(*PLACES)
    cases = Cases(cases=tuple(Case(label=label, body=(TextBlock(markdown=f"{label}, venez."),)) for label in PLACES))
    turn = await Talk(settings, OnePage(entry.model_copy(update={"body": (cases,)}))).say("prix du passeport")
    assert card(turn).body == "**À l'étranger** : À l'étranger, venez.\n\n**En France** : En France, venez."
    assert not supposes(turn)
