"""IAM groups through Terraform: created, changed and destroyed, and no plan shows another change."""

from pathlib import Path

import pytest

from support import terraform
from support.clients import ACCOUNT, Clients
from support.server import Server

SOURCE = Path(__file__).parent / "groups"
RESOURCES = 9


@pytest.fixture(scope="module")
def applied(tmp_path_factory):
    terraform.require()
    folder = tmp_path_factory.mktemp("groups")
    with Server(folder, data=folder / "data") as server:
        made = terraform.Terraform(SOURCE, folder / "terraform", server.endpoint, stage=1)
        made.init()
        assert made.apply() == (RESOURCES, 0, 0)
        made.iam = Clients(server.endpoint).iam()
        yield made


def members(applied, group):
    return sorted(user["UserName"] for user in applied.iam.get_group(GroupName=group)["Users"])


def test_first_stage(applied):
    applied.check_no_drift()
    assert applied.iam.get_group(GroupName="writers")["Group"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/staff/writers"
    assert (members(applied, "readers"), members(applied, "writers")) == (["ana", "bea"], ["ana"])
    assert applied.outputs()["writers"] == ["ana"]
    assert applied.iam.list_group_policies(GroupName="readers")["PolicyNames"] == ["read"]
    assert [p["PolicyName"] for p in applied.iam.list_attached_group_policies(GroupName="writers")["AttachedPolicies"]] == ["write"]


def test_second_stage(applied):
    before = applied.iam.get_group(GroupName="readers")["Group"]["GroupId"]
    applied.apply(stage=2)
    applied.check_no_drift()
    shown = applied.iam.get_group(GroupName="keepers")["Group"]
    assert (shown["GroupId"], shown["Arn"]) == (before, f"arn:aws:iam::{ACCOUNT}:group/staff/keepers")
    assert (members(applied, "keepers"), members(applied, "writers")) == (["bea"], ["ana"])


def test_import(applied):
    """Existing groups can be imported into an empty state, and the plan after that is empty."""
    addresses = {"aws_iam_group.readers": "keepers", "aws_iam_group_policy.readers": "keepers:read"}
    applied.run("state", "rm", *addresses)
    blocks = [f'import {{\n  to = {address}\n  id = "{identity}"\n}}\n' for address, identity in addresses.items()]
    (applied.folder / "imports.tf").write_text("\n".join(blocks))
    _, text = applied.plan(statuses=(2,))
    assert f"Plan: {len(addresses)} to import, 0 to add, 0 to change, 0 to destroy." in text, text[-2000:]
    applied.apply()
    applied.check_no_drift()


def test_the_end(applied):
    assert applied.destroy() == RESOURCES
    assert applied.iam.list_groups()["Groups"] == []
