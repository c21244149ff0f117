"""A version that is gone back to works with later tables: migrations only add, or say by name that they do not."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from core.database.migrate import code_revision, has_migration, is_later_in_generation, works_with
from core.settings import ROOT

_VERSIONS = sorted((ROOT / "core" / "migrations" / "versions").glob("[0-9]*.py"))
_HELD_FROM = "0086"  # the first that a version before it may meet without knowing it
_ADDING = {"create_table", "create_index", "add_column"}
# In a batch, these take away; a column that comes to allow NULL does not.
_CHANGING = {"alter_column", "drop_column", "drop_constraint", "create_unique_constraint", "create_check_constraint"}


@pytest.mark.parametrize(
    ("ours", "theirs", "stood"),
    [
        ("0085", "0086", True),
        ("0085", "0102", True),
        ("0085", "2.0087", False),  # it began a generation
        ("2.0087", "2.0088", True),
        ("2.0087", "0086", False),  # older
        ("0085", "0084", False),
        ("0085", "a3f09c", False),
    ],
)
def test_later_tables_are_worked_with_in_one_generation(ours: str, theirs: str, stood: bool) -> None:
    assert is_later_in_generation(ours, theirs) is stood


def test_what_this_version_knows_is_worked_with_only_if_it_is_the_last() -> None:
    assert works_with(code_revision())
    assert has_migration("0084")
    assert not works_with("0084")
    assert not works_with(None)


def _file(text: str, folder: Path) -> Path:
    file = folder / "0099_a.py"
    file.write_text(text)
    return file


def _takes_away(file: Path) -> list[str]:
    """What ``upgrade`` of this migration does that code of before it may stumble on."""
    tree = ast.parse(file.read_text())
    (function,) = (one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "upgrade")
    found = []
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        if not isinstance(call.func, ast.Attribute):
            continue
        on_table, widens = ast.unparse(call.func.value) == "op", call.func.attr == "batch_alter_table"
        if on_table and not widens and call.func.attr not in _ADDING | {"f", "get_bind"}:
            found.append(call.func.attr)
        if call.func.attr in _CHANGING and not on_table:
            found += [] if _widens(call) else [call.func.attr]
        if call.func.attr == "add_column":
            calls = [node for node in ast.walk(call) if isinstance(node, ast.Call)]
            told = {word.arg: ast.unparse(word.value) for one in calls for word in one.keywords}
            if told.get("nullable") == "False" and "server_default" not in told:
                found.append("add_column without a default: code of before leaves it empty")
        if call.func.attr == "create_index" and any(word.arg == "unique" for word in call.keywords):
            found.append("a unique index: code of before may write twice what it forbids")
    return found


def _widens(call: ast.Call) -> bool:
    """Decides whether a column only comes to allow NULL, which code of before never writes."""
    told = {word.arg: ast.unparse(word.value) for word in call.keywords}
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "alter_column"
        and told.get("nullable") == "True"
        and told.keys() <= {"existing_type", "nullable"}
    )


def test_migrations_only_add_or_begin_a_generation() -> None:
    names = [ast.literal_eval(_revision(file)) for file in _VERSIONS]
    assert code_revision() in names
    for file, name in zip(_VERSIONS, names, strict=True):
        if name[-4:] >= _HELD_FROM and _takes_away(file):
            number = name.rpartition(".")[0] or "1"
            before = {other.rpartition(".")[0] or "1" for other in names if other[-4:] < name[-4:]}
            assert number not in before, f"{file.name}: {_takes_away(file)}"


def _revision(file: Path) -> ast.expr:
    tree = ast.parse(file.read_text())
    return next(one.value for one in tree.body if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "revision")


def test_what_takes_away_is_seen(tmp_path: Path) -> None:
    bad = 'def upgrade():\n    op.drop_table("a")\n    op.add_column("b", sa.Column("c", sa.Integer(), nullable=False))\n'
    assert len(_takes_away(_file(bad, tmp_path))) == 2
    good = 'def upgrade():\n    op.add_column("b", sa.Column("c", sa.Integer(), server_default="0", nullable=False))\n'
    assert _takes_away(_file(good, tmp_path)) == []


@pytest.mark.parametrize(
    ("change", "taken"),
    [
        ('alter_column("b", existing_type=sa.Integer(), nullable=True)', 0),
        ('alter_column("b", existing_type=sa.Integer(), nullable=False)', 1),
        ('alter_column("b", type_=sa.Integer(), nullable=True)', 1),
        ('drop_column("b")', 1),
        ('add_column(sa.Column("b", sa.Integer(), nullable=False))', 1),
    ],
)
def test_batch_may_only_allow_null_or_add(tmp_path: Path, change: str, taken: int) -> None:
    text = f'def upgrade():\n    with op.batch_alter_table("a") as a:\n        a.{change}\n'
    assert len(_takes_away(_file(text, tmp_path))) == taken
