"""Whom we believe by TLS: httpx reads its authorities' certificates for each client, 12 ms that this process spends once."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """For ``verify`` of any number of clients; ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` are heeded, as httpx does."""
    return httpx.create_ssl_context()
