"""KMS keys of every kind through Terraform: created, changed in place and destroyed, and no plan shows another change."""

import datetime
from pathlib import Path

import pytest

from support import terraform
from support.clients import Clients
from support.server import REPLICA, Server

SOURCE = Path(__file__).parent / "keys"
RESOURCES = 22


@pytest.fixture(scope="module")
def applied(tmp_path_factory):
    terraform.require()
    folder = tmp_path_factory.mktemp("keys")
    ends = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=30)
    valid_to = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    with Server(folder, data=folder / "data") as server:
        made = terraform.Terraform(SOURCE, folder / "terraform", server.endpoint, stage=1, valid_to=valid_to)
        made.init()
        assert made.apply() == (RESOURCES, 0, 0)
        made.aws, made.ends = Clients(server.endpoint), ends
        yield made


def test_first_stage(applied):
    applied.check_no_drift()
    made, kms = applied.outputs(), applied.aws.kms()
    filled = kms.describe_key(KeyId=made["filled"])["KeyMetadata"]
    assert (filled["KeyState"], filled["ValidTo"]) == ("Enabled", applied.ends)
    assert kms.describe_key(KeyId=made["empty"])["KeyMetadata"]["KeyState"] == "PendingImport"
    shown = made["shown"]
    # A data source is read before its key is changed, so only members that stay are outputs.
    assert (shown["origin"], shown["state"]) == ("EXTERNAL", "Enabled")
    assert (shown["west_state"], shown["empty_state"]) == ("Enabled", "PendingImport")
    assert shown["target"] == made["filled"] and "BEGIN PUBLIC KEY" in shown["public_key"]
    assert made["word"] == "a word"
    sealed = kms.encrypt(KeyId=made["filled"], Plaintext=b"x")["CiphertextBlob"]
    assert applied.aws.kms(REPLICA).decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"
    specs = {kms.describe_key(KeyId=key)["KeyMetadata"]["KeySpec"] for key in made["kinds"].values()}
    assert len(specs) == 12


def test_second_stage(applied):
    # Every change is made in place.
    assert applied.apply(stage=2)[0::2] == (0, 0)
    applied.check_no_drift()
    made, kms = applied.outputs(), applied.aws.kms()
    filled = kms.describe_key(KeyId=made["filled"])["KeyMetadata"]
    assert (filled["Description"], filled["ExpirationModel"]) == ("imported 2", "KEY_MATERIAL_DOES_NOT_EXPIRE")
    assert kms.get_key_rotation_status(KeyId=made["rotated"])["KeyRotationEnabled"] is False
    replica = applied.aws.kms(REPLICA).describe_key(KeyId=made["kinds"]["p384"])["KeyMetadata"]
    assert (replica["KeyState"], replica["Description"]) == ("Disabled", "west 2")


def test_back_again_and_the_end(applied):
    assert applied.apply(stage=1)[0::2] == (0, 0)
    applied.check_no_drift()
    made, kms = applied.outputs(), applied.aws.kms()
    assert applied.destroy() == RESOURCES
    for key in [made["filled"], made["empty"], *made["kinds"].values()]:
        assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"].startswith("Pending")
