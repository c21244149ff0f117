"""The widget on a slow telephone: what a page loads for it, and the time until it can be used."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from core.settings import Settings
from tools import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser


class Telephone(NamedTuple):
    """``round_trip`` in ms, ``down`` and ``up`` in bits a second; how many times ``slower`` than here its processor is."""

    round_trip: int
    down: int
    up: int
    slower: int


# Lighthouse's telephone on a slow mobile network; WebPageTest's slow 3G, and a processor as of the cheapest telephones.
TELEPHONES = {"widget": Telephone(150, 1_600_000, 750_000, 4), "widget.slow_3g": Telephone(400, 400_000, 400_000, 6)}
_TELEPHONE = {"width": 390, "height": 780}
_PATIENCE_MS = 30_000
# The time since the navigation began until the launcher is on the page and the page can react to it.
_READY = """
window.guichetReady = new Promise((resolve) => customElements.whenDefined("guichet-widget").then(
  () => requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))));
"""


def on_a_telephone(settings: Settings, times: int) -> dict[str, Any]:
    """Returns medians of ``times`` visits to the demonstration page by each of ``TELEPHONES``, each with an empty cache.

    ``before_open.bytes`` and ``opened.bytes`` were received over the network, including headers. ``ready_ms`` is when the
    launcher can be pressed, ``page_ms`` when the page was loaded, ``open_ms`` the time from pressing it until a message can be
    typed. Raises ``Refusal`` without a browser.
    """
    found: dict[str, list[float]] = defaultdict(list)
    with chromium.browsing() as browser:
        for _ in range(times):
            for telephone, speed in TELEPHONES.items():
                for name, value in visit(browser, settings.own_url, speed).items():
                    found[f"{telephone}.{name}"].append(value)
    return {name: round(median(values)) for name, values in found.items()}


def visit(browser: Browser, url: str, telephone: Telephone) -> dict[str, float]:
    """Opens the widget of the service at ``url`` once. Returns what ``on_a_telephone`` describes."""
    context = browser.new_context(viewport=_TELEPHONE, locale="fr-FR")  # type: ignore[arg-type]
    page = context.new_page()
    told = context.new_cdp_session(page)
    received: dict[str, float] = defaultdict(float)
    ours: dict[str, str] = {}
    told.on("Network.requestWillBeSent", lambda event: ours.update({event["requestId"]: event["request"]["url"]}))

    def finished(event: dict[str, Any]) -> None:
        if "/widget" in ours.get(event["requestId"], ""):
            received["bytes"] += event["encodedDataLength"]

    told.on("Network.loadingFinished", finished)
    told.send("Network.enable")
    speed = {"downloadThroughput": telephone.down / 8, "uploadThroughput": telephone.up / 8}
    told.send("Network.emulateNetworkConditions", {"offline": False, "latency": telephone.round_trip, **speed})
    told.send("Emulation.setCPUThrottlingRate", {"rate": telephone.slower})
    page.add_init_script(_READY)
    page.goto(f"{url}/demo", wait_until="load", timeout=_PATIENCE_MS)
    ready = page.evaluate("window.guichetReady")
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    before = received["bytes"]
    pressed = page.evaluate("performance.now()")
    page.locator(".launcher").click()
    page.locator("guichet-widget textarea").wait_for(state="visible", timeout=_PATIENCE_MS)
    opened = page.evaluate("performance.now()") - pressed
    page.wait_for_load_state("networkidle")
    context.close()
    return {
        "before_open.bytes": before,
        "opened.bytes": received["bytes"],
        "page_ms": loaded,
        "ready_ms": ready,
        "open_ms": opened,
    }
