"""A server whose rotations make a new password, for the libraries that read secrets."""

import uuid

import pytest

from support.clients import Clients
from support.expect import eventually
from support.server import Server

FUNCTION = "arn:aws:lambda:eu-central-1:000000000000:function:new-password"


class Rotating:
    """The server, and what the tests do with it through boto3 beside the library under test."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.clients = Clients(endpoint)
        self.sm = self.clients.secrets()
        self.function = FUNCTION

    def secret(self, value='{"username":"app","password":"first"}', **more):
        """Makes a secret. Returns its name."""
        name = f"sdk-{uuid.uuid4()}"
        self.sm.create_secret(Name=name, SecretString=value, **more)
        return name

    def rotate(self, name):
        """Rotates and waits until the new version is current and the rotation is recorded. Returns its value."""
        before = self.sm.describe_secret(SecretId=name).get("LastRotatedDate")
        rules = {"AutomaticallyAfterDays": 30}
        version = self.sm.rotate_secret(SecretId=name, RotationLambdaARN=FUNCTION, RotationRules=rules)["VersionId"]

        def current():
            shown = self.sm.describe_secret(SecretId=name)
            assert "AWSCURRENT" in shown["VersionIdsToStages"][version]
            assert shown["LastRotatedDate"] != before

        eventually(current, seconds=30)
        return self.sm.get_secret_value(SecretId=name)["SecretString"]


@pytest.fixture(scope="session")
def rotating(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rotating")
    with Server(folder, data=folder / "data", arguments=["--rotation-function", f"{FUNCTION}=random-password"]) as server:
        yield Rotating(server.endpoint)
