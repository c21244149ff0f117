"""Replies in which the State and the town both have something to say (tests/evaluation/questions/town.jsonl)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, NamedTuple

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.server.app import build_executor
from channels.sms.encoding import prepare
from channels.sms.rendering import SmsRenderer
from conversations.wording import Wording
from core.channels import CHANNELS, traits_of
from core.settings import ROOT, Settings
from core.turns import AnswerBlock, ChoicesBlock, Turn
from knowledge_base.sources.markdown_folder import TOWN, read_folder
from retrieval.contracts import Retriever
from retrieval.pinned_service import PinnedSearchService
from retrieval.service import SearchService
from retrieval.snapshots.build import build_snapshot

QUESTIONS = ROOT / "tests" / "evaluation" / "questions" / "town.jsonl"
COLLECTION = "valbourg"
_TITLE = 24  # characters of a title that no cut takes away


class TownReply(NamedTuple):
    """The reply to a question on ``channel``. ``state`` and ``town``: where each begins in it; -1 where it is missing.

    ``town_first``: ``None`` if either may come first, as on the website where the message asks where or when.
    """

    question: str
    channel: str
    town_first: bool | None
    state: int
    town: int
    shown: str

    @property
    def right(self) -> bool:
        """Decides whether both are shown, in the right order."""
        return min(self.state, self.town) >= 0 and self.town_first in (None, self.town < self.state)


def with_town(engine: SearchService, snapshots: Path, folder: Path) -> PinnedSearchService:
    """Returns ``engine`` on a new snapshot in ``folder`` that has the demonstration's town too. Its own is in ``snapshots``."""
    snapshot = engine.snapshot
    assert snapshot is not None
    pages = [snapshot.entries.at(place) for place in range(len(snapshot.entries))]
    others = [page for page in pages if page.collection != COLLECTION]
    entries = [*others, *read_folder(TOWN, COLLECTION)]
    wider = build_snapshot(entries, snapshots, engine._embedder, previous=snapshot.version, into=folder)
    pinned = PinnedSearchService(wider, engine._embedder)
    pinned._scope = engine._scope
    return pinned


def measure_town(settings: Settings, retriever: Retriever) -> list[TownReply]:
    """Returns the first reply to each question on each channel."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    town = {entry.id: entry for entry in read_folder(TOWN, COLLECTION)}
    action = build_executor(settings, retriever).actions["action_answer_enquiry"]
    wording = Wording.load(ROOT / "domain.yml")
    found = []
    for row in rows:
        entry = town[row["local"]]
        national = {name.partition("/")[2] for name in entry.national_pages}
        for channel in CHANNELS:
            turn = _first_turn(action, wording, settings, row["question"], channel)
            if traits_of(channel).pays_by_segment:
                shown = SmsRenderer(wording)(turn.blocks, language="fr").text
                titles = [prepare(title)[:_TITLE] for title in _titles(turn, national)]
                state = min((at for title in titles if (at := shown.find(title)) >= 0), default=-1)
                places = (state, shown.find(prepare(entry.sms_text)[:_TITLE]))
                found.append(TownReply(row["question"], channel, row["where_or_when"], *places, shown))
            else:
                ids = ["|".join(_pages(block)) for block in turn.blocks]
                state = next((at for at, pages in enumerate(ids) if national & set(pages.split("|"))), -1)
                places = (state, ids.index(entry.id) if entry.id in ids else -1)
                found.append(
                    TownReply(
                        row["question"],
                        channel,
                        None if row["where_or_when"] else False,
                        *places,
                        " / ".join(filter(None, ids)),
                    )
                )
    return found


def _pages(block: Any) -> list[str]:
    """Returns the pages of which ``block`` shows content."""
    match block:
        case AnswerBlock():
            return [block.entry]
        case ChoicesBlock():
            return [option.entry for option in block.options if option.extract]
        case _:
            return []


def _titles(turn: Turn, national: set[str]) -> list[str]:
    titles = [block.title for block in turn.blocks if isinstance(block, AnswerBlock) and block.entry in national]
    lists = [block for block in turn.blocks if isinstance(block, ChoicesBlock)]
    options = [option for block in lists for option in block.options if option.extract]
    return [*titles, *(option.label for option in options if option.entry in national)]


def _first_turn(action: Any, wording: Wording, settings: Settings, question: str, channel: str) -> Turn:
    latest = {"text": question, "intent": {"name": "enquiry"}, "entities": []}
    events = [{"event": "user", "text": question, "input_channel": channel}]
    language = settings.default_language
    dispatcher = CollectingDispatcher()
    tracker = Tracker("town", {"language": language}, latest, events, False, None, {}, "action_listen")
    asyncio.run(action(dispatcher, tracker, {}))

    blocks: list[dict[str, Any]] = []
    about: dict[str, Any] = {}
    for message in dispatcher.messages:
        custom = message["custom"]
        values = {name: value for name, value in message.items() if isinstance(value, str)}
        text = wording.text(values.pop("response"), channel=channel, language=language, **values)
        about |= {"outcome": custom["outcome"]} if "outcome" in custom else {}
        if custom.get("fill") == "option":
            blocks[-1]["options"] = [*blocks[-1]["options"], {"label": text, "payload": custom["payload"]}]
        elif "fill" in custom:
            blocks[-1][custom["fill"]] = text
        else:
            blocks.append({**custom.get("block", {"type": "text"}), "text": text})
    return Turn.model_validate({**about, "blocks": blocks})
