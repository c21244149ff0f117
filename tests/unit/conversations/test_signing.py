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


def test_token_names_its_conversation() -> None:
    conversation = new_id()
    assert Signing("key").conversation(Signing("key").token(conversation)) == (conversation, "")
    site = "https://mairie.example"
    assert Signing("key").conversation(Signing("key").token(conversation, site)) == (conversation, site)


def test_token_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    signing = Signing("key", token_days=90)
    token, present = signing.token(new_id()), time.time()
    monkeypatch.setattr(time, "time", lambda: present + 89 * 86400)
    signing.conversation(token)
    monkeypatch.setattr(time, "time", lambda: present + 91 * 86400)
    with pytest.raises(BadToken):
        signing.conversation(token)


def test_token_from_a_later_clock_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    signing, conversation = Signing("key"), new_id()
    token, present = signing.token(conversation), time.time()
    monkeypatch.setattr(time, "time", lambda: present - 3600)
    assert signing.conversation(token) == (conversation, "")


def test_token_of_a_link_ends_with_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    signing, conversation = Signing("key"), new_id()
    present, code = time.time(), signing.link(conversation)
    monkeypatch.setattr(time, "time", lambda: present + 6 * 86400)
    opened, token = signing.exchange_link(code)
    assert (opened, signing.conversation(token)) == (conversation, (conversation, ""))
    monkeypatch.setattr(time, "time", lambda: present + 8 * 86400)
    with pytest.raises(BadToken):
        signing.conversation(token)


def test_own_token_is_kept_for_a_link_if_it_lasts_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    signing, conversation = Signing("key"), new_id()
    present, own, former = time.time(), signing.token(conversation), signing.exchange_link(signing.link(conversation))[1]
    monkeypatch.setattr(time, "time", lambda: present + 2 * 86400)
    code = signing.link(conversation)
    assert signing.exchange_link(code, own) == (conversation, own)
    for other in (former, signing.token(new_id()), signing.token(conversation, "https://mairie.example"), "é"):
        assert signing.exchange_link(code, other)[1] != other


@pytest.mark.parametrize("token", ["", "abc", "abc.def", "é.è", "." * 50])
def test_token_when_forged_is_refused(token: str) -> None:
    with pytest.raises(BadToken):
        Signing("key").conversation(token)


def test_token_of_another_key_is_refused() -> None:
    with pytest.raises(BadToken):
        Signing("key").conversation(Signing("other").token(new_id()))


def test_choice_in_its_conversation_has_payload_and_label() -> None:
    signing = Signing("key")
    assert signing.choice("one", _signed(signing, "one")) == Choice('/choose{"entry": "F1"}', "Carte d'identité")


@pytest.mark.parametrize("other", ["two", ""])
def test_choice_in_another_conversation_is_refused(other: str) -> None:
    signing = Signing("key")
    with pytest.raises(BadToken):
        signing.choice(other, _signed(signing, "one"))


def test_choice_of_a_plain_payload_or_a_token_is_refused() -> None:
    signing = Signing("key")
    for forged in ('/choose{"entry": "F1"}', signing.token("one"), "", "é"):
        with pytest.raises(BadToken):
            signing.choice("one", forged)


def test_signing_with_an_empty_key_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        Signing("")
