"""Sends the waiting e-mail, one after the other; a temporary refusal by the server is tried again later."""

import asyncio
import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import orjson
import structlog
from cryptography.fernet import InvalidToken
from sqlalchemy import select

from core.database import Database
from core.database.base import now
from core.database.models import Mail, StaffRow
from core.settings import Settings
from desk.mail_queue import ciphers_of

log = structlog.get_logger(__name__)

_MAX_MAILS = 50
_SECONDS = 20.0  # for each answer of the server
_PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))  # then hourly, until
_MAX_AGE = timedelta(days=1)  # after which a mail is out of date; also those in a restored backup
_PERMANENT = 500


async def send_due(database: Database, settings: Settings) -> int:
    """Sends due mails. Returns how many were sent. One that cannot be sent now is tried again later, for a day."""
    sent = 0
    for _ in range(_MAX_MAILS):
        async with database.read() as session:
            query = (
                select(Mail, StaffRow.email)
                .outerjoin(StaffRow, StaffRow.id == Mail.staff_id)
                .where(Mail.ended_at.is_(None), Mail.due_at <= now())
                .order_by(Mail.seq)
                .limit(1)
            )
            due = (await session.execute(query)).one_or_none()
        if due is None:
            break
        mail, address = due
        failure, retry = await _try_sending(settings, mail, address)
        sent += not failure
        async with database.write() as session:
            row = await session.get_one(Mail, mail.seq)
            row.attempts += 1
            row.error = failure[:200]
            again = retry and row.created_at > now() - _MAX_AGE
            if again:
                row.due_at = now() + _PAUSES[min(row.attempts, len(_PAUSES)) - 1]
            else:
                row.ended_at, row.content = now(), None
        if failure:
            log.warning("mail_not_sent", kind=mail.kind, attempts=mail.attempts + 1, again=again, reason=failure)
    return sent


async def _try_sending(settings: Settings, mail: Mail, staff_address: str | None) -> tuple[str, bool]:
    """Returns why the mail was not sent (empty: it was), and whether to try again. The reason has no address in it."""
    if mail.content is None or mail.created_at <= now() - _MAX_AGE:
        return "too old", False
    try:
        subject, text, *own_address = orjson.loads(ciphers_of(settings).decrypt(mail.content))
    except InvalidToken:
        return "unreadable", False
    try:
        (address,) = own_address or [staff_address]
        await asyncio.to_thread(_deliver, settings, _message(settings, address, subject, text))
    except smtplib.SMTPRecipientsRefused as error:
        code = max((code for code, _ in error.recipients.values()), default=0)
        return f"refused {code}", code < _PERMANENT
    except smtplib.SMTPResponseException as error:
        # Errors of our account or the server's settings: once they are corrected there, the mail is sent.
        return f"{type(error).__name__} {error.smtp_code}", True
    except (smtplib.SMTPException, OSError) as error:
        return type(error).__name__, True
    return "", False


def _message(settings: Settings, address: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, address
    message["Subject"] = " ".join(subject.split())
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=settings.mail_from.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _deliver(settings: Settings, message: EmailMessage) -> None:
    context = ssl.create_default_context()
    server_address = settings.smtp_host, settings.smtp_port
    with (
        smtplib.SMTP_SSL(*server_address, timeout=_SECONDS, context=context)
        if settings.smtp_security == "tls"
        else smtplib.SMTP(*server_address, timeout=_SECONDS)
    ) as server:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)  # a server without it gets nothing, especially no password
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.send_message(message)
