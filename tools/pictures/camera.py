"""The images of README and guides, taken from the running service as people see it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from cli.language import Refusal, say
from core.identity import Role
from core.settings import Settings
from tools import chromium
from tools.pictures.desk_pictures import signed_in
from tools.pictures.editor_pictures import pictures
from tools.pictures.sections import wait_for_sections

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

LOST = "J’ai perdu ma carte d’identité, que faire ?"
LOST_IN_ARABIC = "فقدت بطاقة هويتي، ماذا أفعل؟"
CASE = "En France"
_SMS_SOURCE = "service-public.fr"
_BY_SMS = ("jai perdu ma carte d'identite",)
_DESKTOP = {"width": 1280, "height": 800}
_TELEPHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "device_scale_factor": 2}


def take_pictures(url: str, out: Path) -> None:
    """Takes every picture from the service at ``url`` (empty: this installation's) into the folder ``out``."""
    settings = Settings()
    url = (url or settings.own_url).rstrip("/")
    try:
        httpx.get(f"{url}/api/web/config", timeout=5, trust_env=False).raise_for_status()
    except httpx.HTTPError:
        raise Refusal(
            f"Le service ne répond pas à {url}. Lancez ./guichet up, puis relancez.",
            f"The service does not answer at {url}. Start ./guichet up, then run this again.",
        ) from None
    chromium.library()  # fails early without Playwright
    wait_for_sections(settings.home)  # during its build the gate's verdict takes longer than a browser waits
    out.mkdir(parents=True, exist_ok=True)
    with chromium.browsing() as browser:
        taken = Camera(browser, url, out, settings).take_all()
    say(f"{len(taken)} images dans {out}.", f"{len(taken)} images in {out}.")
    for path in taken:
        print(path)


class Camera:
    """Takes the pictures, each in its own browser context, so that conversations stay separate."""

    def __init__(self, browser: Browser, url: str, out: Path, settings: Settings) -> None:
        self._browser = browser
        self._url = url
        self._out = out
        self._settings = settings

    def take_all(self) -> list[Path]:
        return [
            self.conversation("widget-answer"),
            self.conversation("widget-mobile", **_TELEPHONE),
            self.conversation("widget-dark", color_scheme="dark", **_TELEPHONE),
            self.conversation("widget-arabic", LOST_IN_ARABIC, "ar", **_TELEPHONE),
            self.page("assistant-without-javascript", "/assistant", java_script_enabled=False),
            self.page("about", "/about"),
            self.console("console"),
            self.desk_page("service", "/desk/service", Role.ADMINISTRATOR),
            self.desk_page("look", "/desk/look", Role.ADMINISTRATOR, viewport={"width": 1280, "height": 1180}),
            *self.editor(),
            *(self.telephone("simulator", text) for text in _BY_SMS if self._settings.sms_provider == "simulator"),
        ]

    def page(self, name: str, path: str, **options: Any) -> Path:
        """Takes a picture of a page as it opens. Returns its path."""
        context = self._context(**options)
        page = context.new_page()
        page.goto(self._url + path, wait_until="load")
        return self._shoot(page, context, name)

    def telephone(self, name: str, text: str) -> Path:
        """Takes a picture of the simulator's telephone, after one question by SMS."""
        context = self._context()
        page = context.new_page()
        page.goto(f"{self._url}/simulator", wait_until="load")
        answers = page.locator("#messages li.to_phone", has_text=_SMS_SOURCE)  # the notice of a first contact comes before
        before = answers.count()
        page.locator("#text").fill(text)
        page.keyboard.press("Enter")
        answers.nth(before).wait_for()
        return self._shoot(page, context, name)

    def conversation(self, name: str, question: str = LOST, language: str = "fr", **options: Any) -> Path:
        """Takes a picture of the widget on the demonstration site, after a question and the choice of a case."""
        context = self._context(**options)
        page = context.new_page()
        page.goto(f"{self._url}/demo?lang={language}")
        page.locator("guichet-widget .launcher").click()
        page.locator("#question").fill(question)
        page.locator("guichet-widget .send").click()
        page.locator("article.reply").wait_for()
        button = page.get_by_role("button", name=CASE, exact=True)
        if button.count():
            button.click()
            page.locator("article.reply").nth(1).wait_for()
        page.mouse.move(0, 0)
        return self._shoot(page, context, name)

    def console(self, name: str) -> Path:
        """Takes a picture of a supervisor's console, with a reply to a citizen who asked for a human."""
        citizen = self._context()
        page = citizen.new_page()
        page.goto(f"{self._url}/demo")
        page.locator("guichet-widget .launcher").click()
        for number, text in enumerate((LOST, "Je voudrais parler à quelqu’un"), 1):
            page.locator("#question").fill(text)
            page.locator("guichet-widget .send").click()
            page.locator("article.reply").nth(number - 1).wait_for()
        with signed_in(self._settings, Role.SUPERVISOR, "Camille Martin") as cookie:
            context = self._context(viewport={"width": 1280, "height": 1000})
            context.add_cookies([cookie])  # type: ignore[list-item] # a mapping, as Playwright wants it
            desk = context.new_page()
            desk.goto(f"{self._url}/desk/conversations")
            desk.locator(".row", has_text=LOST[:20]).first.click()
            desk.locator("#claim").click()
            desk.locator("#text").fill("Bonjour, je regarde votre situation.")
            desk.locator("#found li").first.wait_for()
            desk.locator("#count", has_text="36").wait_for()
            desk.locator(".said.by-bot summary").first.click()
            taken = self._shoot(desk, context, name)
        citizen.close()
        return taken

    def desk_page(self, name: str, path: str, role: Role, **options: Any) -> Path:
        """Takes a picture of a page of the desks, as seen with ``role``."""
        with signed_in(self._settings, role, "Camille Martin") as cookie:
            context = self._context(**options)
            context.add_cookies([cookie])  # type: ignore[list-item]
            page = context.new_page()
            page.goto(self._url + path, wait_until="networkidle")
            return self._shoot(page, context, name)

    def editor(self) -> list[Path]:
        """Takes the pictures of the editor's desk, as a publisher sees it."""
        with signed_in(self._settings, Role.PUBLISHER, "Claire Durand") as cookie:
            context = self._context()
            context.add_cookies([cookie])  # type: ignore[list-item]
            page = context.new_page()

            def take(name: str) -> Path:
                path = self._out / f"{name}.png"
                page.screenshot(path=path, animations="disabled")
                return path

            taken = pictures(page, self._url, take)
            context.close()
        return taken

    def _context(self, **options: Any) -> BrowserContext:
        context = self._browser.new_context(**{"viewport": _DESKTOP, "locale": "fr-FR", "reduced_motion": "reduce"} | options)
        context.set_default_timeout(30_000)
        context.route("**/api/web/conversations", self._marked)
        return context

    def _marked(self, route: Route) -> None:
        """Marks these conversations as tests, which insights and budgets exclude."""
        if route.request.method != "POST":
            route.continue_()
            return
        headers = route.request.headers | {"x-guichet-secret": self._settings.internal_secret.get_secret_value()}
        route.continue_(headers=headers, post_data={**(route.request.post_data_json or {}), "origin": "test"})

    def _shoot(self, page: Page, context: BrowserContext, name: str) -> Path:
        path = self._out / f"{name}.png"
        page.screenshot(path=path, animations="disabled")
        context.close()
        return path
