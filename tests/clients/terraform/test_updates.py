"""Changes in place: a configuration is applied, changed, changed back and destroyed, and no plan shows another change."""

from pathlib import Path

import pytest

from support import terraform
from support.clients import ACCOUNT, Clients
from support.expect import eventually
from support.server import REPLICA, Server

SOURCE = Path(__file__).parent / "updates"
RESOURCES = 14


@pytest.fixture(scope="module")
def applied(tmp_path_factory):
    terraform.require()
    folder = tmp_path_factory.mktemp("updates")
    with Server(folder, data=folder / "data") as server:
        made = terraform.Terraform(SOURCE, folder / "terraform", server.endpoint, stage=1)
        made.init()
        assert made.apply() == (RESOURCES, 0, 0)
        made.aws = Clients(server.endpoint)
        yield made


def check_first(applied):
    keys, kms, iam, secrets = applied.outputs(), applied.aws.kms(), applied.aws.iam(), applied.aws.secrets()
    assert kms.get_key_rotation_status(KeyId=keys["changed_key"])["RotationPeriodInDays"] == 90
    assert kms.describe_key(KeyId=keys["toggled_key"])["KeyMetadata"]["KeyState"] == "Enabled"
    assert kms.describe_key(KeyId="alias/moved")["KeyMetadata"]["KeyId"] == keys["changed_key"]
    assert iam.get_user(UserName="renamed-1")["User"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/renamed-1"
    assert iam.list_access_keys(UserName="app")["AccessKeyMetadata"][0]["Status"] == "Active"
    assert secrets.get_secret_value(SecretId="plain")["SecretBinary"] == b"binary"


def check_second(applied):
    keys, kms, iam, secrets = applied.outputs(), applied.aws.kms(), applied.aws.iam(), applied.aws.secrets()
    changed = keys["changed_key"]
    assert kms.get_key_rotation_status(KeyId=changed)["RotationPeriodInDays"] == 180
    assert kms.describe_key(KeyId=changed)["KeyMetadata"]["Description"] == "stage 2"
    tags = {t["TagKey"]: t["TagValue"] for t in kms.list_resource_tags(KeyId=changed)["Tags"]}
    assert tags == {"stage": "two", "new/tag": "a b:c"}
    assert ":user/app" in kms.get_key_policy(KeyId=changed)["Policy"]
    assert kms.describe_key(KeyId=keys["toggled_key"])["KeyMetadata"]["KeyState"] == "Disabled"
    assert kms.describe_key(KeyId="alias/moved")["KeyMetadata"]["KeyId"] == keys["toggled_key"]
    assert iam.get_user(UserName="renamed-2")["User"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/services/renamed-2"
    assert iam.list_access_keys(UserName="app")["AccessKeyMetadata"][0]["Status"] == "Inactive"
    role = iam.get_role(RoleName="app")["Role"]
    assert role["MaxSessionDuration"] == 7200 and role["PermissionsBoundary"]
    shown = secrets.describe_secret(SecretId="plain")
    assert shown["KmsKeyId"] == keys["second_key"] and "Description" not in shown
    assert shown["ReplicationStatus"][0]["Region"] == REPLICA
    eventually(lambda: read_replica(applied))


def read_replica(applied):
    assert applied.aws.secrets(REPLICA).get_secret_value(SecretId="plain")["SecretString"] == "text"


def test_first_stage(applied):
    applied.check_no_drift()
    check_first(applied)


def test_second_stage(applied):
    _, text = applied.plan(stage=2, statuses=(2,))
    # The value of a secret's version cannot be changed in place; everything else is.
    assert "Plan: 1 to add, " in text and ", 1 to destroy." in text, text[-3000:]
    replaced = [line for line in text.splitlines() if "must be replaced" in line]
    assert [line.split()[1] for line in replaced] == ["aws_secretsmanager_secret_version.plain"], replaced
    added, _, destroyed = applied.apply(stage=2)
    assert (added, destroyed) == (1, 1)
    applied.check_no_drift()
    check_second(applied)


def test_back_again(applied):
    added, _, destroyed = applied.apply(stage=1)
    assert (added, destroyed) == (1, 1)
    applied.check_no_drift()
    check_first(applied)


def test_import(applied):
    """Existing resources can be imported into an empty state, and the plan after that is empty."""
    key = applied.outputs()["changed_key"]
    addresses = {
        "aws_kms_key.changed": key,
        "aws_kms_alias.moved": "alias/moved",
        "aws_iam_user.app": "app",
        "aws_iam_role.app": "app",
        "aws_iam_user_policy.app": "app:inline",
        "aws_iam_policy.managed": f"arn:aws:iam::{ACCOUNT}:policy/services/managed",
    }
    applied.run("state", "rm", *addresses)
    blocks = [f'import {{\n  to = {address}\n  id = "{identity}"\n}}\n' for address, identity in addresses.items()]
    (applied.folder / "imports.tf").write_text("\n".join(blocks))
    _, text = applied.plan(statuses=(2,))
    assert f"Plan: {len(addresses)} to import, 0 to add, " in text and ", 0 to destroy." in text, text[-2000:]
    # Only Terraform's own settings may differ. The API does not have them, so an import cannot read them.
    known = ("deletion_window_in_days", "bypass_policy_lockout_safety_check", "force_destroy", "enable_key_rotation")
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith(("+ ", "- ", "~ "))]
    strange = [line for line in lines if " = " in line and not any(name in line for name in known)]
    assert not strange, strange


def test_the_end(applied):
    applied.apply()
    applied.check_no_drift()
    keys, kms = applied.outputs(), applied.aws.kms()
    assert applied.destroy() == RESOURCES
    for key in keys.values():
        assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert "DeletedDate" in applied.aws.secrets().describe_secret(SecretId="plain")
    # After both are reverted the secret is readable again.
    applied.aws.secrets().restore_secret(SecretId="plain")
    kms.cancel_key_deletion(KeyId=keys["changed_key"])
    kms.enable_key(KeyId=keys["changed_key"])
    assert applied.aws.secrets().get_secret_value(SecretId="plain")["SecretBinary"] == b"binary"
