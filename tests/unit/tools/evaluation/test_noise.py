"""Noise is noise: what was promised is gone, what was not stays, and the same question always gets the same."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.evaluation.noise import _NEIGHBOURS, NOISES, noisy, slips, sms

QUESTION = "Bonjour, j'ai perdu ma carte d'identité : comment la faire refaire à l'étranger, et quand ?"


def test_accents_and_cedillas_are_dropped_and_nothing_else() -> None:
    assert noisy("Où reçoit-on l'aîné ?", "accents") == "Ou recoit-on l'aine ?"


def test_capitals() -> None:
    assert noisy("Où ça ?", "upper") == "OÙ ÇA ?"


def test_punctuation_goes_and_words_stay() -> None:
    assert noisy("l'eau, peut-on la boire ?", "punctuation") == "l eau peut on la boire"


def test_sms_writing_abbreviates_what_it_knows() -> None:
    written = noisy("Bonjour, j'ai un rendez-vous pour quand ?", "sms")
    assert written.split()[0] == "bjr,"
    assert {"g", "rdv", "pr", "qd"} <= set(written.replace("?", "").replace(",", "").split())


def test_slips_touch_a_few_letters() -> None:
    text = "comment renouveler un passeport " * 20
    slipped = slips(text, random.Random(3))
    assert slipped != text
    assert abs(len(slipped) - len(text)) < len(text) / 14
    assert sum(a != b for a, b in zip(text.split(), slipped.split(), strict=False)) < len(text.split()) * 0.8


def test_neighbours_are_those_of_an_azerty_keyboard() -> None:
    assert "z" in _NEIGHBOURS["a"]
    assert "q" in _NEIGHBOURS["a"]
    assert "m" not in _NEIGHBOURS["a"]
    assert all(letter not in others for letter, others in _NEIGHBOURS.items())


@pytest.mark.parametrize("kind", NOISES)
def test_the_same_question_gets_the_same_noise_and_another_seed_may_differ(kind: str) -> None:
    assert noisy(QUESTION, kind, seed=4) == noisy(QUESTION, kind, seed=4)
    assert noisy(QUESTION, kind) != QUESTION


def test_seeds_differ() -> None:
    assert len({noisy(QUESTION, "all", seed=seed) for seed in range(8)}) > 1


@given(st.text(max_size=200), st.sampled_from(sorted(NOISES)))
def test_any_text_can_be_noisy(text: str, kind: str) -> None:
    assert isinstance(noisy(text, kind), str)


def test_sms_writing_leaves_unknown_short_words() -> None:
    assert sms("CAF et RSA", random.Random(1)) == "caf et rsa"
