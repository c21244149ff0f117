"""Pictures of the editor's desk for its guide: a draft is written, viewed, judged by the gate, and discarded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

type Take = Callable[[str], Path]

_SEARCH = "carte d'identité majeur"
_QUESTION = "j'ai perdu ma carte d'identité, combien ça coûte ?"
_ANSWER = "Prenez rendez-vous en mairie. La première carte est **gratuite**."
_LOCAL_NAME, _ITS_MEANING, _ASKED_WITH_IT = "la gloriette", "déchèterie", "horaires de la gloriette"
_VERDICT_MS = 180_000  # the first publication after a start asks all questions anew


def pictures(page: Page, url: str, take: Take) -> list[Path]:
    """Takes all pictures, signed in as a publisher. Published content does not change."""
    page.goto(f"{url}/desk/entries")
    page.locator("#q").fill(_SEARCH)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    taken = [take("editor-find")]
    found = page.locator("table a")
    first = found.filter(has_text="première demande")  # one that has cases
    (first if first.count() else found).first.click()
    page.locator("#web .panel").wait_for()
    entry = page.url
    page.locator("#short_answer").fill(_ANSWER)
    page.locator("#web", has_text="gratuite").wait_for()
    page.locator("#reason").fill("Tarif rappelé")
    page.locator(".tabs").evaluate("tabs => tabs.scrollIntoView()")
    taken.append(take("editor-write"))
    page.locator("#entry button.main").click()
    page.wait_for_url("**done=saved")
    try:
        taken += _draft(page, url, entry, take)
    finally:
        page.goto(f"{entry}/workflow")
        page.locator("button[value=discard]").click()
        page.wait_for_url("**done=did_discard")
    page.goto(f"{url}/desk/try?q={_QUESTION}")
    page.locator(".table").first.wait_for()
    taken.append(take("editor-try"))
    taken.append(_synonym(page, url, take))
    taken += _demand(page, url, take)
    for name in ("collections", "exchange"):
        page.goto(f"{url}/desk/{name}")
        taken.append(take(f"editor-{name}"))
    return taken


def _draft(page: Page, url: str, entry: str, take: Take) -> list[Path]:
    """Takes the pictures of a draft: the tree of cases in the preview, work in progress, the changes, and the gate's
    verdict.
    """
    taken = []
    page.goto(entry)
    page.locator("#web .panel").wait_for()
    for number in reversed(range(page.locator("#start option").count())):
        page.locator("#start").select_option(index=number)
        page.wait_for_timeout(1000)  # the preview waits for the end of typing
        if page.locator("#web .choices button").count():
            page.locator("aside").scroll_into_view_if_needed()
            taken.append(take("editor-preview"))
            break
    page.goto(f"{url}/desk/work")
    taken.append(take("editor-work"))
    page.goto(f"{entry}/history")
    taken.append(take("editor-history"))
    page.goto(f"{entry}/workflow")
    page.locator("button[value=publish]").click()
    page.locator("button[name=go][value=true]").wait_for(timeout=_VERDICT_MS)
    taken.append(take("editor-verdict"))
    page.locator("button[name=go][value=false]").click()
    page.wait_for_url("**done=dropped")
    return taken


def _synonym(page: Page, url: str, take: Take) -> Path:
    """Takes a picture of a synonym's effect, before it is saved."""
    page.goto(f"{url}/desk/synonyms/new")
    page.get_by_label("Ce que les citoyens écrivent").fill(_LOCAL_NAME)
    page.get_by_label("Ce que disent les fiches").fill(_ITS_MEANING)
    page.get_by_label("Essayer une question").fill(_ASKED_WITH_IT)
    page.get_by_role("button", name="Voir ce que cela change").click()
    page.get_by_role("region", name="Ce que recevraient les citoyens").scroll_into_view_if_needed()
    return take("editor-synonym")


def _demand(page: Page, url: str, take: Take) -> list[Path]:
    """Takes pictures of the unanswered demand, and of one subject of it, if there is any."""
    page.goto(f"{url}/desk/demand")
    if not page.locator("table a").count():
        return []
    taken = [take("editor-demand")]
    page.locator("table a").first.click()
    page.locator("form.card").first.wait_for()
    return [*taken, take("editor-subject")]
