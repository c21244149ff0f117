"""Reads an exported file and checks all of it before any change."""

import hashlib
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from core.entry import Entry
from knowledge_base.entries.safety import unsafe
from knowledge_base.errors import BROKEN_ZIP, InvalidSource, Reason, all_of, not_imported, sentence
from knowledge_base.exchange.tables import FORMAT, MANIFEST, TABLES, VERSION, Table, from_json
from knowledge_base.sources.unpacking import ArchiveRefused, CountedZip
from knowledge_base.synonyms.checks import faults
from retrieval.query.synonyms import Group

MAX_BYTES = 2 * 1024**3  # unpacked; 3,371 entries with a few revisions each are 0.2 GB
_SMALL = 10 * 1024**2  # unpacked; smaller files may have any compression ratio
_MAX_LINE = 8 * 1024 * 1024
_BY_HAND = ("too_common", "same")  # faults that stop an editor but do no harm
_NAMED = 20  # faults listed at most
_STATUSES = frozenset({"draft", "published", "withdrawn", "archived"})
_STAGES = frozenset({"", "draft", "in_review", "approved", "scheduled"})

type Row = dict[str, Any]


@dataclass
class Contents:
    """Everything in a file, by the key of its entry: (collection, id).

    ``unsafe``: (collection, id, version) of revisions with content that an entry may not have → reason; they are left out.
    """

    collections: list[Row] = field(default_factory=list)
    entries: dict[tuple[str, str], Row] = field(default_factory=dict)
    revisions: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    steps: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    conflicts: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    golden: list[Row] = field(default_factory=list)
    synonyms: dict[str, Row] = field(default_factory=dict)
    synonym_versions: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    checksum: str = ""
    unsafe: dict[tuple[str, str, int], Reason] = field(default_factory=dict)
    digests: dict[tuple[str, str, int], str] = field(default_factory=dict)  # of these, as stored in the file
    rejected: tuple[Reason, ...] = ()


def is_export(path: Path) -> bool:
    """Decides whether ``path`` is a zip with our manifest. Raises ``InvalidSource`` if it holds too many files."""
    try:
        with _opened(path) as archive:
            return MANIFEST in archive.namelist()
    except ArchiveRefused as error:
        raise not_imported(path, error.why) from error
    except BROKEN_ZIP:
        return False


def read_export(path: Path) -> Contents:
    """Returns all rows of the file at ``path``, without revisions that are not safe (``rejected`` names them).

    Raises ``InvalidSource``, which names the wrong lines.
    """
    try:
        with _opened(path) as archive:
            manifest = _manifest(path, archive)
            contents = Contents(checksum=hashlib.sha256(orjson.dumps(manifest)).hexdigest())
            faults: list[Reason] = []
            for table in TABLES:
                if table.later and table.file not in manifest["files"]:
                    continue
                for number, line in _lines(path, archive, table, manifest):
                    if (fault := _take(contents, table, line)) is not None:
                        where = table.file
                        faults.append(Reason(f"{where}, ligne {number} : {fault}", f"{where}, line {number}: {fault.en}"))
                        if len(faults) >= _NAMED:
                            raise _faulty(path, faults)
    except ArchiveRefused as error:
        raise not_imported(path, error.why) from error
    except (*BROKEN_ZIP, KeyError) as error:
        raise not_imported(
            path, Reason(f"l'archive est coupée ou abîmée ({error})", f"the archive is cut off or damaged ({error})")
        ) from error
    faults += _loose_ends(contents)
    if faults:
        raise _faulty(path, faults)
    contents.rejected = _replace_unsafe(contents)
    return contents


def _opened(path: Path) -> CountedZip:
    return CountedZip(path, at_least=_SMALL, at_most=MAX_BYTES)


def _manifest(path: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        with archive.open(MANIFEST) as file:
            raw = file.read(_MAX_LINE + 1)
        manifest: Any = orjson.loads(raw) if len(raw) <= _MAX_LINE else None
        known = manifest["format"] == FORMAT and isinstance(manifest["files"], dict)
        version = manifest["version"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        known, version = False, 0
    if not known:
        raise not_imported(path, Reason("il n'a pas de manifeste lisible", "it has no readable manifest"))
    if version != VERSION:
        raise not_imported(
            path,
            Reason(*sentence("other_format", version=version, read=VERSION)),
        )
    found: dict[str, Any] = manifest
    return found


def _lines(path: Path, archive: zipfile.ZipFile, table: Table, manifest: dict[str, Any]) -> Iterator[tuple[int, Any]]:
    """Yields (number, object or ``None``) of each line. Fails at the end if the file differs from its manifest."""
    digest, number = hashlib.sha256(), 0
    with archive.open(table.file) as file:
        while raw := file.readline(_MAX_LINE + 1):
            number += 1
            if len(raw) > _MAX_LINE:
                raise not_imported(
                    path, Reason(f"{table.file}, ligne {number} : trop longue", f"{table.file}, line {number}: too long")
                )
            digest.update(raw)
            try:
                yield number, orjson.loads(raw)
            except orjson.JSONDecodeError:
                yield number, None
    promised = manifest["files"].get(table.file, {})
    if (number, digest.hexdigest()) != (promised.get("lines"), promised.get("sha256")):
        raise not_imported(
            path,
            Reason(*sentence("not_as_written", file=table.file, number=number, announced=promised.get("lines"))),
        )


def _take(contents: Contents, table: Table, line: Any) -> Reason | None:
    """Adds a line to its table. Returns the reason if it cannot be taken."""
    if not isinstance(line, dict):
        return Reason("ce n'est pas un objet JSON en UTF-8", "this is no JSON object in UTF-8")
    try:
        row = from_json(table, line)
    except ValueError as error:
        return Reason(str(error), str(error))
    match table.name:
        case "collections":
            contents.collections.append(row)
        case "golden":
            contents.golden.append(row)
        case "entries":
            return _take_entry(contents, row)
        case "revisions":
            return _take_revision(contents, row)
        case "synonyms":
            contents.synonyms[row["id"]] = row
        case "synonym_versions":
            return _take_synonyms(contents, row)
        case "steps":
            contents.steps[row["collection"], row["entry_id"]].append(row)
        case _:
            contents.conflicts[row["collection"], row["entry_id"]].append(row)
    return None


def _take_entry(contents: Contents, row: Row) -> Reason | None:
    key = row["collection"], row["id"]
    if key in contents.entries:
        return Reason(f"l'identifiant {row['id']} figure deux fois", f"the id {row['id']} stands twice")
    if row["status"] not in _STATUSES or row["stage"] not in _STAGES:
        return Reason(f"état inconnu : {row['status']}, {row['stage']}", f"unknown state: {row['status']}, {row['stage']}")
    contents.entries[key] = row
    return None


def _take_revision(contents: Contents, row: Row) -> Reason | None:
    key = row["collection"], row["entry_id"]
    before = contents.revisions[key]
    if row["version"] != len(before) + 1:
        what, wanted = f"{row['version']}", len(before) + 1
        return Reason(*sentence("other_revision_expected", what=what, entry=row["entry_id"], wanted=wanted))
    try:
        entry = Entry.model_validate(row["content"])
    except ValidationError as error:
        first = error.errors()[0]
        where, message = ".".join(map(str, first["loc"])), first["msg"]
        return Reason(f"fiche {row['entry_id']}, {where} : {message}", f"entry {row['entry_id']}, {where}: {message}")
    if (entry.collection, entry.id) != key or entry.digest() != row["digest"]:
        return Reason(*sentence("other_content_than_digest", version=row["version"], entry=row["entry_id"]))
    if (fault := unsafe(entry)) is not None:
        contents.unsafe[*key, row["version"]] = fault
    before.append(row)
    return None


def _take_synonyms(contents: Contents, row: Row) -> Reason | None:
    try:
        group = Group.model_validate(row["content"]) if row["content"] else None
    except ValidationError:
        group = None
    if row["content"] and (group is None or any(fault.code not in _BY_HAND for fault in faults(group))):
        return Reason("ce n'est pas un groupe de synonymes", "this is no group of synonyms")
    contents.synonym_versions[row["group_id"]].append(row)
    return None


def _loose_ends(contents: Contents) -> list[Reason]:
    """Returns faults for rows that name an entry or a revision that is not in the file."""
    found: list[Reason] = []
    for (_, page), row in contents.entries.items():
        count = len(contents.revisions.get((row["collection"], page), ()))
        numbers = [row[name] for name in ("version", "head", "latest", "base") if row[name] is not None]
        if row["latest"] != count or not all(1 <= number <= count for number in numbers):
            loose = Reason(*sentence("revision_not_in_file", page=page))
            found.append(loose.of("entries.jsonl"))
    for table in (contents.revisions, contents.steps, contents.conflicts):
        absent = [page for one, page in table if (one, page) not in contents.entries]
        found += [Reason(f"la fiche {page} n'est pas dans le fichier", f"entry {page} is not in the file") for page in absent]
    for name, row in contents.synonyms.items():
        numbers = [version["version"] for version in contents.synonym_versions[name]]
        whole = numbers == list(range(1, row["version"] + 1)) and (row["active"] is None or row["active"] in numbers)
        if not whole:
            loose = Reason(f"il manque des versions au groupe {name}", f"group {name} lacks versions")
            found.append(loose.of("synonyms.jsonl"))
    for name in contents.synonym_versions.keys() - contents.synonyms.keys():
        found.append(Reason(f"le groupe {name} n'est pas dans le fichier", f"group {name} is not in the file"))
    return found[:_NAMED]


def _replace_unsafe(contents: Contents) -> tuple[Reason, ...]:
    """Replaces the text of each unsafe revision by that of the nearest safe one, preferably the one before; numbers stay.

    An older version of the service let editors save unsafe text, and one revision among thousands is no reason to refuse a
    file. An entry without a safe revision is left out. Returns what was left out and why.
    """
    reasons: list[Reason] = []
    for key in dict.fromkeys((collection, page) for collection, page, _ in contents.unsafe):
        rows = contents.revisions[key]
        bad = [number for number in range(1, len(rows) + 1) if (*key, number) in contents.unsafe]
        good = [number for number in range(1, len(rows) + 1) if number not in bad]
        for number in bad:
            why = contents.unsafe[*key, number]
            instead = max((one for one in good if one < number), default=min(good, default=0))
            reasons.append(_left_out(key[1], number, instead, why))
            if instead:
                row = rows[number - 1]
                entry = Entry.model_validate(rows[instead - 1]["content"]).model_copy(update={"version": number})
                contents.digests[*key, number] = row["digest"]
                rows[number - 1] = row | {"content": entry.model_dump(mode="json"), "digest": entry.digest()}
        if not good:
            contents.entries.pop(key)
            for table in (contents.revisions, contents.steps, contents.conflicts):
                table.pop(key, None)
    return tuple(reasons)


def _left_out(page: str, number: int, instead: int, why: Reason) -> Reason:
    left_out = Reason(*sentence("revision_left_out", why=why, number=number, page=page))
    if instead:
        return Reason(*sentence("other_revision_stays", left_out=left_out, instead=instead))
    return Reason(f"{left_out} ; la fiche n'a pas d'autre texte", f"{left_out.en}; the entry has no other text")


def _faulty(path: Path, faults: list[Reason]) -> InvalidSource:
    reasons = all_of(faults[:_NAMED])
    return InvalidSource(*sentence("not_imported", reasons=reasons, file=path.name))
