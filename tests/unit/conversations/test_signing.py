"""Tokens and buttons."""

from __future__ import annotations

import time

import pytest

from conversations.signing import BadToken, Choice, Signing, new_id
from core.turns import ChoicesBlock, Option, ReplyBlock, TextBlock

_BLOCKS: tuple[ReplyBlock, ...] = (
    TextBlock(text="Bonjour."),
    ChoicesBlock(text="Lequel ?", options=(Option(label="Carte d'identité", payload='/choose{"entry": "F1"}'),)),
)


def _signed(signing: Signing, conversation: str) -> str:
    text, choices = signing.sign_choices(conversation, _BLOCKS)
    assert text == _BLOCKS[0]
    assert isinstance(choices, ChoicesBlock)
    return choices.options[0].payload


def test_a_token_opens_its_conversation() -> None:
    conversation = new_id()
    assert Signing("key").conversation(Signing("key").token(conversation)) == (conversation, "")
    site = "https://mairie.example"
    assert Signing("key").conversation(Signing("key").token(conversation, site)) == (conversation, site)


def test_a_token_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    signing = Signing("key", token_days=90)
    token, present = signing.token(new_id()), time.time()
    monkeypatch.setattr(time, "time", lambda: present + 89 * 86400)
    signing.conversation(token)
    monkeypatch.setattr(time, "time", lambda: present + 91 * 86400)
    with pytest.raises(BadToken):
        signing.conversation(token)


def test_token_of_a_clock_that_was_put_back_opens_its_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    signing, conversation = Signing("key"), new_id()
    token, present = signing.token(conversation), time.time()
    monkeypatch.setattr(time, "time", lambda: present - 3600)
    assert signing.conversation(token) == (conversation, "")


@pytest.mark.parametrize("token", ["", "abc", "abc.def", "é.è", "." * 50])
def test_a_forged_token_opens_nothing(token: str) -> None:
    with pytest.raises(BadToken):
        Signing("key").conversation(token)


def test_a_token_of_another_key_opens_nothing() -> None:
    with pytest.raises(BadToken):
        Signing("key").conversation(Signing("other").token(new_id()))


def test_a_button_gives_its_payload_and_label_in_its_conversation() -> None:
    signing = Signing("key")
    assert signing.choice("one", _signed(signing, "one")) == Choice('/choose{"entry": "F1"}', "Carte d'identité")


@pytest.mark.parametrize("other", ["two", ""])
def test_a_button_gives_nothing_in_another_conversation(other: str) -> None:
    signing = Signing("key")
    with pytest.raises(BadToken):
        signing.choice(other, _signed(signing, "one"))


def test_a_plain_payload_or_a_token_is_no_button() -> None:
    signing = Signing("key")
    for forged in ('/choose{"entry": "F1"}', signing.token("one"), "", "é"):
        with pytest.raises(BadToken):
            signing.choice("one", forged)


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        Signing("")
