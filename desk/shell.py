"""The shell of one gateway: settings, record, words, templates and parts, kept in ``app.state.desk``."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined, select_autoescape
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from core.database import Database
from core.database.models import StaffRow
from core.identity import IdentityError, Right, Staff
from core.identity.oidc import Client
from core.identity.sign_in import Caller, SignIn
from core.identity.vault import Vault
from core.languages import LANGUAGES
from core.problems import language_of
from core.settings import Settings
from core.web.typesetting import day, decimal, euros, language_name, moment, whole_number
from desk.mail_queue import queue_mail
from desk.parts import GROUPS, Item, Part
from desk.watch import SessionWatch
from desk.words import Words

HERE = Path(__file__).parent
_ITEMS = (
    Item("desk_nav_staff", "/desk/staff", Right.MANAGE_STAFF, "service", order=90),
    Item("desk_nav_audit", "/desk/audit", Right.READ_AUDIT, "service", order=91),
)
_DEVICE, _STARTED = "guichet-device", "guichet-sign-in"


class Shell:
    """The services for the shell's own routes and helpers."""

    def __init__(self, settings: Settings, database: Database, parts: Sequence[Part] = ()) -> None:
        self.settings = settings
        self.database = database
        self.parts = tuple(parts)
        self.vault = Vault(*settings.secret_keys)
        self.sign_in = SignIn(settings, database, self.vault)
        self.provider = Client(settings) if settings.oidc_issuer else None
        self.watch = SessionWatch(database)
        self.open_pages: Counter[str] = Counter()  # staff id → pages that receive alerts, in this process
        folders = {"desk": HERE} | {part.name: part.folder for part in parts}
        self.words = Words.load(folders)
        self.templates = Environment(
            loader=PrefixLoader({name: FileSystemLoader(folder / "templates") for name, folder in folders.items()}),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters.update(decimal=decimal, euros=euros, whole_number=whole_number, language_name=language_name)
        for name in ("table", "tile"):
            self.templates.globals[name] = getattr(self.templates.get_template(f"desk/{name}.html").module, name)
        # Days and times are local to the administration, wherever the server or the reader is.
        self.templates.filters.update({one.__name__: partial(one, zone=settings.desk_timezone) for one in (day, moment)})
        items = [*((item, "desk") for item in _ITEMS), *((item, part.name) for part in parts for item in part.items)]
        self.items = sorted(items, key=lambda pair: pair[0].order)
        self.bodies: Mapping[str, int] = {path: limit for part in parts for path, limit in part.bodies.items()}

    @property
    def secure(self) -> bool:
        """Decides whether browsers reach the service by https."""
        return self.settings.base_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """Returns the name of the session's cookie; by https one that no other host can set."""
        return "__Host-guichet-desk" if self.secure else "guichet-desk"

    @property
    def device_cookie(self) -> str:
        """Returns the name of the cookie of a known browser; it gives no access."""
        return f"__Host-{_DEVICE}" if self.secure else _DEVICE

    @property
    def started_cookie(self) -> str:
        """Returns the name of the cookie of a sign-in at the identity provider."""
        return f"__Host-{_STARTED}" if self.secure else _STARTED

    def language(self, connection: HTTPConnection, staff: Staff | None = None) -> str:
        """Returns the language: ``?lang=``, else the person's, else the last one, else the browser's or ours."""
        requested = connection.query_params.get("lang", "")
        if requested in LANGUAGES:
            return requested
        if staff:
            return staff.language
        before: str = getattr(connection.state, "language", "")
        return before or language_of(connection, self.settings.default_language)

    async def in_language(self, connection: HTTPConnection, staff: Staff) -> Staff:
        """Returns ``staff`` with the language of this request, and stores it."""
        language = self.language(connection, staff)
        if language == staff.language:
            return staff
        async with self.database.write() as session:
            await session.execute(update(StaffRow).where(StaffRow.id == staff.id).values(language=language))
        return replace(staff, language=language)

    def navigation(self, staff: Staff) -> list[tuple[str, list[tuple[Item, str]]]]:
        """Returns (group, items with their parts). Staff who answer citizens and write no entries get ``citizens`` first."""
        first = "citizens" if staff.may(Right.HANDLE_CONVERSATIONS) and not staff.may(Right.EDIT_ENTRIES) else ""
        mine = [(item, part) for item, part in self.items if staff.may(item.right)]
        groups = [(group, [pair for pair in mine if pair[0].group == group]) for group in GROUPS]
        return sorted((pair for pair in groups if pair[1]), key=lambda pair: pair[0] != first)

    def caller(self, connection: HTTPConnection) -> Caller:
        """Returns the origin of a sign-in."""
        return Caller(
            address=connection.client.host if connection.client else "",
            browser=connection.headers.get("user-agent", "")[:120],
            known_device=connection.cookies.get(self.device_cookie, ""),
        )

    def error_text(self, error: IdentityError, language: str) -> str:
        """Returns the sentence for ``error``."""
        return self.words.text("desk", f"desk_{error.code}", language, error.values)

    def mail_text(self, name: str, language: str, values: Mapping[str, object]) -> tuple[str, str]:
        """Returns the subject and the text of the e-mail ``name``."""
        subject, text = (self.words.text("desk", f"desk_mail_{name}_{part}", language, values) for part in ("subject", "text"))
        return subject, text

    def notify_owner(self, session: AsyncSession, name: str, staff_id: str, language: str) -> None:
        """Queues the security notice ``name`` for the owner of an account that was changed."""
        text = self.mail_text(name, language, {"service": self.settings.service_name})
        queue_mail(session, self.settings, staff_id, "security", *text)

    def say(self, name: str, language: str, values: Mapping[str, Any]) -> str:
        """Returns the word ``part.key``, for problems."""
        part, _, key = name.partition(".")
        return self.words.text(part, key, language, values)


def shell_of(connection: HTTPConnection) -> Shell:
    """Returns the shell of the gateway that serves ``connection``."""
    shell: Shell = connection.app.state.desk
    return shell
