"""Ansible's `amazon.aws.kms_key`: a playbook that is run twice changes nothing the second time."""

from support.clients import ACCOUNT, Clients
from support.server import Server

# The module refuses `multi_region` for any key that exists, so a playbook with it cannot be run twice.
TASKS = [
    {
        "name": "a key with tags, an alias, rotation and a grant",
        "amazon.aws.kms_key": {
            "alias": "ansible",
            "description": "made by a playbook",
            "enable_key_rotation": True,
            "tags": {"team": "cellar"},
            "grants": [
                {
                    "name": "reader",
                    "grantee_principal": "{{ reader }}",
                    "operations": ["Decrypt", "DescribeKey"],
                    "constraints": {"encryption_context_subset": {"place": "cellar"}},
                }
            ],
        },
        "register": "symmetric",
    },
    {
        "name": "a signing key, disabled",
        "amazon.aws.kms_key": {
            "alias": "ansible-signing",
            "key_spec": "ECC_NIST_P256",
            "key_usage": "SIGN_VERIFY",
            "enabled": False,
        },
        "register": "signing",
    },
]


def test_the_second_run_changes_nothing(play, tmp_path):
    with Server(tmp_path, data=tmp_path / "data") as server:
        clients = Clients(server.endpoint)
        kms = clients.kms()
        clients.iam().create_user(UserName="reader")
        reader = f"arn:aws:iam::{ACCOUNT}:user/reader"
        # The module lists the grants of every key of the account.
        for _ in range(3):
            kms.create_key()
        assert play(server.endpoint, TASKS, reader=reader) == ["changed"] * len(TASKS)
        key = kms.describe_key(KeyId="alias/ansible")["KeyMetadata"]
        (grant,) = kms.list_grants(KeyId=key["KeyId"])["Grants"]
        assert (grant["Name"], grant["GranteePrincipal"]) == ("reader", reader)
        assert kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"] is True
        assert kms.describe_key(KeyId="alias/ansible-signing")["KeyMetadata"]["KeyState"] == "Disabled"
        assert play(server.endpoint, TASKS, reader=reader) == ["ok"] * len(TASKS)
        gone = [{"name": "delete", "amazon.aws.kms_key": {"alias": "ansible", "state": "absent"}}]
        assert play(server.endpoint, gone) == ["changed"]
        assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "PendingDeletion"
