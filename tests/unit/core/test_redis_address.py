"""Addresses of Redis: what each form means, and what is said of those that mean nothing."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from redis.asyncio import Redis
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.connection import SSLConnection
from redis.asyncio.sentinel import SentinelConnectionPool, SentinelManagedSSLConnection

from cli.invalid_settings import faults_of
from conversations.signals.redis_client import client
from core.redis_address import BadAddress, RedisAddress, read_address
from core.settings import Settings

_SECRET = "never-told"


def test_sentinels_their_master_and_both_passwords() -> None:
    read = read_address("redis+sentinel://us%40er:p%2Fa%3Ass@one,two:26380,[::1]:5/my%20master/3?sentinel_password=o%26ther")
    assert read == RedisAddress(
        "sentinel",
        nodes=(("one", 26379), ("two", 26380), ("::1", 5)),
        username="us@er",
        password="p/a:ss",
        service="my master",
        database=3,
        sentinel_password="o&ther",
    )
    assert "p/a:ss" not in repr(read)
    assert "o&ther" not in repr(read)
    assert read_address("redis+sentinel://one/m").database == 0


def test_a_cluster_and_its_certificates() -> None:
    read = read_address("rediss+cluster://:a:b@[fe80::1],two:7000/?ssl_ca_certs=/etc/ca.pem&ssl_check_hostname=false")
    assert (read.nodes, read.username, read.password) == ((("fe80::1", 6379), ("two", 7000)), None, "a:b")
    assert (read.tls, read.options) == (True, {"ssl_ca_certs": "/etc/ca.pem", "ssl_check_hostname": False})
    assert read_address("redis+cluster://one/0").nodes == (("one", 6379),)


@pytest.mark.parametrize("url", ["redis://:p@host:6379/0", "rediss://host?ssl_cert_reqs=none", "unix:///run/redis.sock?db=1"])
def test_a_single_server_is_left_to_the_library(url: str) -> None:
    read = read_address(url)
    assert (read.kind, read.url) == ("server", url)


@pytest.mark.parametrize(
    ("url", "fr", "en"),
    [
        (f"http://:{_SECRET}@host", "commence par", "begins with"),
        (f"redis-sentinel://:{_SECRET}@host/m", "commence par", "begins with"),
        (f"redis+other://:{_SECRET}@host/m", "commence par", "begins with"),
        ("host:6379", "commence par", "begins with"),
        (f"redis://:{_SECRET}@one:1,two:2", "plusieurs serveurs", "several servers"),
        (f"redis://:{_SECRET}@one:port", "ports de 1 à 65535", "ports from 1 to 65535"),
        (f"redis+sentinel://:{_SECRET}@one,two", "il manque le nom du maître", "the name of the master"),
        (f"redis+sentinel://:{_SECRET}@one,two/", "il manque le nom du maître", "the name of the master"),
        (f"redis+sentinel://:{_SECRET}@one/m/zero", "numéro de la base", "database's number"),
        (f"redis+sentinel://:{_SECRET}@one,,two/m", "ports de 1 à 65535", "ports from 1 to 65535"),
        (f"redis+sentinel://:{_SECRET}@one:0/m", "ports de 1 à 65535", "ports from 1 to 65535"),
        (f"redis+sentinel://:{_SECRET}@one:65536/m", "ports de 1 à 65535", "ports from 1 to 65535"),
        (f"redis+sentinel://:{_SECRET}@[::1]26379/m", "entre crochets", "in brackets"),
        (f"redis+sentinel://:{_SECRET}@[::1/m", "entre crochets", "in brackets"),
        (f"redis+sentinel://:a/{_SECRET}@one/m", "%XX", "%XX"),
        (f"redis+sentinel://:a#{_SECRET}@one/m", "%XX", "%XX"),
        (f"redis+sentinel://:a?{_SECRET}@one/m", "%XX", "%XX"),
        (f"redis+sentinel://one/m?password={_SECRET}", "options inconnues ici : password", "options unknown here: password"),
        (f"redis+cluster://one?sentinel_password={_SECRET}", "options inconnues", "options unknown"),
        ("redis+cluster://one?ssl_ca_certs=/ca.pem", "ssl_… veut rediss+…", "ssl_… wants rediss+…"),
        (f"redis+cluster://:{_SECRET}@one/1", "que la base 0", "database 0 only"),
        ("redis+cluster://", "host:port", "host:port"),
    ],
)
def test_what_means_nothing_is_refused_in_both_languages(url: str, fr: str, en: str) -> None:
    with pytest.raises(BadAddress) as refused:
        read_address(url)
    assert fr in refused.value.fr
    assert en in refused.value.en
    with pytest.raises(ValidationError) as at_start:
        Settings.model_validate(
            {"_env_file": None, "secret_key": "a", "internal_secret": "b", "address_key": "c", "redis_url": url}
        )
    told = faults_of(at_start.value)
    assert told == (f"GUICHET_REDIS_URL ({refused.value.fr})", f"GUICHET_REDIS_URL ({refused.value.en})")
    assert _SECRET not in "".join(told) + str(at_start.value)  # what a process that cannot start prints


async def test_tls_and_passwords_reach_servers_and_sentinels() -> None:
    behind = client("rediss+sentinel://u:p@one/m/2?sentinel_password=s&ssl_ca_certs=/ca.pem")
    assert isinstance(behind, Redis)
    pool = behind.connection_pool
    assert isinstance(pool, SentinelConnectionPool)
    assert pool.connection_class is SentinelManagedSSLConnection
    wanted = {"username": "u", "password": "p", "db": 2, "ssl_ca_certs": "/ca.pem", "decode_responses": True}
    assert pool.connection_kwargs | wanted == pool.connection_kwargs
    asked = pool.sentinel_manager.sentinels[0].connection_pool
    assert asked.connection_class is SSLConnection
    assert asked.connection_kwargs | {"password": "s", "ssl_ca_certs": "/ca.pem"} == asked.connection_kwargs
    cluster = client("rediss+cluster://u:p@one?ssl_ca_certs=/ca.pem")
    assert isinstance(cluster, RedisCluster)
    assert cluster.connection_kwargs["connection_class"] is SSLConnection
    wanted = {"username": "u", "password": "p", "ssl_ca_certs": "/ca.pem"}
    assert cluster.connection_kwargs | wanted == cluster.connection_kwargs
    await behind.aclose()
    await cluster.aclose()
