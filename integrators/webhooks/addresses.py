"""The addresses to which events are sent, as administrators set them."""

import base64
import secrets
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from pydantic import JsonValue
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.signing import new_id
from core.audit import record
from core.database.base import now
from core.database.models import Webhook, WebhookDelivery
from core.identity.vault import Vault
from core.settings import Settings
from core.web.network import is_among, is_public
from integrators.webhooks.events import OFFERED, Event

SECRET_PREFIX = "whsec_"  # noqa: S105 - of the specification "Standard Webhooks"


def allowed_for(settings: Settings, url: str) -> Callable[[str], bool]:
    """Returns which IP addresses ``url`` may lead to: public ones by https, and those of ``webhook_networks`` by http, too."""

    def inside(address: str) -> bool:
        return is_among(address, settings.webhook_networks)

    if not url.startswith("https://"):
        return inside
    return lambda address: is_public(address) or inside(address)


async def create(session: AsyncSession, vault: Vault, *, url: str, events: Sequence[Event], actor: str) -> tuple[Webhook, str]:
    """Adds an address. Returns its row, and the secret of its signatures, which is shown once."""
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    chosen = [event.value for event in OFFERED if event in events]
    row = Webhook(id=new_id(), url=url, events=chosen, secret=vault.encrypt(secret), created_by=actor)
    session.add(row)
    await session.flush()
    parts = urlsplit(url)
    # Paths and queries of such addresses often hold a secret.
    details: dict[str, JsonValue] = {"url": f"{parts.scheme}://{parts.hostname}", "events": [*chosen]}
    await record(session, actor=actor, action="webhook.created", target=_target(row.id), details=details)
    return row, secret


async def enable(session: AsyncSession, identifier: str, *, actor: str) -> bool:
    """Sends events to the address again; those that wait are tried at once. Returns false if it is unknown."""
    waiting = (WebhookDelivery.webhook_id == identifier) & WebhookDelivery.ended_at.is_(None)
    await session.execute(update(WebhookDelivery).where(waiting).values(attempts=0, due_at=now()))
    return await _change(session, identifier, "webhook.enabled", actor, disabled_at=None, gave_up=False)


async def disable(session: AsyncSession, identifier: str, *, actor: str) -> bool:
    """Sends nothing to the address from now on. Returns false if it is unknown."""
    return await _change(session, identifier, "webhook.disabled", actor, disabled_at=now(), gave_up=False)


async def remove(session: AsyncSession, identifier: str, *, actor: str) -> bool:
    """Deletes the address with its log. Returns false if it is unknown."""
    gone = await session.execute(delete(Webhook).where(Webhook.id == identifier).returning(Webhook.id))
    if gone.first() is None:
        return False
    await record(session, actor=actor, action="webhook.removed", target=_target(identifier))
    return True


async def send_test(session: AsyncSession, identifier: str) -> bool:
    """Queues a test message to the address. Returns false if it is unknown."""
    if await session.get(Webhook, identifier) is None:
        return False
    number = new_id()
    values = {"event": Event.TEST.value, "about": f"test {number}", "happened_at": now(), "payload": {}}
    session.add(WebhookDelivery(id=number, webhook_id=identifier, **values))
    return True


async def listed(session: AsyncSession) -> Sequence[Webhook]:
    """Returns all addresses, the latest first."""
    return (await session.scalars(select(Webhook).order_by(Webhook.created_at.desc()))).all()


async def log_of(session: AsyncSession, *, limit: int) -> Sequence[WebhookDelivery]:
    """Returns the latest deliveries to all addresses, the latest first."""
    return (await session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.seq.desc()).limit(limit))).all()


async def _change(session: AsyncSession, identifier: str, action: str, actor: str, **values: object) -> bool:
    changed = await session.execute(update(Webhook).where(Webhook.id == identifier).values(**values).returning(Webhook.id))
    if changed.first() is None:
        return False
    await record(session, actor=actor, action=action, target=_target(identifier))
    return True


def _target(identifier: str) -> str:
    return f"webhook:{identifier}"
