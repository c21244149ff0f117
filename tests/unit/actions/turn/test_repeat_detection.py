"""The same card is not shown twice in a row for two messages, but what may help instead."""

from __future__ import annotations

import pytest

from actions.turn.repeat_detection import left_to_read
from core.entry import Entry
from core.settings import Settings
from core.turns import Outcome, Turn
from retrieval.contracts import RetrievalResult
from tests.unit.actions.fakes import hit
from tests.unit.actions.policy.test_follow_up import MOVE, Pages, body, page
from tests.unit.actions.talk import Talk, option, options

OTHER = page(20, "Déménagement d'un agent public", ("Montant", "Un forfait."))
HUNT = page(21, "Permis de chasse", ("Gibier", "Le gibier est l'affaire de l'armurier.\n\nIl coûte 46 €."))
INVOICE = "La facture du camion est demandée au vendeur."
FIRST, AGAIN = "prime de déménagement", "et si je n'ai plus la facture du camion de mon frère ?"


class WithNeighbour(Pages):
    """Whatever is searched for with the page's title, the other page about moving comes second."""

    def search(self, query: str, **told: object) -> RetrievalResult:
        found = super().search(query)
        return found.model_copy(update={"hits": (*found.hits[:1], hit(OTHER, 0.5))}) if MOVE.title in query else found

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return {OTHER.id: OTHER, HUNT.id: HUNT}.get(entry_id) or super().entry(entry_id)


def said(turn: Turn) -> str:
    return "\n".join(block.text for block in turn.blocks).replace("\u00a0", " ")


@pytest.fixture
def talk(settings: Settings) -> Talk:
    return Talk(settings, WithNeighbour())


async def test_the_card_just_shown_is_not_shown_for_another_message(talk: Talk) -> None:
    await talk.say(FIRST)
    assert body(await talk.say(AGAIN)) == INVOICE
    turn = await talk.say("et la facture du camion de ma tante ?")
    assert (turn.outcome, turn.entry, body(turn)) == (Outcome.CHOICES, "P1", "")
    assert "rien d’autre à ce sujet que le passage que je vous ai montré : « Prime de déménagement › Versement »" in said(turn)
    assert [one.label for one in options(turn)] == [OTHER.title, "Joindre une personne"]
    assert turn.alike == (option(turn, OTHER.title),)  # found by likeness: not for who is in danger


async def test_who_writes_the_same_again_sees_the_same_again(talk: Talk) -> None:
    await talk.say(FIRST)
    await talk.say(AGAIN)
    assert body(await talk.say(AGAIN.upper())) == INVOICE


async def test_a_button_shows_what_it_says(talk: Talk) -> None:
    await talk.say(FIRST)
    await talk.say(AGAIN)
    assert body(await talk.press('/choose_case{"entry": "P1", "passage": 2}')) == INVOICE


async def test_there_is_a_way_on_where_nothing_else_is_found(settings: Settings) -> None:
    talk = Talk(settings, Pages(), channel="sms")
    await talk.say(FIRST)
    await talk.say(AGAIN)
    turn = await talk.say("et la facture du camion de ma tante ?")
    assert "rien d'autre" in said(turn)
    assert [one.label for one in options(turn)] == ["Joindre une personne"]


def test_left_to_read_leaves_out_the_pieces_that_were_read() -> None:
    assert left_to_read(HUNT, 1, (0,)) == "Il coûte 46 €."
    assert left_to_read(HUNT, 1, ()) == "Le gibier est l'affaire de l'armurier.\n\nIl coûte 46 €."
