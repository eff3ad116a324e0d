"""What the tests with Ansible share."""

import functools

import pytest

from support import ansible


@pytest.fixture(scope="session")
def collections():
    return ansible.collections()


@pytest.fixture
def play(collections, tmp_path):
    """Runs tasks: `play(endpoint, tasks, **variables)` returns for each whether it changed something."""
    return functools.partial(ansible.play, collections, tmp_path)
