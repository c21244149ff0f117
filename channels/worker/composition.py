"""What a worker is made of, from settings."""

from __future__ import annotations

from channels.rendering.sms import SmsRenderer
from channels.wording import Wording
from channels.worker.app import Worker
from core.database import Database
from core.settings import ROOT, Settings


def compose(settings: Settings) -> Worker:
    """A worker ready to ``run()``, on the record and the channels that ``settings`` name."""
    wording = Wording.load(ROOT / "domain.yml").filled_from(settings)
    return Worker(
        settings=settings,
        database=Database(settings.sql_url),
        wording=wording,
        renderers={"sms": SmsRenderer(wording, max_segments=settings.sms_max_segments)},
    )
