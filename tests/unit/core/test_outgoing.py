"""The addresses that people enter become requests that can be sent, or are refused with a reason."""

from __future__ import annotations

import httpx
import pytest

from core.web.outgoing import AddressRefused, checked

_PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    ("url", "host", "name"),
    [
        ("https://mairie-évry.fr/x", "xn--mairie-vry-h7a.fr", "xn--mairie-vry-h7a.fr"),
        ("https://MAIRIE-ÉVRY.fr:8443/x", "xn--mairie-vry-h7a.fr:8443", "xn--mairie-vry-h7a.fr"),
    ],
)
def test_accented_host_is_called_by_its_ascii_form(url: str, host: str, name: str) -> None:
    address = checked(url, resolve=lambda asked, _port: [_PUBLIC] if asked == name else [])
    assert (address.host, address.name) == (host, name)
    with httpx.Client() as client:
        request = address.request(client, "POST", {})
    assert request.headers["Host"] == host
    assert request.url.host == _PUBLIC


@pytest.mark.parametrize(
    ("url", "host", "name"),
    [
        ("https://ville.example/x", "ville.example", "ville.example"),
        ("http://ville.example:8080/x", "ville.example:8080", "ville.example"),
        ("https://[2606:2800:220::1]:8443/x", "[2606:2800:220::1]:8443", "2606:2800:220::1"),
    ],
)
def test_other_hosts_stay_as_they_are(url: str, host: str, name: str) -> None:
    address = checked(url, resolve=lambda _host, _port: [_PUBLIC])
    assert (address.host, address.name) == (host, name)


@pytest.mark.parametrize("host", ["a\u00e9_b.fr", "\U0001f600.fr", "é" * 64 + ".fr", "é..fr"])
def test_host_without_an_ascii_form_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused, match="unknown_host"):
        checked(f"https://{host}/", resolve=lambda _host, _port: [_PUBLIC])
