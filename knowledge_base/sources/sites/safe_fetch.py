"""Fetches pages of a public site only: no private address, no endless file, and no redirect to either."""

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from core.web.network import is_public
from knowledge_base.errors import Reason, WithReason, sentence

MAX_BYTES = 5 * 1024**2
_REDIRECTS = 5
_TIMEOUT = httpx.Timeout(15.0, connect=5.0)
_AGENT = "Guichet-import (+https://schema.org/FAQPage)"

type Resolve = Callable[[str, int], Iterable[str]]


class FetchRefused(WithReason):
    """An address that is not fetched, or whose page cannot be read."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(Reason(fr, en))


@dataclass(frozen=True)
class Fetched:
    """A fetched page. ``url`` is its final address."""

    url: str
    content: bytes
    kind: str


def anywhere(_address: str) -> bool:
    """Allows private and loopback addresses, too: an administration's own network."""
    return True


def resolved(host: str, port: int) -> list[str]:
    """Returns the addresses of ``host``."""
    return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})


class SafeFetcher:
    """Fetches pages from the IP addresses that ``allows`` returns ``True`` for: public ones, or ``anywhere``."""

    def __init__(self, *, allows: Callable[[str], bool] = is_public, resolve: Resolve = resolved) -> None:
        self._allows = allows
        self._resolve = resolve
        # No proxy from the environment: it could connect to forbidden addresses.
        self._client = httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False, headers={"User-Agent": _AGENT})

    def close(self) -> None:
        self._client.close()

    def get(self, url: str) -> Fetched:
        """Returns the page at ``url``. Each redirect is checked like the first address. Raises ``FetchRefused``."""
        for _ in range(_REDIRECTS + 1):
            request = self._request(url)
            try:
                response = self._client.send(request, stream=True)
                try:
                    if response.is_redirect:
                        url = urljoin(url, response.headers["Location"])
                        continue
                    return Fetched(url, _read(response), response.headers.get("Content-Type", ""))
                finally:
                    response.close()
            except httpx.HTTPError as error:
                name = type(error).__name__
                raise FetchRefused(f"pas de réponse ({name})", f"no answer ({name})") from error
            except (httpx.InvalidURL, KeyError, ValueError) as error:
                raise FetchRefused(*sentence("leads_nowhere")) from error
        raise FetchRefused("trop de redirections", "too many redirections")

    def _request(self, url: str) -> httpx.Request:
        """Returns a request to the checked IP address, because the name could resolve differently a moment later."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
            raise FetchRefused("ce n'est pas une adresse http(s)", "this is no http(s) address")
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            addresses = list(self._resolve(parts.hostname, port))
        except (OSError, ValueError) as error:
            raise FetchRefused("ce nom d'hôte n'existe pas", "there is no such host") from error
        if not addresses or not all(map(self._allows, addresses)):
            raise FetchRefused("cette adresse n'est pas publique", "this address is not public")
        literal = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
        target = parts._replace(netloc=f"{literal}:{port}", fragment="").geturl()
        return self._client.build_request(
            "GET", target, headers={"Host": parts.netloc}, extensions={"sni_hostname": parts.hostname}
        )


def _read(response: httpx.Response) -> bytes:
    if response.status_code != 200:
        raise FetchRefused(f"le site répond {response.status_code}", f"the site answers {response.status_code}")
    content = bytearray()
    for block in response.iter_bytes():
        content += block
        if len(content) > MAX_BYTES:
            raise FetchRefused(f"plus de {MAX_BYTES // 1024**2} Mo", f"more than {MAX_BYTES // 1024**2} MB")
    return bytes(content)
