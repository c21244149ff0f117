"""On a telephone, the first sentence that answers is in view without scrolling."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.browser import NewContext
from tests.e2e.conftest import Service
from tests.e2e.web.widget import Widget

QUESTIONS = (
    "comment déclarer un décès ?", "c'est combien le smic", "comment demander le RSA ?", "j'ai perdu ma carte d'identité",
    "je veux faire un passeport", "permis de construire pour une piscine", "on m'a volé mon vélo",
    "inscrire ma fille à la maternelle",
    "comment voter par procuration", "je déménage, qui prévenir", "combien de temps pour un préavis de location",
    "congé paternité durée", "acheter un timbre fiscal", "je veux divorcer", "mon employeur ne me paie plus",
    "aide pour payer la cantine", "changer l'adresse sur la carte grise", "horaires de la mairie", "quelles aides à 70 ans",
    "je voudrais parler à quelqu'un",
)  # fmt: skip
MISSED_AT_MOST = 1
IN_VIEW = """article => {
  const first = article.querySelector('.body > *, .page .extract, .bubble > p, .notice > p').getBoundingClientRect();
  const log = article.closest('.log').getBoundingClientRect();
  // Of a long first paragraph three lines: it begins where the eye is.
  return first.top >= log.top - 1 && Math.min(first.bottom, first.top + 78) <= log.bottom + 1;
}"""


def test_first_sentence_of_an_answer_is_in_view_on_a_telephone(service: Service, new_context: NewContext) -> None:
    page = new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce").new_page()
    widget = Widget(page, service.url).visit().open()
    missed = []
    for number, question in enumerate(QUESTIONS, 1):
        widget.ask(question)
        expect(widget.panel.locator(".log > article")).to_have_count(number)
        if not widget.replies.last.evaluate(IN_VIEW):
            missed.append(question)
    assert len(missed) <= MISSED_AT_MOST, missed
