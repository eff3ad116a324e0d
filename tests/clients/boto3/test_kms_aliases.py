"""KMS: aliases and key policies."""

import json

import pytest

from support.clients import ACCOUNT, OTHER_ACCOUNT, alias_arn, allow, key_arn, policy, unique
from support.expect import SILENT, pages, plain, refused
from support.server import REPLICA

MARKERS = ("Marker", "NextMarker")
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
DELEGATES = {"Effect": "Allow", "Principal": ROOT, "Action": "kms:*", "Resource": "*"}


@pytest.fixture(scope="session")
def kms(aws):
    return aws.kms()


@pytest.fixture
def key(kms):
    return kms.create_key()["KeyMetadata"]


def test_alias_life(kms, key):
    name = f"alias/{unique('life')}/of_A-b"
    kms.create_alias(AliasName=name, TargetKeyId=key["KeyId"])
    entry = kms.list_aliases(KeyId=key["KeyId"])["Aliases"]
    assert len(entry) == 1
    created, updated = entry[0].pop("CreationDate"), entry[0].pop("LastUpdatedDate")
    assert created == updated
    assert entry == [{"AliasName": name, "AliasArn": alias_arn(name), "TargetKeyId": key["KeyId"]}]
    with refused("AlreadyExistsException", f"An alias with the name {alias_arn(name)} already exists"):  # text seen against AWS
        kms.create_alias(AliasName=name, TargetKeyId=key["KeyId"])
    another = kms.create_key()["KeyMetadata"]
    kms.update_alias(AliasName=name, TargetKeyId=another["Arn"])
    assert kms.list_aliases(KeyId=key["Arn"])["Aliases"] == []
    moved = kms.list_aliases(KeyId=another["Arn"])["Aliases"][0]
    assert moved["TargetKeyId"] == another["KeyId"] and moved["CreationDate"] == created
    kms.delete_alias(AliasName=name)
    for call in (
        lambda: kms.delete_alias(AliasName=name),
        lambda: kms.update_alias(AliasName=name, TargetKeyId=key["KeyId"]),
    ):
        with refused("NotFoundException", f"Alias {alias_arn(name)} is not found."):  # text seen against AWS
            call()


@pytest.mark.parametrize(
    ("name", "code", "text"),
    [
        # Seen against AWS: the first two refusals. The other two were not.
        (
            "without-prefix",
            "ValidationException",
            'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
        ),
        ("alias/Service:Test", "ValidationException", "alias/Service:Test contains invalid characters for an alias"),
        ("alias/", "ValidationException", "Invalid identifier"),
        ("alias/aws/mine", "NotAuthorizedException", SILENT),
    ],
)
def test_alias_names(kms, key, name, code, text):
    with refused(code, text):
        kms.create_alias(AliasName=name, TargetKeyId=key["KeyId"])


def test_alias_targets(kms, key):
    name = f"alias/{unique('target')}"
    kms.create_alias(AliasName=name, TargetKeyId=key["KeyId"])
    with refused("ValidationException", "Aliases must refer to keys. Not aliases"):
        kms.create_alias(AliasName=f"alias/{unique('target')}", TargetKeyId=name)
    missing = "00000000-0000-4000-8000-000000000000"
    with refused("NotFoundException", f"Key '{key_arn(missing)}' does not exist"):
        kms.create_alias(AliasName=f"alias/{unique('target')}", TargetKeyId=missing)


def test_names_are_byte_exact(kms, key):
    # Names that differ in case or in Unicode normalization are distinct.
    name = f"alias/{unique('Case')}"
    kms.create_alias(AliasName=name, TargetKeyId=key["KeyId"])
    kms.create_alias(AliasName=name.lower(), TargetKeyId=key["KeyId"])
    with refused("NotFoundException", f"Alias {alias_arn(name.upper().replace('ALIAS/', 'alias/'))} is not found."):
        kms.describe_key(KeyId=name.upper().replace("ALIAS/", "alias/"))


def test_alias_is_regional(aws, kms, key):
    name = f"alias/{unique('regional')}"
    kms.create_alias(AliasName=name, TargetKeyId=key["KeyId"])
    with refused("NotFoundException", f"Alias {alias_arn(name, REPLICA)} is not found."):
        aws.kms(REPLICA).describe_key(KeyId=name)


def test_fifty_aliases_a_key(kms, key):
    prefix = f"alias/{unique('many')}"
    for number in range(50):
        kms.create_alias(AliasName=f"{prefix}-{number:02}", TargetKeyId=key["KeyId"])
    # Source: AWS KMS Developer Guide, "Resource quotas". AWS's text is not known.
    with pytest.raises(kms.exceptions.LimitExceededException):
        kms.create_alias(AliasName=f"{prefix}-50", TargetKeyId=key["KeyId"])
    found, count = pages(kms.list_aliases, "Aliases", MARKERS, KeyId=key["KeyId"], Limit=7)
    assert [a["AliasName"] for a in found] == sorted(f"{prefix}-{n:02}" for n in range(50))
    assert count == 8
    everywhere, _ = pages(kms.list_aliases, "Aliases", MARKERS, Limit=13)
    mine = [a for a in everywhere if a["AliasName"].startswith(prefix)]
    assert len(mine) == 50


def test_unknown_key_as_list_filter(kms):
    missing = "00000000-0000-4000-8000-000000000000"
    with refused("NotFoundException", f"Key '{key_arn(missing)}' does not exist"):
        kms.list_aliases(KeyId=missing)


def test_default_key_policy(kms, key):
    # Source: AWS KMS Developer Guide, "Default key policy". Seen against AWS: the policy is indented.
    answer = plain(kms.get_key_policy(KeyId=key["KeyId"]))
    assert answer["PolicyName"] == "default"
    assert json.loads(answer["Policy"]) == {
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [
            {
                "Sid": "Enable IAM User Permissions",
                "Effect": "Allow",
                "Principal": ROOT,
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
    assert answer["Policy"].startswith('{\n  "Version" : "2012-10-17",\n  "Id" : "key-default-1",\n')
    assert plain(kms.list_key_policies(KeyId=key["KeyId"])) == {"PolicyNames": ["default"], "Truncated": False}
    with refused("NotFoundException", "No such policy exists"):  # text seen against AWS
        kms.get_key_policy(KeyId=key["KeyId"], PolicyName="other")


def test_policy_text_is_kept(kms, key):
    text = '{ "Statement":[ {"Effect":"Allow", "Principal":{"AWS":"%s"}, "Action":["kms:*"],"Resource":"*"}],\n "Version":"2012-10-17"}'
    text %= ROOT["AWS"]
    kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=text)
    assert kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"] == text


@pytest.mark.parametrize(
    ("document", "text"),
    [
        # Source: AWS KMS API Reference, PutKeyPolicy. Seen against AWS: the texts.
        (
            allow("kms:Describe*", Principal=ROOT),
            "The new key policy will not allow you to update the key policy in the future.",
        ),
        (
            policy(DELEGATES | {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/nobody"}}),
            "Policy contains a statement with one or more invalid principals.",
        ),
    ],
)
def test_policies_that_are_refused(kms, key, document, text):
    before = kms.get_key_policy(KeyId=key["KeyId"])["Policy"]
    with refused("MalformedPolicyDocumentException", text):
        kms.put_key_policy(KeyId=key["KeyId"], Policy=document)
    assert kms.get_key_policy(KeyId=key["KeyId"])["Policy"] == before


@pytest.mark.parametrize(
    "document",
    ["{", "[]", "null", "not json", '{"Version":"2012-10-17"}', '{"Version":"2012-10-17","Statement":[{"Effect":"Maybe"}]}', "[" * 30000],
    ids=lambda text: f"{text[:20]}-{len(text)}",
)
def test_documents_that_are_no_policies(kms, key, document):
    with pytest.raises(kms.exceptions.MalformedPolicyDocumentException):  # AWS's text is not known
        kms.put_key_policy(KeyId=key["KeyId"], Policy=document)


def test_lockout_with_the_bypass(kms, key):
    # Source: AWS KMS API Reference, PutKeyPolicy, BypassPolicyLockoutSafetyCheck.
    reads = allow(["kms:DescribeKey", "kms:GetKeyPolicy"], Principal=ROOT)
    kms.put_key_policy(KeyId=key["KeyId"], Policy=reads, BypassPolicyLockoutSafetyCheck=True)
    with refused(
        "AccessDeniedException",
        f"User: {ROOT['AWS']} is not authorized to perform: kms:Encrypt on resource: {key['Arn']} because no "
        "resource-based policy allows the kms:Encrypt action",
    ):
        kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")


def test_policy_size(kms, key):
    padding = {"Effect": "Deny", "Principal": ROOT, "Action": "kms:Sign", "Resource": "*", "Sid": "s" * 32768}
    with pytest.raises(kms.exceptions.LimitExceededException):  # Source: "Resource quotas": 32 KB; AWS's text is not known
        kms.put_key_policy(KeyId=key["KeyId"], Policy=policy(DELEGATES, padding))


def test_identity_policies_count_only_by_delegation(kms, key, make_user):
    # Source: AWS KMS Developer Guide, "Key policies"; IAM User Guide, "Troubleshoot access denied error messages".
    user = make_user(allow("kms:*"))
    assert user.kms().encrypt(KeyId=key["KeyId"], Plaintext=b"x")
    nobody = make_user()
    with refused(
        "AccessDeniedException",
        f"User: {nobody.arn} is not authorized to perform: kms:DescribeKey on resource: {key['Arn']} because no "
        "identity-based policy allows the kms:DescribeKey action",
    ):
        nobody.kms().describe_key(KeyId=key["KeyId"])
    with refused(
        "AccessDeniedException",
        f"User: {nobody.arn} is not authorized to perform: kms:CreateKey on resource: * because no identity-based policy "
        "allows the kms:CreateKey action",
    ):
        nobody.kms().create_key()
    # The policy names the user and no longer the account: IAM policies have no effect, the key policy has.
    named = {"Effect": "Allow", "Principal": {"AWS": nobody.arn}, "Action": "kms:*", "Resource": "*"}
    kms.put_key_policy(KeyId=key["KeyId"], Policy=policy(named), BypassPolicyLockoutSafetyCheck=True)
    assert nobody.kms().encrypt(KeyId=key["KeyId"], Plaintext=b"x")
    for caller in (user, None):
        client, arn = (user.kms(), user.arn) if caller else (kms, ROOT["AWS"])
        with refused(
            "AccessDeniedException",
            f"User: {arn} is not authorized to perform: kms:Encrypt on resource: {key['Arn']} because no resource-based "
            "policy allows the kms:Encrypt action",
        ):
            client.encrypt(KeyId=key["KeyId"], Plaintext=b"x")


def test_explicit_denials(kms, key, make_user):
    user = make_user(policy({"Effect": "Allow", "Action": "kms:*", "Resource": "*"}, {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}))
    blob = user.kms().encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    with refused(
        "AccessDeniedException",
        f"User: {user.arn} is not authorized to perform: kms:Decrypt on resource: {key['Arn']} with an explicit deny in an "
        "identity-based policy",
    ):
        user.kms().decrypt(CiphertextBlob=blob)
    denies = {"Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*"}
    kms.put_key_policy(KeyId=key["KeyId"], Policy=policy(DELEGATES, denies))
    with refused(
        "AccessDeniedException",
        f"User: {user.arn} is not authorized to perform: kms:Encrypt on resource: {key['Arn']} with an explicit deny in a "
        "resource-based policy",
    ):
        user.kms().encrypt(KeyId=key["KeyId"], Plaintext=b"x")


def test_conditions_on_the_encryption_context(kms, key, make_user):
    # Source: AWS KMS Developer Guide, "Condition keys for AWS KMS", kms:EncryptionContext. Pairs are compared exactly.
    user = make_user(
        allow("kms:*", Condition={"StringEquals": {"kms:EncryptionContext:app": "blog"}, "Null": {"kms:EncryptionContext:other": "true"}})
    )
    assert user.kms().encrypt(KeyId=key["KeyId"], Plaintext=b"x", EncryptionContext={"app": "blog"})
    for context in ({}, {"app": "Blog"}, {"app": "blog", "other": ""}):
        with refused(
            "AccessDeniedException",
            f"User: {user.arn} is not authorized to perform: kms:Encrypt on resource: {key['Arn']} because no identity-based "
            "policy allows the kms:Encrypt action",
        ):
            user.kms().encrypt(KeyId=key["KeyId"], Plaintext=b"x", EncryptionContext=context)


def test_decrypt_is_judged_by_the_key_in_the_blob(kms, key, make_user):
    # A policy that names the key allows Decrypt without KeyId, and for that key only. Terraform configurations rely on it.
    another = kms.create_key()["KeyMetadata"]
    user = make_user(allow("kms:Decrypt", f"arn:aws:kms:*:{ACCOUNT}:key/{key['KeyId']}"))
    mine, theirs = (kms.encrypt(KeyId=k["KeyId"], Plaintext=b"x")["CiphertextBlob"] for k in (key, another))
    assert user.kms().decrypt(CiphertextBlob=mine)["Plaintext"] == b"x"
    with refused(
        "AccessDeniedException",
        f"User: {user.arn} is not authorized to perform: kms:Decrypt on resource: {another['Arn']} because no identity-based "
        "policy allows the kms:Decrypt action",
    ):
        user.kms().decrypt(CiphertextBlob=theirs)


def test_across_accounts_both_sides_must_allow(aws, other, kms, key, make_user):
    # Source: AWS KMS Developer Guide, "Allowing users in other accounts to use a KMS key".
    theirs = make_user(allow("kms:*"), owner=other)
    with pytest.raises(kms.exceptions.ClientError) as caught:
        theirs.kms().encrypt(KeyId=key["Arn"], Plaintext=b"x")
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    shares = {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": ["kms:Encrypt", "kms:Decrypt"], "Resource": "*"}
    kms.put_key_policy(KeyId=key["KeyId"], Policy=policy(DELEGATES, shares))
    blob = theirs.kms().encrypt(KeyId=key["Arn"], Plaintext=b"x")["CiphertextBlob"]
    assert theirs.kms().decrypt(CiphertextBlob=blob)["KeyId"] == key["Arn"]
    nobody = make_user(owner=other)
    with pytest.raises(kms.exceptions.ClientError) as caught:
        nobody.kms().decrypt(CiphertextBlob=blob)
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    with pytest.raises(kms.exceptions.ClientError):
        theirs.kms().disable_key(KeyId=key["Arn"])


def test_request_alias_condition(kms, key, make_user):
    alias = f"alias/{unique('request')}"
    kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
    user = make_user(allow("kms:Encrypt", Condition={"StringEquals": {"kms:RequestAlias": alias}}))
    assert user.kms().encrypt(KeyId=alias, Plaintext=b"x")
    with pytest.raises(kms.exceptions.ClientError) as caught:
        user.kms().encrypt(KeyId=key["KeyId"], Plaintext=b"x")
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
