"""The console's page. Its behaviour is in the modules in ``static/``."""

from pathlib import Path

from fastapi import APIRouter, Request, Response

from desk import render
from desk.words import read
from supervision.desk.console.callers import Supervisor
from supervision.desk.console.services import ConsoleServices
from supervision.handoffs.supervisor_actions import REPLY_CHARACTERS

_WORDS = Path(__file__).parent / "words.yml"
_BEATS = 5  # signs of life within the time after which a supervisor counts as absent


def router(services: ConsoleServices) -> APIRouter:
    routes = APIRouter()
    script_words = {key: texts for key, texts in read(_WORDS).items() if key.startswith("js_")}

    @routes.get("/desk/conversations", include_in_schema=False)
    async def console(request: Request, staff: Supervisor) -> Response:
        """Returns the page; its scripts find their texts and figures in the attributes of its root element."""
        return render(
            request,
            staff,
            "console/console.html",
            words={key.removeprefix("js_"): texts[staff.language] for key, texts in script_words.items()},
            beat_seconds=int(services.absent_after.total_seconds()) // _BEATS,
            most_characters=REPLY_CHARACTERS,
        )

    return routes
