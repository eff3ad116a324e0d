"""Secrets Manager: replicas in other regions."""

import pytest

from support.clients import in_region, policy, unique
from support.expect import eventually, plain, refused
from support.server import PRIMARY, REPLICA

NOT_FOUND = "Secrets Manager can't find the specified secret."
ON_REPLICA = "Operation not permitted on a replica secret. Call must be made in primary secret's region."
DEFAULT_KEY = "alias/aws/secretsmanager"
IN_SYNC = {"Region": REPLICA, "KmsKeyId": DEFAULT_KEY, "Status": "InSync", "StatusMessage": "Replication succeeded"}


@pytest.fixture(scope="session")
def here(aws):
    return aws.secrets(PRIMARY)


@pytest.fixture(scope="session")
def there(aws):
    return aws.secrets(REPLICA)


def status(sm, secret_id):
    entries = sm.describe_secret(SecretId=secret_id).get("ReplicationStatus", [])
    return {e["Region"]: {k: v for k, v in e.items() if k != "LastAccessedDate"} for e in entries}


def await_status(sm, secret_id, expected):
    def check():
        got = status(sm, secret_id)[REPLICA]
        assert got == expected, f"{got}"

    eventually(check)


def await_value(sm, secret_id, value, **which):
    def check():
        assert sm.get_secret_value(SecretId=secret_id, **which)["SecretString"] == value

    eventually(check)


@pytest.fixture
def replicated(here, there):
    """A secret with a replica under the default keys."""
    name = unique("replicated")
    made = plain(here.create_secret(Name=name, SecretString="first", AddReplicaRegions=[{"Region": REPLICA}]))
    await_status(here, made["ARN"], IN_SYNC)
    return made


def test_create_with_a_replica(here, there):
    # Source: Secrets Manager User Guide, "Replicate secrets across Regions"; Secrets Manager API Reference,
    # ReplicationStatusType.
    name = unique("create")
    made = plain(
        here.create_secret(
            Name=name,
            SecretString="first",
            Description="d",
            Tags=[{"Key": "a", "Value": "b"}],
            AddReplicaRegions=[{"Region": REPLICA}],
        )
    )
    assert made["ReplicationStatus"] == [{"Region": REPLICA, "KmsKeyId": DEFAULT_KEY, "Status": "InProgress"}]
    await_status(here, name, IN_SYNC)
    assert here.describe_secret(SecretId=name)["PrimaryRegion"] == PRIMARY
    arn = in_region(made["ARN"], REPLICA)
    shown = there.describe_secret(SecretId=name)
    assert (shown["ARN"], shown["PrimaryRegion"], shown["Description"]) == (arn, PRIMARY, "d")
    assert shown["Tags"] == [{"Key": "a", "Value": "b"}]
    assert "ReplicationStatus" not in shown
    read = there.get_secret_value(SecretId=arn)
    assert (read["SecretString"], read["VersionId"], read["ARN"]) == ("first", made["VersionId"], arn)
    listed = there.list_secrets(Filters=[{"Key": "name", "Values": [name]}])["SecretList"]
    assert [s["ARN"] for s in listed] == [arn]
    assert there.list_secrets(Filters=[{"Key": "name", "Values": [name]}, {"Key": "primary-region", "Values": [PRIMARY]}])["SecretList"]


def test_an_unreplicated_secret_says_nothing_of_regions(here):
    # Seen against AWS: an unreplicated secret has neither PrimaryRegion nor ReplicationStatus.
    name = unique("alone")
    here.create_secret(Name=name, SecretString="x")
    shown = here.describe_secret(SecretId=name)
    assert "PrimaryRegion" not in shown and "ReplicationStatus" not in shown


def test_a_secret_without_a_value_replicates(here, there):
    # Terraform makes the secret first and the value later.
    name = unique("empty")
    here.create_secret(Name=name, AddReplicaRegions=[{"Region": REPLICA}])
    await_status(here, name, IN_SYNC)
    with refused(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    ):
        there.get_secret_value(SecretId=name)
    here.put_secret_value(SecretId=name, SecretString="later")
    await_value(there, name, "later")


def test_every_change_travels(here, there, replicated):
    # Source: Secrets Manager User Guide, "Replicate secrets across Regions".
    name = replicated["Name"]
    second = here.put_secret_value(SecretId=name, SecretString="second", VersionStages=["AWSCURRENT", "mine"])["VersionId"]
    await_value(there, name, "second")
    await_value(there, name, "first", VersionStage="AWSPREVIOUS")
    assert there.describe_secret(SecretId=name)["VersionIdsToStages"] == {
        replicated["VersionId"]: ["AWSPREVIOUS"],
        second: ["AWSCURRENT", "mine"],
    }
    here.update_secret_version_stage(
        SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=replicated["VersionId"], RemoveFromVersionId=second
    )
    await_value(there, name, "first")
    await_value(there, name, "second", VersionStage="AWSPREVIOUS")
    here.update_secret(SecretId=name, Description="new")
    here.tag_resource(SecretId=name, Tags=[{"Key": "a", "Value": "b"}])
    document = policy({"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:DeleteSecret", "Resource": "*"})
    here.put_resource_policy(SecretId=name, ResourcePolicy=document)

    def same():
        shown = there.describe_secret(SecretId=name)
        assert shown["Description"] == "new" and shown["Tags"] == [{"Key": "a", "Value": "b"}]
        assert "Deny" in there.get_resource_policy(SecretId=name).get("ResourcePolicy", "")

    eventually(same)
    here.untag_resource(SecretId=name, TagKeys=["a"])
    here.delete_resource_policy(SecretId=name)

    def gone():
        assert there.describe_secret(SecretId=name).get("Tags") == []
        assert "ResourcePolicy" not in there.get_resource_policy(SecretId=name)

    eventually(gone)


def test_writes_to_a_replica(there, replicated):
    # Seen against AWS: DeleteSecret (github.com/gruntwork-io/cloud-nuke, issue 435) and PutResourcePolicy
    # (github.com/lgallard/terraform-aws-secrets-manager, issue 188). The text of the other calls is not known.
    name, version = replicated["Name"], replicated["VersionId"]
    for call in (
        lambda: there.put_secret_value(SecretId=name, SecretString="x"),
        lambda: there.update_secret(SecretId=name, Description="x"),
        lambda: there.update_secret_version_stage(SecretId=name, VersionStage="x", MoveToVersionId=version),
        lambda: there.tag_resource(SecretId=name, Tags=[{"Key": "a", "Value": "b"}]),
        lambda: there.untag_resource(SecretId=name, TagKeys=["a"]),
        lambda: there.delete_secret(SecretId=name),
        lambda: there.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True),
        lambda: there.restore_secret(SecretId=name),
        lambda: there.put_resource_policy(
            SecretId=name,
            ResourcePolicy=policy({"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:Tag*", "Resource": "*"}),
        ),
        lambda: there.delete_resource_policy(SecretId=name),
        lambda: there.replicate_secret_to_regions(SecretId=name, AddReplicaRegions=[{"Region": PRIMARY}]),
        lambda: there.remove_regions_from_replication(SecretId=name, RemoveReplicaRegions=[PRIMARY]),
    ):
        with refused("InvalidParameterException", ON_REPLICA):
            call()
    assert there.get_secret_value(SecretId=name)["SecretString"] == "first"
    assert there.list_secret_version_ids(SecretId=name)["Versions"]
    assert there.get_resource_policy(SecretId=name)["Name"] == name


def test_a_primary_with_replicas_stays(here, replicated):
    # Seen against AWS: the text (github.com/gruntwork-io/cloud-nuke, issue 435).
    text = f"You can't delete secret {replicated['ARN']} that still has replica regions [{REPLICA}]."
    for more in ({}, {"ForceDeleteWithoutRecovery": True}):
        with refused("InvalidParameterException", text):
            here.delete_secret(SecretId=replicated["Name"], **more)


def test_remove_and_add_again(here, there, replicated):
    name = replicated["Name"]
    answer = plain(here.remove_regions_from_replication(SecretId=name, RemoveReplicaRegions=[REPLICA]))
    assert answer == {"ARN": replicated["ARN"], "ReplicationStatus": []}

    def gone():
        with refused("ResourceNotFoundException", NOT_FOUND):
            there.describe_secret(SecretId=name)

    eventually(gone)
    answer = plain(here.replicate_secret_to_regions(SecretId=name, AddReplicaRegions=[{"Region": REPLICA}]))
    assert answer["ARN"] == replicated["ARN"]
    assert answer["ReplicationStatus"] == [{"Region": REPLICA, "KmsKeyId": DEFAULT_KEY, "Status": "InProgress"}]
    await_status(here, name, IN_SYNC)
    assert there.get_secret_value(SecretId=name)["ARN"] == in_region(replicated["ARN"], REPLICA)


def test_replicate_refusals(here):
    name = unique("refusals")
    here.create_secret(Name=name, SecretString="x")
    with refused("InvalidParameterException", "Invalid replica region."):  # AWS's text is not known
        here.replicate_secret_to_regions(SecretId=name, AddReplicaRegions=[{"Region": PRIMARY}])
    for regions in (["us-west-2"], ["cn-north-1"], [REPLICA, REPLICA]):
        with pytest.raises(here.exceptions.ClientError) as caught:
            here.replicate_secret_to_regions(SecretId=name, AddReplicaRegions=[{"Region": r} for r in regions])
        assert caught.value.response["Error"]["Code"] == "InvalidParameterException"
    with pytest.raises(here.exceptions.ClientError) as caught:
        here.stop_replication_to_replica(SecretId=name)
    assert caught.value.response["Error"]["Code"] in ("InvalidParameterException", "InvalidRequestException")
    assert "ReplicationStatus" not in here.describe_secret(SecretId=name)


def test_name_taken_in_the_other_region(here, there):
    # Source: Secrets Manager API Reference, ReplicationStatusType. The call succeeds and the replica's status is Failed.
    name = unique("taken")
    theirs = there.create_secret(Name=name, SecretString="theirs")["ARN"]
    made = here.create_secret(Name=name, SecretString="ours", AddReplicaRegions=[{"Region": REPLICA}])
    failed = {
        "Region": REPLICA,
        "KmsKeyId": DEFAULT_KEY,
        "Status": "Failed",
        "StatusMessage": "Secret with this name already exists in this region",
    }
    await_status(here, name, failed)
    assert there.get_secret_value(SecretId=name)["SecretString"] == "theirs"
    assert here.get_secret_value(SecretId=name)["SecretString"] == "ours"
    here.replicate_secret_to_regions(
        SecretId=name, AddReplicaRegions=[{"Region": REPLICA}], ForceOverwriteReplicaSecret=True
    )
    await_status(here, name, IN_SYNC)
    assert there.get_secret_value(SecretId=name)["ARN"] == in_region(made["ARN"], REPLICA)
    assert there.get_secret_value(SecretId=name)["SecretString"] == "ours"
    with refused("ResourceNotFoundException", NOT_FOUND):
        there.get_secret_value(SecretId=theirs)


def test_keys_by_region(aws, here, there):
    # Terraform compares KmsKeyId with its configuration, so each entry must keep the caller's form.
    key = aws.kms().create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    aws.kms().replicate_key(KeyId=key, ReplicaRegion=REPLICA)
    eventually(lambda: aws.kms(REPLICA).encrypt(KeyId=key, Plaintext=b"x"))
    name = unique("keyed")
    here.create_secret(
        Name=name, SecretString="x", KmsKeyId=key, AddReplicaRegions=[{"Region": REPLICA, "KmsKeyId": key}]
    )
    await_status(here, name, IN_SYNC | {"KmsKeyId": key})
    assert there.describe_secret(SecretId=name)["KmsKeyId"] == key
    # A disabled key makes the copy of its own region unreadable, and no other.
    aws.kms(PRIMARY).disable_key(KeyId=key)
    with pytest.raises(here.exceptions.DecryptionFailure):
        here.get_secret_value(SecretId=name)
    assert there.get_secret_value(SecretId=name)["SecretString"] == "x"
    aws.kms(PRIMARY).enable_key(KeyId=key)
    aws.kms(REPLICA).disable_key(KeyId=key)
    with pytest.raises(there.exceptions.DecryptionFailure):
        there.get_secret_value(SecretId=name)
    assert here.get_secret_value(SecretId=name)["SecretString"] == "x"


def test_a_replica_key_that_is_missing(here, aws):
    # The call succeeds, the replica's status is Failed, and a repeated call with a key that exists repairs it.
    name = unique("repair")
    missing = "mrk-" + "0" * 32
    here.create_secret(
        Name=name, SecretString="x", AddReplicaRegions=[{"Region": REPLICA, "KmsKeyId": missing}]
    )

    def failed():
        entry = status(here, name)[REPLICA]
        assert entry["Status"] == "Failed" and entry["StatusMessage"], entry

    eventually(failed)
    key = aws.kms(REPLICA).create_key()["KeyMetadata"]["KeyId"]
    here.replicate_secret_to_regions(SecretId=name, AddReplicaRegions=[{"Region": REPLICA, "KmsKeyId": key}])
    await_status(here, name, IN_SYNC | {"KmsKeyId": key})


def test_a_replica_stands_alone(here, there, replicated):
    # Source: Secrets Manager API Reference, StopReplicationToReplica.
    name, arn = replicated["Name"], in_region(replicated["ARN"], REPLICA)
    assert plain(there.stop_replication_to_replica(SecretId=name)) == {"ARN": arn}
    shown = there.describe_secret(SecretId=name)
    assert shown["ARN"] == arn and "PrimaryRegion" not in shown
    there.put_secret_value(SecretId=name, SecretString="theirs")
    here.put_secret_value(SecretId=name, SecretString="ours")

    def forgotten():
        assert REPLICA not in status(here, name)

    eventually(forgotten)
    assert there.get_secret_value(SecretId=name)["SecretString"] == "theirs"
    assert here.get_secret_value(SecretId=name)["SecretString"] == "ours"
    there.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    here.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
