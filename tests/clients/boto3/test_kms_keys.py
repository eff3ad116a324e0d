"""KMS: keys, their states, descriptions, tags, rotation, deletion and lists."""

import re

import pytest

from support.clients import ACCOUNT, OTHER_ACCOUNT, alias_arn, key_arn, unique
from support.expect import SILENT, constraint, pages, plain, refused
from support.server import PRIMARY, REPLICA

MARKERS = ("Marker", "NextMarker")
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
UNKNOWN_MRK = "mrk-" + "0" * 32


@pytest.fixture(scope="session")
def kms(aws):
    return aws.kms()


@pytest.fixture
def key(kms):
    return kms.create_key()["KeyMetadata"]


def test_metadata_of_a_new_key(kms):
    # Seen against AWS: exactly these members for a symmetric single-Region key.
    made = kms.create_key(Description="what it is for", Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]
    created = made.pop("CreationDate")
    material = made.pop("CurrentKeyMaterialId")
    key_id = made["KeyId"]
    assert made == {
        "AWSAccountId": ACCOUNT,
        "KeyId": key_id,
        "Arn": key_arn(key_id),
        "Enabled": True,
        "Description": "what it is for",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": False,
    }
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", key_id)
    assert re.fullmatch(r"[0-9a-f]{64}", material)
    described = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    assert described == made | {"CreationDate": created, "CurrentKeyMaterialId": material}


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        # Seen against AWS: the first two texts. The third is not known.
        (
            {"KeySpec": "RSA_2048"},
            "ValidationException",
            "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
        ),
        (
            {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "SIGN_VERIFY"},
            "ValidationException",
            "KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT",
        ),
        (
            {"KeySpec": "SYMMETRIC_DEFAULT", "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT"},
            "ValidationException",
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
        ),
        # Seen against AWS: the texts about tags.
        (
            {"Tags": [{"TagKey": "a", "TagValue": "1"}, {"TagKey": "a", "TagValue": "2"}]},
            "TagException",
            "Duplicate tag keys",
        ),
        (
            {"Tags": [{"TagKey": f"k{i}", "TagValue": ""} for i in range(51)]},
            "TagException",
            "Too many tags",
        ),
        ({"Tags": [{"TagKey": "aWs:x", "TagValue": ""}]}, "TagException", "Tags beginning with aws: are reserved"),
        ({"Tags": [{"TagKey": "a,b", "TagValue": ""}]}, "TagException", "Invalid tag"),
        (
            {"Tags": [{"TagKey": "k" * 129, "TagValue": ""}]},
            "ValidationException",
            constraint("tags.1.member.tagKey", "Member must have length less than or equal to 128", "k" * 129),
        ),
        (
            {"Tags": [{"TagKey": "a", "TagValue": ""}, {"TagKey": "b", "TagValue": "v" * 257}]},
            "ValidationException",
            constraint("tags.2.member.tagValue", "Member must have length less than or equal to 256", "v" * 257),
        ),
        # Source: AWS KMS API Reference, CreateKey, Policy. Seen against AWS: the text.
        (
            {"Policy": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/nobody"},"Action":"kms:*","Resource":"*"}]}'},
            "MalformedPolicyDocumentException",
            "Policy contains a statement with one or more invalid principals.",
        ),
    ],
)
def test_create_key_refusals(kms, arguments, code, text):
    with refused(code, text):
        kms.create_key(**arguments)


def test_keys_of_a_cloudhsm_are_refused(kms):
    # A kind of key that does not exist here is refused, never silently made as another kind.
    text = "Claviger has no AWS CloudHSM key stores. Use an Origin of EXTERNAL_KEY_STORE."
    with refused("UnsupportedOperationException", text):
        kms.create_key(Origin="AWS_CLOUDHSM")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        # Seen against AWS: the texts.
        ("fake-key-id", "Invalid keyId 'fake-key-id'"),
        ("mrk-fake-key-id", "Invalid keyId 'mrk-fake-key-id'"),
        ("0" * 32, f"Invalid keyId '{'0' * 32}'"),
        (UNKNOWN_ID, f"Key '{key_arn(UNKNOWN_ID)}' does not exist"),
        (UNKNOWN_MRK, f"Key '{key_arn(UNKNOWN_MRK)}' does not exist"),
        (key_arn(UNKNOWN_ID), f"Key '{key_arn(UNKNOWN_ID)}' does not exist"),
        (key_arn(UNKNOWN_ID, REPLICA), f"Invalid arn {REPLICA}"),
        ("alias/nothing", f"Alias {alias_arn('alias/nothing')} is not found."),
        (alias_arn("alias/nothing"), f"Alias {alias_arn('alias/nothing')} is not found."),
        (alias_arn("alias/nothing", REPLICA), f"Invalid arn {REPLICA}"),
    ],
)
def test_keys_that_are_not_there(kms, name, text):
    with refused("NotFoundException", text):
        kms.describe_key(KeyId=name)
    with refused("NotFoundException", text):
        kms.encrypt(KeyId=name, Plaintext=b"x")


def test_key_of_this_region_is_not_in_the_other(aws, key):
    with refused("NotFoundException", f"Invalid arn {PRIMARY}"):
        aws.kms(REPLICA).describe_key(KeyId=key["Arn"])
    with refused("NotFoundException", f"Key '{key_arn(key['KeyId'], REPLICA)}' does not exist"):
        aws.kms(REPLICA).describe_key(KeyId=key["KeyId"])


def test_every_form_of_a_key_id(kms, key):
    alias = f"alias/{unique('forms')}"
    kms.create_alias(AliasName=alias, TargetKeyId=key["Arn"])
    for name in (key["KeyId"], key["Arn"], alias, alias_arn(alias)):
        assert kms.describe_key(KeyId=name)["KeyMetadata"]["Arn"] == key["Arn"]
        assert kms.encrypt(KeyId=name, Plaintext=b"x")["KeyId"] == key["Arn"]
    # Source: AWS KMS API Reference, DisableKey, KeyId: an id or a key ARN. AWS's text for an alias is not known.
    with refused("NotFoundException", f"Invalid keyId '{alias}'"):
        kms.disable_key(KeyId=alias)
    kms.enable_key(KeyId=key["Arn"])


def test_another_accounts_key_is_no_oracle(aws, other, key):
    # A key of another account is refused in the same way whether it exists or not. An id is looked up in the caller's own
    # account.
    theirs = other.kms()
    with refused("NotFoundException", f"Key '{key_arn(key['KeyId'], account=OTHER_ACCOUNT)}' does not exist"):
        theirs.describe_key(KeyId=key["KeyId"])
    texts = []
    for arn in (key["Arn"], key_arn(UNKNOWN_ID)):
        with pytest.raises(theirs.exceptions.ClientError) as caught:
            theirs.encrypt(KeyId=arn, Plaintext=b"x")
        error = caught.value.response["Error"]
        texts.append((error["Code"], error["Message"].replace(arn, "ARN")))
    assert texts[0][0] == "AccessDeniedException"
    assert texts[0][0] == texts[1][0], texts


def test_states(kms, key):
    key_id, arn = key["KeyId"], key["Arn"]
    kms.disable_key(KeyId=key_id)
    shown = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    assert (shown["KeyState"], shown["Enabled"]) == ("Disabled", False)
    for call in (
        lambda: kms.encrypt(KeyId=key_id, Plaintext=b"x"),
        lambda: kms.generate_data_key(KeyId=key_id, KeySpec="AES_256"),
        lambda: kms.enable_key_rotation(KeyId=key_id),
    ):
        with refused("DisabledException", f"{arn} is disabled."):  # Source: AWS KMS Developer Guide, "Key states of AWS KMS keys"
            call()
    kms.disable_key(KeyId=key_id)  # once more changes nothing
    kms.enable_key(KeyId=key_id)
    assert kms.describe_key(KeyId=key_id)["KeyMetadata"]["Enabled"] is True
    with refused("KMSInvalidStateException", f"{arn} is not pending deletion."):  # the same page
        kms.cancel_key_deletion(KeyId=key_id)


def test_deletion_and_its_end(kms, key):
    key_id, arn = key["KeyId"], key["Arn"]
    for days in (6, 31):
        with refused("ValidationException", "PendingWindowInDays must be between 7 and 30"):  # text seen against AWS
            kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=days)
    answer = plain(kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7))
    date = answer.pop("DeletionDate")
    assert answer == {"KeyId": arn, "KeyState": "PendingDeletion", "PendingWindowInDays": 7}
    shown = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    assert (shown["KeyState"], shown["Enabled"], shown["DeletionDate"]) == ("PendingDeletion", False, date)
    assert "PendingDeletionWindowInDays" not in shown
    pending = f"{arn} is pending deletion."
    for call in (
        lambda: kms.schedule_key_deletion(KeyId=key_id),
        lambda: kms.encrypt(KeyId=key_id, Plaintext=b"x"),
        lambda: kms.enable_key(KeyId=key_id),
        lambda: kms.update_key_description(KeyId=key_id, Description="x"),
        lambda: kms.tag_resource(KeyId=key_id, Tags=[{"TagKey": "a", "TagValue": "b"}]),
        lambda: kms.create_alias(AliasName=f"alias/{unique('pending')}", TargetKeyId=key_id),
    ):
        with refused("KMSInvalidStateException", pending):  # Source: "Key states of AWS KMS keys"
            call()
    assert plain(kms.cancel_key_deletion(KeyId=key_id)) == {"KeyId": arn}
    shown = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    assert shown["KeyState"] == "Disabled" and "DeletionDate" not in shown  # Source: AWS KMS API Reference, CancelKeyDeletion


def test_default_deletion_window(kms, key):
    answer = kms.schedule_key_deletion(KeyId=key["KeyId"])
    assert answer["PendingWindowInDays"] == 30
    days = (answer["DeletionDate"] - key["CreationDate"]).total_seconds() / 86400
    assert 29.99 < days < 30.01


def test_description(kms, key):
    assert key["Description"] == ""
    kms.update_key_description(KeyId=key["KeyId"], Description="d" * 8192)
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["Description"] == "d" * 8192
    long = "e" * 8193
    with refused(
        "ValidationException", constraint("description", "Member must have length less than or equal to 8192", long)
    ):
        kms.update_key_description(KeyId=key["KeyId"], Description=long)


def test_tags(kms, key):
    key_id = key["KeyId"]
    assert plain(kms.list_resource_tags(KeyId=key_id)) == {"Tags": [], "Truncated": False}
    tags = [{"TagKey": f"k{i:02}", "TagValue": str(i)} for i in range(50)]
    kms.tag_resource(KeyId=key_id, Tags=tags)
    kms.tag_resource(KeyId=key_id, Tags=[{"TagKey": "k00", "TagValue": "new"}])
    with refused("TagException", "Too many tags"):
        kms.tag_resource(KeyId=key_id, Tags=[{"TagKey": "one more", "TagValue": ""}])
    found, count = pages(kms.list_resource_tags, "Tags", MARKERS, KeyId=key_id, Limit=20)
    assert count == 3
    assert sorted(found, key=lambda t: t["TagKey"]) == [{"TagKey": "k00", "TagValue": "new"}] + tags[1:]
    kms.untag_resource(KeyId=key_id, TagKeys=[t["TagKey"] for t in tags[1:]] + ["never there"])
    assert kms.list_resource_tags(KeyId=key_id)["Tags"] == [{"TagKey": "k00", "TagValue": "new"}]


def test_rotation_settings(aws, kms, key):
    key_id, arn = key["KeyId"], key["Arn"]
    # Seen against AWS: KeyId is the ARN; period and date are there only while rotation is enabled.
    assert plain(kms.get_key_rotation_status(KeyId=key_id)) == {"KeyId": arn, "KeyRotationEnabled": False}
    kms.enable_key_rotation(KeyId=key_id)
    status = plain(kms.get_key_rotation_status(KeyId=key_id))
    first = status.pop("NextRotationDate")
    assert status == {"KeyId": arn, "KeyRotationEnabled": True, "RotationPeriodInDays": 365}
    kms.enable_key_rotation(KeyId=key_id)
    assert kms.get_key_rotation_status(KeyId=key_id)["NextRotationDate"] == first
    kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=90)
    status = kms.get_key_rotation_status(KeyId=key_id)
    assert status["RotationPeriodInDays"] == 90 and status["NextRotationDate"] < first
    for days, text in (
        (89, "Member must have value greater than or equal to 90"),
        (2561, "Member must have value less than or equal to 2560"),
    ):
        with refused("ValidationException", constraint("rotationPeriodInDays", text, days)):
            aws.kms(checked=False).enable_key_rotation(KeyId=key_id, RotationPeriodInDays=days)
    kms.disable_key_rotation(KeyId=key_id)
    assert plain(kms.get_key_rotation_status(KeyId=key_id)) == {"KeyId": arn, "KeyRotationEnabled": False}


def test_list_keys(kms):
    made = {kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(7)}
    found, count = pages(kms.list_keys, "Keys", MARKERS, Limit=3)
    assert count >= 3
    ids = [k["KeyId"] for k in found]
    assert len(ids) == len(set(ids)), "a key is listed twice"
    assert made <= set(ids)
    assert all(k["KeyArn"] == key_arn(k["KeyId"]) for k in found)
    assert kms.list_keys(Limit=1)["Truncated"] is True


def test_markers_are_not_interchangeable(kms, other, key):
    # A marker that this list did not issue is an InvalidMarkerException.
    for _ in range(2):
        kms.create_key()
    marker = kms.list_keys(Limit=1)["NextMarker"]
    for broken in (marker[:-1], marker + "A", "A" + marker, "garbage", marker[::-1]):
        with refused("InvalidMarkerException", SILENT):
            kms.list_keys(Marker=broken)
    with refused("InvalidMarkerException", SILENT):
        kms.list_aliases(Marker=marker)
    with refused("InvalidMarkerException", SILENT):
        other.kms().list_keys(Marker=marker)


def test_limit_outside_the_model(aws):
    unchecked = aws.kms(checked=False)
    with refused(
        "ValidationException", constraint("limit", "Member must have value greater than or equal to 1", 0)
    ):
        unchecked.list_keys(Limit=0)
    with refused(
        "ValidationException", constraint("limit", "Member must have value less than or equal to 1000", 1001)
    ):
        unchecked.list_keys(Limit=1001)
