"""KMS: GetKeyLastUsage."""

import json
import re

import pytest

from support.clients import Clients, allow, key_arn, unique
from support.expect import eventually, plain, refused
from support.server import REPLICA, Server


@pytest.fixture(scope="session")
def kms(aws):
    return aws.kms()


def usage(kms, key_id):
    return kms.get_key_last_usage(KeyId=key_id)["KeyLastUsage"]


def test_a_key_that_was_never_used(kms):
    # Source: AWS KMS API Reference, GetKeyLastUsage: an empty element.
    key = kms.create_key()["KeyMetadata"]
    kms.describe_key(KeyId=key["KeyId"])
    answer = plain(kms.get_key_last_usage(KeyId=key["Arn"]))
    assert answer == {
        "KeyId": key["Arn"],
        "KeyLastUsage": {},
        "TrackingStartDate": key["CreationDate"],
        "KeyCreationDate": key["CreationDate"],
    }


def calls(kms, key_id, other):
    sealed = kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
    yield "Encrypt", lambda: kms.encrypt(KeyId=key_id, Plaintext=b"x")
    yield "Decrypt", lambda: kms.decrypt(CiphertextBlob=sealed)
    yield "GenerateDataKey", lambda: kms.generate_data_key(KeyId=key_id, KeySpec="AES_256")
    yield "GenerateDataKeyWithoutPlaintext", lambda: kms.generate_data_key_without_plaintext(KeyId=key_id, KeySpec="AES_256")
    pair = {"KeyId": key_id, "KeyPairSpec": "ECC_NIST_P256"}
    yield "GenerateDataKeyPair", lambda: kms.generate_data_key_pair(**pair)
    yield "GenerateDataKeyPairWithoutPlaintext", lambda: kms.generate_data_key_pair_without_plaintext(**pair)
    yield "ReEncrypt", lambda: kms.re_encrypt(CiphertextBlob=sealed, DestinationKeyId=other)


def test_every_symmetric_operation_counts(kms):
    key_id, other = (kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    for operation, call in calls(kms, key_id, other):
        request = call()["ResponseMetadata"]["RequestId"]
        used = usage(kms, key_id)
        assert (used["Operation"], used["KmsRequestId"]) == (operation, request)
        assert re.fullmatch(r"[0-9a-f-]{36}", used["CloudTrailEventId"])
    # ReEncrypt uses both keys.
    assert usage(kms, other) == used


def test_other_operations_count(kms):
    def made(spec, kind):
        return kms.create_key(KeySpec=spec, KeyUsage=kind)["KeyMetadata"]["KeyId"]

    signing = made("ECC_NIST_P256", "SIGN_VERIFY")
    signed = {"KeyId": signing, "Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = kms.sign(**signed)["Signature"]
    assert usage(kms, signing)["Operation"] == "Sign"
    kms.verify(Signature=signature, **signed)
    assert usage(kms, signing)["Operation"] == "Verify"
    before = usage(kms, signing)
    # A failed verification is no use, nor is reading the public key, nor a dry run.
    with refused("KMSInvalidSignatureException", ""):
        kms.verify(**(signed | {"Message": b"y"}), Signature=signature)
    kms.get_public_key(KeyId=signing)
    with refused("DryRunOperationException", re.compile(".*")):
        kms.sign(DryRun=True, **signed)
    assert usage(kms, signing) == before

    mac = made("HMAC_256", "GENERATE_VERIFY_MAC")
    made_mac = kms.generate_mac(KeyId=mac, Message=b"x", MacAlgorithm="HMAC_SHA_256")["Mac"]
    assert usage(kms, mac)["Operation"] == "GenerateMac"
    kms.verify_mac(KeyId=mac, Message=b"x", MacAlgorithm="HMAC_SHA_256", Mac=made_mac)
    assert usage(kms, mac)["Operation"] == "VerifyMac"

    agreement = made("ECC_NIST_P256", "KEY_AGREEMENT")
    public = kms.get_public_key(KeyId=agreement)["PublicKey"]
    kms.derive_shared_secret(KeyId=agreement, KeyAgreementAlgorithm="ECDH", PublicKey=public)
    assert usage(kms, agreement)["Operation"] == "DeriveSharedSecret"


def test_secrets_use_their_key(aws, kms):
    key_id, name = kms.create_key()["KeyMetadata"]["KeyId"], unique("secret")
    aws.secrets().create_secret(Name=name, KmsKeyId=key_id, SecretString="v")
    assert usage(kms, key_id)["Operation"] == "GenerateDataKey"
    aws.secrets().get_secret_value(SecretId=name)
    assert usage(kms, key_id)["Operation"] == "Decrypt"


def test_each_region_has_its_own_usage(aws, kms):
    there = aws.kms(REPLICA)
    key_id = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    kms.replicate_key(KeyId=key_id, ReplicaRegion=REPLICA)
    eventually(lambda: there.encrypt(KeyId=key_id, Plaintext=b"x"))
    assert usage(there, key_id)["Operation"] == "Encrypt"
    assert usage(kms, key_id) == {}


def test_another_account_is_refused(kms, other):
    key = kms.create_key()["KeyMetadata"]
    with refused("NotFoundException", f"Key '{key['Arn']}' does not exist"):
        other.kms().get_key_last_usage(KeyId=key["Arn"])
    with refused("NotFoundException", "Invalid keyId 'alias/x'"):
        kms.get_key_last_usage(KeyId="alias/x")


def test_policies_may_ask_for_the_days_since_the_last_use(kms, make_user):
    """A key that is in use cannot be deleted by a caller whose policy demands that it was not."""
    unused = {"NumericGreaterThanEquals": {"kms:TrailingDaysWithoutKeyUsage": "30"}}
    user = make_user(allow(["kms:DisableKey", "kms:ScheduleKeyDeletion"], Condition=unused)).kms()
    fresh = {"NumericLessThan": {"kms:TrailingDaysWithoutKeyUsage": "1"}}
    other = make_user(allow("kms:DisableKey", Condition=fresh)).kms()
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.encrypt(KeyId=key_id, Plaintext=b"x")
    text = re.compile(rf"User: .* on resource: {re.escape(key_arn(key_id))} because no identity-based policy allows .*")
    with refused("AccessDeniedException", text):
        user.schedule_key_deletion(KeyId=key_id)
    with refused("AccessDeniedException", text):
        user.disable_key(KeyId=key_id)
    other.disable_key(KeyId=key_id)


def test_a_use_outlives_the_process_and_has_the_event_of_its_record(tmp_path):
    data = tmp_path / "data"
    with Server(tmp_path, data=data) as server:
        kms = Clients(server.endpoint).kms()
        key_id = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.encrypt(KeyId=key_id, Plaintext=b"x")
        before = usage(kms, key_id)
    with Server(tmp_path, data=data) as server:
        assert usage(Clients(server.endpoint).kms(), key_id) == before
    lines = [line for path in data.rglob("*.jsonl") for line in path.read_text().splitlines()]
    records = [json.loads(line) for line in lines]
    (record,) = [record for record in records if record["eventID"] == before["CloudTrailEventId"]]
    assert (record["eventName"], record["requestID"]) == ("Encrypt", before["KmsRequestId"])
