"""Descriptions that their source has cut. The texts are service-public.fr's."""

from __future__ import annotations

import pytest

from actions.replies.cards import answer_card, plain_card
from actions.replies.truncated_description import is_broken, whole
from core.entry import Case, Cases, Entry, TextBlock
from core.settings import Settings
from core.turns import AnswerBlock, Turn
from retrieval.contracts import Hit, RetrievalResult
from tests.unit.actions.fakes import ON_WEB, FakeKnowledge
from tests.unit.actions.talk import Talk

PRICE = (
    "Le prix du passeport dépend de l'âge du demandeur et du lieu de la demande. "
    "Le prix en métropole est de 86€ pour un majeur et entre 17€ et 42€ pour"
)
REFUSAL = "Si la mairie refuse votre dossier, vous pouvez faire un recours auprès du Cert (préfecture) du défenseur des"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (PRICE, "Le prix du passeport dépend de l'âge du demandeur et du lieu de la demande."),
        (
            "Vous recevez un SMS quand le passeport sera arrivé. Vous pouvez aussi suivre",
            "Vous recevez un SMS quand le passeport sera arrivé.",
        ),
        ("Chacun contribue en fonction de ses ressources. Le calcul", "Chacun contribue en fonction de ses ressources."),
        ("C'est possible 2 fois par an. le prêteur accorde un report d'une", "C'est possible 2 fois par an."),
        (REFUSAL, ""),
        ("La photo fournie pour un passeport, un permis etc. doit être prise sur un fond clair,", ""),
        ("En cas de préjudice (médicament, dispositif médical...) vous pouvez obtenir une", ""),
        ("Carte d'identité volée : que faire ? Pour un adulte, il faut se rendre au commissariat pour déclarer", ""),
        ("Il faut un justificatif de domicile récent (moins d'un an à la date de dépôt de la demande", ""),
    ],
)
def test_what_breaks_off_is_shown_up_to_its_last_whole_sentence(text: str, left: str) -> None:
    assert whole(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Passeport",
        "Perte du permis de conduire",
        "Tout est dit.",
        "Que faire ?",
        "Un exemple (la carte d'identité, etc.)",
        "La copie n'est pas limitée. Un acte de naissance récent est toutefois exigé",
        "Le taux dépend de vos ressources. Elle est exonérée d'impôt sur le revenu et de cotisations sociales",
        "Vous pouvez faire signaler la fraude : perceval (ou percev@l)",
        "Vous pouvez régler par timbre fiscal ; vous avez plusieurs moyens pour l'acheter",
        "La mention est retranscrite afin de le modifier ou de le compléter",
    ],
)
def test_what_only_lacks_its_stop_stays_as_it_is(text: str) -> None:
    assert whole(text) == text


def _page(description: str, *body: TextBlock | Cases) -> Entry:
    return Entry(id="W1", collection="test", title="Passeport", description=description, body=body, source="demonstration")


FOR_ALL = TextBlock(markdown="Adressez-vous au tribunal.")
FORK = Cases(
    cases=(Case(label="En France", body=(FOR_ALL,)), Case(label="À l'étranger", body=(TextBlock(markdown="Au consulat."),)))
)


def test_a_card_of_a_description_shows_whole_sentences() -> None:
    for card in (answer_card(_page(PRICE), 0, "s", ON_WEB), plain_card(_page(PRICE, FOR_ALL), "s", ON_WEB)):
        assert card.block.body == whole(PRICE)
        assert not card.shortened


@pytest.mark.parametrize(
    ("description", "body", "shown"),
    [
        (REFUSAL, FOR_ALL, "Adressez-vous au tribunal."),
        (PRICE, FOR_ALL, "Adressez-vous au tribunal."),  # the page says better what its description sums up
        ("Tout est dit.", FOR_ALL, "Adressez-vous au tribunal."),
        (PRICE, None, whole(PRICE)),
        (REFUSAL, None, f"{REFUSAL}…"),
    ],
)
def test_answer_card_shows_no_description_where_a_text_holds_for_all(
    description: str, body: TextBlock | None, shown: str
) -> None:
    page = _page(description, *((body,) if body else ()))
    assert answer_card(page, 0, "s", ON_WEB).block.body == shown


def test_where_nothing_is_whole_that_it_goes_on_is_said() -> None:
    assert answer_card(_page(REFUSAL, FORK), 0, "s", ON_WEB).block.body == f"{REFUSAL}…"  # one case's text is not for all
    assert plain_card(_page(REFUSAL), "s", ON_WEB).block.body == f"{REFUSAL}…"
    assert is_broken(_page(REFUSAL, FORK), 0)
    assert not is_broken(_page(PRICE, FORK), 0)


def test_an_introduction_is_shown_in_all_its_words_and_never_cut_as_a_description() -> None:
    page = Entry(id="W2", collection="test", title="Passeport", description=PRICE, introduction=REFUSAL, source="s")
    assert answer_card(page, 0, "s", ON_WEB).block.body == f"{REFUSAL}."
    page = page.model_copy(update={"description": REFUSAL, "introduction": "Cela dépend de votre âge\u00a0:"})
    assert answer_card(page, 0, "s", ON_WEB).block.body == "Cela dépend de votre âge."  # nothing comes behind the colon


class One(FakeKnowledge):
    """Finds one page, from its description on."""

    def __init__(self, page: Entry) -> None:
        super().__init__()
        self._page = page

    def search(self, query: str, **_: object) -> RetrievalResult:
        hit = Hit(entry_id="W1", collection="test", version=1, title=self._page.title, score=1.0, passage=0)
        return RetrievalResult(hits=(hit,), confidence=0.9, decision="answered", snapshot="s")

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return self._page if entry_id == "W1" else None


def bodies(turn: Turn) -> list[str]:
    return [block.body for block in turn.blocks if isinstance(block, AnswerBlock)]


BESIDE = "**En France** : Adressez-vous au tribunal.\n\n**À l'étranger** : Au consulat."


@pytest.mark.parametrize(("description", "shown"), [(REFUSAL, BESIDE), (PRICE, f"{whole(PRICE)}\n\n{BESIDE}")])
async def test_cases_do_not_stand_under_half_a_sentence(settings: Settings, description: str, shown: str) -> None:
    turn = await Talk(settings, One(_page(description, FORK))).say("recours passeport refusé")
    assert (turn.outcome, bodies(turn)) == ("answered", [shown])


@pytest.mark.parametrize(("description", "shown"), [(REFUSAL, []), (PRICE, [whole(PRICE)])])
async def test_a_question_does_not_stand_under_half_a_sentence(settings: Settings, description: str, shown: list[str]) -> None:
    """Of five cases that are too long for an SMS, the question is all there is."""
    texts = [TextBlock(markdown=f"Le recours {number} est à faire {'très ' * 70}tôt.") for number in range(5)]
    fork = Cases(cases=tuple(Case(label=f"Motif {number}", body=(text,)) for number, text in enumerate(texts)))
    turn = await Talk(settings, One(_page(description, fork)), channel="sms").say("recours passeport refusé")
    assert (turn.outcome, [block.sms_text or block.body for block in turn.blocks if isinstance(block, AnswerBlock)]) == (
        "guided",
        shown,
    )


async def test_reading_on_never_goes_to_a_description(settings: Settings) -> None:
    talk = Talk(settings, One(_page(PRICE, FOR_ALL)))
    assert bodies(await talk.say("prix du passeport")) == [FOR_ALL.markdown]
    more = await talk.say("plus de détails")
    assert (more.outcome, bodies(more)) == ("answered", [])
