"""Call-backs in the record: opened with the citizen's consent, complete when the form is, deleted if it is given up."""

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
    """Carries out ``draft``, ``call_back`` or ``drop``. Returns false if the form's number is no longer there."""
    row = await open_handoff(session, conversation.id, Kind.CALL_BACK)
    match request.want:
        case "draft":
            if row is None:
                row = await add_handoff(session, conversation, Kind.CALL_BACK, State.DRAFT, Reason.ASKED)
            row.collecting_since = now()
        case "drop":
            if row is not None and row.state == State.DRAFT:
                await session.delete(row)
            elif row is not None:
                row.collecting_since = None
        case "call_back":
            if row is None or not _has_number(row, conversation, request, addresses):
                return False
            subject = request.subject or await subject_of(session, conversation.id)
            # A second request before the call: one call about both subjects.
            row.subject = subject if row.state == State.DRAFT else _join_subjects(row.subject, subject)
            row.best_time, row.collecting_since = request.best_time, None
            chat = await open_handoff(session, conversation.id, Kind.CHAT)
            if row.state == State.DRAFT:
                row.state, row.waiting_since = State.WAITING, now()
                row.team = chat.team if chat else await route(session, conversation.id, conversation.language)
            if chat is not None and chat.state in (State.WAITING, State.OFFLINE):  # the call replaces the chat
                chat.state, chat.closed_at = State.CANCELLED, now()
        case _:
            raise ValueError(request.want)
    await session.flush()
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
    """Decides whether the request has a number; by SMS the sender's own may be taken from the conversation."""
    if request.own_number and conversation.address is not None:
        row.number, row.number_hint = conversation.address, hint_of(addresses.decrypt(conversation.address))
    return row.number is not None
