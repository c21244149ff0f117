"""What who cannot use the assistant reads: whom to ask, and how without hearing."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.web.api.config import widget_config
from cli.demonstration import PHONE
from conversations.wording import Wording
from core.settings import Settings

_RELAY = "https://relais.valbourg.example/"


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Personnes sourdes"), ("en", "Deaf"), ("es", "Personas sordas"), ("ar", "للصم")]
)
def test_the_widget_in_trouble_gives_the_contact_and_its_relay(language: str, words: str) -> None:
    settings = Settings(contact_phone=PHONE, contact_email="accueil@valbourg.example", relay_url=_RELAY)
    wording = Wording.load(Path("domain.yml")).filled_from(settings)
    text = widget_config(settings, wording, language, []).wording["ui_unavailable"]
    assert f"{PHONE}, accueil@valbourg.example" in text
    assert words in text
    assert text.endswith(_RELAY)


def test_an_administration_without_a_number_is_given_by_its_name() -> None:
    settings = Settings(
        contact_phone="", contact_email="", contact_url="", opening_hours="", organisation="Ville", relay_url=_RELAY
    )
    text = widget_config(settings, Wording.load(Path("domain.yml")), "fr", []).wording["ui_unavailable"]
    assert text.endswith(": Ville.")
