"""AWS's caching library for Python, `aws-secretsmanager-caching`."""

import json

import pytest
from aws_secretsmanager_caching import InjectKeywordedSecretString, InjectSecretString, SecretCache, SecretCacheConfig

from support.expect import eventually
from support.server import PRIMARY, REPLICA


@pytest.fixture
def cache_of(rotating):
    """Makes caches: `cache_of(region, option=value...)`."""

    def make(region=PRIMARY, **options):
        return SecretCache(config=SecretCacheConfig(**options), client=rotating.clients.secrets(region))

    return make


def counted(client, operation):
    """Counts the calls of an operation that the client sends."""
    sent = []
    client.meta.events.register(f"before-send.secretsmanager.{operation}", lambda **_: sent.append(operation))
    return sent


def test_text_and_bytes(rotating, cache_of):
    cache = cache_of()
    text, data = rotating.secret("text"), rotating.secret()
    rotating.sm.put_secret_value(SecretId=data, SecretBinary=b"\0\xff bytes")
    assert cache.get_secret_string(text) == "text" and cache.get_secret_binary(text) is None
    assert cache.get_secret_binary(data) == b"\0\xff bytes" and cache.get_secret_string(data) is None
    with pytest.raises(rotating.sm.exceptions.ResourceNotFoundException):
        cache.get_secret_string("none-such")


def test_a_cached_value_is_not_asked_for_again(rotating, cache_of):
    cache, name = cache_of(), rotating.secret("kept")
    read, described = counted(rotating.sm, "GetSecretValue"), counted(rotating.sm, "DescribeSecret")
    for _ in range(10):
        assert cache.get_secret_string(name) == "kept"
    assert (len(read), len(described)) == (1, 1)


def test_stages(rotating, cache_of):
    name = rotating.secret("first")
    rotating.sm.put_secret_value(SecretId=name, SecretString="second", VersionStages=["AWSCURRENT", "mine"])
    rotating.sm.put_secret_value(SecretId=name, SecretString="next", VersionStages=["next"])
    cache = cache_of()
    assert cache.get_secret_string(name) == cache.get_secret_string(name, "mine") == "second"
    assert cache.get_secret_string(name, "AWSPREVIOUS") == "first"
    assert cache_of(default_version_stage="next").get_secret_string(name) == "next"
    assert cache.get_secret_string(name, "none") is None


def test_a_refresh_on_demand_sees_the_new_value(rotating, cache_of):
    cache, name = cache_of(), rotating.secret("old")
    assert cache.get_secret_string(name) == "old"
    rotating.sm.put_secret_value(SecretId=name, SecretString="new")
    assert cache.get_secret_string(name) == "old"
    assert cache.refresh_secret_now(name) is True
    assert (cache.get_secret_string(name), cache.get_secret_string(name, "AWSPREVIOUS")) == ("new", "old")


def test_the_cache_follows_a_rotation(rotating, cache_of):
    cache, name = cache_of(secret_refresh_interval=1), rotating.secret()
    first = cache.get_secret_string(name)
    rotated = rotating.rotate(name)
    assert json.loads(rotated)["password"] != json.loads(first)["password"]

    def followed():
        assert cache.get_secret_string(name) == rotated

    eventually(followed)
    assert cache.get_secret_string(name, "AWSPREVIOUS") == first


def test_decorators(rotating, cache_of):
    cache, name = cache_of(), rotating.secret()

    @InjectSecretString(name, cache)
    def whole(value, more):
        return json.loads(value)["username"], more

    @InjectKeywordedSecretString(secret_id=name, cache=cache, user="username", word="password")
    def parts(user, word, more):
        return user, word, more

    assert whole(1) == ("app", 1)
    assert parts(more=2) == ("app", "first", 2)


def test_a_replica(rotating, cache_of):
    name = rotating.secret("first", AddReplicaRegions=[{"Region": REPLICA}])
    eventually(lambda: rotating.clients.secrets(REPLICA).get_secret_value(SecretId=name))
    cache = cache_of(REPLICA, secret_refresh_interval=1)
    assert cache.get_secret_string(name) == "first"
    rotating.sm.put_secret_value(SecretId=name, SecretString="second")

    def followed():
        assert cache.get_secret_string(name) == "second"

    eventually(followed)
    assert cache.get_secret_string(name, "AWSPREVIOUS") == "first"
