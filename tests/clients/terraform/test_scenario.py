"""The scenario that Claviger is made for, with an unmodified Terraform, and then with the other clients.

The tests of this file run in order on one server: each continues with the state that the one before it left."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from support import terraform
from support.clients import ACCOUNT, Clients, in_region, key_arn
from support.expect import SILENT, eventually, refused
from support.server import PRIMARY, REGIONS, REPLICA, Server

SOURCE = Path(__file__).parent / "scenario"
NAME, VALUE = "orders/database", "first-value"
CONTEXT = {"app": "orders"}
RESOURCES = 12


class Scenario:
    """The applied configuration: its resources, and clients for them."""

    def __init__(self, folder, endpoint, kms_ref):
        self.kms_ref = kms_ref
        self.aws = Clients(endpoint)
        self.terraform = terraform.Terraform(SOURCE, folder / "terraform", endpoint, kms_ref=kms_ref)
        self.blobs = {}
        self.sessions = {}

    def apply(self):
        self.terraform.init()
        status, text = self.terraform.plan(statuses=(2,))
        assert f"Plan: {RESOURCES} to add, 0 to change, 0 to destroy." in text, (status, text[-2000:])
        assert self.terraform.apply() == (RESOURCES, 0, 0)
        made = self.terraform.outputs()
        self.key, self.replica_key = made["key_id"], made["replica_key_id"]
        self.secret = {PRIMARY: made["secret_arn"], REPLICA: in_region(made["secret_arn"], REPLICA)}
        self.roles = made["roles"]

    def read(self, region, caller=None, **which):
        caller = caller or self.aws
        return caller.secrets(region).get_secret_value(SecretId=self.secret[region], **which)["SecretString"]

    def encrypt(self, region):
        sealed = self.aws.kms(region).encrypt(KeyId=self.key, Plaintext=region.encode(), EncryptionContext=CONTEXT)
        self.blobs[region] = sealed["CiphertextBlob"]

    def decrypt(self, region, blob_of, caller=None):
        caller = caller or self.aws
        opened = caller.kms(region).decrypt(CiphertextBlob=self.blobs[blob_of], EncryptionContext=CONTEXT)
        assert opened["Plaintext"] == blob_of.encode()
        return opened["KeyId"]

    def session(self, role):
        if role not in self.sessions:
            sts = self.aws.sts(REPLICA)
            got = sts.assume_role(RoleArn=self.roles[role], RoleSessionName="workload")
            self.sessions[role] = self.aws.session(got["Credentials"])
        return self.sessions[role]

    def check_members(self, primary, replica):
        """Both regions name the same primary and the same replicas, and each region its own role."""
        for region, kind in ((primary, "PRIMARY"), (replica, "REPLICA")):
            shown = self.aws.kms(region).describe_key(KeyId=self.key)["KeyMetadata"]
            assert shown["MultiRegion"] is True
            assert (shown["KeyState"], shown["Arn"]) == ("Enabled", key_arn(self.key, region))
            assert shown["MultiRegionConfiguration"] == {
                "MultiRegionKeyType": kind,
                "PrimaryKey": {"Arn": key_arn(self.key, primary), "Region": primary},
                "ReplicaKeys": [{"Arn": key_arn(self.key, replica), "Region": replica}],
            }


# The most common form of key names is tested in memory and on disk, the other forms in memory.
CASES = [("memory", "key_id"), ("data", "key_id"), ("memory", "arn"), ("memory", "alias")]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: "-".join(case))
def scenario(request, tmp_path_factory):
    terraform.require()
    storage, kms_ref = request.param
    folder = tmp_path_factory.mktemp("scenario")
    with Server(folder, data=folder / "data" if storage == "data" else None) as server:
        made = Scenario(folder, server.endpoint, kms_ref)
        made.apply()
        yield made


def test_no_drift(scenario):
    scenario.terraform.check_no_drift()


def test_one_key_id(scenario):
    assert scenario.key == scenario.replica_key
    assert scenario.key.startswith("mrk-")


def test_members(scenario):
    scenario.check_members(PRIMARY, REPLICA)


@pytest.mark.parametrize("region", REGIONS)
def test_rotation_is_shared(scenario, region):
    status = scenario.aws.kms(region).get_key_rotation_status(KeyId=scenario.key)
    assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 365)


@pytest.mark.parametrize("region", REGIONS)
def test_aliases(scenario, region):
    shown = scenario.aws.kms(region).describe_key(KeyId=f"alias/{region}-orders")["KeyMetadata"]
    assert shown["Arn"] == key_arn(scenario.key, region)


def test_aliases_are_regional(scenario):
    name = f"alias/{REPLICA}-orders"
    with refused("NotFoundException", f"Alias arn:aws:kms:{PRIMARY}:{ACCOUNT}:{name} is not found."):
        scenario.aws.kms(PRIMARY).describe_key(KeyId=name)


def test_arns_of_the_other_region(scenario):
    with refused("NotFoundException", f"Invalid arn {REPLICA}"):
        scenario.aws.kms(PRIMARY).describe_key(KeyId=key_arn(scenario.key, REPLICA))


def given_key(scenario, region):
    """The form in which the configuration names a region's key. Terraform must read the same form back."""
    return {
        "key_id": scenario.key,
        "arn": key_arn(scenario.key, region),
        "alias": f"alias/{region}-orders",
    }[scenario.kms_ref]


@pytest.mark.parametrize("region", REGIONS)
def test_the_secret_is_listed(scenario, region):
    listed = [s for s in scenario.aws.secrets(region).list_secrets()["SecretList"] if s["Name"] == NAME]
    assert [(s["ARN"], s["KmsKeyId"]) for s in listed] == [(scenario.secret[region], given_key(scenario, region))]


def test_both_secrets_have_one_suffix(scenario):
    tails = {arn.rsplit(":", 1)[1] for arn in scenario.secret.values()}
    assert len(tails) == 1


def test_describe_the_primary(scenario):
    shown = scenario.aws.secrets(PRIMARY).describe_secret(SecretId=scenario.secret[PRIMARY])
    assert shown["PrimaryRegion"] == PRIMARY
    entry = shown["ReplicationStatus"][0]
    assert (entry["Region"], entry["KmsKeyId"], entry["Status"]) == (REPLICA, given_key(scenario, REPLICA), "InSync")


def test_describe_the_replica(scenario):
    shown = scenario.aws.secrets(REPLICA).describe_secret(SecretId=scenario.secret[REPLICA])
    assert (shown["ARN"], shown["PrimaryRegion"]) == (scenario.secret[REPLICA], PRIMARY)


@pytest.mark.parametrize("region", REGIONS)
def test_read_the_value(scenario, region):
    assert scenario.read(region) == VALUE


def test_read_the_value_by_name_in_the_replica(scenario):
    assert scenario.aws.secrets(REPLICA).get_secret_value(SecretId=NAME)["SecretString"] == VALUE


@pytest.mark.parametrize(("one", "two"), [(PRIMARY, REPLICA), (REPLICA, PRIMARY)])
def test_one_ciphertext_in_both_regions(scenario, one, two):
    scenario.encrypt(one)
    assert scenario.decrypt(two, one) == key_arn(scenario.key, two)


def test_data_keys_cross(scenario):
    made = scenario.aws.kms(PRIMARY).generate_data_key(KeyId=scenario.key, KeySpec="AES_256")
    opened = scenario.aws.kms(REPLICA).decrypt(CiphertextBlob=made["CiphertextBlob"], KeyId=scenario.key)
    assert opened["Plaintext"] == made["Plaintext"] and len(made["Plaintext"]) == 32


def test_wrong_context(scenario):
    with refused("InvalidCiphertextException", SILENT):
        scenario.aws.kms(REPLICA).decrypt(CiphertextBlob=scenario.blobs[PRIMARY], EncryptionContext={"app": "other"})


def test_a_disabled_primary_closes_its_region_alone(scenario):
    scenario.aws.kms(PRIMARY).disable_key(KeyId=scenario.key)
    disabled = f"{key_arn(scenario.key)} is disabled."
    with refused("DisabledException", disabled):
        scenario.decrypt(PRIMARY, PRIMARY)
    with pytest.raises(ClientError) as caught:
        scenario.read(PRIMARY)
    assert caught.value.response["Error"]["Code"] == "DecryptionFailure"
    assert disabled in caught.value.response["Error"]["Message"]
    scenario.decrypt(REPLICA, PRIMARY)
    assert scenario.read(REPLICA) == VALUE
    scenario.aws.kms(PRIMARY).enable_key(KeyId=scenario.key)
    assert scenario.read(PRIMARY) == VALUE


def test_a_new_version_reaches_the_replica_and_goes_back(scenario):
    here = scenario.aws.secrets(PRIMARY)
    first = here.get_secret_value(SecretId=NAME)["VersionId"]
    second = here.put_secret_value(SecretId=NAME, SecretString="second-value")["VersionId"]

    def arrived(value, previous):
        def check():
            assert scenario.read(REPLICA) == value
            assert scenario.read(REPLICA, VersionStage="AWSPREVIOUS") == previous

        return check

    eventually(arrived("second-value", VALUE))
    with refused(
        "InvalidParameterException",
        "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
    ):
        scenario.aws.secrets(REPLICA).put_secret_value(SecretId=NAME, SecretString="x")
    here.update_secret_version_stage(
        SecretId=NAME, VersionStage="AWSCURRENT", MoveToVersionId=first, RemoveFromVersionId=second
    )
    eventually(arrived(VALUE, "second-value"))


@pytest.mark.parametrize("role", ["reader", "nothing", "no_key"])
def test_roles_are_assumed(scenario, role):
    who = scenario.session(role).sts(REPLICA).get_caller_identity()["Arn"]
    name = scenario.roles[role].rsplit("/", 1)[1]
    assert who == f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/workload"


@pytest.mark.parametrize("region", REGIONS)
def test_the_reader_reads(scenario, region):
    assert scenario.read(region, scenario.session("reader")) == VALUE
    scenario.decrypt(region, PRIMARY, scenario.session("reader"))


def test_the_reader_does_nothing_else(scenario):
    with pytest.raises(ClientError) as caught:
        scenario.session("reader").kms(REPLICA).encrypt(KeyId=scenario.key, Plaintext=b"x")
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


def test_a_role_without_policies(scenario):
    session = scenario.session("nothing")
    for call in (lambda: scenario.read(REPLICA, session), lambda: scenario.decrypt(REPLICA, PRIMARY, session)):
        with pytest.raises(ClientError) as caught:
            call()
        assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


def test_a_role_without_the_key(scenario):
    for region in REGIONS:
        with refused("AccessDeniedException", "Access to KMS is not allowed"):
            scenario.read(region, scenario.session("no_key"))


def test_a_wrong_signature(scenario):
    with pytest.raises(ClientError) as caught:
        Clients(scenario.aws.endpoint, "test", "not the secret").kms().list_keys()
    assert caught.value.response["Error"]["Code"] == "InvalidSignatureException"


def test_another_region_becomes_the_primary(scenario):
    kms = scenario.aws.kms
    kms(PRIMARY).update_primary_region(KeyId=scenario.key, PrimaryRegion=REPLICA)
    eventually(lambda: scenario.check_members(REPLICA, PRIMARY))
    for one in REGIONS:
        for two in REGIONS:
            scenario.decrypt(two, one)
    status, text = scenario.terraform.plan(statuses=(1,))
    assert "is not a multi-Region primary key" in " ".join(text.split()), (status, text[-2000:])
    kms(REPLICA).update_primary_region(KeyId=scenario.key, PrimaryRegion=PRIMARY)
    eventually(lambda: scenario.check_members(PRIMARY, REPLICA))


def test_no_drift_after_all(scenario):
    scenario.terraform.check_no_drift()


def test_the_end(scenario):
    assert scenario.terraform.destroy() == RESOURCES
    here, there = (scenario.aws.kms(r).describe_key(KeyId=scenario.key)["KeyMetadata"] for r in REGIONS)
    assert (here["KeyState"], there["KeyState"]) == ("PendingReplicaDeletion", "PendingDeletion")
    assert here["PendingDeletionWindowInDays"] == 30 and "DeletionDate" not in here
    assert there["DeletionDate"]
    for region in REGIONS:

        def gone(region=region):
            listed = scenario.aws.secrets(region).list_secrets(IncludePlannedDeletion=True)["SecretList"]
            assert NAME not in [s["Name"] for s in listed]

        eventually(gone)
        aliases = scenario.aws.kms(region).list_aliases()["Aliases"]
        assert not [a for a in aliases if a["AliasName"].endswith("-orders")]


def test_once_more(scenario):
    """Every name can be used again at once."""
    if scenario.kms_ref != "key_id":
        assert scenario.terraform.plan(statuses=(2,))
        return
    scenario.apply()
    scenario.terraform.check_no_drift()
    assert scenario.terraform.destroy() == RESOURCES
