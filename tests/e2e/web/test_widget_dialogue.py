"""A conversation on a phone: a guided answer, a follow-up, the call-back form interrupted, a danger, another language."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import NewContext
from tests.e2e.conftest import Service
from tests.e2e.web.widget import Widget

PHONE = {"width": 390, "height": 844}
NAME = "comment changer de nom de famille pour motif légitime ?"


@pytest.fixture
def real(service: Service, new_context: NewContext) -> Widget:
    return Widget(new_context(viewport=PHONE).new_page(), service.url).visit().open()


def test_widget_case_that_is_chosen_is_kept_for_a_follow_up(real: Widget) -> None:
    real.ask(NAME)
    expect(real.replies).to_have_count(1)
    expect(real.cards.last).to_contain_text("Vous résidez à l'étranger : ")  # the cases stand side by side, none chosen
    real.button("Vous résidez en France").click()
    expect(real.cards.last).to_contain_text("Votre situation : Vous résidez en France")
    real.ask("combien ça coûte ?")
    expect(real.replies).to_have_count(3)
    expect(real.cards.last.get_by_role("heading").first).to_contain_text("Changement de nom de famille")
    expect(real.cards.last).to_contain_text(re.compile(r"\d\s€"))
    expect(real.cards.last).to_contain_text("Votre situation : Vous résidez en France")


def test_the_call_back_form_answers_a_question_and_goes_on(real: Widget, service: Service) -> None:
    subject = "un rendez-vous pour le passeport"
    real.ask("je voudrais être rappelé")
    real.button("Oui, je suis d’accord").click()
    expect(real.replies.last).to_contain_text("À quel numéro")
    real.ask("combien coûte un passeport pour un adulte ?")
    expect(real.replies).to_have_count(3)
    expect(real.cards.last).to_contain_text("passeport")
    expect(real.replies.last).to_contain_text("À quel numéro")
    for said, asked in (("06 39 98 12 34", "Quand"), ("demain matin", "À quel sujet"), (subject, "Est-ce bien cela")):
        real.ask(said)
        expect(real.replies.last).to_contain_text(asked)
    expect(real.replies.last).to_contain_text("•• 34")
    real.button("Oui, c’est cela").click()
    expect(real.replies.last).to_contain_text("un agent vous rappellera")
    waiting = service.command("handoffs", "list", "--json")
    assert subject in json.dumps(json.loads(waiting.stdout), ensure_ascii=False)


def test_a_danger_gets_its_numbers_first_and_then_another_language_is_spoken(real: Widget) -> None:
    real.ask("je veux mourir")
    expect(real.replies.last.locator("p:not(.who)").first).to_contain_text("3114")
    expect(real.replies.last.get_by_role("button", name="Joindre une personne")).to_be_in_viewport()
    real.ask("in English please")
    expect(real.replies.last).to_contain_text("in English")
    real.ask("how much is a passport for a child?")
    expect(real.replies).to_have_count(3)
    expect(real.replies.last).to_contain_text(re.compile("The answer depends|Here is|I have found"))
