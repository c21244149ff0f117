"""The queue of e-mail, kept in the record: written in the transaction it reports, and sent by any process."""

from collections.abc import Sequence

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.models import Mail
from core.secrets import Ciphers
from core.settings import Settings


def ciphers_of(settings: Settings) -> Ciphers:
    """Returns the ciphers that encrypt waiting mails: a link in one of them opens an account."""
    return Ciphers(settings.secret_keys, b"guichet mail cipher")


def queue_mail(
    session: AsyncSession, settings: Settings, staff_id: str, kind: str, subject: str, text: str, *, about: Sequence[str] = ()
) -> bool:
    """Queues an e-mail, to be sent once the transaction of ``session`` is committed. Returns false if no mail server is set."""
    if not settings.smtp_host:
        return False
    content = ciphers_of(settings).encrypt(orjson.dumps([subject, text]).decode())
    session.add(Mail(staff_id=staff_id, kind=kind, content=content, about=list(about)))
    return True


def queue_answer(
    session: AsyncSession, settings: Settings, conversation: str, reply: str, address: str, subject: str, text: str
) -> None:
    """Queues the e-mail with ``reply`` to the citizen of ``conversation``, whose address is kept until it is sent."""
    content = ciphers_of(settings).encrypt(orjson.dumps([subject, text, address]).decode())
    session.add(Mail(conversation_id=conversation, kind="answer", content=content, about=[reply]))
