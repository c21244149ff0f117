"""Alerts by e-mail to staff without an open page of the desk, as often as each of them wants; and the sending of due mails."""

import asyncio
import os
import secrets
import socket
from contextlib import suppress
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core.database.base import now
from core.database.jobs import Jobs
from core.database.models import Mail, StaffRow
from core.identity import staff_of
from desk.alerts import alerts_as_json, alerts_for
from desk.mail_queue import queue_mail
from desk.mail_sending import send_due
from desk.shell import Shell

log = structlog.get_logger(__name__)

_EVERY = timedelta(seconds=10)
_PAUSE_SECONDS = 5.0
_REST = timedelta(minutes=1)


class Mailing:
    """The gateway's e-mail to staff: one process sends, whichever comes first."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Starts the sending, if a mail server is set."""
        if self._shell.settings.smtp_host:
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def work(self) -> None:
        """Queues alerts, and sends due mails."""
        await mail_absent_staff(self._shell)
        await send_due(self._shell.database, self._shell.settings)

    async def _run(self) -> None:
        name = f"{socket.gethostname()[:24]}-{os.getpid()}-{secrets.token_hex(4)}"
        jobs = Jobs(self._shell.database, name)
        while True:
            try:
                await jobs.run("mail", self.work, every=_EVERY, rest=_REST)
            except (SQLAlchemyError, OSError) as error:
                log.warning("mailing_failed", error=type(error).__name__)
            await asyncio.sleep(_PAUSE_SECONDS)


async def mail_absent_staff(shell: Shell) -> int:
    """Queues an e-mail for each person who wants one, has no page open in this process, and has a new alert.

    Returns the number of mails.
    """
    async with shell.database.read() as session:
        with_mail = select(StaffRow).where(StaffRow.mail_minutes.is_not(None), StaffRow.disabled_at.is_(None))
        rows = (await session.scalars(with_mail)).all()
    mails = 0
    for row in rows:
        staff = staff_of(row)
        if shell.open_pages[staff.id]:
            continue
        alerts = alerts_as_json(shell, staff, await alerts_for(shell, staff))
        about = sorted(f"{alert['key']} {identifier}" for alert in alerts for identifier in alert["ids"])
        async with shell.database.write() as session:
            query = select(Mail).where(Mail.staff_id == staff.id, Mail.kind == "calls").order_by(Mail.seq.desc()).limit(1)
            last = await session.scalar(query)
            if last is not None and not set(about) - set(last.about):
                if set(last.about) - set(about):
                    last.about = about  # an alert that ended and comes again is new
                continue
            if not about or (last is not None and last.created_at > now() - timedelta(minutes=row.mail_minutes or 0)):
                continue
            lines = "\n".join(f"- {alert['text']}\n  {shell.settings.base_url}{alert['path']}" for alert in alerts)
            words = {"service": shell.settings.service_name, "lines": lines, "desk": shell.settings.base_url + "/desk/account"}
            mail = shell.mail_text("calls", staff.language, words)
            mails += queue_mail(session, shell.settings, staff.id, "calls", *mail, about=about)
    return mails
