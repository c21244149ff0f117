"""The trusted TLS authorities: httpx reads the certificates for each client, 12 ms that this process spends only once."""

import ssl
from functools import cache

import httpx


@cache
def tls_context() -> ssl.SSLContext:
    """Returns the context for ``verify`` of all clients; ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` hold, as in httpx."""
    return httpx.create_ssl_context()
