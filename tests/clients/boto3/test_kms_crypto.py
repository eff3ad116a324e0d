"""KMS: Encrypt, Decrypt, ReEncrypt and data keys."""

import os
import re

import pytest

from support.clients import ACCOUNT, unique
from support.expect import SILENT, constraint, plain, refused
from support.server import REPLICA

INCORRECT_KEY = "The key ID in the request does not identify a CMK that can perform this operation."
CONTEXT = {"app": "test", "Ünï": "code \u2713", "empty": ""}


@pytest.fixture(scope="session")
def kms(aws):
    return aws.kms()


@pytest.fixture(scope="session")
def key(kms):
    return kms.create_key()["KeyMetadata"]


@pytest.mark.parametrize("plaintext", [b"x", b"\0" * 4096, bytes(range(256)), "smörgåsbord".encode()])
@pytest.mark.parametrize("context", [None, {}, CONTEXT])
def test_round_trip(kms, key, plaintext, context):
    extra = {} if context is None else {"EncryptionContext": context}
    sealed = plain(kms.encrypt(KeyId=key["KeyId"], Plaintext=plaintext, **extra))
    blob = sealed.pop("CiphertextBlob")
    # Seen against AWS: Encrypt answers no KeyMaterialId, Decrypt does.
    assert sealed == {"KeyId": key["Arn"], "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}
    assert len(plaintext) < len(blob) <= 6144
    # One given byte stands in most blobs by chance, so only longer plaintexts can be looked for.
    if len(plaintext) > 1:
        assert plaintext not in blob
    opened = plain(kms.decrypt(CiphertextBlob=blob, **extra))
    assert opened == {
        "KeyId": key["Arn"],
        "Plaintext": plaintext,
        "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "KeyMaterialId": key["CurrentKeyMaterialId"],
    }
    assert kms.decrypt(CiphertextBlob=blob, KeyId=key["Arn"], **extra)["Plaintext"] == plaintext


def test_encryption_is_randomized(kms, key):
    blobs = {kms.encrypt(KeyId=key["KeyId"], Plaintext=b"same")["CiphertextBlob"] for _ in range(20)}
    assert len(blobs) == 20


def test_context_is_exact(kms, key):
    # Source: AWS KMS Developer Guide, "Encryption context". The order of pairs is free, all else is exact.
    # Seen against AWS: the refusal has no text.
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x", EncryptionContext={"a": "1", "b": "2"})["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext={"b": "2", "a": "1"})["Plaintext"] == b"x"
    for wrong in ({"a": "1"}, {"a": "1", "b": "2", "c": "3"}, {"A": "1", "b": "2"}, {"a": "2", "b": "1"}, {"a": "1", "b": "2 "}, {}):
        with refused("InvalidCiphertextException", SILENT):
            kms.decrypt(CiphertextBlob=blob, EncryptionContext=wrong)
    # Absent and empty are the same.
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x", EncryptionContext={})["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_every_flipped_byte_and_every_length(kms, key):
    # A changed key id in the ciphertext may name a key that does not exist. That refusal is an access denial.
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"canary")["CiphertextBlob"]
    unknown = re.compile(
        rf"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: kms:Decrypt on the resource associated with this "
        "ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a "
        "resource-based policy explicitly denies access"
    )
    broken = [blob[:i] + bytes([blob[i] ^ 1]) + blob[i + 1 :] for i in range(len(blob))]
    broken += [blob[:length] for length in range(1, len(blob))] + [blob + b"\0", blob + blob]
    broken += [b"\xff", os.urandom(200), b"\0" * 6144]
    for bad in broken:
        with pytest.raises(kms.exceptions.ClientError) as caught:
            kms.decrypt(CiphertextBlob=bad)
        error = caught.value.response["Error"]
        silent = (error["Code"], error.get("Message", "")) == ("InvalidCiphertextException", "")
        foreign = error["Code"] == "AccessDeniedException" and unknown.fullmatch(error["Message"])
        assert silent or foreign, (bad.hex(), error)


def test_another_key_id_with_the_blob(kms, key):
    # Seen against AWS: Decrypt and ReEncrypt.
    another = kms.create_key()["KeyMetadata"]
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    with refused("IncorrectKeyException", INCORRECT_KEY):
        kms.decrypt(CiphertextBlob=blob, KeyId=another["KeyId"])
    with refused("IncorrectKeyException", INCORRECT_KEY):
        kms.re_encrypt(CiphertextBlob=blob, SourceKeyId=another["KeyId"], DestinationKeyId=another["KeyId"])
    missing = "00000000-0000-4000-8000-000000000000"
    with refused("NotFoundException", re.compile(f"Key '.*{missing}' does not exist")):
        kms.decrypt(CiphertextBlob=blob, KeyId=missing)


def test_a_single_region_blob_elsewhere(aws, kms, key):
    # The refusal is an access denial and not "not found", so that the answer does not show which keys exist.
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    with refused(
        "AccessDeniedException",
        f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: kms:Decrypt on the resource associated with this "
        "ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a "
        "resource-based policy explicitly denies access",
    ):
        aws.kms(REPLICA).decrypt(CiphertextBlob=blob)


@pytest.mark.parametrize(
    ("call", "arguments", "text"),
    [
        # Seen against AWS: the text does not echo blobs, but echoes numbers.
        ("encrypt", {"Plaintext": b""}, constraint("plaintext", "Member must have length greater than or equal to 1")),
        (
            "encrypt",
            {"Plaintext": b"x" * 4097},
            constraint("plaintext", "Member must have length less than or equal to 4096"),
        ),
        (
            "generate_data_key",
            {"NumberOfBytes": 0},
            constraint("numberOfBytes", "Member must have value greater than or equal to 1", 0),
        ),
        (
            "generate_data_key",
            {"NumberOfBytes": 1025},
            constraint("numberOfBytes", "Member must have value less than or equal to 1024", 1025),
        ),
        ("generate_data_key", {}, "Please specify either number of bytes or key spec."),
        ("generate_data_key", {"NumberOfBytes": 16, "KeySpec": "AES_128"}, "Please specify either number of bytes or key spec."),
        (
            "generate_data_key",
            {"KeySpec": "AES-256"},
            re.compile(
                re.escape(constraint("keySpec", "Member must satisfy enum value set: [", "AES-256"))
                + r"(AES_256, AES_128|AES_128, AES_256)\]"
            ),
        ),
        ("generate_data_key_without_plaintext", {}, "Please specify either number of bytes or key spec."),
    ],
)
def test_constraints(aws, key, call, arguments, text):
    with refused("ValidationException", text):
        getattr(aws.kms(checked=False), call)(KeyId=key["KeyId"], **arguments)


def test_ciphertext_lengths(aws):
    unchecked = aws.kms(checked=False)
    for blob, text in (
        (b"", "Member must have length greater than or equal to 1"),
        (b"x" * 6145, "Member must have length less than or equal to 6144"),
    ):
        with refused("ValidationException", constraint("ciphertextBlob", text)):
            unchecked.decrypt(CiphertextBlob=blob)


def test_several_constraints_at_once(aws):
    with refused("ValidationException", re.compile(r"2 validation errors detected: Value .*; Value .*", re.S)):
        aws.kms(checked=False).encrypt(KeyId="", Plaintext=b"")


@pytest.mark.parametrize(
    ("size", "length"), [({"KeySpec": "AES_128"}, 16), ({"KeySpec": "AES_256"}, 32), ({"NumberOfBytes": 1}, 1), ({"NumberOfBytes": 1024}, 1024)]
)
def test_data_keys(kms, key, size, length):
    made = plain(kms.generate_data_key(KeyId=key["KeyId"], EncryptionContext=CONTEXT, **size))
    plaintext, blob = made.pop("Plaintext"), made.pop("CiphertextBlob")
    assert made == {"KeyId": key["Arn"], "KeyMaterialId": key["CurrentKeyMaterialId"]}
    assert len(plaintext) == length
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)["Plaintext"] == plaintext
    hidden = plain(kms.generate_data_key_without_plaintext(KeyId=key["KeyId"], **size))
    assert set(hidden) == {"CiphertextBlob", "KeyId", "KeyMaterialId"}
    assert len(kms.decrypt(CiphertextBlob=hidden["CiphertextBlob"])["Plaintext"]) == length


def test_re_encrypt(kms, key):
    target = kms.create_key()["KeyMetadata"]
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"moves", EncryptionContext={"a": "1"})["CiphertextBlob"]
    moved = plain(
        kms.re_encrypt(
            CiphertextBlob=blob,
            SourceEncryptionContext={"a": "1"},
            DestinationKeyId=target["KeyId"],
            DestinationEncryptionContext={"b": "2"},
        )
    )
    sealed = moved.pop("CiphertextBlob")
    # Seen against AWS: SourceKeyId is an ARN, and both algorithms are there.
    assert moved == {
        "SourceKeyId": key["Arn"],
        "KeyId": target["Arn"],
        "SourceEncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "DestinationEncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "SourceKeyMaterialId": key["CurrentKeyMaterialId"],
        "DestinationKeyMaterialId": target["CurrentKeyMaterialId"],
    }
    assert kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"b": "2"})["Plaintext"] == b"moves"
    with refused("InvalidCiphertextException", SILENT):
        kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=target["KeyId"])


def test_dry_run(kms, key):
    # Source: AWS KMS Developer Guide, "Testing your permissions". Seen against AWS: the text.
    would = "The request would have succeeded, but the DryRun option is set."
    blob = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    for call in (
        lambda: kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x", DryRun=True),
        lambda: kms.decrypt(CiphertextBlob=blob, DryRun=True),
        lambda: kms.generate_data_key(KeyId=key["KeyId"], KeySpec="AES_256", DryRun=True),
        lambda: kms.generate_data_key_without_plaintext(KeyId=key["KeyId"], KeySpec="AES_256", DryRun=True),
        lambda: kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=key["KeyId"], DryRun=True),
    ):
        with refused("DryRunOperationException", would):
            call()
    with refused("InvalidCiphertextException", SILENT):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext={"no": "no"}, DryRun=True)


def test_asymmetric_algorithm_on_a_symmetric_key(kms, key):
    # Seen against AWS: the text, with other algorithms.
    with refused(
        "InvalidKeyUsageException", "Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT."
    ):
        kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x", EncryptionAlgorithm="RSAES_OAEP_SHA_256")


def test_plaintext_is_never_answered_to_an_attestation(kms, key):
    # Source: AWS KMS API Reference, GenerateDataKey, Recipient. Without verification of the attestation no plaintext may be
    # answered.
    recipient = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"document"}
    with pytest.raises(kms.exceptions.ClientError) as caught:
        kms.generate_data_key(KeyId=key["KeyId"], KeySpec="AES_256", Recipient=recipient)
    assert caught.value.response["Error"]["Code"] in ("UnsupportedOperationException", "ValidationException")
    assert "Plaintext" not in caught.value.response


def test_a_disabled_key_stops_at_once(kms):
    # The new state applies to the next request. No cache may keep the old one.
    fresh = kms.create_key()["KeyMetadata"]
    blob = kms.encrypt(KeyId=fresh["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    for _ in range(10):
        kms.disable_key(KeyId=fresh["KeyId"])
        with refused("DisabledException", f"{fresh['Arn']} is disabled."):
            kms.decrypt(CiphertextBlob=blob)
        kms.enable_key(KeyId=fresh["KeyId"])
        assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_alias_moves_with_its_target(kms):
    first, second = (kms.create_key()["KeyMetadata"] for _ in range(2))
    alias = f"alias/{unique('moves')}"
    kms.create_alias(AliasName=alias, TargetKeyId=first["KeyId"])
    old = kms.encrypt(KeyId=alias, Plaintext=b"x")
    kms.update_alias(AliasName=alias, TargetKeyId=second["KeyId"])
    new = kms.encrypt(KeyId=alias, Plaintext=b"x")
    assert (old["KeyId"], new["KeyId"]) == (first["Arn"], second["Arn"])
    assert kms.decrypt(CiphertextBlob=old["CiphertextBlob"])["KeyId"] == first["Arn"]
    with refused("IncorrectKeyException", INCORRECT_KEY):
        kms.decrypt(CiphertextBlob=old["CiphertextBlob"], KeyId=alias)
