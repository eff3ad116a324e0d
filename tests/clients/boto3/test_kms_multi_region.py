"""KMS: multi-Region keys, their replicas, and the change of the primary."""

import datetime
import re

import pytest

from support.clients import ACCOUNT, in_region, key_arn, policy, unique
from support.expect import SILENT, eventually, plain, refused
from support.server import PRIMARY, REPLICA


@pytest.fixture(scope="session")
def here(aws):
    return aws.kms(PRIMARY)


@pytest.fixture(scope="session")
def there(aws):
    return aws.kms(REPLICA)


@pytest.fixture
def primary(here):
    return here.create_key(MultiRegion=True, Description="the primary's own")["KeyMetadata"]


def configuration(key_id, primary, kind, replicas):
    return {
        "MultiRegionKeyType": kind,
        "PrimaryKey": {"Arn": key_arn(key_id, primary), "Region": primary},
        "ReplicaKeys": [{"Arn": key_arn(key_id, r), "Region": r} for r in replicas],
    }


def await_state(kms, key_id, state):
    def check():
        shown = kms.describe_key(KeyId=key_id)["KeyMetadata"]
        assert shown["KeyState"] == state
        return shown

    return eventually(check)


def replicate(here, there, key_id, **arguments):
    answer = here.replicate_key(KeyId=key_id, ReplicaRegion=REPLICA, **arguments)
    await_state(there, key_id, "Enabled")
    return plain(answer)


def test_a_lone_primary(primary):
    # Seen against AWS: ReplicaKeys is an empty list.
    assert re.fullmatch(r"mrk-[0-9a-f]{32}", primary["KeyId"])
    assert primary["MultiRegion"] is True
    assert primary["MultiRegionConfiguration"] == configuration(primary["KeyId"], PRIMARY, "PRIMARY", [])


def test_replicate_answers_as_recorded(here, there, primary):
    # Source: AWS KMS API Reference, ReplicateKey. Seen against AWS: state Creating, no description, the replica lists itself.
    key_id = primary["KeyId"]
    answer = plain(here.replicate_key(KeyId=key_id, ReplicaRegion=REPLICA))
    shown = answer["ReplicaKeyMetadata"]
    assert (shown["KeyState"], shown["Enabled"], shown["Description"]) == ("Creating", False, "")
    assert shown["Arn"] == key_arn(key_id, REPLICA)
    assert "CurrentKeyMaterialId" not in shown
    assert shown["MultiRegionConfiguration"] == configuration(key_id, PRIMARY, "REPLICA", [REPLICA])
    assert f"arn:aws:iam::{ACCOUNT}:root" in answer["ReplicaPolicy"]
    assert not answer.get("ReplicaTags")
    made = await_state(there, key_id, "Enabled")
    assert made["Arn"] == key_arn(key_id, REPLICA)
    assert made["Description"] == ""
    assert made["CurrentKeyMaterialId"] == primary["CurrentKeyMaterialId"]
    assert made["MultiRegionConfiguration"] == configuration(key_id, PRIMARY, "REPLICA", [REPLICA])
    seen = here.describe_key(KeyId=key_id)["KeyMetadata"]
    assert seen["MultiRegionConfiguration"] == configuration(key_id, PRIMARY, "PRIMARY", [REPLICA])
    assert there.get_key_policy(KeyId=key_id)["Policy"] == answer["ReplicaPolicy"]


def test_what_is_shared_and_what_is_not(here, there, primary):
    # Source: AWS KMS Developer Guide, "Multi-Region keys in AWS KMS", shared properties.
    key_id = primary["KeyId"]
    tags = [{"TagKey": "where", "TagValue": "replica"}]
    answer = replicate(here, there, key_id, Description="the replica's own", Tags=tags)
    assert answer["ReplicaTags"] == tags
    assert there.describe_key(KeyId=key_id)["KeyMetadata"]["Description"] == "the replica's own"
    assert there.list_resource_tags(KeyId=key_id)["Tags"] == tags
    assert here.list_resource_tags(KeyId=key_id)["Tags"] == []
    here.disable_key(KeyId=key_id)
    with refused("DisabledException", f"{key_arn(key_id)} is disabled."):
        here.encrypt(KeyId=key_id, Plaintext=b"x")
    assert there.encrypt(KeyId=key_id, Plaintext=b"x")["KeyId"] == key_arn(key_id, REPLICA)
    here.enable_key(KeyId=key_id)
    here.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=200)

    def same_rotation():
        status = there.get_key_rotation_status(KeyId=key_id)
        assert status["KeyRotationEnabled"] is True
        assert status["RotationPeriodInDays"] == 200
        assert status["NextRotationDate"] == here.get_key_rotation_status(KeyId=key_id)["NextRotationDate"]
        assert status["KeyId"] == key_arn(key_id, REPLICA)

    eventually(same_rotation)
    for call in (there.enable_key_rotation, there.disable_key_rotation):
        with refused(
            "UnsupportedOperationException", f"{key_arn(key_id, REPLICA)} is not a multi-region primary key."
        ):  # Source: AWS KMS Developer Guide, "Rotate AWS KMS keys"; AWS's text is not known
            call(KeyId=key_id)


@pytest.mark.parametrize(("encrypts", "decrypts"), [(PRIMARY, REPLICA), (REPLICA, PRIMARY)])
def test_one_ciphertext_in_both_regions(aws, here, there, primary, encrypts, decrypts):
    # Source: AWS KMS Developer Guide, "Multi-Region keys in AWS KMS".
    key_id = primary["KeyId"]
    replicate(here, there, key_id)
    context = {"app": "blog"}
    one, two = aws.kms(encrypts), aws.kms(decrypts)
    blob = one.encrypt(KeyId=key_id, Plaintext=b"crosses", EncryptionContext=context)["CiphertextBlob"]
    for name in ({}, {"KeyId": key_id}, {"KeyId": key_arn(key_id, decrypts)}):
        opened = two.decrypt(CiphertextBlob=blob, EncryptionContext=context, **name)
        assert (opened["Plaintext"], opened["KeyId"]) == (b"crosses", key_arn(key_id, decrypts))
    with refused("NotFoundException", f"Invalid arn {encrypts}"):
        two.decrypt(CiphertextBlob=blob, EncryptionContext=context, KeyId=key_arn(key_id, encrypts))
    with refused("InvalidCiphertextException", SILENT):
        two.decrypt(CiphertextBlob=blob, EncryptionContext={"app": "other"})
    made = one.generate_data_key(KeyId=key_id, KeySpec="AES_256")
    assert two.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]


def test_replicate_refusals(here, there, primary):
    key_id = primary["KeyId"]
    single = here.create_key()["KeyMetadata"]
    with refused("UnsupportedOperationException", f"{single['Arn']} is not a multi-region primary key."):  # text seen against AWS
        here.replicate_key(KeyId=single["KeyId"], ReplicaRegion=REPLICA)
    here.disable_key(KeyId=key_id)
    with refused("DisabledException", f"{primary['Arn']} is disabled."):
        here.replicate_key(KeyId=key_id, ReplicaRegion=REPLICA)
    here.enable_key(KeyId=key_id)
    for region in (PRIMARY, "us-east-1", "nowhere"):
        with pytest.raises(here.exceptions.ClientError) as caught:  # AWS's text is not known
            here.replicate_key(KeyId=key_id, ReplicaRegion=region)
        assert caught.value.response["Error"]["Code"] == "ValidationException"
    replicate(here, there, key_id)
    with pytest.raises(here.exceptions.AlreadyExistsException):
        here.replicate_key(KeyId=key_id, ReplicaRegion=REPLICA)
    # Seen against AWS: the check for a primary key comes before the regions are compared.
    for region in (PRIMARY, REPLICA):
        with refused(
            "UnsupportedOperationException", f"{key_arn(key_id, REPLICA)} is not a multi-region primary key."
        ):
            there.replicate_key(KeyId=key_id, ReplicaRegion=region)


def test_the_primarys_deletion_waits_for_its_replicas(here, there, primary):
    # Source: AWS KMS Developer Guide, "Deleting multi-Region keys". Terraform schedules the primary while the replica still
    # exists.
    key_id = primary["KeyId"]
    replicate(here, there, key_id)
    gone = there.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    assert gone["KeyState"] == "PendingDeletion" and "DeletionDate" in gone
    answer = plain(here.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=9))
    assert answer == {"KeyId": primary["Arn"], "KeyState": "PendingReplicaDeletion", "PendingWindowInDays": 9}
    shown = here.describe_key(KeyId=key_id)["KeyMetadata"]
    assert shown["KeyState"] == "PendingReplicaDeletion"
    assert shown["PendingDeletionWindowInDays"] == 9 and "DeletionDate" not in shown
    with refused("KMSInvalidStateException", f"{primary['Arn']} is pending deletion."):
        here.schedule_key_deletion(KeyId=key_id)
    here.cancel_key_deletion(KeyId=key_id)
    there.cancel_key_deletion(KeyId=key_id)
    assert here.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] == "Disabled"
    assert there.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"] == "Disabled"


def test_update_primary_region(aws, here, there, primary):
    # Source: AWS KMS API Reference, UpdatePrimaryRegion.
    key_id = primary["KeyId"]
    replicate(here, there, key_id)
    here.enable_key_rotation(KeyId=key_id)
    blobs = [aws.kms(r).encrypt(KeyId=key_id, Plaintext=r.encode())["CiphertextBlob"] for r in (PRIMARY, REPLICA)]

    def swapped(new, old):
        def check():
            for region, kind in ((new, "PRIMARY"), (old, "REPLICA")):
                shown = aws.kms(region).describe_key(KeyId=key_id)["KeyMetadata"]
                assert shown["KeyState"] == "Enabled"
                assert shown["MultiRegionConfiguration"] == configuration(key_id, new, kind, [old])

        return check

    # Refused until the replica's report has reached the primary.
    assert plain(eventually(lambda: here.update_primary_region(KeyId=key_id, PrimaryRegion=REPLICA))) == {}
    eventually(swapped(REPLICA, PRIMARY))
    for region in (PRIMARY, REPLICA):
        for blob in blobs:
            assert aws.kms(region).decrypt(CiphertextBlob=blob)["Plaintext"] in (PRIMARY.encode(), REPLICA.encode())
        assert aws.kms(region).get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"] is True
    with refused("UnsupportedOperationException", f"{key_arn(key_id)} is not a multi-region primary key."):
        here.update_primary_region(KeyId=key_id, PrimaryRegion=REPLICA)
    with refused("UnsupportedOperationException", f"{key_arn(key_id)} is not a multi-region primary key."):
        here.disable_key_rotation(KeyId=key_id)
    there.disable_key_rotation(KeyId=key_id)
    there.update_primary_region(KeyId=key_id, PrimaryRegion=PRIMARY)
    eventually(swapped(PRIMARY, REPLICA))
    assert here.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"] is False


def test_update_primary_region_refusals(here, there, primary):
    key_id = primary["KeyId"]
    with refused("NotFoundException", f"Key '{key_arn(key_id, REPLICA)}' does not exist"):  # AWS's text is not known
        here.update_primary_region(KeyId=key_id, PrimaryRegion=REPLICA)
    replicate(here, there, key_id)
    here.disable_key(KeyId=key_id)
    with refused("DisabledException", f"{primary['Arn']} is disabled."):
        here.update_primary_region(KeyId=key_id, PrimaryRegion=REPLICA)
    single = here.create_key()["KeyMetadata"]
    with refused("UnsupportedOperationException", f"{single['Arn']} is not a multi-region primary key."):
        here.update_primary_region(KeyId=single["KeyId"], PrimaryRegion=REPLICA)


def test_aliases_of_related_keys_are_their_own(here, there, primary):
    key_id = primary["KeyId"]
    replicate(here, there, key_id)
    name = f"alias/{unique('related')}"
    here.create_alias(AliasName=name, TargetKeyId=key_id)
    there.create_alias(AliasName=name, TargetKeyId=key_arn(key_id, REPLICA))
    assert there.describe_key(KeyId=name)["KeyMetadata"]["Arn"] == key_arn(key_id, REPLICA)
    assert there.list_aliases(KeyId=key_id)["Aliases"][0]["AliasArn"] == in_region(
        here.list_aliases(KeyId=key_id)["Aliases"][0]["AliasArn"], REPLICA
    )
    there.delete_alias(AliasName=name)
    assert here.describe_key(KeyId=name)["KeyMetadata"]["Arn"] == primary["Arn"]


def test_a_replicas_policy_is_its_own(here, there, primary, make_user):
    key_id = primary["KeyId"]
    user = make_user()
    root = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}
    names = {"Effect": "Allow", "Principal": {"AWS": user.arn}, "Action": "kms:Encrypt", "Resource": "*"}
    replicate(here, there, key_id, Policy=policy(root, names))
    assert user.kms(REPLICA).encrypt(KeyId=key_id, Plaintext=b"x")
    with refused(
        "AccessDeniedException",
        f"User: {user.arn} is not authorized to perform: kms:Encrypt on resource: {primary['Arn']} because no identity-based "
        "policy allows the kms:Encrypt action",
    ):
        user.kms(PRIMARY).encrypt(KeyId=key_id, Plaintext=b"x")


def test_replication_is_fast(here, there, primary):
    # Terraform waits two minutes for a replica. Here it takes moments, also on a busy machine.
    started = datetime.datetime.now()
    replicate(here, there, primary["KeyId"])
    assert (datetime.datetime.now() - started).total_seconds() < 5
