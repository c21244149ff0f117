"""The rules of docs/wording.md that a machine can hold, over all that ``domain.yml`` says, buttons included."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from channels.sms.encoding import prepare, segments
from tests.unit.bot.test_wording import PLACEHOLDER, RESPONSES, pair

NO_BREAK = "\u00a0"
FRAME, SEGMENTS = 300, 2  # what a telephone shows without scrolling, and what a citizen may be sent for a frame
E_MAIL = "gateway_mail_"  # the texts of an e-mail, which stand in no widget and no SMS
FILLED = {  # ordinary lengths; what an administration fills in longer costs a segment more
    "contact": "01 99 00 12 34",
    "days": "30",
    "day": "mercredi 26 novembre",
    "minutes": "15",
    "organisation": "Mairie de démonstration",
    "service": "Guichet",
    "time": "14 h",
    "url": "https://guichet.ville.fr",
}
FAMILIAR = {  # a citizen is addressed with "vous", "usted" and, in Arabic, the plural
    "fr": r"\b(?:tu|te|toi|ton|ta|tes)\b|\bt['’]",
    "es": r"\b(?:tú|tu|tus|te|ti|contigo|puedes|quieres|tienes|escribe aquí|llama|vosotros|os)\b",
    "pt": r"\b(?:tu|teus?|tuas?|te|ti|contigo|podes|queres|tens|escreve|liga|você)\b",
    "tr": r"\b(?:sen|senin|sana|seni|yaz|ara|gönder|söyle)\b",
    "uk": r"\b(?:ти|тебе|тобі|твій|твоя|твоє|твої|напиши|телефонуй|надішли)\b",
    "ar": r"\b(?!(?:[بلك]?ذلك|هناك)\b)\w+ك\b|\b(?:اكتب|اكتبه|اختر|فاختر|اذكر|قل|أجب|اطلب)\b",
}
OTHER_WORDS = {  # the words for the same thing that we do not use, and words that blame or order about
    "fr": r"supprim|conseiller|opérateur|\bfiches?\b|informations personnelles|être rappelée?\b|parler à une personne"
    r"|\binvalide|erroné|incorrect|\béchec|échoué|n['’]a pas pu être|vous n['’]avez pas|vous devez|veuillez|merci de ",
    "en": r"\bdelet|\bagents?\b|\boperator|\badvis[eo]r|personal information|talk to a person"
    r"|\binvalid|no longer valid|incorrect|\bfailed|could not be (?:read|handled)|you did not|you have not|you must",
    "es": r"\belimin|\bagente|\boperador|información personal|inválid|incorrect|no se ha podido tratar|debe ",
}
AROUND = ("care_human", "care_reach_human", "care_answer", "care_again", "care_silent", "care_mourning")
DANGERS = [name for name in RESPONSES if name.startswith("care_") and name not in AROUND and "perhaps" not in name]


class Said(NamedTuple):
    """One sentence or one button."""

    name: str
    channel: str
    language: str
    text: str


def everything() -> Iterator[Said]:
    for name, variations in RESPONSES.items():
        for variation in variations:
            channel, language = pair(variation)
            yield Said(name, channel, language, variation["text"])
            for button in variation.get("buttons", []):
                yield Said(name, channel, language, button["title"])


def offenders(pattern: dict[str, str]) -> list[Said]:
    return [said for said in everything() if re.search(pattern.get(said.language, r"(?!)"), said.text, re.IGNORECASE)]


def test_a_citizen_is_addressed_with_respect() -> None:
    assert offenders(FAMILIAR) == []


def test_one_word_for_one_thing_and_no_blame() -> None:
    assert offenders(OTHER_WORDS) == []


def test_nobody_is_shouted_at() -> None:
    symbols = [said for said in everything() if any(unicodedata.category(character) == "So" for character in said.text)]
    assert [said for said in everything() if set(said.text) & set("!¡")] + symbols == []


def test_a_frame_fits_a_telephone() -> None:
    frames = [said for said in everything() if said.channel == "web" and not said.name.startswith(E_MAIL)]
    assert [said for said in frames if len(said.text) > FRAME] == []


def test_an_sms_has_two_segments_at_most() -> None:
    texts = [said for said in everything() if said.channel == "sms" and not said.name.startswith(("ui_", E_MAIL))]
    sent = {
        said: prepare(PLACEHOLDER.sub(lambda match: FILLED.get(match[1], "12 mots ou chiffres"), said.text)) for said in texts
    }
    assert {said: text for said, text in sent.items() if segments(text) > SEGMENTS} == {}


def test_an_sms_names_no_button() -> None:
    words = {"fr": r"\bbouton|cliqu", "en": r"\bbutton|\bclick", "es": r"botón|clic", "ar": r"الزر\b"}
    assert [said for said in offenders(words) if said.channel == "sms"] == []


def test_french_punctuation_never_begins_a_line() -> None:
    """The widget mends it as it shows it; the page without JavaScript and the download show it as it stands."""
    french = [said for said in everything() if (said.channel, said.language) == ("web", "fr")]
    assert [said for said in french if re.search(rf"[^{NO_BREAK}][:;?»]|«[^{NO_BREAK}]|'", said.text)] == []


@pytest.mark.parametrize("name", DANGERS)
def test_in_danger_the_number_comes_first_and_is_the_same_for_all(name: str) -> None:
    def numbers(text: str) -> set[str]:
        return set(re.findall(r"\d+", text.replace("116 0", "1160")))

    texts = [variation["text"] for variation in RESPONSES[name]]
    assert [text for text in texts if not re.match(r"\D{1,20}\d", text)] == []
    assert [text for text in texts if numbers(text) != numbers(texts[0])] == []
