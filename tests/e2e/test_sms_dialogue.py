"""A conversation by SMS: a guided answer, a follow-up, the call-back form interrupted, a danger, another language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Service
from tests.e2e.test_sms_simulator_page import ANSWER_MS, Phone

Open = Callable[[str], "Talk"]


class Talk:
    """One telephone's conversation, of at most ten messages: more in a minute are not answered."""

    def __init__(self, phone: Phone) -> None:
        self._phone, self._told = phone, False

    def say(self, text: str, *, danger: bool = False) -> str:
        """The one message that answers; before the first answer, but to who is in danger, stands who writes."""
        got = self._phone.page.locator("#messages li.to_phone")
        before = got.count()
        self._phone.write(text)
        expect(got).to_have_count(before + (1 if danger or self._told else 2), timeout=ANSWER_MS)
        self._told = self._told or not danger
        return self._phone.last()[0]


@pytest.fixture
def talk(browser: Browser, service: Service) -> Iterator[Open]:
    context = browser.new_context(locale="fr-FR", reduced_motion="reduce", viewport={"width": 390, "height": 844})
    phone = Phone(context.new_page(), service.url).open()

    def of(number: str) -> Talk:
        phone.use(number)
        return Talk(phone)

    yield of
    assert phone.strays == []
    context.close()


def test_sms_case_that_is_assumed_is_said_and_kept_for_a_follow_up(talk: Open) -> None:
    say = talk("+33639980031").say
    first = say("comment changer de nom de famille pour motif légitime ?")
    assert first.startswith("(Vous résidez en France)\n")  # assumed, and said so; the other case by its number
    assert re.search(r"Autres cas :\n(?:\d .*\n)*\d Vous résidez à l'étranger", first)
    cost = say("combien ça coûte ?")
    assert "Changement de nom de famille" in cost
    assert re.search(r"\d €", cost)


def test_sms_that_returns_to_an_earlier_question_is_answered_from_its_page(talk: Open) -> None:
    say = talk("+33639980036").say
    first = say("j'ai acheté une voiture d'occasion, comment faire la carte grise ?")
    _, title, *_ = first.splitlines()
    assert title.startswith("Carte grise : immatriculer")
    assert "succession" in say("peut-on refuser une succession ?")
    assert title in say("pour revenir à la carte grise, j'ai combien de temps ?").splitlines()[:2]


def test_the_call_back_form_answers_a_question_and_goes_on(talk: Open) -> None:
    say = talk("+33639980032").say
    assert say("je voudrais être rappelé").endswith("D'accord ?\n1 Oui\n2 Non")
    between = say("combien coûte un passeport pour un adulte ?")
    assert "Combien coute un passeport ?\n" in between
    agree = re.search(r"D'accord \?\n(\d) Oui\n\d Non", between)
    assert agree, between
    assert "A quel numéro" in say(agree[1])
    assert "Quand vous appeler" in say("1")
    assert "A quel sujet" in say("demain matin")
    assert "ce téléphone" in say("mon passeport")
    assert "un agent vous rappellera" in say("oui")


def test_a_danger_gets_its_numbers_first_and_then_another_language_is_spoken(talk: Open) -> None:
    say = talk("+33639980033").say
    assert say("je veux mourir", danger=True).startswith("Appelez le 3114")
    assert "English" in say("in English please")
    assert re.search("One of these pages|As of", say("how much is a passport for a child?"))
