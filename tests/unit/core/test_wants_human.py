"""Requests for a person to speak to, and questions that only name one."""

from __future__ import annotations

import pytest

from conversations.wording import Wording
from core.settings import ROOT
from core.text.wants_human import is_about_somebody, wants_human


@pytest.mark.parametrize(
    "text",
    [
        "je veux parler à quelqu'un",
        "Je voudrais parler à un conseiller au sujet de ma retraite.",
        "passez-moi un agent svp",
        "un humain svp",
        "allô, il y a quelqu'un ?",
        "y a moyen de discuter avec une vraie personne pour mon passeport",
        "I want to talk to a person",
        "besoin aide humaine",
        "Vous êtes un robot. Je ne discute pas avec les robots. Un agent, merci.",
        "Hotline ?",
        "Je désire m'entretenir avec une personne compétente en matière de succession.",
        "A qui puis-je parler, de vive voix ?",
        "je veux parler avec inspecteur du travail",
        "allo ya til kelkun pr la caf",
    ],
)
def test_wants_human_request_is_told(text: str) -> None:
    assert wants_human(text)


@pytest.mark.parametrize(
    "text",
    [
        "aide pour une personne âgée à domicile",
        "comment devenir agent de sécurité",
        "mon conseiller pôle emploi m'a radié, que faire",
        "embaucher une personne quelques heures par semaine",
        "PCH aide humaine",
        "mon voisin parle trop fort la nuit",
        "personne ne me répond à la CAF",
        "carte d'identité perdue",
        "je voudrais parler à mon ex de la garde",
        "peut-on rencontrer un avocat sans payer",
        "mon patron m'a annoncé de vive voix que c'était fini",
        "le standard de mon immeuble est en panne",
        "",
    ],
)
def test_wants_human_question_that_names_people_is_none(text: str) -> None:
    assert not wants_human(text)


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("cmu pour quelqu’un sans papiers", True),
        ("héberger quelqu'un chez moi quels papiers", True),
        ("j'ai le droit de venir avec quelqu'un ?", True),
        ("je peux être accompagné à l'entretien ?", True),
        ("on peut faire une visio avec quelqu'un de chez vous", False),
        ("passez-moi quelqu'un", False),
        ("je veux parler à quelqu'un pour quelqu'un de malade", False),
        ("y a quelqu'un ?", False),
    ],
)
def test_is_about_somebody_else_whom_the_question_names(text: str, about: bool) -> None:
    assert is_about_somebody(text) is about


@pytest.mark.parametrize("language", ["fr", "en", "es", "ar"])
def test_wants_human_understands_what_the_button_says(language: str) -> None:
    assert wants_human(Wording.load(ROOT / "domain.yml").text("ui_reach_human", language=language))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("أريد التكلم مع موظف", True),
        ("شخص مريض ماذا أفعل", False),
        ("hablar con un agente", True),
        ("quiero contratar a un empleado", False),
        ("falar com uma pessoa", True),
        ("biriyle görüşmek istiyorum", True),
        ("хочу поговорити з людиною", True),
    ],
)
def test_wants_human_understands_the_simplest_words_of_other_languages(text: str, wanted: bool) -> None:
    assert wants_human(text) is wanted
