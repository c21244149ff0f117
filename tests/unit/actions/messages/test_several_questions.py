"""A message that asks several questions is divided into them."""

import pytest

from actions.messages.several_questions import MOST, questions_in


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        (
            "Faut-il changer l'adresse et combien ça coûte ?",
            ["Faut-il changer l'adresse", "combien ça coûte"],
        ),
        (
            "Peut-elle porter mon nom, et est-ce qu'il doit dire oui ? Elle a 14 ans.",
            ["Peut-elle porter mon nom", "est-ce qu'il doit dire oui"],
        ),
        (
            "Vais-je payer ? Existe-t-il une liste ?",
            ["Vais-je payer", "Existe-t-il une liste"],
        ),
        ("Puis-je partir, et avec quel délai ?", ["Puis-je partir", "avec quel délai"]),
        (
            "J'ai droit à combien et est ce que je dois payer ?",
            ["J'ai droit à combien", "est ce que je dois payer"],
        ),
        ("Do I need to do that, and can I travel?", ["Do I need to do that", "can I travel"]),
        ("J'ai perdu ma carte, que dois-je faire ?", ["que dois-je faire"]),
        ("C'est moi qui dois payer, est-ce que je peux le faire ?", ["est-ce que je peux le faire"]),
        ("je dois refaire ma carte et combien ça coûte", ["combien ça coûte"]),
        (
            "enceinte, quelle est la durée du congé et quand est-ce que je préviens mon patron",
            ["quelle est la durée du congé", "quand est-ce que je préviens mon patron"],
        ),
        ("Je ne sais pas où aller et combien ça coûte.", []),
        ("Je ne sais pas où aller.", []),
        ("", []),
    ],
)
def test_questions_in_message_returns_each_question(message: str, questions: list[str]) -> None:
    assert list(questions_in(message)) == questions


def test_questions_in_message_with_many_returns_the_first() -> None:
    assert len(questions_in("Où aller ? " * 10)) == MOST
