"""No two folders lie on a cycle of imports: what is in one can be read, changed and tested without the other."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from core.settings import ROOT

PACKAGES = sorted(file.parent.name for file in ROOT.glob("*/__init__.py") if file.parent.name != "tests")

Module = tuple[str, ...]  # ("channels", "sms", "encoding")


def _modules() -> dict[Module, Path]:
    files = (file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return {file.relative_to(ROOT).with_suffix("").parts: file for file in files}


def _imports(modules: Mapping[Module, Path]) -> dict[Module, set[Module]]:
    """Returns for each module the ones that it imports, wherever in the file.

    A command's tool is left out: it is imported when the command runs, where the tools are installed.
    """
    imports = {module: set(_named(file, modules)) for module, file in modules.items()}
    for module, others in imports.items():
        if module[:2] == ("cli", "commands"):
            others -= {other for other in others if other[0] == "tools"}
    return imports


def _named(file: Path, modules: Mapping[Module, Path]) -> Iterator[Module]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            parts = tuple(name.split("."))
            for candidate in (parts, (*parts, "__init__"), parts[:-1], (*parts[:-1], "__init__")):
                if candidate in modules:
                    yield candidate
                    break


def _cycles(folder: Module, imports: Mapping[Module, set[Module]]) -> list[list[str]]:
    """Returns the cycles among what ``folder`` holds directly, each with at least one sub-folder; sorted."""
    depth = len(folder)
    edges: defaultdict[str, set[str]] = defaultdict(set)
    folders = {module[depth] for module in imports if module[:depth] == folder and len(module) > depth + 1}
    for module, others in imports.items():
        for other in others:
            if module[:depth] == other[:depth] == folder and module[depth] != other[depth]:
                edges[module[depth]].add(other[depth])
    reached = {name: _reached(name, edges) for name in edges}
    circles = {frozenset(other for other in seen if name in reached.get(other, ())) for name, seen in reached.items()}
    return sorted(sorted(circle) for circle in circles if len(circle) > 1 and circle & folders)


def _reached(start: str, edges: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    left = [start]
    while left:
        for name in edges.get(left.pop(), set()) - seen:
            seen.add(name)
            left.append(name)
    return seen


def test_folders_lie_on_no_cycle() -> None:
    imports = _imports(_modules())
    folders = {module[:depth] for module in imports for depth in range(len(module))}
    found = {".".join(folder): cycles for folder in folders if (cycles := _cycles(folder, imports))}
    assert found == {}


def test_a_cycle_through_a_file_is_found() -> None:
    a, b, c = ("p", "a", "x"), ("p", "b"), ("p", "c", "y")
    assert _cycles(("p",), {a: {b}, b: {c}, c: {a}}) == [["a", "b", "c"]]
    assert _cycles(("p",), {a: {b}, b: {c}, c: set()}) == []
    assert _cycles(("p",), {a: {("q", "z")}, ("q", "z"): {a}}) == []
