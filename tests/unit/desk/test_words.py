"""Every word of every part of the desks exists in both languages, and every one that a template names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.settings import ROOT
from desk.words import Words, WordsError, read

FOLDERS = sorted(
    path.parent
    for package in ("desk", "channels/web/desk", "supervision/desk", "analytics/desk", "knowledge_base/desk")
    if (ROOT / package).is_dir()
    for path in (ROOT / package).rglob("words.yml")
)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_words_are_complete_and_templates_name_none_that_is_missing(folder: Path) -> None:
    words = set(read(folder / "words.yml")) | set(read(ROOT / "desk" / "words.yml"))
    named = {
        (path.name, key)
        for path in (folder / "templates").rglob("*.html")
        for key in re.findall(r"""\bsay\(\s*["']([a-z0-9_]+)["']\s*[,)]""", path.read_text())
    }
    assert {(name, key) for name, key in named if key not in words} == set()


def test_a_word_without_a_language_or_with_other_placeholders_is_refused(tmp_path: Path) -> None:
    for text in ("a: {fr: x}", "a: {fr: x, en: y, de: z}", "a: {fr: '{n} x', en: y}", "a: x"):
        (tmp_path / "words.yml").write_text(text)
        with pytest.raises(WordsError):
            read(tmp_path / "words.yml")


def test_a_parts_own_word_comes_before_the_shells() -> None:
    words = Words(
        {"desk": {"desk_save": {"fr": "Garder", "en": "Keep"}}, "x": {"hello": {"fr": "Bonjour {name} !", "en": "Hi {name}"}}}
    )
    assert words.text("x", "hello", "fr", {"name": "Léa"}) == "Bonjour Léa\N{NO-BREAK SPACE}!"
    assert words.text("x", "desk_save", "en") == "Keep"
    with pytest.raises(WordsError):
        words.text("x", "hello", "fr")
    with pytest.raises(WordsError):
        words.text("x", "nothing", "fr")
