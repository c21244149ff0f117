"""Settings at the desk, through the gateway's HTTP: used at once, audited, refused in French, reset, exported."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from html import unescape
from io import StringIO
from pathlib import Path

import httpx
import pytest
from dotenv import dotenv_values
from sqlalchemy import select

from channels.gateway.composition import build
from cli.gateway import create
from cli.worker.composition import compose
from core.database.models import AuditRow, DeskSetting
from core.desk_settings import keep_file_updated
from core.identity import Role
from core.settings import Settings, at_desk
from core.settings.following import followed
from tests.integration.channels_support import settings_for
from tests.integration.migrated import migrated
from tests.integration.searching_desk import Desk
from tests.waiting import until

PAGE = "/desk/settings"


@pytest.fixture
async def desk(tmp_path: Path, redis_url: str) -> AsyncIterator[Desk]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    await migrated(url)
    settings = settings_for(url, redis_url, tmp_path)
    deps = build(settings)
    yield Desk(settings, deps.database, create(settings, deps))
    await deps.database.close()


@pytest.fixture
async def operator(desk: Desk) -> httpx.AsyncClient:
    return await desk.browser(Role.ADMINISTRATOR)


def seen_in(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


async def audited(desk: Desk) -> list[tuple[str, str, str]]:
    async with desk.database.read() as session:
        rows = await session.scalars(select(AuditRow).where(AuditRow.action.startswith("setting.")).order_by(AuditRow.seq))
        return [(row.action, row.target, row.details) for row in rows]


async def test_changes_are_in_use_at_once_in_what_citizens_get_and_in_the_audit(
    desk: Desk, operator: httpx.AsyncClient
) -> None:
    page = (await operator.get(PAGE)).text
    changes = {
        "service_name": "Allô Valbourg",
        "contact_phone": " 01 23 45  67 89 ",
        "default_language": "en",
        "widget_languages": ["", "fr"],
        "retention_days": "30",
        "widget_colour": "#ffe600",
        "widget_sites": "https://www.valbourg.fr",
        "publication_director": "Mme Dupont, maire",
    }
    sent = {"seen": seen_in(page), **changes}
    question = await operator.post(PAGE, data=sent)  # thirty days erase what sixty more would have kept
    assert (question.status_code, desk.settings.edition) == (200, 0)
    assert 'name="service_name" value="Allô Valbourg"' in question.text
    saved = await operator.post(PAGE, data=sent | {"shorter": "yes"})
    assert (saved.status_code, saved.headers["location"]) == (303, f"{PAGE}?done=saved")

    config = (await operator.get("/api/web/config")).json()
    assert (config["service_name"], config["retention_days"], config["colour"]) == ("Allô Valbourg", 30, "#ffe600")
    assert config["languages"] == ["fr", "en"]  # the default language is always offered
    assert "01 23 45 67 89" in config["wording"]["ui_unavailable"]
    script = (await operator.get("/widget.js")).text
    assert ('"colour":"#ffe600"' in script, '"onColour":"#000000"' in script) == (True, True)
    assert "--colour: #ffe600" in (await operator.get("/static/pages/pages.css")).text
    assert "Mme Dupont, maire" in (await operator.get("/legal?lang=fr")).text
    assert "30 days" in (await operator.get("/privacy")).text  # English by default now
    for site, allowed in (("https://www.valbourg.fr", "https://www.valbourg.fr"), ("https://other.fr", None)):
        answer = await operator.get("/api/web/config", headers={"Origin": site})
        assert answer.headers.get("access-control-allow-origin") == allowed

    rows = await audited(desk)
    assert {target for _, target, _ in rows} == {f"setting:{name}" for name in changes}
    assert ("setting.changed", "setting:contact_phone", '{"from":"","to":"01 23 45 67 89"}') in rows
    shown = unescape((await operator.get(PAGE)).text)
    assert shown.count("Réglé ici</span>") == len(changes)
    assert "La configuration du serveur dit\u00a0: 90." in shown
    unchanged = await operator.post(PAGE, data=changes)
    assert unchanged.headers["location"] == f"{PAGE}?done=unchanged"
    assert len(await audited(desk)) == len(changes)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("retention_days", "400", "Doit être au plus 365."),
        ("retention_days", "0", "Doit être au moins 1."),
        ("retention_days", "un mois", "Un nombre entier est attendu."),
        ("desk_hours", "lundi 9 h", "Des horaires s'écrivent «\u00a0Mo-Fr 09:00-12:00,14:00-17:00; PH off\u00a0»."),
        ("widget_colour", "bleu", "Une couleur s'écrit «\u00a0#0b5c6b\u00a0»."),
        (
            "widget_sites",
            "www.valbourg.fr",
            "Des sites séparés par des virgules, sans chemin\u00a0: «\u00a0https://www.exemple.fr\u00a0».",
        ),
        ("widget_languages", "fr,xx", "Des langues séparées par des virgules, parmi fr, en, es et ar."),
        ("default_language", "es", "Au choix\u00a0: 'fr' ou 'en'."),
        ("desk_staffed", "peut-être", "True ou false est attendu."),
        ("appointment_url", "rendez-vous", "L'adresse d'une page commence par https://"),
        ("organisation", " ", "Ne peut pas rester vide."),
        ("contact_access", "${HOME}", "Ne peut contenir ni «\u00a0${\u00a0» ni"),
    ],
)
async def test_wrong_value_is_refused_in_french_beside_its_field_and_kept_there(
    desk: Desk, operator: httpx.AsyncClient, name: str, value: str, sentence: str
) -> None:
    answer = await operator.post(PAGE, data={"contact_url": "https://valbourg.fr", "widget_logo_url": "\\", name: value})
    page = unescape(answer.text).replace(" :", "\u00a0:").replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    assert answer.status_code == 422
    beside = re.search(rf'<p class="error" id="{name}-wrong">([^<]*)</p>', page)
    assert beside
    assert beside[1].startswith(sentence)
    assert 'id="widget_logo_url-wrong"' in page  # every fault at once
    assert 'value="https://valbourg.fr"' in page  # what was right stays typed, too
    async with desk.database.read() as session:
        assert (await session.scalars(select(DeskSetting))).all() == []
    assert desk.settings.edition == 0


def test_every_website_is_refused_in_production(tmp_path: Path) -> None:
    settings_for("", "redis://127.0.0.1:1/0", tmp_path).checked_for_desk("widget_sites", "*")
    production = settings_for("", "redis://127.0.0.1:1/0", tmp_path, production=True)
    with pytest.raises(ValueError, match="un service en production nomme ses sites"):
        production.checked_for_desk("widget_sites", "*")


async def test_reset_gives_a_setting_back_to_the_environment(desk: Desk, operator: httpx.AsyncClient) -> None:
    await operator.post(PAGE, data={"retention_days": "120", "organisation": "Valbourg"})
    assert desk.settings.retention_days == 120
    question = await operator.post(f"{PAGE}/reset", data={"name": "retention_days", "confirm_password": "mot-de-passe"})
    assert "ceux qui sont plus anciens sont effacés" in question.text
    assert "mot-de-passe" not in question.text
    answer = await operator.post(f"{PAGE}/reset", data={"name": "retention_days", "shorter": "yes"})
    assert answer.headers["location"] == f"{PAGE}?done=was_reset"
    assert (desk.settings.retention_days, desk.settings.organisation) == (90, "Valbourg")
    assert (await audited(desk))[-1] == ("setting.reset", "setting:retention_days", '{"from":"120","to":"90"}')
    for name in ("secret_key", "port", "nothing"):
        assert (await operator.post(f"{PAGE}/reset", data={"name": name})).status_code == 404
        await operator.post(PAGE, data={name: "12345"})
    assert len(await audited(desk)) == 3


async def test_old_page_changes_nothing_and_keeps_what_was_typed(desk: Desk, operator: httpx.AsyncClient) -> None:
    seen = seen_in((await operator.get(PAGE)).text)
    await operator.post(PAGE, data={"organisation": "Valbourg"})
    late = await operator.post(PAGE, data={"seen": seen, "organisation": "Clairval"})
    assert late.status_code == 409
    assert 'value="Clairval"' in late.text
    assert desk.settings.organisation == "Valbourg"
    again = await operator.post(PAGE, data={"seen": seen_in(late.text), "organisation": "Clairval"})
    assert again.status_code == 303
    assert desk.settings.organisation == "Clairval"


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR, Role.PUBLISHER, Role.SUPERVISOR])
async def test_settings_are_for_administrators(desk: Desk, role: Role) -> None:
    person = await desk.browser(role)
    assert (await person.get(PAGE)).status_code == 403
    assert (await person.post(PAGE, data={"organisation": "x"})).status_code == 403
    assert (await person.get(f"{PAGE}/export")).status_code == 403


async def test_export_is_an_env_file_that_gives_the_same_settings(
    desk: Desk, operator: httpx.AsyncClient, tmp_path: Path
) -> None:
    changes = {
        "organisation": 'Mairie de l\'Île "haute" # et basse',
        "desk_staffed": "true",
        "retention_days": "45",
        "widget_languages": "fr,ar",
    }
    await operator.post(PAGE, data=changes | {"shorter": "yes"})
    answer = await operator.get(f"{PAGE}/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="guichet.env"'
    assert set(dotenv_values(stream=StringIO(answer.text))) == {f"GUICHET_{name.upper()}" for name in changes}
    assert "secret-key" not in answer.text
    file = tmp_path / "elsewhere.env"
    file.write_text(answer.text)
    taken = Settings(_env_file=file, secret_key="a", internal_secret="b", address_key="c", home=tmp_path / "elsewhere")
    assert {name: at_desk.as_text(getattr(taken, name)) for name in changes} == changes


async def test_other_processes_follow_within_seconds_and_a_start_reads_the_desk_first(
    desk: Desk, operator: httpx.AsyncClient
) -> None:
    other = settings_for(desk.settings.database_url, desk.settings.redis_url, desk.settings.home, organisation="Avant")
    worker = compose(other)
    with followed(other):
        await operator.post(PAGE, data={"organisation": "Valbourg", "desk_staffed": "true", "desk_hours": "24/7"})
        await until(lambda: asyncio.sleep(0, other.organisation == "Valbourg"))
    assert worker.wording.common("organisation") == "Valbourg"
    await worker.database.close()
    started = settings_for(desk.settings.database_url, desk.settings.redis_url, desk.settings.home, organisation="Avant")
    assert (started.organisation, started.desk_staffed) == ("Valbourg", True)
    environment = started.as_environment()  # that of a child: the desk's values would outlive their reset there
    assert (environment["GUICHET_ORGANISATION"], environment["GUICHET_DESK_STAFFED"]) == ("Avant", "False")


async def test_publisher_writes_a_lost_or_old_file_anew(desk: Desk, operator: httpx.AsyncClient) -> None:
    await operator.post(PAGE, data={"organisation": "Valbourg"})
    file, stopping = desk.settings.home / at_desk.FILE, asyncio.Event()
    file.write_text('{"organisation": "Ailleurs"}')
    task = asyncio.create_task(keep_file_updated(desk.database, desk.settings.home, stopping))
    await until(lambda: asyncio.sleep(0, at_desk.read(desk.settings.home) == {"organisation": "Valbourg"}))
    stopping.set()
    await task


def test_damaged_file_or_value_never_keeps_the_service_from_starting(tmp_path: Path) -> None:
    for content in ("{", "[1]", '{"retention_days": "9999", "no_setting": "1", "port": "1", "organisation": "Valbourg"}'):
        (tmp_path / at_desk.FILE).write_text(content)
        settings = settings_for("", "redis://127.0.0.1:1/0", tmp_path)
        assert (settings.retention_days, settings.port == 1) == (90, False)
    assert settings.organisation == "Valbourg"
