"""KMS: imported key material."""

import datetime
import hmac
import os
import re

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support.clients import allow, key_arn
from support.expect import eventually, pages, plain, refused
from support.imports import WRAPPING, import_material, material, pkcs8, wrapped
from support.server import REPLICA


@pytest.fixture(scope="session")
def kms(aws):
    return aws.kms()


@pytest.fixture
def empty(kms):
    """A symmetric key without material."""
    return kms.create_key(Origin="EXTERNAL", Description="mine")["KeyMetadata"]


def state(kms, key_id):
    return kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"]


def rotations(kms, key_id, **arguments):
    return kms.list_key_rotations(KeyId=key_id, **arguments)["Rotations"]


def everything(kms, key_id):
    return rotations(kms, key_id, IncludeKeyMaterial="ALL_KEY_MATERIAL")


def soon(seconds):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)


def test_a_key_without_material(kms, empty):
    # Source: AWS KMS Developer Guide, "Creating a KMS key with no key material". Seen against AWS: no CurrentKeyMaterialId.
    assert (empty["KeyState"], empty["Enabled"], empty["Origin"]) == ("PendingImport", False, "EXTERNAL")
    assert not {"CurrentKeyMaterialId", "ExpirationModel", "ValidTo"} & set(empty)
    with refused("KMSInvalidStateException", f"{empty['Arn']} is pending import."):
        kms.encrypt(KeyId=empty["KeyId"], Plaintext=b"x")
    assert everything(kms, empty["KeyId"]) == []


def test_parameters_for_import(kms, empty):
    answer = kms.get_parameters_for_import(
        KeyId=empty["KeyId"], WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_3072"
    )
    assert set(plain(answer)) == {"KeyId", "ImportToken", "PublicKey", "ParametersValidTo"}
    assert answer["KeyId"] == empty["Arn"]
    assert serialization.load_der_public_key(answer["PublicKey"]).key_size == 3072
    assert abs((answer["ParametersValidTo"] - soon(24 * 3600)).total_seconds()) < 60
    assert len(answer["ImportToken"]) <= 6144


@pytest.mark.parametrize("spec", ["RSA_2048", "RSA_4096"])
@pytest.mark.parametrize("algorithm", WRAPPING)
def test_symmetric_material_by_each_wrapping(kms, algorithm, spec):
    key_id = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    sent = wrapped(kms, key_id, os.urandom(32), algorithm, spec)
    answer = kms.import_key_material(KeyId=key_id, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **sent)
    assert set(plain(answer)) == {"KeyId", "KeyMaterialId"}
    assert answer["KeyId"] == key_arn(key_id)
    shown = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    assert (shown["KeyState"], shown["Enabled"]) == ("Enabled", True)
    assert shown["ExpirationModel"] == "KEY_MATERIAL_DOES_NOT_EXPIRE" and "ValidTo" not in shown
    assert shown["CurrentKeyMaterialId"] == answer["KeyMaterialId"]
    sealed = kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
    opened = kms.decrypt(CiphertextBlob=sealed)
    assert (opened["Plaintext"], opened["KeyMaterialId"]) == (b"x", answer["KeyMaterialId"])


@pytest.mark.parametrize(
    ("spec", "usage"),
    [("RSA_2048", "SIGN_VERIFY"), ("RSA_3072", "ENCRYPT_DECRYPT"), ("RSA_4096", "SIGN_VERIFY")]
    + [(f"ECC_{curve}", "SIGN_VERIFY") for curve in ("NIST_P256", "NIST_P384", "NIST_P521", "SECG_P256K1")]
    + [("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"), ("ECC_NIST_P256", "KEY_AGREEMENT")]
    + [(f"HMAC_{size}", "GENERATE_VERIFY_MAC") for size in (224, 256, 384, 512)],
)
def test_material_of_every_spec(kms, spec, usage):
    key_id = kms.create_key(Origin="EXTERNAL", KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]
    bytes_, private = material(spec)
    answer = import_material(kms, key_id, bytes_)
    # Seen against AWS: only symmetric keys name their material.
    assert set(plain(answer)) == {"KeyId"}
    assert state(kms, key_id) == "Enabled"
    if private is None:
        tag = kms.generate_mac(KeyId=key_id, Message=b"x", MacAlgorithm=f"HMAC_SHA_{spec[5:]}")["Mac"]
        assert tag == hmac.new(bytes_, b"x", f"sha{spec[5:]}").digest()
        return
    public = serialization.load_der_public_key(kms.get_public_key(KeyId=key_id)["PublicKey"])
    assert public == private.public_key()
    # The same key, however it is encoded, may be imported again, and no other.
    kms.delete_imported_key_material(KeyId=key_id)
    assert state(kms, key_id) == "PendingImport"
    # Source: AWS KMS Developer Guide, "Key states of AWS KMS keys": the public key is still shown.
    assert serialization.load_der_public_key(kms.get_public_key(KeyId=key_id)["PublicKey"]) == public
    other, _ = material(spec)
    with refused("IncorrectKeyMaterialException", "The key material is not material that was imported into this key before."):
        import_material(kms, key_id, other)
    import_material(kms, key_id, bytes_)
    assert state(kms, key_id) == "Enabled"


def test_signatures_of_imported_keys(kms):
    private = ec.generate_private_key(ec.SECP256R1())
    key_id = kms.create_key(Origin="EXTERNAL", KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    import_material(kms, key_id, pkcs8(private))
    made_here = kms.sign(KeyId=key_id, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
    private.public_key().verify(made_here, b"m", ec.ECDSA(hashes.SHA256()))
    made_there = private.sign(b"m", ec.ECDSA(hashes.SHA256()))
    assert kms.verify(KeyId=key_id, Message=b"m", SigningAlgorithm="ECDSA_SHA_256", Signature=made_there)["SignatureValid"]


def test_a_key_that_was_never_imported_has_no_public_key(kms):
    key = kms.create_key(Origin="EXTERNAL", KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    with refused("KMSInvalidStateException", f"{key['Arn']} is pending import."):
        kms.get_public_key(KeyId=key["KeyId"])


def test_one_private_key_has_one_identity(kms):
    """Two encodings of one key are the same material."""
    private = ec.generate_private_key(ec.SECP384R1())
    key_id = kms.create_key(Origin="EXTERNAL", KeySpec="ECC_NIST_P384", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    full = pkcs8(private)
    # PKCS#8 without the optional public key: version, algorithm, ECPrivateKey{1, octets}.
    octets = private.private_numbers().private_value.to_bytes(48, "big")
    inner = b"\x30\x35\x02\x01\x01\x04\x30" + octets
    algorithm = bytes.fromhex("301006072a8648ce3d020106052b81040022")
    body = b"\x02\x01\x00" + algorithm + b"\x04" + bytes([len(inner)]) + inner
    short = b"\x30" + bytes([len(body)]) + body
    assert short != full and serialization.load_der_private_key(short, None).public_key() == private.public_key()
    import_material(kms, key_id, full)
    import_material(kms, key_id, short)
    kms.delete_imported_key_material(KeyId=key_id)
    import_material(kms, key_id, short)
    assert state(kms, key_id) == "Enabled"


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_symmetric_material_has_32_bytes(kms, empty, length):
    key_id = empty["KeyId"]
    sent = wrapped(kms, key_id, os.urandom(length), "RSAES_OAEP_SHA_256")
    with refused("IncorrectKeyMaterialException", "The key material is not valid for a key of KeySpec SYMMETRIC_DEFAULT."):
        kms.import_key_material(KeyId=key_id, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **sent)
    assert state(kms, key_id) == "PendingImport"


@pytest.mark.parametrize("length", [31, 129])
def test_hmac_material_has_bounds(kms, length):
    # Source: AWS KMS Developer Guide, "Importing key material": the length of the hash up to 1024 bits.
    key_id = kms.create_key(Origin="EXTERNAL", KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    with refused("IncorrectKeyMaterialException", "The key material is not valid for a key of KeySpec HMAC_256."):
        import_material(kms, key_id, os.urandom(length))


@pytest.mark.parametrize("given", ["RSA_3072", "ECC_NIST_P256", "HMAC_256"])
def test_material_of_another_spec(kms, given):
    key_id = kms.create_key(Origin="EXTERNAL", KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    bytes_, _ = material(given)
    with refused("IncorrectKeyMaterialException", "The key material is not valid for a key of KeySpec RSA_2048."):
        import_material(kms, key_id, bytes_)


def test_material_that_does_not_unwrap(kms, empty):
    key_id = empty["KeyId"]
    sent = wrapped(kms, key_id, os.urandom(32), "RSA_AES_KEY_WRAP_SHA_256")
    encrypted = sent["EncryptedKeyMaterial"]
    altered = [
        bytes([encrypted[0] ^ 1]) + encrypted[1:],
        encrypted[:-1] + bytes([encrypted[-1] ^ 1]),
        encrypted[:-8],
        encrypted[:256],
        encrypted[:10],
        encrypted + bytes(8),
    ]
    for bad in altered:
        # Source: AWS KMS API Reference, InvalidCiphertextException.
        with refused("InvalidCiphertextException", ""):
            kms.import_key_material(
                KeyId=key_id, ImportToken=sent["ImportToken"], EncryptedKeyMaterial=bad, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE"
            )


def test_tokens_belong_to_their_key(kms, empty):
    key_id = empty["KeyId"]
    other = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    sent = wrapped(kms, other, os.urandom(32))
    token = sent["ImportToken"]
    text = "The import token is not one of this key."
    for bad in (token, token[:-1], token + b"x", bytes([token[0] ^ 1]) + token[1:], b"x"):
        with refused("InvalidImportTokenException", text):
            kms.import_key_material(
                KeyId=key_id,
                ImportToken=bad,
                EncryptedKeyMaterial=sent["EncryptedKeyMaterial"],
                ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
            )
    # A key has as many tokens as it was asked for, and each can be used again.
    one, two = (wrapped(kms, key_id, b"m" * 32) for _ in range(2))
    for sent in (one, two, one):
        kms.import_key_material(KeyId=key_id, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **sent)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        # Seen against AWS: the first text.
        ({}, "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"),
        (
            {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE", "ValidTo": 4_000_000_000},
            "A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE",
        ),
        ({"ValidTo": 1_600_000_000}, "ValidTo must be in the future"),
        ({"ValidTo": 4_000_000_000}, "ValidTo must be at most 365 days in the future"),
        (
            {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE", "ImportType": "NEW_KEY_MATERIAL", "KeyMaterialId": "a" * 64},
            "A keyMaterialId must not be set if the ImportType is NEW_KEY_MATERIAL",
        ),
    ],
)
def test_settings_of_an_import(kms, empty, arguments, text):
    with refused("ValidationException", text):
        kms.import_key_material(KeyId=empty["KeyId"], ImportToken=b"x", EncryptedKeyMaterial=b"x", **arguments)


@pytest.mark.parametrize(
    ("name", "value"),
    [("ImportType", "NEW_KEY_MATERIAL"), ("KeyMaterialDescription", "d"), ("KeyMaterialId", "a" * 64)],
)
def test_members_of_symmetric_keys(kms, name, value):
    key_id = kms.create_key(Origin="EXTERNAL", KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    with refused("ValidationException", f"{name} is not supported when the key spec is HMAC_256."):
        import_material(kms, key_id, os.urandom(32), **{name: value})


@pytest.mark.parametrize(
    ("spec", "usage", "algorithm", "wrapping", "text"),
    [
        (None, None, "RSAES_PKCS1_V1_5", "RSA_2048", "WrappingAlgorithm RSAES_PKCS1_V1_5 is not supported."),
        (None, None, "SM2PKE", "SM2", "WrappingKeySpec SM2 is not supported in this region."),
        (
            "RSA_2048",
            "SIGN_VERIFY",
            "RSAES_OAEP_SHA_256",
            "RSA_4096",
            "WrappingAlgorithm RSAES_OAEP_SHA_256 with RSA_4096 cannot wrap key material of KeySpec RSA_2048.",
        ),
        (
            "ECC_NIST_P521",
            "SIGN_VERIFY",
            "RSAES_OAEP_SHA_1",
            "RSA_2048",
            "WrappingAlgorithm RSAES_OAEP_SHA_1 with RSA_2048 cannot wrap key material of KeySpec ECC_NIST_P521.",
        ),
    ],
)
def test_wrappings_that_do_not_fit(kms, spec, usage, algorithm, wrapping, text):
    kind = {"KeySpec": spec, "KeyUsage": usage} if spec else {}
    key_id = kms.create_key(Origin="EXTERNAL", **kind)["KeyMetadata"]["KeyId"]
    with refused("UnsupportedOperationException", text):
        kms.get_parameters_for_import(KeyId=key_id, WrappingAlgorithm=algorithm, WrappingKeySpec=wrapping)


def test_keys_of_another_origin(kms):
    key = kms.create_key()["KeyMetadata"]
    # Seen against AWS: the text.
    text = f"{key['Arn']} origin is AWS_KMS which is not valid for this operation."
    with refused("UnsupportedOperationException", text):
        kms.get_parameters_for_import(
            KeyId=key["KeyId"], WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
        )
    with refused("UnsupportedOperationException", text):
        kms.import_key_material(
            KeyId=key["KeyId"], ImportToken=b"x", EncryptedKeyMaterial=b"x", ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE"
        )
    with refused("UnsupportedOperationException", text):
        kms.delete_imported_key_material(KeyId=key["KeyId"])


def test_ml_dsa_keys_are_not_imported(kms):
    # Source: AWS KMS Developer Guide, "Importing key material": not for ML-DSA keys.
    with refused("UnsupportedOperationException", "Origin EXTERNAL is not supported for KeySpec ML_DSA_65."):
        kms.create_key(Origin="EXTERNAL", KeySpec="ML_DSA_65", KeyUsage="SIGN_VERIFY")


def test_automatic_rotation_is_not_for_imported_material(kms, empty):
    text = f"{empty['Arn']} origin is EXTERNAL which is not valid for this operation."
    for operation in (kms.enable_key_rotation, kms.disable_key_rotation, kms.get_key_rotation_status):
        with refused("UnsupportedOperationException", text):
            operation(KeyId=empty["KeyId"])


def test_deleted_material_comes_back(kms, empty):
    key_id, bytes_ = empty["KeyId"], os.urandom(32)
    first = import_material(kms, key_id, bytes_)["KeyMaterialId"]
    sealed = kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
    answer = kms.delete_imported_key_material(KeyId=key_id)
    assert plain(answer) == {"KeyId": empty["Arn"], "KeyMaterialId": first}
    shown = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    # Seen against AWS: the id stays, the expiration model does not.
    assert (shown["KeyState"], shown["CurrentKeyMaterialId"]) == ("PendingImport", first)
    assert not {"ExpirationModel", "ValidTo"} & set(shown)
    with refused("KMSInvalidStateException", f"{empty['Arn']} is pending import."):
        kms.decrypt(CiphertextBlob=sealed)
    # A key without material has nothing more to delete.
    kms.delete_imported_key_material(KeyId=key_id)
    with refused("IncorrectKeyMaterialException", "The key material is not material that was imported into this key before."):
        import_material(kms, key_id, os.urandom(32))
    assert import_material(kms, key_id, bytes_)["KeyMaterialId"] == first
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


def test_material_is_bound_to_its_key(kms):
    """Two keys with the same imported bytes cannot read each other's ciphertexts."""
    bytes_ = os.urandom(32)
    one, two = (kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"] for _ in range(2))
    ids = [import_material(kms, key_id, bytes_)["KeyMaterialId"] for key_id in (one, two)]
    assert ids[0] != ids[1]
    sealed = kms.encrypt(KeyId=one, Plaintext=b"x")["CiphertextBlob"]
    with refused("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation."):
        kms.decrypt(CiphertextBlob=sealed, KeyId=two)


def test_material_expires(kms, empty):
    key_id, bytes_ = empty["KeyId"], os.urandom(32)
    valid_to = soon(3).replace(microsecond=0)
    import_material(kms, key_id, bytes_, ValidTo=valid_to)
    shown = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    assert (shown["ExpirationModel"], shown["ValidTo"]) == ("KEY_MATERIAL_EXPIRES", valid_to)
    sealed = kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
    eventually(lambda: _is(state(kms, key_id), "PendingImport"))
    assert soon(0) >= valid_to
    with refused("KMSInvalidStateException", f"{empty['Arn']} is pending import."):
        kms.decrypt(CiphertextBlob=sealed)
    eventually(lambda: _is(everything(kms, key_id)[0]["ImportState"], "PENDING_IMPORT"))
    # Another import resets the expiration.
    import_material(kms, key_id, bytes_)
    assert kms.describe_key(KeyId=key_id)["KeyMetadata"]["ExpirationModel"] == "KEY_MATERIAL_DOES_NOT_EXPIRE"
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


def _is(found, wanted):
    assert found == wanted


def test_a_disabled_key_stays_disabled(kms, empty):
    key_id, bytes_ = empty["KeyId"], os.urandom(32)
    import_material(kms, key_id, bytes_)
    kms.disable_key(KeyId=key_id)
    import_material(kms, key_id, bytes_, ValidTo=soon(3600))
    assert state(kms, key_id) == "Disabled"


def test_deletion_and_its_cancellation(kms, empty):
    key_id = empty["KeyId"]
    kms.schedule_key_deletion(KeyId=key_id)
    # A key without material must not become one that can be enabled.
    kms.cancel_key_deletion(KeyId=key_id)
    assert state(kms, key_id) == "PendingImport"
    # A cancelled deletion leaves a key disabled, here once it has its material.
    import_material(kms, key_id, b"m" * 32)
    assert state(kms, key_id) == "Disabled"
    kms.enable_key(KeyId=key_id)
    kms.schedule_key_deletion(KeyId=key_id)
    text = f"{empty['Arn']} is pending deletion."
    with refused("KMSInvalidStateException", text):
        kms.get_parameters_for_import(KeyId=key_id, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048")
    kms.delete_imported_key_material(KeyId=key_id)
    assert state(kms, key_id) == "PendingDeletion"
    kms.cancel_key_deletion(KeyId=key_id)
    assert state(kms, key_id) == "PendingImport"


def test_rotation_of_imported_material(kms, empty):
    # Seen against AWS: the second material waits, a third is refused, and rotating without one too.
    key_id, arn = empty["KeyId"], empty["Arn"]
    with refused("KMSInvalidStateException", f"{arn} is pending import."):
        kms.rotate_key_on_demand(KeyId=key_id)
    first = import_material(kms, key_id, b"1" * 32, KeyMaterialDescription="the first")["KeyMaterialId"]
    old = kms.encrypt(KeyId=key_id, Plaintext=b"old")["CiphertextBlob"]
    nothing = f"No available key material pending rotation for the key: {arn}."
    with refused("KMSInvalidStateException", nothing):
        kms.rotate_key_on_demand(KeyId=key_id)
    with refused("IncorrectKeyMaterialException", "The key material is already associated with this key."):
        import_material(kms, key_id, b"1" * 32, ImportType="NEW_KEY_MATERIAL")
    valid_to = soon(3600).replace(microsecond=0)
    second = import_material(
        kms, key_id, b"2" * 32, ImportType="NEW_KEY_MATERIAL", KeyMaterialDescription="of 2026", ValidTo=valid_to
    )["KeyMaterialId"]
    assert kms.describe_key(KeyId=key_id)["KeyMetadata"]["CurrentKeyMaterialId"] == first
    one, two = everything(kms, key_id)
    assert one == {
        "KeyId": arn,
        "KeyMaterialId": first,
        "KeyMaterialDescription": "the first",
        "ImportState": "IMPORTED",
        "KeyMaterialState": "CURRENT",
        "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
    }
    assert two == {
        "KeyId": arn,
        "KeyMaterialId": second,
        "KeyMaterialDescription": "of 2026",
        "ImportState": "IMPORTED",
        "KeyMaterialState": "PENDING_ROTATION",
        "ExpirationModel": "KEY_MATERIAL_EXPIRES",
        "ValidTo": valid_to,
    }
    assert rotations(kms, key_id) == []

    third = re.escape(f" cannot be imported into KMS key {arn}, because another key material (id: {second}) is pending rotation.")
    with refused("KMSInvalidStateException", re.compile(r"New key material \(id: [0-9a-f]{64}\)" + third)):
        import_material(kms, key_id, b"3" * 32, ImportType="NEW_KEY_MATERIAL")

    assert kms.rotate_key_on_demand(KeyId=key_id)["KeyId"] == arn
    assert kms.describe_key(KeyId=key_id)["KeyMetadata"]["CurrentKeyMaterialId"] == second
    new = kms.encrypt(KeyId=key_id, Plaintext=b"new")["CiphertextBlob"]
    assert [kms.decrypt(CiphertextBlob=c)["KeyMaterialId"] for c in (old, new)] == [first, second]
    (rotation,) = rotations(kms, key_id)
    assert (rotation["KeyMaterialId"], rotation["RotationType"]) == (second, "ON_DEMAND")
    assert abs((rotation["RotationDate"] - soon(0)).total_seconds()) < 60
    with refused("KMSInvalidStateException", nothing):
        kms.rotate_key_on_demand(KeyId=key_id)


def test_every_material_is_needed(kms, empty):
    key_id = empty["KeyId"]
    first = import_material(kms, key_id, b"1" * 32)["KeyMaterialId"]
    second = import_material(kms, key_id, b"2" * 32, ImportType="NEW_KEY_MATERIAL")["KeyMaterialId"]
    # Material that waits for its rotation does not belong to the key yet.
    kms.delete_imported_key_material(KeyId=key_id, KeyMaterialId=second)
    assert state(kms, key_id) == "Enabled" and len(everything(kms, key_id)) == 1
    with refused("IncorrectKeyMaterialException", "The key material is not material that was imported into this key before."):
        import_material(kms, key_id, b"2" * 32)
    import_material(kms, key_id, b"2" * 32, ImportType="NEW_KEY_MATERIAL")
    kms.rotate_key_on_demand(KeyId=key_id)
    kms.delete_imported_key_material(KeyId=key_id, KeyMaterialId=first)
    assert state(kms, key_id) == "PendingImport"
    assert [entry["ImportState"] for entry in everything(kms, key_id)] == ["PENDING_IMPORT", "IMPORTED"]
    with refused("IncorrectKeyMaterialException", "The key material is not material that was imported into this key before."):
        import_material(kms, key_id, b"1" * 32, KeyMaterialId=second)
    import_material(kms, key_id, b"1" * 32, KeyMaterialId=first)
    assert state(kms, key_id) == "Enabled"
    missing = "a" * 64
    with refused("NotFoundException", f"Key material {missing} is not associated with KMS key {empty['Arn']}."):
        kms.delete_imported_key_material(KeyId=key_id, KeyMaterialId=missing)


def test_multi_region_keys_import_in_each_region(aws, kms):
    there = aws.kms(REPLICA)
    key_id = kms.create_key(Origin="EXTERNAL", MultiRegion=True)["KeyMetadata"]["KeyId"]
    with refused("KMSInvalidStateException", f"{key_arn(key_id)} is pending import."):
        kms.replicate_key(KeyId=key_id, ReplicaRegion=REPLICA)
    first = import_material(kms, key_id, b"1" * 32)["KeyMaterialId"]
    kms.replicate_key(KeyId=key_id, ReplicaRegion=REPLICA)
    eventually(lambda: _is(state(there, key_id), "PendingImport"))
    sealed = kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
    with refused("KMSInvalidStateException", f"{key_arn(key_id, REPLICA)} is pending import."):
        there.decrypt(CiphertextBlob=sealed)
    with refused("IncorrectKeyMaterialException", "The key material is not material that was imported into this key before."):
        import_material(there, key_id, b"2" * 32)
    not_primary = f"{key_arn(key_id, REPLICA)} is not a multi-region primary key."
    with refused("UnsupportedOperationException", not_primary):
        import_material(there, key_id, b"2" * 32, ImportType="NEW_KEY_MATERIAL")
    with refused("UnsupportedOperationException", not_primary):
        import_material(there, key_id, b"1" * 32, KeyMaterialDescription="mine")
    # A token is of one region.
    sent = wrapped(kms, key_id, b"1" * 32)
    with refused("InvalidImportTokenException", "The import token is not one of this key."):
        there.import_key_material(KeyId=key_id, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **sent)
    assert import_material(there, key_id, b"1" * 32)["KeyMaterialId"] == first
    assert there.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"

    second = import_material(kms, key_id, b"2" * 32, ImportType="NEW_KEY_MATERIAL")["KeyMaterialId"]
    waiting = everything(kms, key_id)[1]
    assert waiting["KeyMaterialState"] == "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"
    with refused("KMSInvalidStateException", f"No available key material pending rotation for the key: {key_arn(key_id)}."):
        kms.rotate_key_on_demand(KeyId=key_id)
    eventually(lambda: _is(len(everything(there, key_id)), 2))
    assert state(there, key_id) == "Enabled"
    assert everything(there, key_id)[1]["ImportState"] == "PENDING_IMPORT"
    import_material(there, key_id, b"2" * 32, ImportType="EXISTING_KEY_MATERIAL")
    eventually(lambda: _is(everything(kms, key_id)[1]["KeyMaterialState"], "PENDING_ROTATION"))
    with refused("UnsupportedOperationException", not_primary):
        there.rotate_key_on_demand(KeyId=key_id)
    kms.rotate_key_on_demand(KeyId=key_id)
    eventually(lambda: _is(there.describe_key(KeyId=key_id)["KeyMetadata"]["CurrentKeyMaterialId"], second))
    back = there.encrypt(KeyId=key_id, Plaintext=b"back")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=back)["KeyMaterialId"] == second
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"
    assert [entry["RotationType"] for entry in rotations(there, key_id)] == ["ON_DEMAND"]
    # Deletion in one region leaves the other as it is.
    there.delete_imported_key_material(KeyId=key_id)
    assert (state(there, key_id), state(kms, key_id)) == ("PendingImport", "Enabled")
    assert kms.decrypt(CiphertextBlob=back)["Plaintext"] == b"back"


def test_multi_region_private_keys(aws, kms):
    there = aws.kms(REPLICA)
    bytes_, private = material("ECC_NIST_P256")
    made = kms.create_key(Origin="EXTERNAL", MultiRegion=True, KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    key_id = made["KeyMetadata"]["KeyId"]
    import_material(kms, key_id, bytes_)
    kms.replicate_key(KeyId=key_id, ReplicaRegion=REPLICA)
    eventually(lambda: _is(state(there, key_id), "PendingImport"))
    # The replica knows the public key before it holds the private one.
    public = there.get_public_key(KeyId=key_id)["PublicKey"]
    assert serialization.load_der_public_key(public) == private.public_key()
    import_material(there, key_id, bytes_)
    signature = there.sign(KeyId=key_id, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
    assert kms.verify(KeyId=key_id, Message=b"m", SigningAlgorithm="ECDSA_SHA_256", Signature=signature)["SignatureValid"]


def test_rotation_on_demand(kms):
    key = kms.create_key()["KeyMetadata"]
    key_id, ids = key["KeyId"], [key["CurrentKeyMaterialId"]]
    kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=100)
    before = kms.get_key_rotation_status(KeyId=key_id)["NextRotationDate"]
    ciphertexts = []
    for number in range(25):
        ciphertexts.append(kms.encrypt(KeyId=key_id, Plaintext=str(number))["CiphertextBlob"])
        assert plain(kms.rotate_key_on_demand(KeyId=key_id)) == {"KeyId": key["Arn"]}
        ids.append(kms.describe_key(KeyId=key_id)["KeyMetadata"]["CurrentKeyMaterialId"])
    # Seen against AWS: the text; source of the number: AWS KMS Developer Guide, "Resource quotas".
    with refused(
        "LimitExceededException",
        f"The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: {key['Arn']}",
    ):
        kms.rotate_key_on_demand(KeyId=key_id)
    assert kms.get_key_rotation_status(KeyId=key_id)["NextRotationDate"] == before
    assert [kms.decrypt(CiphertextBlob=c)["Plaintext"] for c in ciphertexts] == [str(n).encode() for n in range(25)]
    found, count = pages(kms.list_key_rotations, "Rotations", ("Marker", "NextMarker"), KeyId=key_id, Limit=10)
    assert ([entry["KeyMaterialId"] for entry in found], count) == (ids[1:], 3)
    assert {entry["RotationType"] for entry in found} == {"ON_DEMAND"}
    assert [entry["KeyMaterialState"] for entry in found] == ["NON_CURRENT"] * 24 + ["CURRENT"]
    assert "ImportState" not in found[0]
    all_of_them = everything(kms, key_id)
    assert [entry["KeyMaterialId"] for entry in all_of_them] == ids
    assert set(all_of_them[0]) == {"KeyId", "KeyMaterialId", "KeyMaterialState"}
    with refused("InvalidMarkerException", ""):
        kms.list_key_rotations(KeyId=key_id, Marker="x")


def test_rotation_on_demand_of_other_keys(kms):
    # Seen against AWS: no text.
    signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    with refused("UnsupportedOperationException", ""):
        kms.rotate_key_on_demand(KeyId=signing)
    assert rotations(kms, signing) == []
    with refused("UnsupportedOperationException", ""):
        everything(kms, signing)
    disabled = kms.create_key()["KeyMetadata"]
    kms.disable_key(KeyId=disabled["KeyId"])
    with refused("DisabledException", f"{disabled['Arn']} is disabled."):
        kms.rotate_key_on_demand(KeyId=disabled["KeyId"])
    # Seen against AWS: the state is checked before the spec.
    empty = kms.create_key(Origin="EXTERNAL", KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    with refused("KMSInvalidStateException", f"{empty['Arn']} is pending import."):
        kms.rotate_key_on_demand(KeyId=empty["KeyId"])


def test_rotation_on_demand_of_related_keys(aws, kms):
    there = aws.kms(REPLICA)
    key_id = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    kms.replicate_key(KeyId=key_id, ReplicaRegion=REPLICA)
    eventually(lambda: _is(state(there, key_id), "Enabled"))
    with refused("UnsupportedOperationException", f"{key_arn(key_id, REPLICA)} is not a multi-region primary key."):
        there.rotate_key_on_demand(KeyId=key_id)
    kms.rotate_key_on_demand(KeyId=key_id)
    eventually(lambda: _is(len(rotations(there, key_id)), 1))
    (here_entry,), (there_entry,) = rotations(kms, key_id), rotations(there, key_id)
    assert here_entry.pop("KeyId") != there_entry.pop("KeyId")
    assert here_entry == there_entry
    current = {k.describe_key(KeyId=key_id)["KeyMetadata"]["CurrentKeyMaterialId"] for k in (kms, there)}
    assert current == {here_entry["KeyMaterialId"]}


def test_policies_see_the_import(kms, make_user):
    document = allow(
        "kms:GetParametersForImport",
        Condition={"StringEquals": {"kms:WrappingAlgorithm": "RSAES_OAEP_SHA_256", "kms:WrappingKeySpec": "RSA_2048"}},
    )
    user = make_user(document).kms()
    key_id = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    user.get_parameters_for_import(KeyId=key_id, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048")
    with refused("AccessDeniedException", re.compile(r"User: .* because no identity-based policy allows .*")):
        user.get_parameters_for_import(KeyId=key_id, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_3072")


def test_policies_see_the_expiry(kms, make_user):
    ends = soon(10 * 24 * 3600)
    within = {"NumericLessThan": {"kms:ValidTo": str(int(soon(20 * 24 * 3600).timestamp()))}}
    user = make_user(allow(["kms:GetParametersForImport", "kms:ImportKeyMaterial"], Condition=within)).kms()
    asker = make_user(allow("kms:GetParametersForImport")).kms()
    lasting = {"StringEquals": {"kms:ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}}
    other = make_user(allow("kms:ImportKeyMaterial", Condition=lasting)).kms()
    key_id, bytes_ = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"], os.urandom(32)
    sent = wrapped(asker, key_id, bytes_)
    text = re.compile(r"User: .* because no identity-based policy allows .*")
    with refused("AccessDeniedException", text):
        user.import_key_material(KeyId=key_id, ValidTo=soon(30 * 24 * 3600), **sent)
    # Without an expiry the key is absent, and the condition does not hold.
    with refused("AccessDeniedException", text):
        user.import_key_material(KeyId=key_id, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **sent)
    with refused("AccessDeniedException", text):
        other.import_key_material(KeyId=key_id, ValidTo=ends, **sent)
    user.import_key_material(KeyId=key_id, ValidTo=ends, **sent)
    other.import_key_material(KeyId=key_id, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **sent)


def test_every_part_of_a_token_is_checked(kms, empty):
    sent = wrapped(kms, empty["KeyId"], os.urandom(32))
    token = sent["ImportToken"]
    for at in [*range(0, 40), *range(40, len(token), 97), len(token) - 1]:
        for bad in (token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :], token[:at]):
            if bad:
                with refused("InvalidImportTokenException", "The import token is not one of this key."):
                    kms.import_key_material(
                        KeyId=empty["KeyId"],
                        ImportToken=bad,
                        EncryptedKeyMaterial=sent["EncryptedKeyMaterial"],
                        ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
                    )
