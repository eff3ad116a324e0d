"""Fixtures that all clients share."""

import os

import pytest

from support.clients import OTHER_ACCOUNT, Clients, allow, unique
from support.expect import eventually
from support.server import REGIONS, Server

# No configuration of the machine may change the clients.
for name in [n for n in os.environ if n.startswith("AWS_")]:
    del os.environ[name]
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


@pytest.fixture(scope="session", params=["memory", "data"])
def server(request, tmp_path_factory):
    """A server for many tests. Every test uses names of its own."""
    folder = tmp_path_factory.mktemp(f"server-{request.param}")
    with Server(folder, data=folder / "data" if request.param == "data" else None) as running:
        yield running


@pytest.fixture(scope="session")
def aws(server):
    """The root of the developer's account."""
    return Clients(server.endpoint)


@pytest.fixture(scope="session")
def other(server):
    """The root of another account."""
    return Clients(server.endpoint, OTHER_ACCOUNT, "test")


@pytest.fixture
def make_user(aws):
    """Makes IAM users: `make_user(policy)` returns clients that call as a new user with that inline policy."""

    def make(document=None, *, owner=None):
        owner = owner or aws
        name = unique("user")
        owner.iam().create_user(UserName=name)
        if document is not None:
            owner.iam().put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=document)
        # The key is written last: a region that has it has the rest.
        key = owner.iam().create_access_key(UserName=name)["AccessKey"]
        user = Clients(owner.endpoint, key["AccessKeyId"], key["SecretAccessKey"])
        user.name = name
        for region in REGIONS:
            user.arn = eventually(user.sts(region).get_caller_identity)["Arn"]
        return user

    return make


@pytest.fixture
def everything():
    """A policy that allows everything."""
    return allow("*")

# Files whose tests take longest, first: a worker takes a whole file, and one that begins such a file last keeps the others waiting.
SLOW_FIRST = ["terraform/", "ansible/", "durability/", "secrets_sdks/", "boto3/test_secrets_rotation", "boto3/test_import_export"]


def pytest_collection_modifyitems(items):
    def place(item):
        path = item.path.relative_to(item.session.config.rootpath).as_posix()
        return next((at for at, slow in enumerate(SLOW_FIRST) if slow in path), len(SLOW_FIRST))

    items.sort(key=place)
