"""The worker's step for SMS: keywords are answered here, and a number that sent STOP is met with silence."""

from __future__ import annotations

from channels.sms.keywords import Keyword, keyword
from channels.sms.optouts import silenced_by
from channels.wording import Wording
from channels.worker.turn import Job
from core.database import Database
from core.turns import Outcome, TextBlock, Turn

_ANSWERS = {Keyword.START: "gateway_started", Keyword.HELP: "gateway_help_sms"}
WORDS = frozenset({"gateway_stopped", *_ANSWERS.values()})


class SmsCommands:
    """A ``Step``. What STOP and START change was written when they were received (``optouts.obey``); here they are answered."""

    def __init__(self, database: Database, wording: Wording) -> None:
        wording.require(WORDS)
        self._database = database
        self._wording = wording

    async def __call__(self, job: Job) -> Turn | None:
        if job.channel != "sms":
            return None
        async with self._database.read() as session:
            stop = await silenced_by(session, job.conversation)
        asked = keyword(job.text)
        if asked is Keyword.STOP and stop == job.message_id:
            return self._say(job, "gateway_stopped")
        if stop is not None or asked is Keyword.STOP:  # silenced meanwhile; or a STOP that a START has overtaken
            return Turn(outcome=Outcome.SILENT)
        return self._say(job, _ANSWERS[asked]) if asked else None

    def _say(self, job: Job, name: str) -> Turn:
        text = self._wording.text(name, channel="sms", language=job.language)
        return Turn(outcome=Outcome.COMMAND, blocks=(TextBlock(text=text),))
