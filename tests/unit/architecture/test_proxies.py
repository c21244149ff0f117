"""What is asked of our own processes never goes through a proxy of the environment's: it would be shown the secret."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from core.settings import ROOT

_PACKAGES = (
    "actions",
    "analytics",
    "channels",
    "conversations",
    "supervision",
    "cli",
    "core",
    "desk",
    "integrators",
    "knowledge_base",
    "retrieval",
    "tools",
)
# These ask other machines, to which a proxy may be the only way.
_OUTSIDE = {
    "channels/sms/composition.py",  # providers
    "cli/doctor/machine.py",  # whether downloads would come
    "core/audit/heads.py",
    "core/identity/oidc/provider.py",
}
_OWN_TRANSPORT = {  # httpx looks at the environment only where it makes the transport itself
    "conversations/engine/rasa_pool.py",
    "channels/web/pages/client.py",
    "tools/bench/insights.py",
}
_FILES = [
    file.relative_to(ROOT).as_posix()
    for package in _PACKAGES
    for file in sorted((ROOT / package).rglob("*.py"))
    if "httpx." in file.read_text(encoding="utf-8")
]


def _requests(file: Path) -> list[ast.Call]:
    """Where ``file`` makes a client of httpx's, or asks without one."""
    return [
        node
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "httpx"
        and node.func.attr in ("AsyncClient", "Client", "get", "post", "request", "stream")
    ]


@pytest.mark.parametrize("file", [file for file in _FILES if file not in _OUTSIDE | _OWN_TRANSPORT])
def test_our_own_processes_are_asked_directly(file: str) -> None:
    for call in _requests(ROOT / file):
        values = {word.arg: word.value for word in call.keywords}
        trusted = values.get("trust_env")
        unpacked = None in values  # ``**`` of core.action_server, held by its own test
        assert unpacked or (isinstance(trusted, ast.Constant) and trusted.value is False), f"{file}:{call.lineno}"


def test_the_exceptions_exist() -> None:
    assert {file for file in _OUTSIDE | _OWN_TRANSPORT if not _requests(ROOT / file)} == set()
