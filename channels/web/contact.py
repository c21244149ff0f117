"""The administration's contact details: the lines that the widget and the pages show."""

from collections.abc import Callable

from pydantic import BaseModel

from conversations.additions.relay import with_relay
from conversations.wording import Wording
from core.settings import Settings
from core.turns import TextBlock


class ContactLine(BaseModel):
    """``name`` in the reader's language, ``text`` as the administration wrote it, ``url`` of the link, or empty."""

    name: str
    text: str
    url: str = ""


def own_names(settings: Settings) -> list[str]:
    """Returns the names by which answers mention this administration."""
    return [name.strip() for name in settings.own_names.split(",") if name.strip()]


def unavailable(settings: Settings, wording: Wording, language: str, contact: str) -> str:
    """Returns the sentence for who cannot use the assistant now: whom to ask, and how without hearing."""
    text = TextBlock(text=wording.text("ui_unavailable", language=language, contact=contact))
    blocks = with_relay((text,), wording, {}, channel="web", language=language)
    return "\n".join(block.text for block in blocks if isinstance(block, TextBlock))


def contact_lines(settings: Settings, say: Callable[[str], str]) -> list[ContactLine]:
    """Returns the lines that are set, the most used first; ``say`` gives a text of ``domain.yml`` by name."""
    phone = settings.contact_phone
    lines = [
        ("address", settings.contact_address or settings.legal_address, ""),
        ("hours", settings.opening_hours, ""),
        ("phone", phone, f"tel:{phone.replace(' ', '')}"),
        ("relay", settings.relay if phone else "", settings.relay_url),
        ("email", settings.contact_email, f"mailto:{settings.contact_email}"),
        ("appointment", settings.appointment_url, settings.appointment_url),
        ("page", settings.contact_url, settings.contact_url),
        ("access", settings.contact_access, ""),
    ]
    return [ContactLine(name=say(f"ui_contact_{name}"), text=text, url=url) for name, text, url in lines if text]
