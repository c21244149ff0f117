"""The number for a call-back: taken from the citizen's text before masking, and only while they agreed to that."""

import re
from contextlib import suppress

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.record.phone_copies import pending_copy
from core.database import Database
from core.database.models import Handoff
from core.handoff import OPEN, Kind
from core.privacy.addresses import Addresses
from core.privacy.finders.phones import phone_spans
from core.privacy.folded import folded

# Digits right after a number, up to the next word or mark: "14h" and "27/11" are no part of it.
_MORE_DIGITS = re.compile(r"\A[ .\-]?\d(?:[ .\-]?\d)*+\s*+(?:$|[,;!?)]|\.(?!\d))")
_NO_DIGIT = re.compile(r"[^\d+]+")
# A number without country code is French; in overseas territories the same digits have other codes.
_FRANCE = 33
_REGIONS = ("FR", "RE", "GP", "MQ", "GF", "YT", "PM", "NC", "PF")


def number_in(text: str) -> str | None:
    """Returns the last telephone number in ``text`` (exactly what masking finds) in E.164, French unless it says otherwise.

    The last one, because of "pas le 06 …, le 07 …". ``None`` if there is none, or if further digits make it too long: the wrong
    person would be called.
    """
    visible = folded(text).text
    spans = sorted(phone_spans(visible))
    if not spans or _MORE_DIGITS.match(visible[spans[-1][1] :]):
        return None
    return _e164(_NO_DIGIT.sub("", visible[slice(*spans[-1])]))


def hint_of(number: str) -> str:
    """Returns the part of ``number`` (E.164) that may be shown so that its owner recognises it: the last two digits."""
    return f"•• {number[-2:]}"


def as_dialled(number: str) -> str:
    """Returns ``number`` (E.164) grouped as people dial it, without the country code if it is French."""
    parsed = phonenumbers.parse(number)
    national = parsed.country_code == _FRANCE
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL if national else PhoneNumberFormat.INTERNATIONAL)


def _e164(written: str) -> str | None:
    parsed = []
    for region in _REGIONS:
        with suppress(NumberParseException):
            parsed.append(phonenumbers.parse(written, region))
    valid = next((number for number in parsed if phonenumbers.is_valid_number(number)), parsed[0] if parsed else None)
    return phonenumbers.format_number(valid, PhoneNumberFormat.E164) if valid else None


async def number_hint_of(database: Database, conversation: str) -> str:
    """Returns the hint of the number that ``conversation`` gave so far for a call-back or a copy; empty if there is none."""
    async with database.read(brief=True) as session:
        copy = await pending_copy(session, conversation)
        if copy is not None:
            return copy.number_hint
        hint = await session.execute(select(Handoff.number_hint).where(*collecting(conversation, Kind.CALL_BACK)))
    return hint.scalar_one_or_none() or ""


async def keep_number(session: AsyncSession, addresses: Addresses, conversation: str, number: str | None) -> None:
    """Keeps ``number`` (from ``number_in``, before the text is masked) if ``conversation`` was asked for it.

    The call-back form or the copy of an answer gets it, whichever asked last.
    """
    if number is None:
        return
    copy = await pending_copy(session, conversation)
    if copy is not None:
        copy.number, copy.number_hint = addresses.encrypt(number), hint_of(number)
        return
    await session.execute(
        update(Handoff)
        .where(*collecting(conversation, Kind.CALL_BACK))
        .values(number=addresses.encrypt(number), number_hint=hint_of(number))
        .execution_options(synchronize_session=False)
    )


def collecting(conversation: str, *kinds: Kind) -> tuple[ColumnElement[bool], ...]:
    """Returns the conditions of the handoff whose form may take a number or an address from ``conversation`` now."""
    return (
        Handoff.conversation_id == conversation,
        Handoff.kind.in_(kinds),
        Handoff.state.in_(OPEN),
        Handoff.collecting_since.is_not(None),
    )
