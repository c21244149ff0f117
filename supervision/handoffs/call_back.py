"""Call-backs and answers by e-mail in the record: opened with the citizen's consent, complete when the form is, deleted if
it is given up.
"""

from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.intake.call_back_numbers import hint_of
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Handoff
from core.handoff import Kind, Reason, State
from core.privacy.addresses import Addresses
from core.turns import HandoffRequest
from supervision.handoffs.record import add_handoff, open_handoff, subject_of
from supervision.handoffs.teams import route

_MAX_SUBJECT_CHARACTERS = 400  # characters of several subjects together
_FORGOTTEN_AFTER = timedelta(hours=1)  # the dialogue engine then begins a new session, without the form


async def apply_call_back_request(
    session: AsyncSession, conversation: Conversation, request: HandoffRequest, addresses: Addresses
) -> bool:
    """Carries out ``draft``, ``call_back`` or ``drop``. Returns false if the form's number or address is no longer there."""
    kind, other = (Kind.MAIL_BACK, Kind.CALL_BACK) if request.by_mail else (Kind.CALL_BACK, Kind.MAIL_BACK)
    row = await open_handoff(session, conversation.id, kind)
    before = await open_handoff(session, conversation.id, other)
    again = await open_handoff(session, conversation.id, Kind.MAIL_AGAIN)
    if again is not None and request.by_mail and row is None:  # the request that waited was closed meanwhile
        again.kind, row, again = kind, again, None
    match request.want:
        case "draft":
            await _begin_form(session, conversation, kind, row, again)
            await _end_form(session, before)
            if not request.by_mail:
                await _end_form(session, again)
        case "drop":
            for each in (row, before, again):
                await _end_form(session, each)
        case "call_back":
            if row is None or (request.by_mail and not await _take_address(session, row, again)):
                return False
            if not _has_number(row, conversation, request, addresses):
                return False
            subject = request.subject or await subject_of(session, conversation.id)
            # A second request before the answer: one answer about both subjects, in the way chosen last.
            replaced = before if before is not None and before.state == State.WAITING else None
            earlier = replaced.subject if replaced is not None else row.subject if row.state != State.DRAFT else ""
            row.subject = _join_subjects(earlier, subject)
            if replaced is not None:
                replaced.state, replaced.closed_at, replaced.number = State.CANCELLED, now(), None
            row.best_time, row.collecting_since = request.best_time, None
            chat = await open_handoff(session, conversation.id, Kind.CHAT)
            if row.state == State.DRAFT:
                row.state, row.waiting_since = State.WAITING, now()
                row.team = chat.team if chat else await route(session, conversation.id, conversation.language)
            if chat is not None and chat.state in (State.WAITING, State.OFFLINE):  # this replaces the chat
                chat.state, chat.closed_at = State.CANCELLED, now()
        case _:
            raise ValueError(request.want)
    await session.flush()
    return True


async def _begin_form(
    session: AsyncSession, conversation: Conversation, kind: Kind, row: Handoff | None, again: Handoff | None
) -> None:
    """Lets a draft take what the citizen types. A request by e-mail keeps its address until another one is confirmed."""
    form = row or await add_handoff(session, conversation, kind, State.DRAFT, Reason.ASKED)
    if kind == Kind.MAIL_BACK and form.state != State.DRAFT:
        form.collecting_since = None
        form = again or await add_handoff(session, conversation, Kind.MAIL_AGAIN, State.DRAFT, Reason.ASKED)
    form.collecting_since = now()


async def _end_form(session: AsyncSession, row: Handoff | None) -> None:
    """Deletes a draft; a request that was complete before remains."""
    if row is not None and row.state == State.DRAFT:
        await session.delete(row)
    elif row is not None:
        row.collecting_since = None


async def _take_address(session: AsyncSession, row: Handoff, again: Handoff | None) -> bool:
    """Moves the address that was just confirmed to the request. Returns false if it is no longer there."""
    if again is None:
        return row.collecting_since is not None
    if again.number is None:
        return False
    row.number, row.number_hint = again.number, again.number_hint
    await session.delete(again)
    return True


async def delete_unfinished_forms(database: Database) -> None:
    """Deletes data of forms that were never finished; requests that were complete before remain."""
    cutoff = now() - _FORGOTTEN_AFTER
    async with database.write() as session:
        await session.execute(delete(Handoff).where(Handoff.state == State.DRAFT, Handoff.collecting_since < cutoff))
        await session.execute(update(Handoff).where(Handoff.collecting_since < cutoff).values(collecting_since=None))


def _join_subjects(before: str, subject: str) -> str:
    """Returns both subjects of a call-back, without repetition; the latest one uncut."""
    if not before or not subject or subject.casefold() in before.casefold():
        return before or subject
    return f"{before[: max(0, _MAX_SUBJECT_CHARACTERS - len(subject))]} ; {subject}"


def _has_number(row: Handoff, conversation: Conversation, request: HandoffRequest, addresses: Addresses) -> bool:
    """Decides whether the request has a number or an address; by SMS the sender's own number may be taken."""
    if request.own_number and conversation.address is not None:
        row.number, row.number_hint = conversation.address, hint_of(addresses.decrypt(conversation.address))
    return row.number is not None
