"""The gateway's services that the parts of the supervisors' desk need."""

from collections.abc import Mapping
from typing import Protocol

from conversations.client_updates.hub import Hub
from conversations.ports import Renderer
from conversations.signals.event_bus import EventBus
from conversations.wording import Wording
from core.database import Database
from core.privacy.addresses import Addresses
from core.settings import Settings


class Deps(Protocol):
    """``channels.http.deps.Deps`` implements it. ``renderers``: reply → text, by channel (``web``, ``sms``)."""

    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> Database: ...
    @property
    def event_bus(self) -> EventBus: ...
    @property
    def hub(self) -> Hub: ...
    @property
    def wording(self) -> Wording: ...
    @property
    def addresses(self) -> Addresses: ...
    @property
    def renderers(self) -> Mapping[str, Renderer]: ...
