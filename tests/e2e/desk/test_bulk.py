"""Many entries at once, as a publisher does it: a fee replaced everywhere, and published entries archived from the list."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from core.identity import Role
from tests.e2e.browser import NewContext
from tests.e2e.desk.conftest import DeskService, page_of
from tests.e2e.desk.content import lived_in


def test_fee_is_replaced_after_each_place_was_shown(desk: DeskService, new_context: NewContext) -> None:
    desk.work(lived_in)
    page, _ = page_of(desk, new_context, Role.PUBLISHER)
    page.goto(f"{desk.url}/desk/entries")
    page.get_by_role("link", name="Rechercher et remplacer").click()
    page.get_by_label("Rechercher", exact=True).fill("30 €")
    page.get_by_label("Remplacer par").fill("33 €")
    page.get_by_role("button", name="Voir les endroits").click()
    expect(page.locator("del").first).to_have_text("30")
    expect(page.locator("ins").first).to_have_text("33")
    page.get_by_label("Tout cocher").check()
    page.get_by_role("button", name="Remplacer et demander la publication").click()
    expect(page).to_have_url(re.compile("/desk/publications/.+"))


def test_published_entries_are_archived_from_the_list(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.PUBLISHER)
    page.goto(f"{desk.url}/desk/entries?status=published&order=title")
    page.get_by_label("Tout cocher").check()
    page.get_by_text("Avec les fiches cochées").click()
    page.get_by_role("button", name="Archiver les fiches cochées").click()
    expect(page).to_have_url(re.compile("/desk/publications/.+"))
