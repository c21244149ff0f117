"""FAQ files in JSON lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.entry import TextBlock
from knowledge_base.errors import InvalidSource
from knowledge_base.sources.faq import read_faq


def write(path: Path, *lines: dict[str, Any] | str) -> Path:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    return path


def line(page: str, **more: Any) -> dict[str, Any]:
    return {"id": page, "title": f"Question {page} ?", "text": "Réponse.", **more}


def test_a_line_becomes_an_entry(tmp_path: Path) -> None:
    text = "Il faut :\n- un acte ;\n- une <photo>.\n\nPuis :\n1) attendre\n2) revenir"
    path = write(
        tmp_path / "faq.jsonl", line("7", theme="Internet", audience="Particuliers", keywords="site web, cookie,", text=text)
    )
    (entry,) = read_faq(path, "essai", "Mairie de Nîmes").entries
    assert (entry.id, entry.collection, entry.title, entry.source) == ("7", "essai", "Question 7 ?", "Mairie de Nîmes")
    assert (entry.theme, entry.audiences, entry.keywords) == (("Internet",), ("particuliers",), ("site web", "cookie"))
    assert entry.body == (
        TextBlock(markdown="Il faut :\n\n- un acte ;\n- une \\<photo>.\n\nPuis :\n\n1. attendre\n2. revenir"),
    )


def test_addresses_and_sources_are_kept_where_a_file_has_them(tmp_path: Path) -> None:
    path = write(tmp_path / "faq.jsonl", line("7", url="https://exemple.fr/7", source="Mairie"), line("8", url="javascript:x"))
    first, second = read_faq(path, "essai").entries
    assert (first.url, first.source) == ("https://exemple.fr/7", "Mairie")
    assert second.urls == {}


def test_incomplete_lines_are_left_out_and_named(tmp_path: Path) -> None:
    path = write(
        tmp_path / "faq.jsonl",
        line("1"),
        "",
        {"id": "2", "title": "Sans texte"},
        line("1"),
        line("x" * 65),
        line("3"),
        line("4"),
    )
    faq = read_faq(path, "essai")
    assert [entry.id for entry in faq.entries] == ["1", "3", "4"]
    assert [reason.split(" : ")[0] for reason in faq.rejected] == ["ligne 3", "ligne 4", "ligne 5"]
    assert "text" in faq.rejected[0]


def test_a_file_cut_off_is_refused_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "faq.jsonl", line("1"), line("2"))
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(InvalidSource, match="ligne 2"):
        read_faq(path, "essai")


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="ne ressemble pas"):
        read_faq(write(tmp_path / "autre.jsonl", {"question": "?"}, {"question": "!"}), "essai")
    with pytest.raises(InvalidSource, match="ne peut être lu"):
        read_faq(tmp_path / "absent.jsonl", "essai")
