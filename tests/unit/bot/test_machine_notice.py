"""What citizens are told before they write: that this is an automatic system, how it works, how to reach a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from conversations.wording import Wording
from core.channels import CHANNELS
from core.languages import PANEL_LANGUAGES

_WORDING = Wording.load(Path("domain.yml"))
_SAYS = {
    "fr": (("automatique",), ("pages officielles",), ("inventé", "invente"), ("joindre une personne",)),
    "en": (("automatic", "automated"), ("official pages",), ("makes nothing up", "nothing is made up"), ("reach a person",)),
    "es": (("automático",), ("páginas oficiales",), ("inventa", "inventado"), ("hablar con una persona",)),
    "ar": (("آلي",), ("رسمية",), ("تختلق", "يختلق", "اختلاق"), ("شخص",)),
}


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", PANEL_LANGUAGES)
@pytest.mark.parametrize("name", ["ui_machine_notice", "gateway_first_contact"])
def test_the_notice_says_what_answers_how_and_how_to_reach_a_person(name: str, language: str, channel: str) -> None:
    values = {"service": "Guichet", "organisation": "Ville", "days": 30, "url": "https://ville.example"}
    text = _WORDING.text(name, channel=channel, language=language, **values)
    assert [words for words in _SAYS[language] if not any(word in text for word in words)] == []
    if (name, channel) == ("gateway_first_contact", "sms"):
        assert "CONTACT" in text
