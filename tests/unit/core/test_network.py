"""Which addresses are of the public internet, and which page is one of ours."""

from __future__ import annotations

import pytest

from core.web.network import is_public, is_same_host


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fec0::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "::ffff:0:10.0.0.8",
        "64:ff9b::10.0.0.8",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::10.0.0.8",
        "2002:7f00:1::",
        "2002:a00:8::1",
        "2001:0:4136:e378:8000:63bf:f5ff:fff7",
    ],
)
def test_is_public_address_inside_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::93.184.216.34"])
def test_is_public_address_of_the_internet_is_accepted(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("origin", "same"),
    [
        ("https://mairie.example", True),
        ("http://mairie.example", True),
        ("https://mairie.example:8443", False),
        ("https://mairie.example.evil.example", False),
        ("null", False),
        ("", False),
        ("http://[", False),
        ("http://u:p@[x]", False),
    ],
)
def test_is_same_host_origin_of_a_page_is_compared_whole(origin: str, same: bool) -> None:
    assert is_same_host(origin, "mairie.example") is same


def test_is_same_host_without_a_host_nothing_is_ours() -> None:
    assert not is_same_host("null", "")
