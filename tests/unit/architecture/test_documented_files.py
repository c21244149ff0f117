"""Files that the how-tos and guides of today name exist. ADRs keep the paths of their day."""

from __future__ import annotations

import re
from pathlib import Path

from core.settings import ROOT

_NAMED = re.compile(r"`([a-z_]+(?:/[a-z_.]+)*/[a-z_]+\.(?:py|yml|jsonl|tsv))`")
_DIRECTLY = ("docs", "docs/how-to", "docs/guides", "docs/journeys", "docs/runbooks")


def test_a_file_that_a_page_names_exists() -> None:
    folders = [folder for folder in ROOT.iterdir() if folder.is_dir() and not folder.name.startswith((".", "var"))]
    files = {str(file.relative_to(ROOT)) for folder in folders for file in folder.rglob("*") if file.is_file()}
    endings = {"/".join(Path(name).parts[start:]) for name in files for start in range(len(Path(name).parts))}
    pages = [page for folder in _DIRECTLY for page in (ROOT / folder).glob("*.md")]
    missing = [
        f"{page.relative_to(ROOT)}: {name}"
        for page in pages
        for name in _NAMED.findall(page.read_text(encoding="utf-8"))
        if name not in endings
    ]
    assert missing == []


def test_a_file_of_the_settings_that_the_how_to_lists_exists() -> None:
    text = (ROOT / "docs/how-to/setting.md").read_text(encoding="utf-8")
    listed = re.findall(r"`([a-z_]+\.py)`", text)
    assert listed != []
    assert [name for name in listed if not (ROOT / "core/settings" / name).exists()] == []


_NAMED_LINK = re.compile(r"\[`([\w.]+\.\w+)`\]\(([^)#\s]+)\)")


def test_a_link_that_is_named_like_a_file_leads_to_that_file() -> None:
    pages = [page for folder in _DIRECTLY for page in (ROOT / folder).glob("*.md")]
    wrong = [
        f"{page.relative_to(ROOT)}: {name} is {link}"
        for page in pages
        for name, link in _NAMED_LINK.findall(page.read_text(encoding="utf-8"))
        if Path(link).name != name
    ]
    assert wrong == []
