"""Imports requested at the desk. Each runs as a command of its own, reports its progress, and can be stopped at any time.

An import is one transaction. If it is stopped, or its process dies, nothing has changed, and it is simply run again.
"""

import asyncio
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select, update

from core.database import Database
from core.database.base import now
from core.database.models import ImportTask
from core.settings import ROOT, Settings
from knowledge_base.sources.service_public.convert import COLLECTION as SERVICE_PUBLIC

RUNNING = ("waiting", "running")
_SILENT = timedelta(seconds=30)  # a task without a sign of life for so long has lost its process
_BEAT = 1.0
_LINE = 64 * 1024**2  # a report names everything that would change
_NAME = re.compile(r"[^\w.-]+")
_TASK = re.compile(r"[0-9a-f]{16}")  # other folders there are pages of sites being fetched


class Tasks:
    """The imports that this process runs. The result of each is in the database, for all processes to show."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._running: dict[str, asyncio.Task[None]] = {}

    def folder(self, task: str) -> Path:
        """Returns the folder of an import's file."""
        return self._settings.home / "imports" / task

    async def add(self, author: str, name: str, collection: str, write: Any, *, source: str = "") -> str:
        """Creates a task for a file called ``name``, which ``write(path)`` stores. ``source`` is service-public if the file is
        its official archive. Returns the task's id.
        """
        task = secrets.token_hex(8)
        safe = _NAME.sub("_", Path(name).name)[-80:].lstrip(".") or "import"
        folder = self.folder(task)
        await asyncio.to_thread(folder.mkdir, parents=True, mode=0o700)
        await write(folder / safe)
        await self._add(task, author, {"file": safe, "collection": collection} | ({"source": source} if source else {}))
        return task

    async def add_source(self, author: str, source: str, collection: str) -> str:
        """Creates a task for a source to fetch: service-public's pages, or the pages at an address. Returns its id."""
        task = secrets.token_hex(8)
        await self._add(task, author, {"file": "", "source": source, "collection": collection})
        return task

    async def _add(self, task: str, author: str, plan: dict[str, Any]) -> None:
        plan = {"mapping": {}, "partial": False} | plan
        async with self._database.write() as session:
            session.add(ImportTask(id=task, state="waiting", plan=plan, report=None, author=author))

    async def start(self, task: str, *, dry_run: bool, author: str = "", changes: Mapping[str, Any] | None = None) -> None:
        """Runs the task unless it is running: as a preview, or for good for ``author``, with ``changes`` of its plan."""
        async with self._database.write() as session:
            row = await session.get(ImportTask, task, with_for_update=True)
            if row is None or (row.state == "running" and not _lost(row)) or row.state == "done":
                return
            row.plan = {**row.plan, **(changes or {}), "dry_run": dry_run}
            row.state, row.report, row.cancelled, row.done, row.total = "running", None, False, 0, 0
            row.updated_at = now()
            plan = {**row.plan, "author": author or row.author}
        self._running[task] = asyncio.create_task(self._run(task, plan))

    async def cancel(self, task: str) -> None:
        """Asks the process that runs the task to stop it."""
        async with self._database.write() as session:
            await session.execute(
                update(ImportTask).where(ImportTask.id == task, ImportTask.state.in_(RUNNING)).values(cancelled=True)
            )

    async def get(self, task: str) -> ImportTask | None:
        """Returns the task. If its process has died, it counts as interrupted."""
        async with self._database.read() as session:
            row = await session.get(ImportTask, task)
        if row is not None and row.state == "running" and _lost(row):
            row.state = "interrupted"
        return row

    async def latest(self) -> list[ImportTask]:
        """Returns the last imports, latest first."""
        async with self._database.read() as session:
            return list(await session.scalars(select(ImportTask).order_by(ImportTask.created_at.desc()).limit(20)))

    async def clean(self, older: timedelta) -> int:
        """Removes the files of imports untouched for so long, and returns their number. Results stay in the database."""
        async with self._database.read() as session:
            living = set(await session.scalars(select(ImportTask.id).where(ImportTask.updated_at >= now() - older)))
        return await asyncio.to_thread(_remove_others, self._settings.home / "imports", living, older)

    async def _run(self, task: str, plan: Mapping[str, Any]) -> None:
        state, report = "failed", None
        try:
            state, report = await self._command(task, plan)
        finally:
            del self._running[task]
            async with self._database.write() as session:
                row = await session.get_one(ImportTask, task)
                row.state, row.report, row.updated_at = state, report, now()

    async def _command(self, task: str, plan: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None]:
        argv = [sys.executable, "-m", "cli", "kb", "import", *self._arguments(task, plan)]
        environment = {**os.environ, **self._settings.as_environment(), "GUICHET_PROGRESS": "json", "GUICHET_LANG": "fr"}
        process = await asyncio.create_subprocess_exec(
            *argv,
            cwd=ROOT,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LINE,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        progress: dict[str, Any] = {}
        errors = asyncio.create_task(process.stderr.read())
        watching = asyncio.create_task(self._watch(task, progress, process))
        try:
            async for line in process.stdout:
                with suppress(orjson.JSONDecodeError):
                    progress |= orjson.loads(line)
            code = await process.wait()
        finally:
            watching.cancel()
            if process.returncode is None:
                process.terminate()
        lines_of_errors = (await errors).decode(errors="replace").strip().splitlines()
        if progress.get("cancelled"):
            return "cancelled", None
        if code:
            last = lines_of_errors[-1] if lines_of_errors else f"{code}"
            return "failed", {"error": progress.get("error") or {"fr": last, "en": last}}
        report = {name: value for name, value in progress.items() if name not in ("done", "total", "unknown")}
        return ("previewed" if plan["dry_run"] else "done"), report

    def _arguments(self, task: str, plan: Mapping[str, Any]) -> list[str]:
        """Returns the arguments of the command: the source, the options, and the author."""
        file, source = str(self.folder(task) / plan["file"]), plan.get("source", "")
        argv = [source or file, "--json", "--author", plan["author"]]
        argv += ["--archive", file] if source and plan["file"] else []
        argv += ["--into", plan["collection"]] if plan["collection"] and source != SERVICE_PUBLIC else []
        for field, column in plan["mapping"].items():
            argv += ["--map", f"{field}={column}"]
        argv += ["--partial"] if plan["partial"] else []
        return argv + (["--dry-run"] if plan["dry_run"] else ["--force"])  # its withdrawals were shown in the preview

    async def _watch(self, task: str, progress: dict[str, Any], process: asyncio.subprocess.Process) -> None:
        """Reports the progress, and stops the process if somebody asks."""
        while True:
            await asyncio.sleep(_BEAT)
            async with self._database.write() as session:
                row = await session.get_one(ImportTask, task)
                row.done, row.total, row.updated_at = progress.get("done", 0), progress.get("total", 0), now()
                stop = row.cancelled
            if stop and process.returncode is None:
                progress["cancelled"] = True
                process.terminate()


def _remove_others(folder: Path, living: set[str], older: timedelta) -> int:
    removed = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        if (
            _TASK.fullmatch(path.name)
            and path.name not in living
            and path.stat().st_mtime < time.time() - older.total_seconds()
        ):
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
    return removed


def _lost(row: ImportTask) -> bool:
    return row.updated_at < now() - _SILENT
