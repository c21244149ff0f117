"""``./guichet logs --plain``: one readable line an event, in the operator's language."""

import json
import re
import subprocess
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from cli.language import pick
from core import yaml_text

_EVENTS = Path(__file__).with_name("log_events.yml")
_LAST_LINES = 100
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SIGNS = {"warning": "!", "error": "✗", "critical": "✗"}
_PROCESS_WIDTH = 9


@cache
def events() -> Mapping[str, Sequence[str]]:
    """Returns the texts of all events: French and English, by name."""
    texts: dict[str, Sequence[str]] = yaml_text.load(_EVENTS.read_bytes())
    return texts


def plain_line(line: str, zone: ZoneInfo) -> str:
    """Returns ``line`` of a log as a sentence with its time in ``zone``, process and conversation; itself if it is no event."""
    event = _event(line)
    if event is None:
        return line.rstrip()
    name = str(event["event"])
    text = pick(*events()[name]) if name in events() else name.replace("_", " ")
    text = _PLACEHOLDER.sub(lambda match: _value(event.get(match[1])), text).strip()
    cause = _cause(event)
    about = f" · conversation {event['conversation']}" if event.get("conversation") else ""
    moment = datetime.fromisoformat(str(event["timestamp"])).astimezone(zone)
    sign, process = _SIGNS.get(str(event.get("level")), " "), str(event.get("process", ""))
    return f"{moment:%d/%m %H:%M:%S} {sign} {process:<{_PROCESS_WIDTH}} {text}{f' : {cause}' if cause else ''}{about}"


def last_lines(files: Sequence[Path], zone: ZoneInfo) -> list[str]:
    """Returns the last lines of ``files``, in the order of their times; what has no time follows the line before it."""
    found: list[tuple[str, str]] = []
    for file in files:
        at = ""
        with file.open(encoding="utf-8", errors="replace") as stream:
            for line in deque(stream, _LAST_LINES):
                event = _event(line)
                at = str(event["timestamp"]) if event else at
                if line.strip():
                    found.append((at, plain_line(line, zone)))
    return [text for _, text in sorted(found, key=lambda pair: pair[0])][-_LAST_LINES:]


def followed(files: Sequence[Path], zone: ZoneInfo) -> Iterator[str]:
    """Yields the lines of ``files`` as they are written, until the reader stops."""
    command = ["tail", "-q", "-n", "20", "-F", *map(str, files)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as tail:  # noqa: S603
        assert tail.stdout is not None
        for line in tail.stdout:
            if line.strip():
                yield plain_line(line, zone)


def _event(line: str) -> dict[str, object] | None:
    try:
        event = json.loads(line) if line.startswith("{") else None
        datetime.fromisoformat(str(event["timestamp"])) if event else None
    except (ValueError, KeyError):
        return None
    return event if isinstance(event, dict) and "event" in event else None


def _value(value: object) -> str:
    if isinstance(value, bool):
        return pick("oui", "yes") if value else pick("non", "no")
    return "–" if value is None else str(value)


def _cause(event: Mapping[str, object]) -> str:
    """Returns what went wrong, in one line: the last one of a stack trace."""
    trace = event.get("exception")
    if isinstance(trace, list) and trace and isinstance(trace[-1], dict):
        return f"{trace[-1].get('exc_type', '')}: {trace[-1].get('exc_value', '')}".strip(": ")
    return str(trace).strip().rpartition("\n")[2] if trace else ""
