"""Imports point one way; bot imports none of them, but for the few files of ``core`` that its Python can read.

cli → integrators → analytics → channels → supervision → conversations → core, and cli → knowledge_base, actions → desk,
retrieval, places → core.
Beside them stand the developers' tools, which an image leaves out: they import what they measure or train, and no package
imports them but ``cli.commands``, a command at a time. They use no command themselves.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from core.settings import ROOT

PACKAGES = (
    "tools",
    "cli",
    "integrators",
    "analytics",
    "channels",
    "conversations",
    "supervision",
    "knowledge_base",
    "actions",
    "desk",
    "retrieval",
    "places",
    "core",
    "bot",
)
ALLOWED = {
    "tools": {*PACKAGES} - {"bot"},
    "cli": {*PACKAGES} - {"bot", "tools"},
    "integrators": {"integrators", "analytics", "channels", "supervision", "conversations", "desk", "core"},
    "analytics": {"analytics", "channels", "supervision", "conversations", "desk", "core"},
    "channels": {"channels", "supervision", "conversations", "desk", "core"},
    "supervision": {"supervision", "conversations", "desk", "core"},
    "conversations": {"conversations", "core"},
    "knowledge_base": {"knowledge_base", "desk", "retrieval", "places", "core"},
    "actions": {"actions", "retrieval", "places", "core"},
    "retrieval": {"retrieval", "core"},
    "places": {"places", "core"},
    "desk": {"desk", "core"},
    "core": {"core"},
    "bot": {"bot"},
}


COMMANDS = ROOT / "cli" / "commands"
RASA_SCRIPTS = ROOT / "tools" / "rasa_scripts"  # for Rasa's Python: of ours they import ``bot`` alone
# What Rasa loads besides ``bot``: in its own Python, without our libraries.
FOR_BOT = ("core.socket_handover", "core.text.folding", "core.text.slang")
BOT_PYTHON = (3, 11)


def _imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _siblings_imported(file: Path) -> set[str]:
    imported = _imported(file)
    if file.is_relative_to(ROOT / "bot"):
        imported = {name for name in imported if not name.startswith(FOR_BOT)}
    found = {name.split(".")[0] for name in imported} & {*PACKAGES, "tests"}
    return found - {"tools"} if file.is_relative_to(COMMANDS) else found


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_one_way(package: str) -> None:
    files = [file for file in (ROOT / package).rglob("*.py") if not file.is_relative_to(RASA_SCRIPTS)]
    assert files, f"{package} has no code"
    wrong = {str(file.relative_to(ROOT)): sorted(bad) for file in files if (bad := _siblings_imported(file) - ALLOWED[package])}
    assert not wrong


@pytest.mark.parametrize("name", [*FOR_BOT, "core", "core.text"])
def test_what_bot_imports_of_core_runs_in_its_python_alone(name: str) -> None:
    path = ROOT / name.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    ast.parse(file.read_text(encoding="utf-8"), feature_version=BOT_PYTHON)
    assert {one.split(".")[0] for one in _imported(file)} <= sys.stdlib_module_names


def test_accents_are_taken_off_in_one_place() -> None:
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    assert {str(file.relative_to(ROOT)) for file in files if "unicodedata.combining(" in file.read_text(encoding="utf-8")} == {
        "core/text/folding.py",
        "core/proof/verify.py",  # runs without the service
    }


def test_scripts_for_rasa_import_bot_alone() -> None:
    imported = {name for file in RASA_SCRIPTS.rglob("*.py") for name in _siblings_imported(file)}
    assert imported == {"bot"}


def test_tools_use_no_command() -> None:
    files = list((ROOT / "tools").rglob("*.py"))
    assert [
        str(file.relative_to(ROOT)) for file in files if any(name.startswith("cli.commands") for name in _imported(file))
    ] == []


def test_files_stay_small() -> None:
    suffixes = {".py", ".js", ".css", ".html", ".sh"}
    folders = (*PACKAGES, "tests")
    # A library's file is kept byte for byte as its maker publishes it (tools/supply/provenance.yml has its digest).
    vendored = {ROOT / "knowledge_base/desk/editor/static/markdown-toolbar-element.js"}
    files = [file for folder in folders for file in (ROOT / folder).rglob("*") if file.suffix in suffixes]
    files = [file for file in files if file not in vendored]
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in files}
    assert {name: length for name, length in lengths.items() if length > 400} == {}
