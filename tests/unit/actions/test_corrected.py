"""Who corrects the question, and who asks for a price of nothing yet named."""

from __future__ import annotations

import pytest

from actions.messages.aspects import asked_in, names_nothing
from actions.messages.plain_words import plain
from actions.messages.topic_switch import corrected
from core.settings import Settings
from tests.unit.actions.policy.test_follow_up import Pages
from tests.unit.actions.talk import Talk, options


@pytest.mark.parametrize(
    ("text", "before", "asked"),
    [
        (
            "non je voulais dire la carte d'identité",
            "combien de temps pour un passeport",
            "la carte d'identité combien de temps pour un",
        ),
        ("non je voulais dire la TVA", "une lettre des impôts", "la TVA"),
        ("je parle du mariage", "", "du mariage"),
        ("je me suis trompé c'est le RSA", "", "le RSA"),
        ("pas le passeport, la carte d'identité", "prix du passeport", "la carte d'identité prix"),
        ("pas le passeport mais le visa", "", "le visa"),
        ("non je parle de l'aide à domicile pas la maison de retraite", "", "l'aide à domicile"),
        ("je parle du studio plutôt que de la maison", "", "du studio"),
        ("I meant my driving licence", "", "my driving licence"),
        ("quería decir el pasaporte", "", "el pasaporte"),
    ],
)
def test_what_is_meant_instead_is_asked(text: str, before: str, asked: str) -> None:
    assert corrected(text, before) == asked


@pytest.mark.parametrize(
    "text",
    [
        "je veux parler à quelqu'un",
        "je voulais savoir si je peux travailler",
        "je voulais dire pour un mineur",
        "c'est pas ma faute, la mairie a perdu mon dossier",
        "pas la peine, la réponse est claire",
        "non pas marié, pacsé",
        "pas encore, je l'attends",
        "non",
        "la carte d'identité",
    ],
)
def test_other_messages_are_no_correction(text: str) -> None:
    assert corrected(text, "combien coûte un passeport") == ""


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("c'est payant ?", "cost"),
        ("quanto custa?", "cost"),
        ("ne kadar?", "cost"),
        ("скільки це коштує?", "cost"),
        ("que documentos preciso?", "documents"),
        ("hangi belgeler gerekli?", "documents"),
        ("які документи потрібні?", "documents"),
        ("ما هي الوثائق؟", "documents"),
        ("quanto tempo demora?", "delay"),
        ("ne kadar sürer?", "delay"),
        ("скільки чекати?", "delay"),
        ("куди звертатися?", "place"),
    ],
)
def test_an_aspect_of_nothing_in_particular_is_heard_in_each_language(text: str, aspect: str) -> None:
    found, _ = asked_in(plain(text))
    assert found is not None
    assert found.name == aspect
    assert names_nothing(text)


@pytest.mark.parametrize("text", ["combien coûte un passeport", "quanto custa o passaporte?", "pasaport ne kadar", "bonjour"])
def test_where_something_is_named_or_nothing_asked_it_is_not(text: str) -> None:
    assert not names_nothing(text)


async def test_a_price_of_nothing_is_asked_back_and_completed_by_the_next_message(settings: Settings) -> None:
    talk = Talk(settings, Pages())
    first = await talk.say("c'est payant ?")
    assert [one.payload for one in options(first)] == ["/ask_human"]
    assert first.blocks[0].text.startswith("De quoi s’agit-il")
    assert (await talk.say("permis de pêche d'un mineur")).entry == "P11"


async def test_a_page_is_left_for_what_was_meant(settings: Settings) -> None:
    talk = Talk(settings, Pages())
    assert (await talk.say("prime de déménagement")).entry == "P1"
    assert (await talk.say("non je voulais dire le renouvellement du passeport")).entry == "P3"


async def test_who_was_mistaken_and_names_what_it_is_goes_there_and_not_back(settings: Settings) -> None:
    talk = Talk(settings, Pages())
    await talk.say("prime de déménagement")
    assert (await talk.say("je me suis trompé, c'est le renouvellement du passeport", "go_back")).entry == "P3"
