"""Instance profiles, identity providers, a service-linked role and account aliases through Terraform: created, changed and destroyed without drift."""

from pathlib import Path

import pytest

from support import terraform
from support.clients import Clients
from support.server import Server

SOURCE = Path(__file__).parent / "providers"
RESOURCES = 8


@pytest.fixture(scope="module")
def applied(tmp_path_factory):
    terraform.require()
    folder = tmp_path_factory.mktemp("providers")
    with Server(folder, data=folder / "data") as server:
        made = terraform.Terraform(SOURCE, folder / "terraform", server.endpoint, stage=1)
        made.init()
        assert made.apply() == (RESOURCES, 0, 0)
        made.iam = Clients(server.endpoint).iam()
        yield made


def role_of(applied):
    shown = applied.iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]
    return [role["RoleName"] for role in shown["Roles"]]


def test_first_stage(applied):
    applied.check_no_drift()
    assert role_of(applied) == ["web"]
    assert applied.iam.list_account_aliases()["AccountAliases"] == ["example-first"]


def test_second_stage(applied):
    applied.apply(stage=2)
    applied.check_no_drift()
    assert role_of(applied) == ["other"]
    outputs = applied.outputs()
    assert (outputs["profile_role"], sorted(outputs["clients"])) == ("other", ["app", "sts.amazonaws.com"])
    assert outputs["alias"] == "example-second"


def test_the_end(applied):
    assert applied.destroy() == RESOURCES
    assert applied.iam.list_instance_profiles()["InstanceProfiles"] == []
    assert applied.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
