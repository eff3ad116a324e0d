"""Ansible's `community.aws.secretsmanager_secret`: replicas and secrets that are removed, and a secret that comes back."""

import pytest

from support.ansible import secret_task
from support.clients import unique
from support.server import REPLICA


def test_removal_and_restoration(play, secrets_server):
    sm, name = secrets_server.secrets(), unique("ansible")
    run = lambda **given: play(secrets_server.endpoint, [secret_task(name=name, **given)])  # noqa: E731
    shared = {"secret": "value", "replica": [{"region": REPLICA}]}
    assert [run(**shared), run(**shared)] == [["changed"], ["ok"]]
    alone = {"secret": "value", "replica": []}
    assert [run(**alone), run(**alone)] == [["changed"], ["ok"]]
    assert [run(state="absent", recovery_window=7), run(state="absent", recovery_window=7)] == [["changed"], ["ok"]]
    assert sm.describe_secret(SecretId=name)["DeletedDate"]
    # The secret is restored first. The module then reads its value.
    assert [run(**alone), run(**alone)] == [["changed"], ["ok"]]
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "value"
    assert [run(state="absent", recovery_window=0), run(state="absent", recovery_window=0)] == [["changed"], ["ok"]]
    with pytest.raises(sm.exceptions.ResourceNotFoundException):
        sm.describe_secret(SecretId=name)
    assert run(**alone) == ["changed"]
