"""Communes and offices in the memory of the action server: loaded if a directory exists, loaded again when it changes."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import structlog

from core.settings import PerEdition, Settings
from places.communes.index import Places, load
from places.mentions.finder import find
from places.offices.directory_file import FILE, DirectoryFile, version_of
from places.offices.office import Office

log = structlog.get_logger(__name__)


class PlaceData(NamedTuple):
    """The data for answers about places. ``directory_file``: the directory. ``own``: the administration's office. Either may be
    missing.
    """

    places: Places
    directory_file: DirectoryFile | None
    own: Office | None


class PlaceDataLoader:
    """Loads the data for answers about places. Without any data, ``open()`` returns ``None`` and nothing stays in memory."""

    def __init__(self, communes: Path, directory: Path, own: Callable[[], Office | None] = lambda: None) -> None:
        self._communes, self._directory, self._own = communes, directory, own
        self._place_data: PlaceData | None = None
        self._state: object = None
        self._loading = threading.Lock()

    def open(self) -> PlaceData | None:
        """Returns the loaded data at once. Changed files are read in the background, and used once they are read."""
        state = self._state_of_files()
        if state != self._state and self._loading.acquire(blocking=False):
            threading.Thread(target=self._load_in_background, args=(state,), daemon=True).start()
        return self._place_data

    def load(self) -> PlaceData | None:
        """Loads the data in the calling thread."""
        with self._loading:
            self._load(self._state_of_files())
        return self._place_data

    def _load_in_background(self, state: object) -> None:
        try:
            self._load(state)
        except Exception:
            log.error("places_not_loaded", exc_info=True)
            self._state = state  # not tried again until a file changes
        finally:
            self._loading.release()

    def _load(self, state: object) -> None:
        directory_file = DirectoryFile(self._directory) if version_of(self._directory) is not None else None
        place_data = None
        at_town = self._own()
        if directory_file is not None or at_town is not None:
            listed = load(self._communes)
            communes = directory_file.communes() if directory_file else []
            more = [line for line in communes if listed.get(line.split("\t")[1]) is None]
            places = load(self._communes, more) if more else listed
            find("mairie de rennes", places)  # dictionaries are read at their first use
            own = at_town and directory_file and directory_file.of_desk(at_town.kind, at_town.commune)
            place_data = PlaceData(places, directory_file, own or at_town)
            log.info("places_loaded", communes=len(places), directory=directory_file is not None)
        self._place_data, self._state = place_data, state

    def _state_of_files(self) -> object:
        return self._own(), *(_stamp(file) for file in (self._directory, self._communes))


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def loader_for(settings: Settings) -> PlaceDataLoader:
    """Returns the book of an installation."""
    return PlaceDataLoader(settings.communes_file, settings.home / FILE, PerEdition(settings, lambda: own_office(settings)))


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
        appointment=settings.appointment_url,
        access=settings.contact_access,
        source=settings.organisation,
        source_url=settings.contact_url,
    )
