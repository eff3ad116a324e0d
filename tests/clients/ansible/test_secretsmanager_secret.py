"""Ansible's `community.aws.secretsmanager_secret`, and the look-up `amazon.aws.secretsmanager_secret`."""

import json

import pytest

from support.clients import ACCOUNT, Clients, allow, policy, unique
from support.expect import eventually
from support.server import PRIMARY, REPLICA, Server

OTHER_REPLICA = "eu-north-1"
FUNCTION = f"arn:aws:lambda:{PRIMARY}:{ACCOUNT}:function:new-password"
MODULE = "community.aws.secretsmanager_secret"


@pytest.fixture(scope="module")
def secrets_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ansible-secrets")
    regions, bound = (PRIMARY, OTHER_REPLICA, REPLICA), ["--rotation-function", f"{FUNCTION}=random-password"]
    with Server(folder, data=folder / "data", regions=regions, arguments=bound) as server:
        yield Clients(server.endpoint)


def task(**arguments):
    return {"name": "a secret", MODULE: arguments}


def read_only(principal):
    return policy({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"})


def test_the_second_run_changes_nothing_and_each_change_is_one(play, secrets_server):
    sm, there = secrets_server.secrets(), secrets_server.secrets(REPLICA)
    run = lambda given: play(secrets_server.endpoint, [task(**given)])  # noqa: E731
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


def test_rotation_is_set_changed_and_cancelled(play, secrets_server):
    sm, name = secrets_server.secrets(), unique("ansible")
    # A rotation changes the value, which is then not the playbook's any more.
    given = {"name": name, "json_secret": {"password": "first"}, "overwrite": False}
    run = lambda **more: play(secrets_server.endpoint, [task(**given, **more)])  # noqa: E731

    def rotated(days):
        shown = sm.describe_secret(SecretId=name)
        assert shown["RotationEnabled"] is True and shown["RotationLambdaARN"] == FUNCTION
        assert shown["RotationRules"] == {"AutomaticallyAfterDays": days}
        assert ["AWSPENDING"] not in shown["VersionIdsToStages"].values()
        value = json.loads(sm.get_secret_value(SecretId=name)["SecretString"])["password"]
        assert value != "first"
        return value

    rotation = {"rotation_lambda": FUNCTION, "rotation_interval": 30}
    assert run(**rotation) == ["changed"]
    eventually(lambda: rotated(30))
    assert run(**rotation) == ["ok"]
    rotation["rotation_interval"] = 90
    assert run(**rotation) == ["changed"]
    eventually(lambda: rotated(90))
    assert run(**rotation) == ["ok"]
    assert [run(), run()] == [["changed"], ["ok"]]
    assert sm.describe_secret(SecretId=name)["RotationEnabled"] is False


def test_keys_and_bytes(play, secrets_server):
    kms, name = secrets_server.kms(), unique("ansible")
    first, second = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    given = {"name": name, "secret": "bytes as text", "secret_type": "binary", "kms_key_id": first}
    run = lambda: play(secrets_server.endpoint, [task(**given)])  # noqa: E731
    assert [run(), run()] == [["changed"], ["ok"]]
    given["kms_key_id"] = second
    assert [run(), run()] == [["changed"], ["ok"]]
    assert secrets_server.secrets().describe_secret(SecretId=name)["KmsKeyId"] == second
    assert secrets_server.secrets().get_secret_value(SecretId=name)["SecretBinary"] == b"bytes as text"


def test_removal_and_restoration(play, secrets_server):
    sm, name = secrets_server.secrets(), unique("ansible")
    run = lambda **given: play(secrets_server.endpoint, [task(name=name, **given)])  # noqa: E731
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


def test_look_ups(play, secrets_server):
    sm, prefix = secrets_server.secrets(), unique("look-up")
    names = [f"{prefix}/{part}" for part in ("a", "b")]
    for name in names:
        sm.create_secret(Name=name, SecretString=f"value of {name[-1]}", AddReplicaRegions=[{"Region": REPLICA}])
    version = sm.put_secret_value(SecretId=names[0], SecretString="second")["VersionId"]
    nested = unique("nested")
    sm.create_secret(Name=nested, SecretString=json.dumps({"outer": {"inner": "deep"}}))
    deleted = sm.create_secret(Name=f"deleted-{prefix}", SecretString="x")["Name"]
    sm.delete_secret(SecretId=deleted)

    def there():
        assert secrets_server.secrets(REPLICA).get_secret_value(SecretId=names[0])["VersionId"] == version

    eventually(there)
    here = f"'{names[0]}', region='{PRIMARY}'"
    wanted = {
        here: "second",
        f"'{names[0]}', region='{REPLICA}'": "second",
        f"{here}, version_stage='AWSPREVIOUS'": "value of a",
        f"{here}, version_id='{version}'": "second",
        f"'{names[0]}', '{names[1]}', region='{PRIMARY}', join=true": "secondvalue of b",
        f"'{nested}.outer.inner', region='{PRIMARY}', nested=true": "deep",
        f"'{prefix}', region='{PRIMARY}', bypath=true": dict(zip(names, ("second", "value of b"))),
        f"'none-such', region='{PRIMARY}', on_missing='skip'": [],
        f"'{deleted}', region='{PRIMARY}', on_deleted='skip'": [],
    }
    tasks = [
        {
            "name": "look-up",
            "ansible.builtin.assert": {"that": f"lookup('amazon.aws.secretsmanager_secret', {asked}) == wanted"},
            "vars": {"wanted": value},
        }
        for asked, value in wanted.items()
    ]
    assert play(secrets_server.endpoint, tasks) == ["ok"] * len(tasks)


def test_look_ups_that_are_denied(play, secrets_server):
    name = unique("denied")
    secrets_server.secrets().create_secret(Name=name, SecretString="x")
    iam, user = secrets_server.iam(), unique("denied")
    iam.create_user(UserName=user)
    iam.put_user_policy(UserName=user, PolicyName="inline", PolicyDocument=allow("kms:*"))
    key = iam.create_access_key(UserName=user)["AccessKey"]
    skipped = f"lookup('amazon.aws.secretsmanager_secret', '{name}', region='{PRIMARY}', on_denied='skip') == []"
    tasks = [{"name": "skipped", "ansible.builtin.assert": {"that": skipped}}]
    assert play(secrets_server.endpoint, tasks, key=key["AccessKeyId"], secret=key["SecretAccessKey"]) == ["ok"]
