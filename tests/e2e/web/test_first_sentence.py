"""On a telephone, the first sentence that answers is in view without scrolling."""

from __future__ import annotations

import pytest
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
OTHERS = (
    "j'ai perdu mon permis de conduire comment faire", "combien coute une carte grise d'occasion", "inscription crèche",
    "je me marie en juin quels papiers donner a la mairie", "mon proprio garde ma caution", "rdv passeport delai",
    "quelle taille d'abri de jardin sans permis", "est ce que j'ai droit a la prime d'activité", "numéro fiscal perdu",
    "changer de nom de famille", "mon fils a 16 ans recensement", "poubelles jaunes c'est quel jour", "horaires mairie samedi",
    "licenciement economique indemnités", "comment contester une amende de stationnement", "mon voisin fait du bruit la nuit",
    "aide pour ma mere de 85 ans a domicile", "je suis enceinte congé maternité combien de semaines",
    "comment avoir un extrait de casier judiciaire", "I need a birth certificate",
)  # fmt: skip
MISSED_AT_MOST = 1
IN_VIEW = """article => {
  const first = article.querySelector('.body > *, .page .extract, .bubble > p, .notice > p').getBoundingClientRect();
  const log = article.closest('.log').getBoundingClientRect();
  // Of a long first paragraph three lines: it begins where the eye is.
  return first.top >= log.top - 1 && Math.min(first.bottom, first.top + 78) <= log.bottom + 1;
}"""


@pytest.mark.parametrize("questions", [QUESTIONS, OTHERS])
def test_first_sentence_of_an_answer_is_in_view_on_a_telephone(
    service: Service, new_context: NewContext, questions: tuple[str, ...]
) -> None:
    page = new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce").new_page()
    widget = Widget(page, service.url).visit().open()
    missed = []
    for number, question in enumerate(questions, 1):
        widget.ask(question)
        expect(widget.panel.locator(".log > article")).to_have_count(number)
        if not widget.replies.last.evaluate(IN_VIEW):
            missed.append(question)
    assert len(missed) <= MISSED_AT_MOST, missed
