"""The jobs that send the audit's signed head off the machine, with the ids of erased conversations, and delete old rows."""

import httpx
import structlog
from sqlalchemy import select, update

from core.audit.heads import Signer, export
from core.audit.queries import current_head
from core.audit.retention import delete_old
from core.database import Database
from core.database.models import ErasedConversation
from core.settings import Settings

_MOST = 5_000  # ids in a line

log = structlog.get_logger(__name__)


class AuditHeads:
    """Sends heads to the configured place. Does nothing without a place or a key."""

    def __init__(self, database: Database, settings: Settings) -> None:
        key = settings.audit_key.get_secret_value()
        self._database = database
        self._destination = settings.audit_heads
        self._signer = Signer(key) if key and settings.audit_heads else None
        self._sent = -1
        self._days = settings.audit_days

    async def send(self) -> bool:
        """Sends the head unless it was sent already. A failure is logged, and tried again next time."""
        if self._signer is None:
            return False
        async with self._database.read() as session:
            seq, digest = await current_head(session)
            rows = await session.execute(
                select(ErasedConversation.conversation_id).where(ErasedConversation.exported.is_(False)).limit(_MOST)
            )
            erased = tuple(rows.scalars())
        if seq == self._sent and not erased:
            return False
        try:
            await export(self._signer.sign(seq, digest, erased), self._destination)
        except (OSError, httpx.HTTPError) as error:
            log.error("audit_head_not_sent", seq=seq, error=type(error).__name__)
            return False
        self._sent = seq
        if erased:
            async with self._database.write() as session:
                sent = ErasedConversation.conversation_id.in_(erased)
                await session.execute(update(ErasedConversation).where(sent).values(exported=True))
        return True

    async def delete_old(self) -> int:
        """Deletes rows older than ``audit_days``, once a signed head of the last of them has left. Returns how many."""
        if not self._days:
            return 0
        rows = await delete_old(self._database, days=self._days, export=self._announce)
        if rows:
            log.info("audit_rows_deleted", rows=rows)
        return rows

    async def _announce(self, seq: int, digest: str) -> None:
        if self._signer is not None:
            await export(self._signer.sign(seq, digest), self._destination)
