"""Communes and offices in the memory of the action server: loaded if a directory exists, loaded again when it changes."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import NamedTuple

import structlog

from core.settings import Settings
from places.communes.index import Places, load
from places.mentions.finder import find
from places.offices.office import Office
from places.offices.shelf import FILE, Shelf, version_of

log = structlog.get_logger(__name__)


class Pages(NamedTuple):
    """The data for answers about places. ``shelf``: the directory. ``own``: the administration's office. Either may be
    missing.
    """

    places: Places
    shelf: Shelf | None
    own: Office | None


class Book:
    """Loads the data for answers about places. Without any data, ``open()`` returns ``None`` and nothing stays in memory."""

    def __init__(self, communes: Path, directory: Path, own: Office | None = None) -> None:
        self._communes, self._directory, self.own = communes, directory, own
        self._pages: Pages | None = None
        self._state: object = None
        self._loading = threading.Lock()

    def open(self) -> Pages | None:
        """Returns the loaded data at once. Changed files are read in the background, and used once they are read."""
        state = self._state_of_files()
        if state != self._state and self._loading.acquire(blocking=False):
            threading.Thread(target=self._load_beside, args=(state,), daemon=True).start()
        return self._pages

    def load(self) -> Pages | None:
        """Loads the data in the calling thread."""
        with self._loading:
            self._load(self._state_of_files())
        return self._pages

    def _load_beside(self, state: object) -> None:
        try:
            self._load(state)
        except Exception:
            log.error("places_not_loaded", exc_info=True)
            self._state = state  # not tried again until a file changes
        finally:
            self._loading.release()

    def _load(self, state: object) -> None:
        shelf = Shelf(self._directory) if version_of(self._directory) is not None else None
        pages = None
        if shelf is not None or self.own is not None:
            known = load(self._communes)
            more = [line for line in (shelf.communes() if shelf else []) if known.get(line.split("\t")[1]) is None]
            places = load(self._communes, more) if more else known
            find("mairie de rennes", places)  # dictionaries are read at their first use
            pages = Pages(places, shelf, self.own)
            log.info("places_loaded", communes=len(places), directory=shelf is not None)
        self._pages, self._state = pages, state

    def _state_of_files(self) -> object:
        return tuple(_stamp(file) for file in (self._directory, self._communes))


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def book_for(settings: Settings) -> Book:
    """Returns the book of an installation."""
    return Book(settings.communes_file, settings.home / FILE, own_office(settings))


def own_office(settings: Settings) -> Office | None:
    """Returns the administration's own office from the settings; ``None`` if they name no commune."""
    if not settings.office_commune:
        return None
    places = load(settings.communes_file)
    commune = places.get(settings.office_commune)
    return Office(
        id="own",
        name=settings.organisation,
        kind=settings.office_kind,
        commune=settings.office_commune,
        commune_name=commune.name if commune else settings.organisation,
        address=settings.legal_address,
        hours=settings.office_hours,
        hours_note=settings.opening_hours if not settings.office_hours else "",
        phone=settings.contact_phone,
        email=settings.contact_email,
        website=settings.contact_url,
        source=settings.organisation,
        source_url=settings.contact_url,
    )
