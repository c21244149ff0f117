"""What citizens type never acts as a command."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.citizen_text import neutralise

FULLWIDTH, DIVISION = "\uff0f", "\u2215"


@pytest.mark.parametrize(
    "front",
    [
        "/",
        " /",
        "\t\n/",
        FULLWIDTH,
        f" {FULLWIDTH}",
        "\u200b/",
        "\u2060\u200d/",
        "\u202e/",
        "\ufeff/",
        "\u00ad/",
        "\u3000/",
        "\u0301/",
    ],
)
def test_a_leading_slash_is_shown_but_is_no_command(front: str) -> None:
    assert neutralise(f'{front}choose{{"entry": "F1"}}') == f'{DIVISION}choose{{"entry": "F1"}}'


@pytest.mark.parametrize("text", ["carte d'identité", "j'habite au 3/5 rue des Lilas", "œuvre à 2 € ?", "et/ou"])
def test_other_texts_are_left_alone(text: str) -> None:
    assert neutralise(text) == text


def test_blank_and_invisible_texts_are_empty() -> None:
    assert neutralise(" \u200b\u00a0\n") == ""


@given(st.text())
@example("\ud800/restart")
@example("//restart")
def test_rasa_never_sees_its_prefix(text: str) -> None:
    safe = neutralise(text)
    assert not safe.strip().startswith("/")
    safe.encode("utf-8")


def test_neutralise_a_row_of_marks_is_cut() -> None:
    assert neutralise("perdu" + "<€" * 1000 + " ma carte !!! 😀😀😀") == "perdu" + "<€" * 6 + " ma carte !!! 😀😀😀"
