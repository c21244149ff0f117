"""The payloads of "The nearest to me" and of the choice that follows: the actions write them, the gateway reads them."""

import json

NEAREST_OF = "place:near:"  # before a kind of office
CHOSEN_OFFICE = "place:office:"  # before an office's id
_COMMAND = "/choose"


def payload_of(entry: str) -> str:
    """Returns the payload of a button that chooses ``entry``."""
    return f"{_COMMAND}{json.dumps({'entry': entry})}"


def kind_asked(payload: str) -> str | None:
    """Returns the kind of office whose nearest one a button asks for; ``None`` for other buttons."""
    if not payload.startswith(f'{_COMMAND}{{"entry": "{NEAREST_OF}'):
        return None
    return str(json.loads(payload.removeprefix(_COMMAND))["entry"]).removeprefix(NEAREST_OF)
