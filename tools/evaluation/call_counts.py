"""Counts the calls of functions in ``actions/`` for one first question: how much code must be read to follow it."""

from __future__ import annotations

import asyncio
import inspect
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.server.app import build_executor
from core.settings import ROOT, Settings
from retrieval.contracts import Retriever

_RESUMED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


@dataclass
class CallCounts:
    """How often each function was called: ``functions`` by file (relative to the root) and qualified name."""

    functions: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def calls(self) -> int:
        return self.functions.total()

    @property
    def files(self) -> set[str]:
        """Returns the files that have these functions."""
        return {file for file, _ in self.functions}

    def by_folder(self) -> dict[str, CallCounts]:
        """Returns the counts of each folder, in the order of the folders' first calls."""
        folders: dict[str, CallCounts] = {}
        for (file, name), count in self.functions.items():
            folders.setdefault(str(Path(file).parent), CallCounts()).functions[file, name] = count
        return folders


def count_calls(settings: Settings, retriever: Retriever, question: str, channel: str) -> CallCounts:
    """Answers ``question``, the first of a conversation on ``channel``, and returns the calls.

    Lambdas and comprehensions are not counted, and a generator once. The question is answered once before, so that initial
    loading is not counted.
    """
    action = build_executor(settings, retriever).actions["action_answer_enquiry"]
    latest = {"text": question, "intent": {"name": "enquiry"}, "entities": []}
    events = [{"event": "user", "text": question, "input_channel": channel}]
    slots = {"language": settings.default_language}

    async def answer() -> None:
        tracker = Tracker("counted", dict(slots), latest, events, False, None, {}, "action_listen")
        await action(CollectingDispatcher(), tracker, {})

    asyncio.run(answer())
    counts = CallCounts()
    profile = _counting(counts, ROOT / "actions")
    threading.setprofile(profile)  # for the thread in which the action works
    sys.setprofile(profile)
    try:
        asyncio.run(answer())
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return counts


def _counting(counts: CallCounts, folder: Path) -> Any:
    """Returns a profile function that adds calls in files under ``folder`` to ``counts``."""
    prefix, resumed = f"{folder}/", set[FrameType]()

    def profile(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != "call" or code.co_name.startswith("<") or not code.co_filename.startswith(prefix):
            return
        if code.co_flags & _RESUMED:
            if frame in resumed:
                return
            resumed.add(frame)
        counts.functions[str(Path(code.co_filename).relative_to(ROOT)), code.co_qualname] += 1

    return profile
