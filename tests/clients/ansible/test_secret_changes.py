"""Ansible's `community.aws.secretsmanager_secret`: a playbook that is run twice changes nothing the second time, and each change of it is one."""

import json

from support.ansible import OTHER_REPLICA, secret_task
from support.clients import ACCOUNT, policy, unique
from support.expect import eventually
from support.server import PRIMARY, REPLICA


def read_only(principal):
    return policy({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"})


def test_the_second_run_changes_nothing_and_each_change_is_one(play, secrets_server):
    sm, there = secrets_server.secrets(), secrets_server.secrets(REPLICA)
    run = lambda given: play(secrets_server.endpoint, [secret_task(**given)])  # noqa: E731
    name = unique("ansible")
    given = {
        "name": name,
        "description": "made by a playbook",
        "json_secret": {"username": "app", "password": "first"},
        "resource_policy": read_only(f"arn:aws:iam::{ACCOUNT}:root"),
        "tags": {"team": "cellar", "stage": "test"},
        "replica": [{"region": OTHER_REPLICA}, {"region": REPLICA}],
    }
    assert run(given) == ["changed"]
    assert run(given) == ["ok"]
    shown = sm.describe_secret(SecretId=name)
    assert (shown["Description"], shown["PrimaryRegion"]) == ("made by a playbook", PRIMARY)
    assert {tag["Key"]: tag["Value"] for tag in shown["Tags"]} == given["tags"]
    assert [status["Region"] for status in shown["ReplicationStatus"]] == [OTHER_REPLICA, REPLICA]
    changes = {
        "json_secret": {"username": "app", "password": "second"},
        "description": "changed",
        "resource_policy": read_only(f"arn:aws:iam::{ACCOUNT}:user/reader"),
        "tags": {"team": "attic"},
        "replica": [{"region": REPLICA}],
    }
    secrets_server.iam().create_user(UserName="reader")
    for member, value in changes.items():
        given[member] = value
        assert (member, run(given)) == (member, ["changed"])
        assert (member, run(given)) == (member, ["ok"])

    def followed():
        assert json.loads(there.get_secret_value(SecretId=name)["SecretString"])["password"] == "second"
        copy = there.describe_secret(SecretId=name)
        assert copy["Description"] == "changed" and copy["Tags"] == [{"Key": "team", "Value": "attic"}]
        assert "user/reader" in there.get_resource_policy(SecretId=name)["ResourcePolicy"]

    eventually(followed)
    # The policy goes if the playbook has none.
    del given["resource_policy"]
    assert [run(given), run(given)] == [["changed"], ["ok"]]
    assert "ResourcePolicy" not in sm.get_resource_policy(SecretId=name)
