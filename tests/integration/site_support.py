"""A website of our own making, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site:
    """Answers with ``pages``: path → body, or (status, address) of a redirect; counts what it was asked.

    Bodies have an ETag: ``unchanged`` counts the answers without a body. ``cut``: paths whose body breaks off in the middle.
    """

    def __init__(self) -> None:
        self.unchanged: list[str] = []
        self.cut: set[str] = set()
        self.pages: dict[str, bytes | tuple[int, str | None]] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                found = site.pages.get(self.path, (404, ""))
                tag = f'"{sha256(found).hexdigest()}"' if isinstance(found, bytes) else ""
                if isinstance(found, bytes) and self.headers.get("If-None-Match") == tag:
                    site.unchanged.append(self.path)
                    self.send_response(304)
                    self.end_headers()
                elif isinstance(found, bytes):
                    self.send_response(200)
                    self.send_header("ETag", tag)
                    self.send_header("Content-Length", str(len(found)))
                    self.end_headers()
                    self.wfile.write(found[: len(found) // 2] if self.path in site.cut else found)
                else:
                    self.send_response(found[0])
                    if found[1] is not None:
                        self.send_header("Location", found[1])
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def page(self, path: str, question: str) -> None:
        self.pages[path] = f"<html><main><h1>{question}</h1><p>Réponse à « {question} ».</p></main></html>".encode()

    def sitemap(self, path: str, *paths: str, root: str = "urlset") -> None:
        places = "".join(f"<url><loc>{self.url}{one}</loc></url>" for one in paths)
        self.pages[path] = f"<{root} xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{places}</{root}>".encode()


@contextmanager
def site_served() -> Iterator[Site]:
    """A site on a free port of loopback while the block runs."""
    site = Site()
    threading.Thread(target=site.server.serve_forever, daemon=True).start()
    yield site
    site.server.shutdown()
    site.server.server_close()
