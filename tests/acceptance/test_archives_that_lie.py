"""Archives that declare little and hold much: 1.3 MB that unpack to 1.36 GB. Each is refused in a sentence, not unpacked."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from knowledge_base.errors import InvalidSource
from knowledge_base.exchange.export_reader import is_export, read_export
from knowledge_base.sources.service_public.importer import open_source, read
from knowledge_base.sources.sheets.entries import read_rows
from knowledge_base.sources.sheets.sheet import read_header
from knowledge_base.sources.unpacking import MAX_MEMBERS, ArchiveRefused, CountedZip
from tests.unit.knowledge_base.test_kb_sources import page
from tests.unit.knowledge_base.trees import write_package, xml

_CHUNK = 1024**2
_CHUNKS = 1300  # 1.36 GB
_MOST = 160 * _CHUNK  # what reading may take at once, in bytes; a page of the official archive may have 64 MB
_MANIFEST = b'{"format": "guichet-knowledge-base", "version": 1, "files": {}}'


class Member(NamedTuple):
    """A file of a zip as its directory describes it: the sizes and the sum are whatever is said here."""

    name: str
    packed: bytes
    size: int
    crc: int
    method: int = zipfile.ZIP_DEFLATED


def honest(name: str, content: bytes) -> Member:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return Member(name, packer.compress(content) + packer.flush(), len(content), zlib.crc32(content))


def lying(name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> Member:
    """``content`` and 1.36 GB of blanks (200 MB where they are slow to make), declared as ``content`` alone."""
    blanks = b" " * _CHUNK
    if method == zipfile.ZIP_BZIP2:
        packed = bz2.compress(content + blanks * 200)
    elif method == zipfile.ZIP_LZMA:
        filters = [{"id": lzma.FILTER_LZMA1, "preset": 0}]
        stream = lzma.compress(content + blanks * 200, lzma.FORMAT_RAW, filters=filters)
        properties = lzma._encode_filter_properties(filters[0])  # type: ignore[attr-defined]
        packed = struct.pack("<BBH", 9, 4, len(properties)) + properties + stream
    else:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        begun = packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)
        again = packer.compress(blanks) + packer.flush(zlib.Z_FULL_FLUSH)
        packed = begun + again * _CHUNKS + packer.flush()
    return Member(name, packed, len(content), zlib.crc32(content), method)


def zipped(path: Path, *members: Member) -> Path:
    body, directory = io.BytesIO(), io.BytesIO()
    for member in members:
        name = member.name.encode()
        fixed = struct.pack(
            "<HHHHHIIIHH", 20, 0, member.method, 0, 0, member.crc, len(member.packed), member.size, len(name), 0
        )
        directory.write(b"PK\1\2" + struct.pack("<H", 20) + fixed + struct.pack("<HHHII", 0, 0, 0, 0, body.tell()) + name)
        body.write(b"PK\3\4" + fixed + name + member.packed)
    count, size, start = len(members) & 0xFFFF, len(directory.getvalue()), body.tell()
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count, count, size, start, 0)
    path.write_bytes(body.getvalue() + directory.getvalue() + end)
    return path


def workbook(path: Path, lie: str, make: Callable[[str, bytes], Member]) -> Path:
    """A workbook whose file ``lie`` is made by ``make`` from what it was."""
    book, written = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in (("titre", "texte"), ("Où jeter l'huile ?", "En déchetterie.")):
        book.active.append(row)
    book.save(written)
    with zipfile.ZipFile(written) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    kinds, strings = "[Content_Types].xml", b'" ContentType="' + SHARED_STRINGS.encode() + b'"/></Types>'
    files[kinds] = files[kinds].replace(b"</Types>", b'<Override PartName="/xl/sharedStrings.xml' + strings)
    files["xl/sharedStrings.xml"] = f'<sst xmlns="{SHEET_MAIN_NS}"><si><t>a</t></si></sst>'.encode()
    assert lie in files
    return zipped(path, *(make(name, content) if name == lie else honest(name, content) for name, content in files.items()))


@contextmanager
def bounded() -> Iterator[None]:
    """Whatever is allocated within stays below ``_MOST``."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < _MOST, f"{peak // _CHUNK} MB"


@pytest.mark.parametrize(
    "name",
    ["[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"],
)
def test_workbook_with_lying_file_is_refused(name: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "faq.xlsx", name, lying)
    assert path.stat().st_size < 2 * _CHUNK
    for reader in (read_header, lambda path: read_rows(path, "essai")):
        with bounded(), pytest.raises(InvalidSource, match=r"déplié, il dépasse .* rien n'a changé"):
            reader(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_workbook_compressed_without_bound_is_refused(method: int, tmp_path: Path) -> None:
    path = workbook(tmp_path / "faq.xlsx", "xl/styles.xml", lambda name, content: lying(name, content, method))
    with bounded(), pytest.raises(InvalidSource, match="comprimé d'une façon inhabituelle"):
        read_rows(path, "essai")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("name", ["manifest.json", "collections.jsonl"])
def test_export_with_lying_file_is_refused(name: str, method: int, tmp_path: Path) -> None:
    files = {"manifest.json": _MANIFEST, "collections.jsonl": b"", "entries.jsonl": b""}
    members = [lying(one, content, method) if one == name else honest(one, content) for one, content in files.items()]
    path = zipped(tmp_path / "kb.zip", *members)
    assert is_export(path)
    with bounded(), pytest.raises(InvalidSource, match="rien n'a changé"):
        read_export(path)


def test_official_archive_with_lying_page_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "vosdroits.zip", lying("F1.xml", xml(page(1)).encode()))
    with bounded(), pytest.raises(InvalidSource, match="déplié, il dépasse 64 Mo"):
        read(open_source(path))


def test_package_with_endless_header_is_refused(tmp_path: Path) -> None:
    """The long name of a file is a header as long as it says, which Python's reader takes into memory."""
    whole = gzip.decompress(write_package(tmp_path / "p.tgz", {"particuliers": [page(1)]}).read_bytes())
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, _CHUNKS * _CHUNK
    path = tmp_path / "long.tgz"
    parts = header.tobuf(tarfile.GNU_FORMAT), b"a" * _CHUNK, whole
    begun, name, rest = (gzip.compress(part) for part in parts)  # packed apart: what is the same is packed once
    path.write_bytes(begun + name * _CHUNKS + rest)
    with bounded(), pytest.raises(InvalidSource, match="déplié, il dépasse 128 Mo"):
        read(open_source(path))


@pytest.mark.parametrize("count", [MAX_MEMBERS + 1, 4 * MAX_MEMBERS])
def test_zip_with_too_many_files_is_refused(count: int, tmp_path: Path) -> None:
    """Some more than are taken are counted; the list of very many is not even read."""
    path = zipped(tmp_path / "many.zip", *[honest("F1.xml", b"")] * count)
    with bounded(), pytest.raises(InvalidSource, match=f"plus de {MAX_MEMBERS} fichiers"):
        is_export(path)


def test_file_opened_again_counts_once_and_whatever_it_declares(tmp_path: Path) -> None:
    content = bytes(6 * _CHUNK)
    path = zipped(tmp_path / "a.zip", honest("a", content)._replace(size=1), honest("b", content))
    with CountedZip(path, at_least=10 * _CHUNK, at_most=11 * _CHUNK) as archive:
        assert archive.read("a") == archive.read("a") == content
        with pytest.raises(ArchiveRefused):
            archive.read("b")


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_workbook_whose_entities_multiply_is_refused(name: str, tmp_path: Path) -> None:
    """A billion laughs: a few hundred bytes of XML, each of whose entities is ten of the one before."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<!DOCTYPE x [<!ENTITY e0 "{"ha" * 50}">{entities}]><x>&e9;</x>'.encode()
    path = workbook(tmp_path / "faq.xlsx", name, lambda one, _: honest(one, laughs))
    with bounded(), pytest.raises(InvalidSource, match="abîmé"):
        read_rows(path, "essai")


def test_csv_with_enormous_cell_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text(f'titre;texte\nQ ?;"{"a" * 5_000_000}"\n')
    with bounded(), pytest.raises(InvalidSource, match="ligne 2 : une cellule dépasse"):
        read_rows(path, "essai")
