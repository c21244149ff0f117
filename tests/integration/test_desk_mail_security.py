"""E-mail to staff over TLS with a password; a server whose certificate is not believed gets neither password nor mail."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path

import pytest

from core.settings import Settings
from desk.mail_sending import _deliver
from tests.integration.certificates import certificate, server_side
from tests.integration.channels_support import settings_for
from tests.integration.smtp_server import Mailbox, mailbox

_ACCOUNT = ("guichet", "geheim")


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate for the server, by an authority that this machine believes."""
    file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


def _settings(tmp_path: Path, box: Mailbox, security: str, password: str = _ACCOUNT[1]) -> Settings:
    mail = {"smtp_host": "127.0.0.1", "smtp_port": box.port, "smtp_security": security, "mail_from": "guichet@mairie.example"}
    account = {"smtp_user": _ACCOUNT[0], "smtp_password": password}
    return settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", "", tmp_path, **mail, **account)


def _mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "guichet@mairie.example", "p@mairie.example", "Invitation"
    message.set_content("https://guichet.example/desk/invitation/abc")
    return message


async def test_deliver_by_starttls_says_nothing_of_the_mail_in_the_clear(trusted: Path, tmp_path: Path) -> None:
    async with mailbox() as box:
        box.starttls, box.account = server_side(trusted), _ACCOUNT
        await asyncio.to_thread(_deliver, _settings(tmp_path, box, "starttls"), _mail())
    assert len(box.mails) == 1
    assert [line.split()[0].upper() for line in box.heard] == ["EHLO", "STARTTLS"]
    assert any(line.startswith("AUTH") for line in box.heard_sealed)


async def test_deliver_by_tls_signs_in_and_delivers(trusted: Path, tmp_path: Path) -> None:
    async with mailbox(tls=server_side(trusted)) as box:
        box.account = _ACCOUNT
        await asyncio.to_thread(_deliver, _settings(tmp_path, box, "tls"), _mail())
    assert (len(box.mails), box.heard) == (1, [])


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("lie", ["unknown authority", "other name", "expired"])
async def test_deliver_to_a_server_that_is_not_believed_gives_it_nothing(
    security: str, lie: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = certificate(tmp_path, "127.0.0.2" if lie == "other name" else "127.0.0.1", days=-1 if lie == "expired" else 1)
    if lie != "unknown authority":
        monkeypatch.setenv("SSL_CERT_FILE", str(shown))
    tls = server_side(shown)
    async with mailbox(tls=tls if security == "tls" else None) as box:
        box.starttls, box.account = tls if security == "starttls" else None, _ACCOUNT
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.to_thread(_deliver, _settings(tmp_path, box, security), _mail())
    assert (box.mails, box.heard_sealed) == ([], [])
    assert not any(line.upper().startswith(("AUTH", "MAIL", "RCPT")) for line in box.heard)


async def test_deliver_with_a_wrong_password_sends_no_mail(trusted: Path, tmp_path: Path) -> None:
    async with mailbox() as box:
        box.starttls, box.account = server_side(trusted), _ACCOUNT
        with pytest.raises(smtplib.SMTPAuthenticationError):
            await asyncio.to_thread(_deliver, _settings(tmp_path, box, "starttls", "falsch"), _mail())
    assert box.mails == []
