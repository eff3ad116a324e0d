"""Ansible's look-up `amazon.aws.secretsmanager_secret`."""

import json

from support.clients import allow, unique
from support.expect import eventually
from support.server import PRIMARY, REPLICA


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
