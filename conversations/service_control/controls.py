"""The controls of the service, kept in the record. Each change is audited in its transaction.

A process reads them at most once a second, so it applies a change within two seconds.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.signing import new_id
from core.audit import record
from core.channels import ChannelName
from core.database import Database
from core.database.base import now
from core.database.cached_value import CachedValue
from core.database.models import Control
from core.privacy.masking import mask

MOST_CHARACTERS = 300  # about two segments of SMS: nobody should have to scroll
_PRIVATE = {"nir", "iban", "card"}  # a telephone number or an e-mail address may be the town hall's own
_FRESH_SECONDS = 1.0
Name = Literal["banner", "emergency", "off:web", "off:sms"]
OFF: dict[ChannelName, Name] = {"web": "off:web", "sms": "off:sms"}


class BadControl(ValueError):
    """A control cannot be set to this. ``reason``: ``blank too_long personal past``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ActiveControl(BaseModel):
    """One control that is set. ``id`` is new at each setting. ``until``: when it ends by itself, if it does."""

    model_config = ConfigDict(frozen=True)

    name: str
    id: str
    text_fr: str
    text_en: str
    author: str
    since: datetime
    until: datetime | None = None

    def text_in(self, language: str) -> tuple[str, str]:
        """Returns the text for citizens and its language: the French text where there is no other."""
        return (self.text_en, "en") if language == "en" and self.text_en else (self.text_fr, "fr")


class ServiceState(BaseModel):
    """All controls that are set, by name."""

    model_config = ConfigDict(frozen=True)

    controls: dict[str, ActiveControl] = {}

    @property
    def version(self) -> tuple[str, ...]:
        """Returns a value that changes whenever a control does."""
        return tuple(sorted(control.id for control in self.controls.values()))

    @property
    def announcements(self) -> list[ActiveControl]:
        """Returns the announcements to everybody, the most urgent first."""
        return [self.controls[name] for name in ("emergency", "banner") if name in self.controls]

    def off(self, channel: str) -> ActiveControl | None:
        """Returns the reason why ``channel`` is switched off; ``None`` if it is on."""
        return self.controls.get(f"off:{channel}")


async def read(session: AsyncSession) -> ServiceState:
    """Returns the present state, without what has ended by itself."""
    rows = (await session.execute(select(Control).where(or_(Control.until.is_(None), Control.until > now())))).scalars()
    return ServiceState(controls={row.name: ActiveControl.model_validate(row, from_attributes=True) for row in rows})


class ServiceStateCache:
    """The state of the service as one process knows it; cheap to ask at any rate."""

    def __init__(self, database: Database) -> None:
        self._cache = CachedValue(database, read, ServiceState(), seconds=_FRESH_SECONDS, failure_event="controls_not_read")

    async def state(self) -> ServiceState:
        """Returns the present state, at most a second old; the last known one while the record cannot be read."""
        return await self._cache.get()


async def set_control(
    session: AsyncSession, name: Name, *, text_fr: str, text_en: str, actor: str, until: datetime | None = None
) -> None:
    """Sets ``name`` (to the moment ``until``, or until it is cleared), replacing its present value. Raises ``BadControl``."""
    texts = [" ".join(text.split()) for text in (text_fr, text_en)]
    if not texts[0]:
        raise BadControl("blank")
    if max(map(len, texts)) > MOST_CHARACTERS:
        raise BadControl("too_long")
    if _PRIVATE & {*mask("\n".join(texts)).kinds}:
        raise BadControl("personal")
    if until is not None and until <= now():
        raise BadControl("past")
    row = await session.get(Control, name, with_for_update=True)
    if row is None:
        row = Control(name=name)
        session.add(row)
    row.id, row.author, row.since = new_id(), actor[:64], now()
    row.text_fr, row.text_en = texts
    row.until = until
    await session.flush()
    details = {"fr": texts[0], "en": texts[1]} | ({"until": until.isoformat()} if until else {})
    await record(session, actor=actor, action="service.set", target=name, details=details)


async def clear_control(session: AsyncSession, name: Name, *, actor: str) -> bool:
    """Ends ``name``. Returns false if it was not set."""
    row = await session.get(Control, name, with_for_update=True)
    if row is None:
        return False
    before = {"fr": row.text_fr, "en": row.text_en, "since": row.since.isoformat()}
    await session.delete(row)
    await session.flush()
    await record(session, actor=actor, action="service.cleared", target=name, details=before)
    return True
