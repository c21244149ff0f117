"""Descriptions that their source has cut. The texts are service-public.fr's."""

from __future__ import annotations

import pytest

from actions.cards import answer_card, plain_card
from actions.hubs import says_nothing
from actions.whole import whole
from core.entry import Case, Cases, Entry, TextBlock
from core.settings import Settings
from core.turns import AnswerBlock, Turn
from retrieval.contracts import Hit, RetrievalResult
from tests.unit.actions.fakes import FakeKnowledge
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


def test_a_card_shows_whole_sentences() -> None:
    for card in (answer_card(_page(PRICE), 0, "s"), plain_card(_page(PRICE, FOR_ALL), "s")):
        assert card.block.body == whole(PRICE)
        assert not card.shortened


def test_where_nothing_is_whole_the_next_text_is_shown_or_that_it_goes_on() -> None:
    assert answer_card(_page(REFUSAL, FOR_ALL), 0, "s").block.body == FOR_ALL.markdown
    assert answer_card(_page(REFUSAL, FORK), 0, "s").block.body == f"{REFUSAL}…"  # what holds for one case is not for all
    assert plain_card(_page(REFUSAL), "s").block.body == f"{REFUSAL}…"
    assert says_nothing(_page(REFUSAL, FORK), 0)
    assert not says_nothing(_page(PRICE, FORK), 0)


def test_an_introduction_is_the_page_s_own_text_and_never_touched() -> None:
    page = Entry(id="W2", collection="test", title="Passeport", description=REFUSAL, introduction="Il faut :", source="s")
    assert answer_card(page, 0, "s").block.body == "Il faut :"
    assert plain_card(page, "s").block.body == "Il faut :"


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


async def test_a_question_does_not_stand_under_half_a_sentence(settings: Settings) -> None:
    turn = await Talk(settings, One(_page(REFUSAL, FORK))).say("recours passeport refusé")
    assert (turn.outcome, bodies(turn)) == ("guided", [])
    turn = await Talk(settings, One(_page(PRICE, FORK))).say("prix du passeport")
    assert (turn.outcome, bodies(turn)) == ("guided", [whole(PRICE)])


async def test_reading_on_goes_to_the_next_text_and_never_to_what_was_cut(settings: Settings) -> None:
    talk = Talk(settings, One(_page(PRICE, FOR_ALL)))
    assert bodies(await talk.say("prix du passeport")) == [whole(PRICE)]
    assert bodies(await talk.say("plus de détails")) == [FOR_ALL.markdown]
