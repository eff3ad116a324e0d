"""Ansible's `community.aws.secretsmanager_secret`: rotation."""

import json

from support.ansible import ROTATION_FUNCTION, secret_task
from support.clients import unique
from support.expect import eventually


def test_rotation_is_set_changed_and_cancelled(play, secrets_server):
    sm, name = secrets_server.secrets(), unique("ansible")
    # A rotation changes the value, which is then not the playbook's any more.
    given = {"name": name, "json_secret": {"password": "first"}, "overwrite": False}
    run = lambda **more: play(secrets_server.endpoint, [secret_task(**given, **more)])  # noqa: E731

    def rotated(days):
        shown = sm.describe_secret(SecretId=name)
        assert shown["RotationEnabled"] is True and shown["RotationLambdaARN"] == ROTATION_FUNCTION
        assert shown["RotationRules"] == {"AutomaticallyAfterDays": days}
        assert ["AWSPENDING"] not in shown["VersionIdsToStages"].values()
        value = json.loads(sm.get_secret_value(SecretId=name)["SecretString"])["password"]
        assert value != "first"
        return value

    rotation = {"rotation_lambda": ROTATION_FUNCTION, "rotation_interval": 30}
    assert run(**rotation) == ["changed"]
    eventually(lambda: rotated(30))
    assert run(**rotation) == ["ok"]
    rotation["rotation_interval"] = 90
    assert run(**rotation) == ["changed"]
    eventually(lambda: rotated(90))
    assert run(**rotation) == ["ok"]
    assert [run(), run()] == [["changed"], ["ok"]]
    assert sm.describe_secret(SecretId=name)["RotationEnabled"] is False
