"""Replays in a restored database the acts since its backup. Each act sets a state, so replaying twice has no further effect."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

import orjson
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.record.erasure import erase_rows, erasure_target
from core.audit import record
from core.audit.ledger import ERASED, REPLAYED, LedgerRow
from core.audit.replay_order import Key
from core.database.base import now
from core.database.conflict import insert_into
from core.database.models import ApiToken, AuditRow, Conversation, ErasedConversation, StaffRow, Webhook
from core.identity import links, sessions
from core.privacy.receipts import receipt_of

_ROWS = 500  # rows in a statement
_ACTOR = "operator"


@dataclass(frozen=True, slots=True)
class Replayed:
    """The accounts concerned, by address: ``disabled``, ``enabled``, with other role, teams or collections (``changed``), and
    those that need a new link, because the secret that replaced the backup's is lost (``renewed``).

    ``closed`` are all accounts, if it is not known which were disabled since. ``unknown`` are accounts that the backup does not
    have. ``sessions`` and ``links`` count those that were ended.
    """

    disabled: tuple[str, ...] = ()
    enabled: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    unknown: int = 0
    sessions: int = 0
    links: int = 0


async def replay_staff(session: AsyncSession, acts: Sequence[LedgerRow]) -> Replayed:
    """Ends all sessions and links, and applies ``acts`` (in order) to the accounts."""
    ended = await sessions.end_all(session), await links.end_all(session)
    rows = {row.id: row for row in await session.scalars(select(StaffRow))}
    before = {row.id: _state(row) for row in rows.values()}
    renewed, unknown = set(), set()
    for act in acts:
        identifier = act.target.removeprefix("staff:")
        if not act.target.startswith("staff:"):
            continue
        if identifier not in rows:
            unknown.add(identifier)
        elif _apply(rows[identifier], act):
            renewed.add(rows[identifier].email)
    after = {row.id: _state(row) for row in rows.values()}
    changed_state = {row.email: row.disabled_at is not None for row in rows.values() if after[row.id][0] != before[row.id][0]}
    return Replayed(
        disabled=tuple(sorted(email for email, disabled in changed_state.items() if disabled)),
        enabled=tuple(sorted(email for email, disabled in changed_state.items() if not disabled)),
        changed=tuple(sorted(row.email for row in rows.values() if after[row.id][1:] != before[row.id][1:])),
        renewed=tuple(sorted(renewed)),
        unknown=len(unknown),
        sessions=ended[0],
        links=ended[1],
    )


async def revoke_again(session: AsyncSession, acts: Sequence[LedgerRow] | None) -> None:
    """Revokes the tokens, and switches off the addresses of webhooks, of ``acts``; ``None``: all of them."""
    targets = None if acts is None else {act.target for act in acts}
    for kind, model, column in (("api_token", ApiToken, ApiToken.revoked_at), ("webhook", Webhook, Webhook.disabled_at)):
        statement = update(model).where(column.is_(None)).values({column: now()})
        if targets is not None:
            statement = statement.where(model.id.in_([one.partition(":")[2] for one in targets if one.startswith(f"{kind}:")]))
        await session.execute(statement)


async def close_accounts(session: AsyncSession) -> tuple[str, ...]:
    """Disables all accounts and deletes their passwords and second factors. Returns the addresses of those that were open."""
    rows = list(await session.scalars(select(StaffRow)))
    closed = tuple(sorted(row.email for row in rows if row.disabled_at is None))
    for row in rows:
        row.disabled_at = row.disabled_at or now()
        row.subject = None
        _forget_secrets(row, second_factor=True)
        await record(session, actor=_ACTOR, action="staff.disable", target=f"staff:{row.id}")
    return closed


def _state(row: StaffRow) -> tuple[bool, str, list[str], list[str]]:
    return row.disabled_at is not None, row.role, sorted(row.collections), sorted(row.teams)


def _apply(row: StaffRow, act: LedgerRow) -> bool:
    """Applies ``act`` to ``row``. Returns whether a secret of the backup became invalid."""
    details: dict[str, Any] = orjson.loads(act.details)
    match act.action:
        case "staff.disable":
            row.disabled_at = row.disabled_at or act.at
        case "staff.enable":
            row.disabled_at = None
        case "staff.change" | "staff.invite":
            row.role = details.get("role", row.role)
            row.collections = details.get("collections", row.collections)
            row.teams = details.get("teams", row.teams)
        case "staff.recovery_used":
            row.recovery = []
        case "staff.password" | "staff.accept":
            return _forget_secrets(row)
        case "staff.reset":
            row.subject = None
            return _forget_secrets(row, second_factor=details.get("second_factor", False))
        case "staff.second_factor":
            return _forget_secrets(row, second_factor=True)
    return False


def _forget_secrets(row: StaffRow, *, second_factor: bool = False) -> bool:
    """Deletes the password, and with ``second_factor`` that factor too. Without a second factor, the password alone would allow
    its owner, or a thief, to set up a new one.
    """
    had = row.password is not None or (second_factor and row.totp is not None)
    row.password = None
    if second_factor:
        row.totp, row.recovery = None, []
    return had


async def erase_again(session: AsyncSession, acts: Sequence[LedgerRow], erased: Collection[str]) -> list[str]:
    """Erases the conversations ``erased`` (ids), and those whose receipts are in ``acts``. Returns those that existed."""
    receipts = {act.target for act in acts if act.action == ERASED}
    ids = (await session.scalars(select(Conversation.id))).all()
    known = {one for one in ids if erasure_target(receipt_of(one)) in receipts}
    gone: list[str] = []
    for some in batched(sorted(known | set(erased)), _ROWS):
        gone += await erase_rows(session, some)
        # Also those that are not in this backup: an older one may have them.
        ledger = insert_into(session, ErasedConversation).on_conflict_do_nothing(index_elements=["conversation_id"])
        await session.execute(ledger, [{"conversation_id": one, "erased_at": now()} for one in some])
    return gone


async def audit_replayed(
    session: AsyncSession, acts: Sequence[LedgerRow], erased_now: Sequence[str], known: Collection[Key]
) -> None:
    """Writes the replayed acts into the restored audit, with a receipt for each erasure. ``known`` are rows that it has
    already.

    Must be the last step of a transaction.
    """
    for act in acts:
        if act.key not in known:
            at = act.at.isoformat(timespec="seconds")
            details = {**orjson.loads(act.details), REPLAYED: at}
            await record(session, actor=act.actor, action=act.action, target=act.target, details=details)
    # Known only from heads or another database.
    targets = [erasure_target(receipt_of(one)) for one in erased_now]
    recorded = select(AuditRow.target).where(AuditRow.action == ERASED, AuditRow.target.in_(targets))
    for target in sorted({*targets} - set((await session.scalars(recorded)).all())):
        await record(session, actor=_ACTOR, action=ERASED, target=target, details={REPLAYED: ""})
