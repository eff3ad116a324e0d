"""The parameters of Powertools for AWS Lambda (Python)."""

import base64
import json
import time
import uuid

import pytest
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.constants import DEFAULT_PROVIDERS
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError, SetSecretError

from support.clients import unique
from support.expect import eventually
from support.server import PRIMARY, REPLICA


@pytest.fixture(autouse=True)
def environment(rotating, monkeypatch):
    """The functions of the module make their client from the environment, as in Lambda."""
    for name, value in {
        "AWS_ENDPOINT_URL": rotating.endpoint,
        "AWS_REGION": PRIMARY,
        "AWS_DEFAULT_REGION": PRIMARY,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)
    DEFAULT_PROVIDERS.clear()
    yield
    DEFAULT_PROVIDERS.clear()


def provider(rotating, region=PRIMARY):
    return SecretsProvider(boto3_client=rotating.clients.secrets(region))


def test_get_and_transform(rotating):
    name = rotating.secret()
    assert json.loads(parameters.get_secret(name)) == parameters.get_secret(name, transform="json")
    assert parameters.get_secret(name, transform="json")["username"] == "app"
    coded = rotating.secret(base64.b64encode(b"\0\xff").decode())
    assert parameters.get_secret(coded, transform="binary") == b"\0\xff"
    with pytest.raises(GetParameterError, match="Secrets Manager can't find the specified secret"):
        parameters.get_secret("none-such")


def test_set_makes_and_replaces():
    name, token = unique("powertools"), str(uuid.uuid4())
    made = parameters.set_secret(name, "first")
    assert made["Name"] == name and made["VersionId"]
    assert parameters.get_secret(name) == "first"
    assert parameters.set_secret(name, {"a": 1}, client_request_token=token)["VersionId"] == token
    # The cached value stays until it is fetched by force.
    assert parameters.get_secret(name) == "first"
    assert parameters.get_secret(name, transform="json", force_fetch=True) == {"a": 1}
    # The same token with the same value is the same request; with another value it is refused.
    assert parameters.set_secret(name, {"a": 1}, client_request_token=token)["VersionId"] == token
    with pytest.raises(SetSecretError, match="ResourceExistsException"):
        parameters.set_secret(name, "other", client_request_token=token)
    parameters.set_secret(name, b"\0\xff")
    assert parameters.get_secret(name, force_fetch=True) == b"\0\xff"


def test_stages_and_versions(rotating):
    secrets, name = provider(rotating), rotating.secret("first")
    version = rotating.sm.put_secret_value(SecretId=name, SecretString="second")["VersionId"]
    assert secrets.get(name, VersionStage="AWSPREVIOUS", max_age=0) == "first"
    assert secrets.get(name, VersionId=version, force_fetch=True) == "second"


def test_the_value_is_kept_for_its_age(rotating):
    secrets, name = provider(rotating), rotating.secret("old")
    assert secrets.get(name, max_age=2) == "old"
    rotating.sm.put_secret_value(SecretId=name, SecretString="new")
    assert secrets.get(name) == "old"
    time.sleep(2.1)
    assert secrets.get(name) == "new"


def test_a_rotation_is_read(rotating):
    name = rotating.secret()
    before = parameters.get_secret(name, transform="json")
    rotated = json.loads(rotating.rotate(name))
    after = parameters.get_secret(name, transform="json", force_fetch=True)
    assert after == rotated and after["password"] != before["password"] and after["username"] == "app"


def test_several_by_name(rotating):
    names = [rotating.secret(json.dumps({"number": number})) for number in range(25)]
    # The filter takes at most 10 names, and the answer comes in pages of at most 20.
    for some in (names[:10], names[10:20], names[20:]):
        found = parameters.get_secrets_by_name(some, transform="json", MaxResults=4)
        assert found == {name: {"number": names.index(name)} for name in some}
    shared = unique("shared")
    made = {f"{shared}/{number}": str(number) for number in range(23)}
    for name, value in made.items():
        rotating.sm.create_secret(Name=name, SecretString=value)
    assert provider(rotating).get_multiple([shared]) == made


def test_a_replica(rotating):
    name = rotating.secret("shared", AddReplicaRegions=[{"Region": REPLICA}])
    eventually(lambda: rotating.clients.secrets(REPLICA).get_secret_value(SecretId=name))
    assert provider(rotating, REPLICA).get(name) == "shared"
