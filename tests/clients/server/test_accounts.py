"""Accounts of a server: made, used across each other, and their root access keys taken away and renewed."""

import json
import re

import pytest
from botocore.exceptions import ClientError

from support.clients import allow, policy
from support.expect import eventually
from support.production import Production, run
from support.server import PRIMARY, REPLICA

EXPORTS = re.compile(r"^export (\w+)='?([^'\n]*)'?$", re.M)


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    with Production(tmp_path_factory.mktemp("accounts")) as running:
        yield running


def account(production, *words, status=0):
    done = run("account", "--config", production.config, *words)
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


def made(production, *words):
    """The account and the root access key that a command has made."""
    answer = json.loads(account(production, "--json", *words))
    return answer["account"], answer["access_key_id"], answer["secret_access_key"]


def identity(production, key, secret, region=PRIMARY):
    return production.client("sts", region, key=key, secret=secret).get_caller_identity()


def code(call, **arguments):
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.response["Error"]["Code"]


def test_an_account_has_a_root_of_its_own(production):
    shown = account(production, "create", "222233334444")
    exports = dict(EXPORTS.findall(shown))
    assert shown.startswith("# Account 222233334444. ")
    key, secret = exports["AWS_ACCESS_KEY_ID"], exports["AWS_SECRET_ACCESS_KEY"]
    assert identity(production, key, secret)["Arn"] == "arn:aws:iam::222233334444:root"
    eventually(lambda: identity(production, key, secret, REPLICA))
    # It sees nothing of the first account.
    production.client("kms").create_key()
    assert production.client("kms", key=key, secret=secret).list_keys()["Keys"] == []
    assert "account 222233334444 exists already" in account(production, "create", "222233334444", status=1)
    assert secret.encode() not in b"".join(path.read_bytes() for path in production.folder.rglob("*") if path.is_file())


def test_random_ids(production):
    ids = {made(production, "create")[0] for _ in range(3)}
    assert len(ids) == 3 and all(re.fullmatch(r"\d{12}", one) for one in ids)
    for wrong in ("12345", "abcdefghijkl", "000000000000"):
        account(production, "create", wrong, status=2)


def test_use_across_accounts_needs_both_sides(production):
    other, key, secret = made(production, "create")
    own = production.client("sts").get_caller_identity()["Account"]
    iam = production.client("iam", key=key, secret=secret)
    iam.create_user(UserName="ana")
    ana = iam.create_access_key(UserName="ana")["AccessKey"]
    kms = production.client("kms")
    shared = kms.create_key()["KeyMetadata"]["Arn"]
    delegates = {"Effect": "Allow", "Principal": {"AWS": own}, "Action": "kms:*", "Resource": "*"}
    shares = {"Effect": "Allow", "Principal": {"AWS": other}, "Action": "kms:Encrypt", "Resource": "*"}
    caller = production.client("kms", key=ana["AccessKeyId"], secret=ana["SecretAccessKey"])

    def encrypt():
        return caller.encrypt(KeyId=shared, Plaintext=b"x")

    kms.put_key_policy(KeyId=shared, Policy=policy(delegates, shares))
    assert code(encrypt) == "AccessDeniedException"
    iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=allow("kms:Encrypt"))
    assert encrypt()["KeyId"] == shared
    kms.put_key_policy(KeyId=shared, Policy=policy(delegates))
    assert code(encrypt) == "AccessDeniedException"


def test_root_keys_are_taken_away_and_renewed(production):
    name, first, first_secret = made(production, "create")
    iam = production.client("iam", key=first, secret=first_secret)
    iam.create_user(UserName="admin")
    iam.attach_user_policy(UserName="admin", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    admin = iam.create_access_key(UserName="admin")["AccessKey"]
    _, second, second_secret = made(production, "create-root-key", name)
    assert "can have no more" in account(production, "create-root-key", name, status=1)
    listed = json.loads(account(production, "--json", "root-keys", name))["keys"]
    assert [key["access_key_id"] for key in listed] == sorted([first, second]) or {key["access_key_id"] for key in listed} == {first, second}
    eventually(lambda: identity(production, first, first_secret, REPLICA))
    assert "has to be confirmed by name" in account(production, "delete-root-key", name, first, status=2)
    account(production, "delete-root-key", name, first, "--confirm", first)
    for region in (PRIMARY, REPLICA):
        gone = production.client("sts", region, key=first, secret=first_secret)
        eventually(lambda: code(gone.get_caller_identity) == "InvalidClientTokenId" or pytest.fail("the key still opens"))
    assert identity(production, second, second_secret)["Account"] == name
    account(production, "delete-root-key", name, second, "--confirm", second)
    assert account(production, "root-keys", name) == f"The root of account {name} has no access key.\n"
    # The account goes on, and its root can get a new key.
    assert identity(production, admin["AccessKeyId"], admin["SecretAccessKey"])["Account"] == name
    _, third, third_secret = made(production, "create-root-key", name)
    assert identity(production, third, third_secret)["Arn"] == f"arn:aws:iam::{name}:root"
    for words in (("create-root-key", "999988887777"), ("root-keys", "999988887777")):
        assert "the server has no account 999988887777" in account(production, *words, status=1)
    assert "is no root access key" in account(production, "delete-root-key", name, admin["AccessKeyId"], "--confirm", admin["AccessKeyId"], status=1)
    events = [json.loads(line) for line in (production.data / PRIMARY / "audit.jsonl").read_text().splitlines()]
    names = [event["eventName"] for event in events if event.get("recipientAccountId") == name and event["eventType"] == "AwsServiceEvent"]
    assert names == ["CreateRootAccessKey", "CreateRootAccessKey", "DeleteRootAccessKey", "DeleteRootAccessKey", "CreateRootAccessKey"]


def test_permissions_are_explained_by_the_server(production):
    _, key, secret = made(production, "create")
    iam = production.client("iam", key=key, secret=secret)
    iam.create_user(UserName="ana")
    ana = iam.create_access_key(UserName="ana")["AccessKey"]
    caller = production.client("kms", key=ana["AccessKeyId"], secret=ana["SecretAccessKey"])
    with pytest.raises(ClientError) as denied:
        caller.list_keys()
    request = denied.value.response["ResponseMetadata"]["RequestId"]
    done = run("iam", "--config", production.config, "-o", "json", "why-denied", request)
    assert done.returncode == 0, done.stderr
    [explained] = json.loads(done.stdout)["denied"]
    assert explained["action"] == "kms:ListKeys" and explained["reason"].startswith("because no identity-based policy allows")


def test_the_last_way_into_an_account_is_not_taken_away(production):
    name, key, secret = made(production, "create")
    said = account(production, "delete-root-key", name, key, "--confirm", key, status=1)
    assert f"it is the only way into account {name}" in said
    production.client("secretsmanager", key=key, secret=secret).create_secret(Name="kept", SecretString="x")
    assert f"account {name} exists already" in account(production, "create", name, status=1)
