"""Reading ``domain.yml``: one text for each pair, or an error that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conversations.wording import Wording, WordingError
from core.channels import CHANNELS
from core.languages import LANGUAGES
from core.problems import WORDS as PROBLEM_WORDS
from core.settings import ROOT
from tests.unit.conversations.pipeline_words import WORDS as WORKER_WORDS

_DOMAIN = """
responses:
  gateway_hello:
  - {channel: web, condition: [{type: slot, name: language, value: fr}], text: "Bonjour {name}, écrivez à {contact}."}
  - {channel: web, condition: [{type: slot, name: language, value: en}], text: "Hello {name}."}
  - {channel: sms, condition: [{type: slot, name: language, value: fr}], text: "Bjr {name}."}
  ui_send:
  - {text: "Envoyer"}
"""


def _wording(tmp_path: Path, text: str = _DOMAIN) -> Wording:
    path = tmp_path / "domain.yml"
    path.write_text(text, encoding="utf-8")
    return Wording.load(path)


def test_wording_has_a_text_for_each_pair(tmp_path: Path) -> None:
    wording = _wording(tmp_path)
    assert wording.text("gateway_hello", channel="web", language="en", name="Ada") == "Hello Ada."
    assert wording.text("gateway_hello", channel="sms", language="fr", name="Ada") == "Bjr Ada."
    assert wording.text("ui_send", channel="sms", language="en") == "Envoyer"


def test_wording_keeps_braces_in_a_value(tmp_path: Path) -> None:
    assert _wording(tmp_path).text("gateway_hello", language="en", name="{contact} {0}") == "Hello {contact} {0}."


def test_wording_names_what_is_missing(tmp_path: Path) -> None:
    wording = _wording(tmp_path)
    with pytest.raises(WordingError, match="gateway_hello for sms, en"):
        wording.text("gateway_hello", channel="sms", language="en", name="Ada")
    with pytest.raises(WordingError, match=r"gateway_hello wants a value for \{contact\}"):
        wording.text("gateway_hello", name="Ada")
    with pytest.raises(WordingError, match=r"gateway_hello \(sms, en\)"):
        wording.require(["gateway_hello", "ui_send"])
    wording.require(["ui_send"])


def test_wording_with_two_texts_for_a_pair_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WordingError, match="two texts"):
        _wording(tmp_path, _DOMAIN + '  - {channel: web, text: "Send"}\n')


def test_wording_group_has_all_texts_with_the_prefix(tmp_path: Path) -> None:
    assert _wording(tmp_path).group("ui_") == {"ui_send": "Envoyer"}


def test_domain_has_every_text_of_gateway_and_worker() -> None:
    wording = Wording.load(ROOT / "domain.yml")
    wording.require(PROBLEM_WORDS | WORKER_WORDS)
    for channel in CHANNELS:
        for language in LANGUAGES:
            assert wording.group("ui_", channel=channel, language=language).keys() == wording.group("ui_").keys()
