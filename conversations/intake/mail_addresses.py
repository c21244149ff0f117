"""The e-mail address for an answer: taken from the citizen's text before masking, and only while they agreed to that."""

import re

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.intake.call_back_numbers import collecting
from core.database import Database
from core.database.models import Handoff
from core.handoff import Kind
from core.privacy.addresses import Addresses
from core.privacy.finders.emails import find_emails
from core.privacy.folded import folded

_ADDRESS = re.compile(
    r"(?=.{6,254}\Z)(?=[^@]{1,64}@)[a-z0-9_+%'-]++(?:\.[a-z0-9_+%'-]++)*+"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)++[a-z]{2,24}",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(r"""(?:\A|[\s:;,.(<\["«])\Z""")  # before an address
_MAY_HAVE_SIGN = re.compile("[@＠﹫]")
_KINDS = (Kind.MAIL_BACK, Kind.MAIL_AGAIN)
# Domains of so many people that they identify nobody: shown, because most slips of the fingers are in them.
_SHARED_DOMAINS = frozenset(
    {"gmail.com", "hotmail.com", "hotmail.fr", "outlook.com", "outlook.fr", "live.fr", "yahoo.com", "yahoo.fr", "icloud.com"}
    | {"orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "bbox.fr", "neuf.fr", "proton.me", "protonmail.com"}
)  # fmt: skip


def address_in(text: str) -> str | None:
    """Returns the last e-mail address in ``text``, if it is complete and can exist. Masking finds at least the same."""
    if not _MAY_HAVE_SIGN.search(text):
        return None
    visible = folded(text).text
    spans = sorted(find_emails(visible))
    if not spans or not _BOUNDARY.search(visible[: spans[-1][0]]):
        return None  # "o’brien@exemple.ie" without its beginning is somebody else's
    address = "".join(visible[slice(*spans[-1])].split())
    return address if _ADDRESS.fullmatch(address) else None


def hint_of_address(address: str) -> str:
    """Returns the part of ``address`` by which its owner recognises it: ``j•••@gmail.com``, ``j•••@e•••.fr``."""
    name, _, domain = address.partition("@")
    if domain.lower() not in _SHARED_DOMAINS:
        domain = f"{domain[:1]}•••.{domain.rpartition('.')[2][:12]}"
    return f"{name[:1]}•••@{domain}"


async def address_hint_of(database: Database, conversation: str) -> str | None:
    """Returns the hint of the address that ``conversation`` gave so far for an answer by e-mail; empty if it gave none.

    ``None``: it was asked for no address.
    """
    async with database.read(brief=True) as session:
        hint = await session.execute(select(Handoff.number_hint).where(*collecting(conversation, *_KINDS)))
    return hint.scalar_one_or_none()


async def keep_address(session: AsyncSession, addresses: Addresses, conversation: str, address: str | None) -> None:
    """Keeps ``address`` (from ``address_in``, before the text is masked) if ``conversation`` was asked for it."""
    if address is None:
        return
    await session.execute(
        update(Handoff)
        .where(*collecting(conversation, *_KINDS))
        .values(number=addresses.encrypt(address), number_hint=hint_of_address(address))
        .execution_options(synchronize_session=False)
    )
