"""Secrets by Terraform: applied, changed, changed back and destroyed, without another change in any plan."""

from pathlib import Path

import pytest

from support import terraform
from support.clients import Clients
from support.expect import eventually
from support.server import REPLICA, Server

SOURCE = Path(__file__).parent / "secrets"
RESOURCES = 6
FUNCTION = "arn:aws:lambda:eu-central-1:000000000000:function:rotate"


@pytest.fixture(scope="module")
def applied(tmp_path_factory):
    terraform.require()
    folder = tmp_path_factory.mktemp("secrets")
    arguments = ["--rotation-function", f"{FUNCTION}=random-password"]
    with Server(folder, data=folder / "data", arguments=arguments) as server:
        made = terraform.Terraform(SOURCE, folder / "terraform", server.endpoint, stage=1)
        made.init()
        assert made.apply() == (RESOURCES, 0, 0)
        made.aws = Clients(server.endpoint)
        yield made


def check(applied, stage):
    secrets, outputs = applied.aws.secrets(), applied.outputs()
    assert outputs["password_length"] == 40 and outputs["description"] == f"stage {stage}"
    assert outputs["rotation_enabled"] is True and outputs["found"] == ["rotated"]
    assert outputs["staged"] == f"binary {stage}"
    shown = secrets.describe_secret(SecretId="rotated")
    rules = {
        1: {"AutomaticallyAfterDays": 30},
        2: {"AutomaticallyAfterDays": 14, "ScheduleExpression": "cron(0 16 1,15 * ? *)", "Duration": "2h"},
    }[stage]
    del shown["RotationRules"]["AutomaticallyAfterDays"], rules["AutomaticallyAfterDays"]
    assert shown["RotationRules"] == rules and shown["RotationLambdaARN"] == FUNCTION
    assert f"Stage{stage}" in secrets.get_resource_policy(SecretId="rotated")["ResourcePolicy"]
    value = secrets.get_secret_value(SecretId="rotated")["SecretString"]
    assert f"stage {stage}" in value

    def replica():
        assert applied.aws.secrets(REPLICA).get_secret_value(SecretId="rotated")["SecretString"] == value

    eventually(replica)


def test_first_stage(applied):
    applied.check_no_drift()
    check(applied, 1)


def test_second_stage(applied):
    applied.apply(stage=2)
    applied.check_no_drift()
    check(applied, 2)


def test_back_again(applied):
    applied.apply(stage=1)
    applied.check_no_drift()
    check(applied, 1)


def test_the_end(applied):
    assert applied.destroy() == RESOURCES
    shown = applied.aws.secrets().list_secrets(IncludePlannedDeletion=True)["SecretList"]
    assert [(secret["Name"], "DeletedDate" in secret) for secret in shown] == [("staged", True)]
