"""What the tests with Ansible share."""

import functools

import pytest

from support import ansible
from support.clients import Clients
from support.server import PRIMARY, REPLICA, Server


@pytest.fixture(scope="session")
def collections():
    return ansible.collections()


@pytest.fixture
def play(collections, tmp_path):
    """Runs tasks: `play(endpoint, tasks, **variables)` returns for each whether it changed something."""
    return functools.partial(ansible.play, collections, tmp_path)


@pytest.fixture(scope="module")
def secrets_server(tmp_path_factory):
    """The clients of a server with three regions and a rotation function. Each file has its own, so that files run side by side."""
    folder = tmp_path_factory.mktemp("ansible-secrets")
    regions, bound = (PRIMARY, ansible.OTHER_REPLICA, REPLICA), ["--rotation-function", f"{ansible.ROTATION_FUNCTION}=random-password"]
    with Server(folder, data=folder / "data", regions=regions, arguments=bound) as server:
        yield Clients(server.endpoint)
