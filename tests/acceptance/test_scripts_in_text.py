"""Text that would run as script: said by a citizen, typed into a form of the desk, or put into an address.

What the server sends is parsed here; that nothing runs in a real browser is tests/e2e/console/test_script_injection.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from lxml import html

from core.database import Database
from core.identity import Role
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import Guichet, guichet, settings_for, working
from tests.integration.migrated import migrated

_PAYLOADS: list[str] = json.loads((Path(__file__).parents[1] / "e2e" / "console" / "payloads.json").read_text())
_RUNS = re.compile(r"\s*(javascript|vbscript|data:text)", re.IGNORECASE)
_LOADED = ("src", "srcset", "action", "formaction", "srcdoc", "data", "poster")
_ADDRESSES = ("href", *_LOADED)
_PAGE = {"Accept": "text/html"}


@pytest.fixture
async def service(redis_url: str, tmp_path: Path) -> AsyncIterator[Guichet]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    limits = {"limit_conversation_per_minute": 1000, "limit_openings_per_minute": 1000}
    settings = settings_for(url, redis_url, tmp_path, **limits)
    await migrated(url)
    async with guichet(settings) as running:
        yield running


@pytest.fixture
async def staff(service: Guichet) -> dict[str, str]:
    database = Database(service.settings.sql_url)
    headers = await sign_in(database, service.settings, await make_staff(database, Role.ADMINISTRATOR, name=_PAYLOADS[4]))
    await database.close()
    return headers | _PAGE


def _wrong_in(answer: httpx.Response) -> list[str]:
    """What a page holds that could run, or that its headers would let run."""
    policy = answer.headers.get("content-security-policy", "")
    found = [f"policy {policy}"] if "default-src 'none'" not in policy or "unsafe" in policy else []
    found += [] if answer.headers.get("x-content-type-options") == "nosniff" else ["may be sniffed"]
    for element in html.document_fromstring(answer.content).iter():
        if not isinstance(element.tag, str):
            continue
        written = html.tostring(element, encoding="unicode")[:120]
        if element.tag == "script" and not str(element.get("src", "")).startswith("/"):
            found += [written] if element.get("type") != "application/json" else []
        if element.tag in ("iframe", "object", "embed", "base", "svg") and "evil" in written:
            found.append(written)
        found += [written for name in element.attrib if str(name).startswith("on") or str(name) == "style"]
        found += [written for name in _ADDRESSES if _RUNS.match(element.get(name, ""))]
        found += [written for name in _LOADED if "//evil.example" in element.get(name, "")]
    return found


def test_the_reader_of_pages_sees_what_it_is_for() -> None:
    sound = {"content-security-policy": "default-src 'none'", "x-content-type-options": "nosniff"}
    for part in ("<script>pwned", "<img src=x onerror=pwned", "<a href=javascript:", "<script src=//evil"):
        page = next(payload for payload in _PAYLOADS if payload.startswith(part))
        assert _wrong_in(httpx.Response(200, headers=sound, text=f"<html><body>{page}</body></html>")), part
    assert _wrong_in(httpx.Response(200, text="<html></html>"))


async def test_what_a_citizen_says_is_text_on_the_plain_page(service: Guichet) -> None:
    said = [" ".join(_PAYLOADS[start : start + 8]) for start in range(0, len(_PAYLOADS), 8)]
    async with working(service.settings):
        citizen = await service.citizen()
        for number, text in enumerate(said, 1):
            assert (await citizen.post(text[:2000])).status_code == 202
            await citizen.answered(number)
    cookie = {"Cookie": f"guichet_conversation={citizen.token}"}
    page = await service.http.get("/assistant", headers=cookie | _PAGE)
    assert "pwned" in page.text
    assert _wrong_in(page) == []
    kept = await service.http.get("/api/web/history", headers=citizen.headers)
    assert kept.headers["content-type"] == "application/json"
    written = await service.http.get("/assistant/conversation.txt", headers=cookie)
    assert written.headers["content-type"].startswith("text/plain")
    assert written.headers["content-disposition"].startswith("attachment")


async def test_what_stands_in_an_address_is_text_on_the_page(service: Guichet, staff: dict[str, str]) -> None:
    wrong: dict[str, list[str]] = {}
    for payload in _PAYLOADS[::9]:
        told, part = quote(payload), quote(payload, safe="")
        public = (f"/assistant?lang={told}&no={told}&thanks={told}&erased={told}", f"/desk/sign-in?next={told}&done={told}")
        desk = (
            f"/desk/entries?q={told}",
            f"/desk/nowhere/{part}",
            f"/desk/staff/{part}",
            f"/desk/account?done={told}&lang={told}",
        )
        for path in (*public, *desk, f"/{part}"):
            answer = await service.http.get(path, headers=_PAGE if path in public else staff)
            assert answer.status_code < 500
            if "text/html" in answer.headers.get("content-type", ""):
                wrong |= {path: found} if (found := _wrong_in(answer)) else {}
            else:
                assert answer.headers["content-type"] == "application/problem+json"
    assert wrong == {}


async def test_what_is_typed_into_the_door_of_the_desk_is_text_on_the_page(service: Guichet) -> None:
    for payload in _PAYLOADS[:4]:
        form = {"email": payload, "password": payload, "next": payload}
        answer = await service.http.post("/desk/sign-in", data=form, headers=_PAGE)
        assert answer.status_code in (422, 429)
        assert _wrong_in(answer) == []


async def test_a_problem_says_nothing_in_the_words_of_the_caller(service: Guichet) -> None:
    citizen = await service.citizen()
    for payload in _PAYLOADS[:20]:
        body = {"id": payload, "text": payload}
        refused = await service.http.post("/api/web/messages", json=body, headers=citizen.headers | _PAGE)
        assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
        assert "pwned" not in refused.text
