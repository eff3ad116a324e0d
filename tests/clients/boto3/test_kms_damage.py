"""KMS: whatever callers keep and send back is refused with AWS's error when a bit of it is flipped or a byte is cut."""

import pytest

from support.expect import SILENT, refused
from support.kms_calls import Call

SYMMETRIC = [("SYMMETRIC_DEFAULT", "SYMMETRIC_DEFAULT")]
RSA = [(f"RSA_{size}", f"RSAES_OAEP_SHA_{digest}") for size in (2048, 3072, 4096) for digest in (1, 256)]
SIGNING = [
    ("RSA_2048", "RSASSA_PSS_SHA_256"),
    ("RSA_2048", "RSASSA_PKCS1_V1_5_SHA_512"),
    ("RSA_3072", "RSASSA_PSS_SHA_384"),
    ("RSA_4096", "RSASSA_PKCS1_V1_5_SHA_256"),
    ("ECC_NIST_P256", "ECDSA_SHA_256"),
    ("ECC_NIST_P384", "ECDSA_SHA_384"),
    ("ECC_NIST_P521", "ECDSA_SHA_512"),
    ("ECC_SECG_P256K1", "ECDSA_SHA_256"),
    ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512"),
    ("ML_DSA_44", "ML_DSA_SHAKE_256"),
    ("ML_DSA_65", "ML_DSA_SHAKE_256"),
    ("ML_DSA_87", "ML_DSA_SHAKE_256"),
]
MACS = [(f"HMAC_{size}", f"HMAC_SHA_{size}") for size in (224, 256, 384, 512)]


@pytest.fixture(scope="module")
def kms(aws):
    return aws.kms()


def key(kms, spec, usage):
    return kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]


def damaged(whole, bits=8):
    """Some forty of the ways to flip one of the lowest bits of a byte, and to cut and to add bytes."""
    for at in range(0, len(whole), max(1, len(whole) // 32)):
        yield whole[:at] + bytes([whole[at] ^ (1 << at % bits)]) + whole[at + 1 :]
    for end in {1, len(whole) // 2, len(whole) - 1}:
        yield whole[:end]
    yield whole[1:]
    yield whole + b"\0"


def damaged_text(whole):
    """The same of a text, which stays a text."""
    return [bad.decode().replace("\0", "_").replace("\x7f", "~") for bad in damaged(whole.encode(), bits=5)]


@pytest.mark.parametrize(("spec", "algorithm"), SYMMETRIC + RSA)
def test_ciphertexts(kms, spec, algorithm):
    key_id = key(kms, spec, "ENCRYPT_DECRYPT")
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"x", EncryptionAlgorithm=algorithm)["CiphertextBlob"]
    # The blob of a symmetric key names the key, and with a flipped bit another one.
    other_key = "The key ID in the request does not identify a CMK that can perform this operation."
    errors = [("InvalidCiphertextException", SILENT)] + [("IncorrectKeyException", other_key)] * (spec == "SYMMETRIC_DEFAULT")
    for bad in damaged(blob):
        with pytest.raises(kms.exceptions.ClientError) as refusal:
            kms.decrypt(KeyId=key_id, CiphertextBlob=bad, EncryptionAlgorithm=algorithm)
        error = refusal.value.response["Error"]
        assert (error["Code"], error.get("Message", SILENT)) in errors


@pytest.mark.parametrize(("spec", "algorithm"), SIGNING)
def test_signatures(kms, spec, algorithm):
    arguments = {"KeyId": key(kms, spec, "SIGN_VERIFY"), "Message": b"x", "SigningAlgorithm": algorithm}
    signature = kms.sign(**arguments)["Signature"]
    assert kms.verify(Signature=signature, **arguments)["SignatureValid"]
    for bad in damaged(signature):
        with refused("KMSInvalidSignatureException", SILENT):
            kms.verify(Signature=bad, **arguments)


@pytest.mark.parametrize(("spec", "algorithm"), MACS)
def test_macs(kms, spec, algorithm):
    arguments = {"KeyId": key(kms, spec, "GENERATE_VERIFY_MAC"), "Message": b"x", "MacAlgorithm": algorithm}
    mac = kms.generate_mac(**arguments)["Mac"]
    assert kms.verify_mac(Mac=mac, **arguments)["MacValid"]
    for bad in damaged(mac):
        with refused("KMSInvalidMacException", SILENT):
            kms.verify_mac(Mac=bad, **arguments)


@pytest.mark.parametrize(
    ("member", "error"),
    [("ImportToken", "InvalidImportTokenException"), ("EncryptedKeyMaterial", "InvalidCiphertextException")],
)
def test_imports(kms, member, error):
    call = Call(kms, "ImportKeyMaterial")
    text = SILENT if member == "EncryptedKeyMaterial" else "The import token is not one of this key."
    for bad in damaged(call.arguments[member]):
        with refused(error, text):
            call.send(**{member: bad})
    call.send()


def test_markers(kms):
    for _ in range(2):
        kms.create_key()
    marker = kms.list_keys(Limit=1)["NextMarker"]
    for bad in damaged_text(marker):
        with refused("InvalidMarkerException", SILENT):
            kms.list_keys(Marker=bad)
    kms.list_keys(Marker=marker)


def test_grant_tokens(kms):
    call = Call(kms, "CreateGrant")
    token = call.send()["GrantToken"]
    for bad in damaged_text(token):
        with refused("InvalidGrantTokenException", SILENT):
            kms.describe_key(KeyId=call.key, GrantTokens=[bad])
    kms.describe_key(KeyId=call.key, GrantTokens=[token])
