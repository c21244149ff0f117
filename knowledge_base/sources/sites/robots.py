"""What a site asks of programs that read it: ``robots.txt`` (RFC 9309)."""

from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from knowledge_base.sources.sites.safe_fetch import AGENT, FetchRefused, SafeFetcher

_LONGEST_PAUSE = 5.0  # seconds; a longer one that a site asks for is cut


class Forbidden(FetchRefused):
    """An address that its site does not want read by programs."""


class Robots:
    """The rules of each site that is asked for, read once."""

    def __init__(self, fetcher: SafeFetcher) -> None:
        self._fetcher = fetcher
        self._known: dict[str, RobotFileParser] = {}

    def check(self, url: str) -> None:
        """Raises ``Forbidden`` if the site does not want ``url`` read, ``FetchRefused`` if it does not answer."""
        if not self._of(url).can_fetch(AGENT, url):
            raise Forbidden("le site ne veut pas que cette adresse soit lue (robots.txt)", "robots.txt forbids this address")

    def pause(self, url: str) -> float:
        """Returns the seconds that the site asks for between two pages."""
        return min(float(self._of(url).crawl_delay(AGENT) or 0), _LONGEST_PAUSE)

    def _of(self, url: str) -> RobotFileParser:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._known:
            rules = RobotFileParser()
            try:
                lines = self._fetcher.get(f"{site}/robots.txt").content.decode("utf-8", "replace").splitlines()
            except FetchRefused as refused:
                # Without such a file everything may be read; if it cannot be read now, nothing may.
                absent = refused.status is not None and 400 <= refused.status < 500
                lines = [] if absent else ["User-agent: *", "Disallow: /"]
                if refused.status is None:  # no answer, or an address inside: said as such
                    raise
            rules.parse(lines)
            self._known[site] = rules
        return self._known[site]
