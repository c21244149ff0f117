"""Keys by which the dialogue's classifier knows words that are written as they are heard."""

from __future__ import annotations

import pytest

from bot.components.phonetic_keys import phonetic_keys


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("jveu parlé a kelkun", "Je veux parler à quelqu'un"),
        ("esk vs etes un robo", "est-ce que vous êtes un robot ?"),
        ("vs pouvé me rapelé", "vous pouvez me rappeler"),
        ("kels papié", "quels papiers ?"),
        ("G ENVOYÉ LA DEMANDE", "j'ai envoyé la demande"),
    ],
)
def test_sms_spelling_sounds_like_the_words(written: str, heard: str) -> None:
    assert phonetic_keys(written) == phonetic_keys(heard)


@pytest.mark.parametrize(("one", "other"), [("carte", "certes"), ("mairie", "marie"), ("merci", "mercredi")])
def test_other_words_sound_otherwise(one: str, other: str) -> None:
    assert phonetic_keys(one) != phonetic_keys(other)


@pytest.mark.parametrize("text", ["", "?", "…", "🙂"])
def test_what_has_no_words_has_no_sound(text: str) -> None:
    assert phonetic_keys(text) == ""


def test_other_scripts_are_kept() -> None:
    assert phonetic_keys("هل أنت روبوت").count(" ") == 2
