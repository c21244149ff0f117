"""What the doctor says of what it measured."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.demonstration import COMMUNE, PHONE
from cli.doctor.clock import clock
from cli.doctor.configuration import answers_by_mail, hours, relay, secrets, sms
from cli.doctor.index import snapshot
from cli.doctor.machine import expiry, ports
from cli.doctor.senders import objection, senders
from cli.language import Refusal
from cli.preflight import check_browsers, check_disk, check_production, make_private
from core.settings import Settings
from retrieval.snapshots.folder import Manifest
from retrieval.snapshots.update import build_lock

_LONG = ("aQ3-kd83nfZpwLx02mVbTyRs7HcEuG41", "Zx81mKq-20dPsWnVhYt6RbLcEoGi5uAf", "p0OiuYtR-eWq12LkjHgFdSaMn34bVcXz")


def settings(**changes: object) -> Settings:
    names = ("secret_key", "internal_secret", "address_key")
    return Settings.model_validate(
        {**dict(zip(names, _LONG, strict=True)), "_env_file": None, "home": Path("/nowhere")} | changes
    )


@pytest.mark.parametrize(("days", "level"), [(90, "ok"), (20, "warning"), (3, "problem"), (-1, "problem")])
def test_a_certificate_is_told_of_before_it_ends(days: int, level: str) -> None:
    assert expiry(days * 86_400 + 60).level == level


@pytest.mark.parametrize(("off", "level"), [(0.4, "ok"), (-0.9, "ok"), (1.5, "problem"), (-7200, "problem")])
def test_a_clock_may_be_off_by_a_second(off: float, level: str) -> None:
    assert clock("Redis", off).level == level


def test_secrets_that_can_be_guessed_shared_or_read(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.touch(mode=0o600)
    assert [one.level for one in secrets(settings(), file)] == ["ok"]
    for guessed in ("short", "a" * 40):
        (finding,) = secrets(settings(address_key=guessed), file)
        assert finding.level == "problem"
        assert "GUICHET_ADDRESS_KEY" in finding.message[0]
        assert guessed not in str(finding)
    assert [one.level for one in secrets(settings(internal_secret=_LONG[0]), file)] == ["problem"]
    file.chmod(0o640)
    assert [one.level for one in secrets(settings(), file)] == ["ok", "problem"]


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_files_of_the_state_folder_are_its_owners(tmp_path: Path, umask: None) -> None:
    home = tmp_path / "var"
    home.mkdir()
    (home / "guichet.db").touch()
    make_private(home)
    (home / "new").touch()
    assert [(home / name).stat().st_mode & 0o777 for name in ("guichet.db", "new")] == [0o600] * 2


def test_the_state_folder_is_its_owners(tmp_path: Path, umask: None) -> None:
    file, home = tmp_path / ".env", tmp_path / "var"
    home.mkdir()
    home.chmod(0o755)
    assert str(home) in [one.message[0] for one in secrets(settings(home=home), file)][-1]
    make_private(home)
    assert [one.level for one in secrets(settings(home=home), file)] == ["ok"]
    home.chmod(0o2770)  # a volume that several share by their group stays so
    make_private(home)
    assert home.stat().st_mode & 0o7777 == 0o2770
    make_private(tmp_path / "new" / "var")
    assert (tmp_path / "new" / "var").stat().st_mode & 0o777 == 0o700


def test_a_port_at_which_no_browser_opens_a_page_is_refused_unless_a_proxy_stands_before_it() -> None:
    for port in (6000, 10_080):
        with pytest.raises(Refusal, match="GUICHET_PORT"):
            check_browsers(settings(port=port))
        check_browsers(settings(port=port, public_url="https://guichet.example"))
    check_browsers(settings(port=8080))


def test_a_provider_that_lacks_something_or_cannot_reach_us() -> None:
    (missing,) = sms(settings(sms_provider="twilio", twilio_from="+33700000000"))
    assert missing.level == "problem"
    assert "GUICHET_TWILIO_AUTH_TOKEN" in missing.message[1]
    whole = {"sms_provider": "twilio", "twilio_from": "+337", "twilio_account_sid": "AC1", "twilio_auth_token": "t"}
    assert [one.level for one in sms(settings(**whole))] == ["problem"]
    assert [one.level for one in sms(settings(**whole, public_url="https://guichet.example"))] == ["ok"]


def test_a_desk_that_is_staffed_must_open() -> None:
    found = {one.check: one.level for one in hours(settings(desk_staffed=True, desk_hours="", contact_phone="3939"))}
    assert found["hours"] == "problem"
    assert {one.check: one.level for one in hours(settings(desk_staffed=True, desk_hours="Mo-Fr 09:00-17:00"))} == {
        "hours": "ok",
        "contact": "warning",
    }


def test_a_port_is_taken_only_by_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.doctor.machine.is_taken", lambda port, host: (port, host) == (8080, "127.0.0.1"))
    (finding,) = ports(settings(port=8080), running=False)
    assert "GUICHET_PORT" in finding.advice[0]
    assert [one.level for one in ports(settings(port=8080), running=True)] == ["ok"]


def test_an_address_of_another_machine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(port: int, host: str) -> bool:
        raise Refusal(f"{host} n'est pas d'ici", f"{host} is not of here")

    monkeypatch.setattr("cli.doctor.machine.is_taken", refuse)
    (finding,) = ports(settings(host="203.0.113.9"), running=False)
    assert finding.level == "problem"
    assert "127.0.0.1" in finding.message[0]


def test_a_torn_snapshot_is_named_file_by_file(tmp_path: Path) -> None:
    folder = tmp_path / "snapshots" / "v1"
    folder.mkdir(parents=True)
    (folder / "a").write_text("hello")
    (folder / "b").write_text("cut of")
    whole = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    manifest = Manifest(
        version="v1", stage="titles", model="m", revision="r", dimension=3, content="c", counts={"entries": 1},
        digests={"a": whole, "b": whole, "gone": whole}, thresholds={}, created="2026-01-01T00:00:00+00:00",
    )  # fmt: skip
    (folder / "manifest.json").write_text(manifest.model_dump_json())
    (folder.parent / "active").write_text("v1")
    (finding,) = snapshot(settings(home=tmp_path))
    assert finding.level == "problem"
    assert finding.message[1] == "Index v1 is damaged: b, gone. No other one is whole: the service does not answer."
    assert "rollback" in finding.advice[0]
    older = folder.with_name("v0")
    older.mkdir()
    (older / "manifest.json").write_text(manifest.model_copy(update={"version": "v0", "digests": {}}).model_dump_json())
    for pointer in ("v1", "v", "../v0", ""):
        (folder.parent / "active").write_text(pointer)
        (finding,) = snapshot(settings(home=tmp_path))
        assert finding.level == "problem"
        assert "answers from v0" in finding.message[1]


def test_while_sections_are_being_indexed_nobody_is_told_to_index_them(tmp_path: Path) -> None:
    folder = tmp_path / "snapshots" / "v1"
    folder.mkdir(parents=True)
    manifest = Manifest(
        version="v1", stage="titles", model="m", revision="r", dimension=3, content="c", counts={"entries": 1},
        digests={}, thresholds={}, created=datetime.now(UTC).isoformat(),
    )  # fmt: skip
    (folder / "manifest.json").write_text(manifest.model_dump_json())
    (folder.parent / "active").write_text("v1")

    def mend() -> str:
        return next(finding.advice[0] for finding in snapshot(settings(home=tmp_path)) if finding.check == "index-stage")

    assert "index build" in mend()
    with build_lock(folder.parent):
        assert "logs indexer" in mend()


def test_every_finding_says_what_to_do_in_both_languages(tmp_path: Path) -> None:
    whole = settings(home=tmp_path, desk_staffed=True, desk_hours="", sms_provider="ovh", secret_key="x", production=True)
    found = [*secrets(whole), *sms(whole), *hours(whole), *snapshot(whole), expiry(0), clock("Redis", 9)]
    assert {one.level for one in found} == {"problem", "warning"}
    assert [one for one in found if not all((*one.message, *one.advice))] == []


def test_what_is_installed_starts_on_a_disk_that_would_not_take_it_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none_has_that_much = 10**9
    with pytest.raises(Refusal):
        check_disk(tmp_path, none_has_that_much)
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "snapshots" / "active").write_text("a")
    check_disk(tmp_path, none_has_that_much)
    assert str(tmp_path) in capsys.readouterr().err


def test_relay_that_is_missing_beside_a_number_is_named() -> None:
    assert list(relay(settings())) == []  # no number, nothing to relay
    (finding,) = relay(settings(contact_phone="01 99 00 45 67", relay_means="texte, LSF, LfPC"))
    assert finding.level == "warning"
    assert all("GUICHET_RELAY_URL, GUICHET_RELAY_HOURS" in said for said in finding.message)
    whole = {"relay_url": "https://relais.example/", "relay_means": "texte, LSF, LfPC", "relay_hours": "9 h à 17 h"}
    assert [one.level for one in relay(settings(contact_phone="01 99 00 45 67", **whole))] == ["ok"]


@pytest.mark.parametrize(
    ("sender", "rule"),
    [
        ("VALBOURG", ""),
        ("36105", ""),
        ("+33 9 99 00 12 34", ""),
        ("MG0123456789abcdef0123456789abcdef", ""),
        ("06 12 34 56 78", "mobile"),
        ("+33712345678", "mobile"),
        ("33612345678", "mobile"),
        ("1234", "digits"),
        ("Ma", "form"),
        ("Mairie-Valbourg", "form"),
        ("Évreux", "form"),
        ("INFO", "generic"),
        ("Mairie", "generic"),
    ],
)
def test_sender_of_sms_follows_the_french_rules(sender: str, rule: str) -> None:
    assert objection(sender) == rule
    assert len(list(senders(settings(vonage_from=sender)))) == (1 if rule else 0)


def test_production_refuses_the_contact_details_of_the_demonstration() -> None:
    fit = {
        "public_url": "https://guichet.example", "sms_provider": "", "widget_sites": "https://www.example",
        "knowledge_base_archive": "/x.zip", "model_key": _LONG[0],
    }  # fmt: skip
    check_production(settings(**fit, contact_phone="01 99 00 45 68"))
    with pytest.raises(Refusal, match=r"demonstration|démonstration"):
        check_production(settings(**fit, contact_phone=PHONE))
    with pytest.raises(Refusal, match="GUICHET_OFFICE"):
        check_production(settings(**fit, contact_phone="01 99 00 45 68", office_commune=COMMUNE))


def test_what_citizens_are_offered_without_a_mail_server_is_said() -> None:
    (without,) = answers_by_mail(settings())
    assert without.level == "ok"
    assert "GUICHET_SMTP_HOST" in without.message[0]
    (given,) = answers_by_mail(settings(smtp_host="mail.example", mail_from="guichet@mairie.example"))
    assert "mail.example" in given.message[0]
    assert list(answers_by_mail(settings(desk_hours="off"))) == []
