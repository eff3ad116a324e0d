"""Ansible's IAM modules: a playbook that is run twice changes nothing the second time, and one that removes everything finds it."""

import json

from support.clients import ACCOUNT, Clients, allow, trust
from support.server import Server

READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
OWN = f"arn:aws:iam::{ACCOUNT}:policy/ansible-own"

TASKS = [
    {
        "name": "a managed policy",
        "amazon.aws.iam_managed_policy": {"name": "ansible-own", "policy": json.loads(allow("kms:Decrypt")), "tags": {"team": "cellar"}},
    },
    {
        "name": "a role, for which the module makes an instance profile",
        "amazon.aws.iam_role": {
            "name": "ansible-role",
            "path": "/machines/",
            "description": "made by a playbook",
            "assume_role_policy_document": trust({"Service": "ec2.amazonaws.com"}),
            "managed_policies": [READ, OWN],
            "max_session_duration": 7200,
            "create_instance_profile": True,
            "tags": {"team": "cellar"},
        },
    },
    {"name": "an inline policy of the role", "amazon.aws.iam_policy": {"iam_type": "role", "iam_name": "ansible-role", "policy_name": "inline", "policy_json": allow("kms:Encrypt"), "state": "present"}},
    {"name": "a user", "amazon.aws.iam_user": {"name": "ansible-user", "state": "present", "managed_policies": [OWN], "tags": {"team": "cellar"}}},
    {"name": "a group", "amazon.aws.iam_group": {"name": "ansible-group", "state": "present", "users": ["ansible-user"], "managed_policies": [READ]}},
]

REMOVAL = [
    {"name": "the group", "amazon.aws.iam_group": {"name": "ansible-group", "state": "absent"}},
    {"name": "the user", "amazon.aws.iam_user": {"name": "ansible-user", "state": "absent"}},
    {"name": "the role", "amazon.aws.iam_role": {"name": "ansible-role", "state": "absent", "delete_instance_profile": True}},
    {"name": "the policy", "amazon.aws.iam_managed_policy": {"name": "ansible-own", "state": "absent"}},
]


def test_the_second_run_changes_nothing(play, tmp_path):
    with Server(tmp_path, data=tmp_path / "data") as server:
        iam = Clients(server.endpoint).iam()
        assert play(server.endpoint, TASKS) == ["changed"] * len(TASKS)
        assert play(server.endpoint, TASKS) == ["ok"] * len(TASKS)
        role = iam.get_role(RoleName="ansible-role")["Role"]
        assert (role["Path"], role["MaxSessionDuration"], role["Description"]) == ("/machines/", 7200, "made by a playbook")
        (profile,) = iam.list_instance_profiles_for_role(RoleName="ansible-role")["InstanceProfiles"]
        assert profile["Arn"] == f"arn:aws:iam::{ACCOUNT}:instance-profile/machines/ansible-role"
        assert [user["UserName"] for user in iam.get_group(GroupName="ansible-group")["Users"]] == ["ansible-user"]


def test_everything_can_be_removed(play, tmp_path):
    with Server(tmp_path, data=tmp_path / "data") as server:
        iam = Clients(server.endpoint).iam()
        play(server.endpoint, TASKS)
        assert play(server.endpoint, REMOVAL) == ["changed"] * len(REMOVAL)
        assert play(server.endpoint, REMOVAL) == ["ok"] * len(REMOVAL)
        assert iam.list_roles()["Roles"] == [] and iam.list_users()["Users"] == []
        assert iam.list_groups()["Groups"] == [] and iam.list_instance_profiles()["InstanceProfiles"] == []


def test_access_keys(play, tmp_path):
    with Server(tmp_path, data=tmp_path / "data") as server:
        iam = Clients(server.endpoint).iam()
        iam.create_user(UserName="keyed")
        made = [{"name": "a key", "amazon.aws.iam_access_key": {"user_name": "keyed"}}]
        assert play(server.endpoint, made) == ["changed"]
        (key,) = iam.list_access_keys(UserName="keyed")["AccessKeyMetadata"]
        disabled = [{"name": "off", "amazon.aws.iam_access_key": {"user_name": "keyed", "id": key["AccessKeyId"], "enabled": False}}]
        assert [play(server.endpoint, disabled) for _ in range(2)] == [["changed"], ["ok"]]
        assert iam.list_access_keys(UserName="keyed")["AccessKeyMetadata"][0]["Status"] == "Inactive"
        gone = [{"name": "gone", "amazon.aws.iam_access_key": {"user_name": "keyed", "id": key["AccessKeyId"], "state": "absent"}}]
        assert [play(server.endpoint, gone) for _ in range(2)] == [["changed"], ["ok"]]
