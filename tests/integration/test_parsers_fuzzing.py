"""Everything that comes from outside as bytes, damaged at random: it is taken or refused by its own word, and never fails.

A good sample is cut, repeated, overwritten and filled with what parsers stumble on; and there is noise without any sample.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import openpyxl
import orjson
import pytest
import yaml
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from channels.sms.providers.description import Description
from channels.sms.providers.generic import Generic, GenericAccount
from channels.sms.providers.ovh import incoming
from channels.sms.providers.twilio import Twilio, TwilioAccount
from channels.sms.providers.vonage import Vonage, VonageAccount
from conversations.ports import InvalidSignature, MalformedRequest, RawRequest
from core.audit.heads import load_heads
from knowledge_base.desk.editor.cleaning import markdown_of
from knowledge_base.errors import InvalidSource
from knowledge_base.exchange.export_reader import read_export
from knowledge_base.sources.faq import read_faq
from knowledge_base.sources.markdown_folder import read_folder
from knowledge_base.sources.service_public.importer import open_source, read
from knowledge_base.sources.sheets.entries import read_rows
from knowledge_base.sources.sites.safe_fetch import FetchRefused
from knowledge_base.sources.sites.web_pages import entries_of
from knowledge_base.sources.travail_emploi.importer import read as read_labour_pages
from tests.integration.sms_operators import GENERIC_FILE

_TROUBLE: tuple[bytes, ...] = (
    b"\x00",
    b"\xff\xfe",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b'"',
    b"'",
    b"\n",
    b"\r",
    b"<!--",
    b"]]>",
    b"&#0;",
    b"&x;",
    b"{",
    b"[",
    b"%00",
)
_TROUBLE += (
    b"1e999",
    b"-1",
    b"99999999999999999999",
    b"null",
    b"NaN",
    b"\xe2\x80\xae",
    b"\xf3\xa0\x80\xa0",
    b"=cmd|' /C x'!A0",
    b"../../x",
    b"---\n",
)
_SOME = settings(
    max_examples=60,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def damaged(sample: bytes) -> st.SearchStrategy[bytes]:
    """``sample`` with one to four things done to it, or noise."""
    place = st.integers(0, max(len(sample), 1))
    piece = st.one_of(st.sampled_from(_TROUBLE), st.binary(max_size=8))
    edit = st.tuples(st.sampled_from(["cut", "insert", "overwrite", "repeat", "drop"]), place, place, piece)
    return st.one_of(st.lists(edit, min_size=1, max_size=4).map(lambda edits: _edited(sample, edits)), st.binary(max_size=200))


def _edited(sample: bytes, edits: list[tuple[str, int, int, bytes]]) -> bytes:
    for what, start, end, piece in edits:
        low, high = sorted((start % (len(sample) + 1), end % (len(sample) + 1)))
        sample = {
            "cut": sample[:high],
            "insert": sample[:low] + piece + sample[low:],
            "overwrite": sample[:low] + piece + sample[low + len(piece) :],
            "repeat": sample[:high] + sample[low:high] + sample[high:],
            "drop": sample[:low] + sample[min(high, low + 8) :],
        }[what][:100_000]
    return sample


def _xlsx() -> bytes:
    book, made = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (["id", "title", "text"], ["1", "Carte", "En mairie."], ["2", "Passeport", "En ligne."]):
        sheet.append(row)
    book.save(made)
    return made.getvalue()


def _zip(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return made.getvalue()


def _tgz(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return made.getvalue()


_PAGE = (
    b'<Publication ID="F1" type="Fiche" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Carte</dc:title><FilDAriane>'
    b'<Niveau ID="Particuliers">Accueil</Niveau></FilDAriane><Texte><Chapitre><Titre><Paragraphe>Delai</Paragraphe></Titre>'
    b"<Paragraphe>Deux <MiseEnEvidence>semaines</MiseEnEvidence>.</Paragraphe></Chapitre></Texte></Publication>"
)
_JSON = orjson.dumps({"type": "element", "name": "Publication", "attributes": {"ID": "F1"}, "children": []})
_INDEXES = {f"package/data/{name}/index.json": b'["F1"]' for name in ("particuliers", "professionnels", "associations")}
_PACKAGE = {
    "package/data/index.json": b'[{"id": "F1", "title": "Carte"}]',
    **_INDEXES,
    **{f"package/data/{name}/F1.json": _JSON for name in ("particuliers", "professionnels", "associations")},
}
_HTML = b"""<html lang="fr"><title>Mairie</title><script type="application/ld+json">{"@type": "FAQPage", "mainEntity":
[{"@type": "Question", "name": "Carte perdue ?", "acceptedAnswer": {"@type": "Answer", "text": "<p>En mairie.</p>"}}]}
</script><details><summary>Ouvert ?</summary><p>Oui, le <a href="/x">lundi</a>.</p></details><h2>Ou ?</h2><p>Ici.</p></html>"""
_MARKDOWN = (
    b"---\nid: f1\ntitle: Carte\nsource: Essai\nurl: https://exemple.fr/\nverified_on: 2026-01-02\n---\n\nTexte.\n\n"
    b"## Ou\n\nIci.\n"
)


def _folder(path: Path) -> Any:
    return read_folder(path.parent)


def _heads(path: Path) -> Any:
    try:
        return load_heads(path)
    except ValueError as error:  # what its callers expect
        raise InvalidSource("illisible", "unreadable") from error


# What it is, how its file is called, who reads it, and a good sample.
FILES: list[tuple[str, Callable[[Path], Any], bytes]] = [
    ("faq.csv", lambda path: read_rows(path, "c"), b'id;title;text\n1;Carte;En mairie.\n2;Passeport;"En\nligne"\n'),
    ("faq.xlsx", lambda path: read_rows(path, "c"), _xlsx()),
    (
        "faq.jsonl",
        lambda path: read_faq(path, "c"),
        b'{"id": "1", "title": "Carte", "text": "En mairie.", "keywords": ["a"]}\n' * 3,
    ),
    ("page.md", _folder, _MARKDOWN),
    ("export.zip", read_export, _zip(manifest__json=b'{"format": "guichet-knowledge-base", "version": 1, "counts": {}}')),
    ("archive.zip", lambda path: read(open_source(path)), _zip(F1__xml=_PAGE)),
    ("package.tgz", lambda path: read(open_source(path)), _tgz(_PACKAGE)),
    ("heads.txt", _heads, b'{"seq": 1, "digest": "ab", "at": "2026-01-01T00:00:00+00:00", "key": "k", "signature": "s"}\n'),
]


@pytest.mark.parametrize(("name", "reads", "sample"), FILES, ids=[name for name, _, _ in FILES])
def test_a_damaged_file_is_read_or_refused(name: str, reads: Callable[[Path], Any], sample: bytes, tmp_path: Path) -> None:
    path = tmp_path / name

    @_SOME
    @given(damaged(sample))
    @example(sample)
    def once(content: bytes) -> None:
        path.write_bytes(content)
        try:
            reads(path)
        except InvalidSource:
            return

    once()


@_SOME
@given(damaged(_PAGE))
def test_a_page_of_an_archive_that_is_whole_may_be_damaged_inside(
    tmp_path_factory: pytest.TempPathFactory, page: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "inside.zip"
    path.write_bytes(_zip(F1__xml=page))
    try:
        read(open_source(path))
    except InvalidSource:
        return


@_SOME
@given(damaged(_HTML))
@example(b"<p>")
def test_html_of_a_ministrys_page_becomes_markdown_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    html = content.decode("utf-8", "replace")
    section = {"title": html[:9], "anchor": html[9:19], "html": html}
    page = {"pubId": "article1", "title": "Essai", "url": "https://exemple.fr/", "intro": html, "date": html[:10]}
    path = tmp_path_factory.getbasetemp() / "labour.tgz"
    path.write_bytes(_tgz({"package/data/fiches-travail.json": orjson.dumps([{**page, "sections": [section]}])}))
    try:
        (entry,) = read_labour_pages(path)
    except InvalidSource:
        return
    assert not {"\x00"} & set(entry.model_dump_json())
    assert "<script" not in entry.introduction.replace("\\<", "")


@_SOME
@given(damaged(_HTML))
@example(_HTML)
def test_a_web_page_is_read_or_refused(content: bytes) -> None:
    try:
        found = entries_of(content, "https://exemple.fr/faq", "c")
    except FetchRefused:
        return
    for entry in found:
        assert not {"\x00"} & set(entry.model_dump_json())


@_SOME
@given(damaged(_HTML))
def test_whatever_is_pasted_becomes_markdown(content: bytes) -> None:
    assert "<script" not in markdown_of(content.decode("utf-8", "replace"))


_TWILIO = {
    "MessageSid": "SM" + "a1" * 16,
    "AccountSid": "AC" + "1" * 32,
    "From": "+33639980001",
    "To": "+33199000000",
    "Body": "é & =",
}
_VONAGE = {
    "msisdn": "33639980001",
    "to": "33644630000",
    "messageId": "0A0000000123ABCD1",
    "text": "é",
    "type": "text",
    "concat": "true",
    "concat-ref": "108",
    "concat-total": "3",
    "concat-part": "2",
    "timestamp": "1795336262",
    "sig": "00",
}
_GENERIC = {"id": "1", "from": "+33639980001", "to": "38100", "text": "é"}
_OVH = {
    "id": 1,
    "sender": "+33639980001",
    "message": "é",
    "creationDatetime": "2026-11-24T08:31:02+01:00",
    "credits": 0,
    "tag": "",
}
_FORM, _AS_JSON = "application/x-www-form-urlencoded", "application/json"
_DESCRIBED = Description.model_validate(yaml.safe_load(GENERIC_FILE.read_text()))
_PUBLIC, _HTTP = "https://guichet.exemple.fr", httpx.AsyncClient()
PROVIDERS: list[tuple[str, Any, str, bytes]] = [
    (
        "twilio",
        Twilio(TwilioAccount("AC" + "1" * 32, "t" * 32, "+33199000000"), _HTTP, public_url=_PUBLIC),
        _FORM,
        urlencode(_TWILIO).encode(),
    ),
    (
        "vonage",
        Vonage(VonageAccount("abcd1234", "s", "signature", "33644630000"), _HTTP, public_url=_PUBLIC),
        _FORM,
        urlencode(_VONAGE).encode(),
    ),
    (
        "vonage",
        Vonage(VonageAccount("abcd1234", "s", "signature", "33644630000"), _HTTP, public_url=_PUBLIC),
        _AS_JSON,
        orjson.dumps(_VONAGE),
    ),
    (
        "simulator-generic",
        Generic(GenericAccount("mairie", "secret", "38100"), _DESCRIBED, _HTTP, public_url=_PUBLIC),
        _AS_JSON,
        orjson.dumps(_GENERIC),
    ),
]


@pytest.mark.parametrize(
    ("name", "provider", "kind", "sample"), PROVIDERS, ids=["twilio", "vonage form", "vonage json", "generic"]
)
def test_a_damaged_webhook_is_never_believed_and_never_fails(name: str, provider: Any, kind: str, sample: bytes) -> None:
    headers = st.fixed_dictionaries(
        {"content-type": st.sampled_from([kind, kind.upper() + "; charset=utf-16", "", "text/plain"])},
        optional={
            "x-twilio-signature": st.text(max_size=40),
            "x-signature": st.text(max_size=80),
            "authorization": st.text(max_size=40),
        },
    )

    @_SOME
    @given(damaged(sample), headers, st.sampled_from(["POST", "GET"]), st.sampled_from(["", "/status"]))
    @example(sample, {"content-type": kind}, "POST", "")
    def once(body: bytes, given_headers: dict[str, str], method: str, end: str) -> None:
        query = body.decode("latin-1") if method == "GET" else ""
        request = RawRequest(method, f"/webhooks/sms/{name}{end}", query, given_headers, body)
        with pytest.raises(InvalidSignature):
            provider.verify(request)
        try:
            parsed = provider.parse(request)
        except MalformedRequest:
            return
        assert parsed is not None

    once()


@_SOME
@given(damaged(orjson.dumps(_OVH)))
@example(orjson.dumps(_OVH))
def test_a_reply_that_ovh_keeps_for_us_is_read_or_left(content: bytes) -> None:
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return
    if isinstance(document, dict):
        incoming(document)
