"""Grants: made, changed, imported and destroyed by an unmodified provider, and no plan shows another change."""

from pathlib import Path

import pytest

from support import terraform
from support.clients import Clients
from support.server import Server

SOURCE = Path(__file__).parent / "grants"
RESOURCES = 7


@pytest.fixture(scope="module")
def applied(tmp_path_factory):
    terraform.require()
    folder = tmp_path_factory.mktemp("grants")
    with Server(folder) as server:
        made = terraform.Terraform(SOURCE, folder / "terraform", server.endpoint, stage=1)
        made.init()
        assert made.apply() == (RESOURCES, 0, 0)
        made.kms = Clients(server.endpoint).kms()
        yield made


def grants(applied, key):
    return applied.kms.list_grants(KeyId=applied.outputs()[key])["Grants"]


def test_first_stage(applied):
    applied.check_no_drift()
    named = [entry for entry in grants(applied, "sealing") if entry["Name"] == "app"]
    assert [entry["GrantId"] for entry in named] == [applied.outputs()["named"]]
    assert named[0]["Constraints"] == {"EncryptionContextEquals": {"tenant": "blue"}}
    assert len(grants(applied, "sealing")) == 2 and len(grants(applied, "signing")) == 1


def test_a_change_replaces_the_grant(applied):
    before = applied.outputs()["named"]
    # The token of the new grant is an argument of the second one, which is therefore replaced too.
    assert applied.apply(stage=2) == (2, 0, 2)
    applied.check_no_drift()
    listed = {entry["GrantId"]: entry for entry in grants(applied, "sealing")}
    named = listed[applied.outputs()["named"]]
    assert before not in listed and len(listed) == 2
    assert set(named["Operations"]) == {"Encrypt", "Decrypt", "GenerateDataKey"}
    assert named["Constraints"] == {"EncryptionContextEquals": {"tenant": "red"}}


def test_the_end(applied):
    keys = [applied.outputs()[name] for name in ("sealing", "signing")]
    assert applied.destroy() == RESOURCES
    assert [applied.kms.list_grants(KeyId=key)["Grants"] for key in keys] == [[], []]
