"""Queues events for each address that wants them, and sends those that are due; a periodic job of the workers."""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import orjson
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.signing import new_id
from core.database import Database
from core.database.base import now
from core.database.conflict import insert_if_absent
from core.database.models import Webhook, WebhookDelivery
from core.identity.vault import Vault
from core.settings import Settings
from core.web.outgoing import AddressRefused, Resolve, checked, resolved
from integrators.webhooks.addresses import SECRET_PREFIX, allowed_for
from integrators.webhooks.events import events_since

EVERY = timedelta(seconds=10)
PAUSES = (*(timedelta(minutes=minutes) for minutes in (1, 5, 15)), *(timedelta(hours=hours) for hours in (1, 3, 6, 12)))
_LOOKED_BACK = timedelta(days=1)  # events of a longer standstill are out of date
_MAX_SENT = 20  # to one address in one run
_SECONDS = 30.0  # for one address in one run; a message that is being sent is not broken off
_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_TOTAL_SECONDS = 15.0  # for one message: httpx's limits begin again with each byte

log = structlog.get_logger(__name__)


class Sender:
    """Sends what is due. ``resolve``: host and port → IP addresses."""

    def __init__(self, database: Database, settings: Settings, *, resolve: Resolve = resolved) -> None:
        self._database, self._settings, self._resolve = database, settings, resolve
        self._vault = Vault(*settings.secret_keys)

    async def run(self) -> None:
        """Queues new events, and sends what is due. Without an address, it only looks for one."""
        async with self._database.read() as session:
            webhooks = (await session.scalars(select(Webhook).where(Webhook.disabled_at.is_(None)))).all()
            new = await _new_deliveries(session, webhooks) if webhooks else []
        if new:
            async with self._database.write() as session:
                for values in new:
                    await insert_if_absent(session, WebhookDelivery, **values)
        if webhooks:
            await self._send_due(webhooks)

    async def _send_due(self, webhooks: Sequence[Webhook]) -> None:
        # No proxy of the environment: it could connect to forbidden addresses.
        async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as http:
            await asyncio.gather(*(self._send_to(http, one) for one in webhooks))

    async def _send_to(self, http: httpx.AsyncClient, webhook: Webhook) -> None:
        """Sends what is due in order; after a failure the others wait for the next run, as a dead address is slow."""
        due = WebhookDelivery.ended_at.is_(None) & (WebhookDelivery.due_at <= now())
        query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id, due)
        async with self._database.read() as session:
            deliveries = (await session.scalars(query.order_by(WebhookDelivery.seq).limit(_MAX_SENT))).all()
        ends = time.monotonic() + _SECONDS
        for delivery in deliveries:
            if time.monotonic() > ends:
                return
            status, error = await self._post(http, webhook, delivery)
            async with self._database.write() as session:
                row = await session.get(WebhookDelivery, delivery.seq)
                if row is None:  # the address was removed meanwhile
                    return
                row.attempts, row.status, row.error = row.attempts + 1, status, error
                if not error:
                    row.ended_at = now()
                elif row.attempts <= len(PAUSES):
                    row.due_at = now() + PAUSES[row.attempts - 1]
                elif await _has_taken_others(session, webhook):
                    row.ended_at = now()
                else:
                    owner = await session.get_one(Webhook, webhook.id)
                    owner.disabled_at, owner.gave_up = now(), True
                    log.error("webhook_disabled", webhook=webhook.id, error=error)
            if error:
                log.warning("webhook_not_sent", webhook=webhook.id, kind=delivery.event, error=error, attempts=row.attempts)
                return

    async def _post(self, http: httpx.AsyncClient, webhook: Webhook, delivery: WebhookDelivery) -> tuple[int | None, str]:
        """Returns the status of the answer, if there was one, and why it was no success (empty: it was)."""
        body = orjson.dumps({"type": delivery.event, "timestamp": delivery.happened_at.isoformat(), "data": delivery.payload})
        try:
            headers = signature_headers(self._vault.decrypt(webhook.secret), delivery.id, int(time.time()), body)
            allows = allowed_for(self._settings, webhook.url)
            headers |= {"Content-Type": "application/json", "User-Agent": "Guichet"}
            async with asyncio.timeout(_TOTAL_SECONDS):
                address = await asyncio.to_thread(checked, webhook.url, allows=allows, resolve=self._resolve)
                response = await http.send(address.request(http, "POST", headers, content=body), stream=True)
                await response.aclose()  # its content is of no interest, and may have no end
        except AddressRefused as refused:
            return None, refused.why
        except Exception as error:  # whatever it is, the other addresses' messages must go on
            return None, type(error).__name__
        return response.status_code, "" if response.is_success else "status"


def signature_headers(secret: str, identifier: str, moment: int, body: bytes) -> dict[str, str]:
    """Returns the headers that prove the origin of ``body``, as the specification "Standard Webhooks" wants them."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signature = hmac.new(key, f"{identifier}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(moment),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


async def _has_taken_others(session: AsyncSession, webhook: Webhook) -> bool:
    """Decides whether ``webhook`` got other events while one went through all its attempts: if so, it refuses that one only."""
    delivered = (WebhookDelivery.ended_at >= now() - sum(PAUSES, timedelta())) & (WebhookDelivery.error == "")
    query = select(WebhookDelivery.seq).where(WebhookDelivery.webhook_id == webhook.id, delivered)
    return (await session.scalars(query.limit(1))).first() is not None


async def _new_deliveries(session: AsyncSession, webhooks: Sequence[Webhook]) -> list[dict[str, Any]]:
    """Returns the rows of what each of ``webhooks`` wants and has not been queued for it."""
    since = now() - _LOOKED_BACK
    found = await events_since(session, since)
    query = select(WebhookDelivery.webhook_id, WebhookDelivery.about).where(WebhookDelivery.happened_at >= since)
    known = {tuple(row) for row in await session.execute(query)}
    return [
        {"id": new_id(), "webhook_id": webhook.id, "event": one.event.value, "about": one.about, "payload": one.data}
        | {"happened_at": one.at, "created_at": now(), "due_at": now(), "attempts": 0, "error": ""}
        for webhook in webhooks
        for one in found
        if one.event in webhook.events and one.at >= webhook.created_at and (webhook.id, one.about) not in known
    ]
