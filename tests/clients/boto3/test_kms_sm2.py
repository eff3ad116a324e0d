"""KMS: SM2 keys in regions of China, checked by independent implementations of the algorithms."""

import os
import re

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from support import sm2
from support.clients import ACCOUNT, Clients, unique
from support.expect import constraint, eventually, plain, refused
from support.imports import pkcs8, wrap
from support.server import Server

HOME, OTHER = "cn-north-1", "cn-northwest-1"
# Source: AWS KMS Developer Guide, "Key spec reference".
USAGES = {
    "ENCRYPT_DECRYPT": ("EncryptionAlgorithms", "SM2PKE"),
    "SIGN_VERIFY": ("SigningAlgorithms", "SM2DSA"),
    "KEY_AGREEMENT": ("KeyAgreementAlgorithms", "ECDH"),
}
MESSAGE = b"the cellar key hangs behind the clock"


@pytest.fixture(scope="module", params=["memory", "data"])
def china(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"china-{request.param}")
    data = folder / "data" if request.param == "data" else None
    with Server(folder, data=data, regions=(HOME, OTHER)) as running:
        yield Clients(running.endpoint)


@pytest.fixture(scope="module")
def kms(china):
    return china.kms(HOME)


@pytest.fixture(scope="module")
def there(china):
    return china.kms(OTHER)


@pytest.fixture(scope="module")
def keys(kms):
    """A key of each usage."""
    return {usage: kms.create_key(KeySpec="SM2", KeyUsage=usage)["KeyMetadata"]["KeyId"] for usage in USAGES}


@pytest.fixture(scope="module")
def public(kms, keys):
    return {usage: kms.get_public_key(KeyId=key)["PublicKey"] for usage, key in keys.items()}


def sign(kms, key, message=MESSAGE, kind="RAW"):
    return kms.sign(KeyId=key, Message=message, MessageType=kind, SigningAlgorithm="SM2DSA")["Signature"]


def verify(kms, key, signature, message=MESSAGE, kind="RAW"):
    answer = kms.verify(KeyId=key, Message=message, MessageType=kind, SigningAlgorithm="SM2DSA", Signature=signature)
    return answer["SignatureValid"]


def encrypt(kms, key, plaintext):
    return kms.encrypt(KeyId=key, Plaintext=plaintext, EncryptionAlgorithm="SM2PKE")["CiphertextBlob"]


def decrypt(kms, key, ciphertext):
    return kms.decrypt(KeyId=key, CiphertextBlob=ciphertext, EncryptionAlgorithm="SM2PKE")["Plaintext"]


def derive(kms, key, peer):
    return kms.derive_shared_secret(KeyId=key, KeyAgreementAlgorithm="ECDH", PublicKey=peer)["SharedSecret"]


@pytest.mark.parametrize("usage", USAGES)
def test_metadata(kms, usage):
    member, algorithm = USAGES[usage]
    key = kms.create_key(KeySpec="SM2", KeyUsage=usage)["KeyMetadata"]
    assert key["Arn"] == f"arn:aws-cn:kms:{HOME}:{ACCOUNT}:key/{key['KeyId']}"
    wanted = {"KeySpec": "SM2", "CustomerMasterKeySpec": "SM2", "KeyUsage": usage, member: [algorithm]}
    assert wanted.items() <= key.items()
    assert not {other for other, _ in USAGES.values() if other != member} & key.keys()
    shown = plain(kms.get_public_key(KeyId=key["KeyId"]))
    sm2.point(shown.pop("PublicKey"))
    assert shown == {"KeyId": key["Arn"], **wanted}


def test_refused_usages(kms):
    text = "KeyUsage GENERATE_VERIFY_MAC is not compatible with KeySpec SM2"
    with refused("ValidationException", text):
        kms.create_key(KeySpec="SM2", KeyUsage="GENERATE_VERIFY_MAC")
    with refused("ValidationException", "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."):
        kms.create_key(KeySpec="SM2")


def test_openssl_accepts_signatures(kms, keys, public):
    key, spki = keys["SIGN_VERIFY"], public["SIGN_VERIFY"]
    for message in (b"x", MESSAGE, os.urandom(4096)):
        signature = sign(kms, key, message)
        assert sm2.verify(spki, message, signature)
        assert not sm2.verify(spki, message + b".", signature)
        of_digest = sign(kms, key, sm2.digest(spki, message), "DIGEST")
        assert sm2.verify(spki, message, of_digest)
        assert verify(kms, key, of_digest, message) and verify(kms, key, signature, sm2.digest(spki, message), "DIGEST")


def test_another_signer_signs_digests(kms, keys, public):
    # Source: AWS KMS Developer Guide, "Offline verification with SM2 key pairs".
    key, spki, signer = keys["SIGN_VERIFY"], public["SIGN_VERIFY"], b"alice@example.com"
    signature = sign(kms, key, sm2.digest(spki, MESSAGE, signer), "DIGEST")
    assert sm2.verify(spki, MESSAGE, signature, signer)
    assert not sm2.verify(spki, MESSAGE, signature)
    with refused("KMSInvalidSignatureException", ""):
        verify(kms, key, signature)


def test_signatures_of_openssl_are_accepted(kms):
    private, spki = sm2.new_key()
    key = imported(kms, "SM2", "SIGN_VERIFY", private)
    assert kms.get_public_key(KeyId=key)["PublicKey"] == spki
    signature = sm2.sign(private, MESSAGE)
    assert verify(kms, key, signature) and verify(kms, key, signature, sm2.digest(spki, MESSAGE), "DIGEST")
    for at in range(len(signature)):
        altered = signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]
        with refused("KMSInvalidSignatureException", ""):
            verify(kms, key, altered)
    with refused("KMSInvalidSignatureException", ""):
        verify(kms, key, signature, MESSAGE + b".")


def test_bounds_of_messages(kms, keys):
    key = keys["SIGN_VERIFY"]
    for length in (31, 33, 64):
        for call in (lambda m: sign(kms, key, m, "DIGEST"), lambda m: verify(kms, key, b"x", m, "DIGEST")):
            with refused("ValidationException", "Digest is invalid length for algorithm SM2DSA."):
                call(bytes(length))
    with refused("ValidationException", "MessageType EXTERNAL_MU is not compatible with SigningAlgorithm SM2DSA."):
        sign(kms, key, bytes(64), "EXTERNAL_MU")
    with refused("ValidationException", constraint("message", "Member must have length less than or equal to 4096")):
        sign(kms, key, bytes(4097))


def test_both_encrypt_for_each_other(kms, keys, public):
    key, spki = keys["ENCRYPT_DECRYPT"], public["ENCRYPT_DECRYPT"]
    private, _ = sm2.new_key()
    theirs = imported(kms, "SM2", "ENCRYPT_DECRYPT", private)
    for plaintext in (b"xy", os.urandom(32), os.urandom(33), os.urandom(1024)):
        assert decrypt(kms, key, sm2.encrypt(spki, plaintext)) == plaintext
        assert sm2.decrypt(private, encrypt(kms, theirs, plaintext)) == plaintext
        assert decrypt(kms, key, encrypt(kms, key, plaintext)) == plaintext


def test_bounds_of_plaintexts(kms, keys):
    key = keys["ENCRYPT_DECRYPT"]
    text = "Algorithm SM2PKE and key spec SM2 cannot encrypt data larger than 1024 bytes."
    for length in (1025, 4096):
        with refused("ValidationException", text):
            encrypt(kms, key, bytes(length))
    with refused("ValidationException", "EncryptionContext is not supported when the key spec is SM2."):
        kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionAlgorithm="SM2PKE", EncryptionContext={"a": "b"})


def test_damaged_ciphertexts(kms, keys):
    key = keys["ENCRYPT_DECRYPT"]
    ciphertext = encrypt(kms, key, MESSAGE)
    damaged = [ciphertext[:at] + bytes([ciphertext[at] ^ 0x40]) + ciphertext[at + 1 :] for at in range(len(ciphertext))]
    for bad in (*damaged, ciphertext[:-1], ciphertext + b"\0", b"x"):
        with refused("InvalidCiphertextException", ""):
            decrypt(kms, key, bad)
    other = kms.create_key(KeySpec="SM2", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    with refused("InvalidCiphertextException", ""):
        decrypt(kms, other, ciphertext)


def test_algorithms_of_other_specs(kms, keys):
    encryption, signing = keys["ENCRYPT_DECRYPT"], keys["SIGN_VERIFY"]
    for algorithm in ("RSAES_OAEP_SHA_256", "SYMMETRIC_DEFAULT"):
        with refused("InvalidKeyUsageException", re.compile(f".*{algorithm}.*")):
            kms.encrypt(KeyId=encryption, Plaintext=b"x", EncryptionAlgorithm=algorithm)
    with refused("InvalidKeyUsageException", re.compile(".*ECDSA_SHA_256.*")):
        kms.sign(KeyId=signing, Message=b"x", SigningAlgorithm="ECDSA_SHA_256")
    for wrong in (lambda: sign(kms, encryption), lambda: encrypt(kms, signing, b"x"), lambda: derive(kms, signing, b"x")):
        with refused("InvalidKeyUsageException", re.compile(".*")):
            wrong()


def test_re_encrypt(kms, keys, public):
    key = keys["ENCRYPT_DECRYPT"]
    symmetric = kms.create_key()["KeyMetadata"]["KeyId"]
    inner = kms.encrypt(KeyId=symmetric, Plaintext=MESSAGE, EncryptionContext={"a": "b"})["CiphertextBlob"]
    out = kms.re_encrypt(
        CiphertextBlob=inner, SourceEncryptionContext={"a": "b"}, DestinationKeyId=key, DestinationEncryptionAlgorithm="SM2PKE"
    )
    assert (out["SourceEncryptionAlgorithm"], out["DestinationEncryptionAlgorithm"]) == ("SYMMETRIC_DEFAULT", "SM2PKE")
    assert decrypt(kms, key, out["CiphertextBlob"]) == MESSAGE
    back = kms.re_encrypt(
        CiphertextBlob=sm2.encrypt(public["ENCRYPT_DECRYPT"], MESSAGE),
        SourceKeyId=key,
        SourceEncryptionAlgorithm="SM2PKE",
        DestinationKeyId=symmetric,
    )
    assert kms.decrypt(CiphertextBlob=back["CiphertextBlob"])["Plaintext"] == MESSAGE
    long = kms.encrypt(KeyId=symmetric, Plaintext=bytes(1025))["CiphertextBlob"]
    with refused("ValidationException", "Algorithm SM2PKE and key spec SM2 cannot encrypt data larger than 1024 bytes."):
        kms.re_encrypt(CiphertextBlob=long, DestinationKeyId=key, DestinationEncryptionAlgorithm="SM2PKE")


def test_shared_secrets(kms, keys, public):
    key, spki = keys["KEY_AGREEMENT"], public["KEY_AGREEMENT"]
    private, peer = sm2.new_key()
    assert derive(kms, key, peer) == sm2.shared_secret(private, spki)
    other = kms.create_key(KeySpec="SM2", KeyUsage="KEY_AGREEMENT")["KeyMetadata"]["KeyId"]
    theirs = kms.get_public_key(KeyId=other)["PublicKey"]
    assert derive(kms, key, theirs) == derive(kms, other, spki)
    p256 = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")["KeyMetadata"]["KeyId"]
    on_p256 = ec.generate_private_key(ec.SECP256R1()).public_key()
    spki_p256 = on_p256.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    off_curve = peer[:-1] + bytes([peer[-1] ^ 1])
    for call in ((key, spki_p256), (p256, peer), (key, off_curve), (key, peer[-65:]), (key, peer + b"\0")):
        with refused("ValidationException", ""):
            derive(kms, *call)


def test_data_key_pairs(kms):
    symmetric = kms.create_key()["KeyMetadata"]["KeyId"]
    context = {"a": "b"}
    pair = kms.generate_data_key_pair(KeyId=symmetric, KeyPairSpec="SM2", EncryptionContext=context)
    private = pair["PrivateKeyPlaintext"]
    assert pair["KeyPairSpec"] == "SM2" and sm2.public_of(private) == pair["PublicKey"]
    opened = kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"], EncryptionContext=context)
    assert opened["Plaintext"] == private
    assert sm2.decrypt(private, sm2.encrypt(pair["PublicKey"], MESSAGE)) == MESSAGE
    assert sm2.verify(pair["PublicKey"], MESSAGE, sm2.sign(private, MESSAGE))
    sealed = kms.generate_data_key_pair_without_plaintext(KeyId=symmetric, KeyPairSpec="SM2")
    assert "PrivateKeyPlaintext" not in sealed
    private = kms.decrypt(CiphertextBlob=sealed["PrivateKeyCiphertextBlob"])["Plaintext"]
    assert sm2.public_of(private) == sealed["PublicKey"]
    with refused("InvalidKeyUsageException", re.compile(".*")):
        kms.generate_data_key_pair(KeyId=kms.create_key(KeySpec="SM2", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"], KeyPairSpec="SM2")


def empty(kms, spec, usage=None, **arguments):
    named = {"KeySpec": spec, "KeyUsage": usage} if usage else {}
    return kms.create_key(Origin="EXTERNAL", **named, **arguments)["KeyMetadata"]["KeyId"]


def wrapped(kms, key, material, algorithm="SM2PKE", wrapping="SM2"):
    parameters = kms.get_parameters_for_import(KeyId=key, WrappingAlgorithm=algorithm, WrappingKeySpec=wrapping)
    public = parameters["PublicKey"]
    encrypted = sm2.encrypt(public, material) if wrapping == "SM2" else wrap(parameters, algorithm, material)
    return {"ImportToken": parameters["ImportToken"], "EncryptedKeyMaterial": encrypted}


def bring_in(kms, key, material, *how):
    return kms.import_key_material(KeyId=key, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **wrapped(kms, key, material, *how))


def imported(kms, spec, usage, material, *how):
    key = empty(kms, spec, usage)
    bring_in(kms, key, material, *how)
    return key


@pytest.mark.parametrize("how", [("SM2PKE", "SM2"), ("RSAES_OAEP_SHA_256", "RSA_2048"), ("RSAES_OAEP_SHA_1", "RSA_3072")])
def test_import_of_sm2_keys(kms, how):
    private, spki = sm2.new_key()
    key = imported(kms, "SM2", "SIGN_VERIFY", private, *how)
    assert sm2.verify(spki, MESSAGE, sign(kms, key))
    # The same material again, and other material.
    bring_in(kms, key, private, *how)
    with refused("IncorrectKeyMaterialException", "The key material is not material that was imported into this key before."):
        bring_in(kms, key, sm2.new_key()[0], *how)
    kms.delete_imported_key_material(KeyId=key)
    assert kms.get_public_key(KeyId=key)["PublicKey"] == spki
    bring_in(kms, key, private)
    assert sm2.verify(spki, MESSAGE, sign(kms, key))


def test_sm2_wraps_keys_of_other_curves_and_rsa_keys(kms):
    # Source: AWS KMS Developer Guide, "Select a wrapping algorithm".
    on_p521 = ec.generate_private_key(ec.SECP521R1())
    key = imported(kms, "ECC_NIST_P521", "SIGN_VERIFY", pkcs8(on_p521))
    der = on_p521.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert kms.get_public_key(KeyId=key)["PublicKey"] == der
    private = rsa.generate_private_key(65537, 4096)
    key = imported(kms, "RSA_4096", "ENCRYPT_DECRYPT", pkcs8(private))
    ciphertext = kms.encrypt(KeyId=key, Plaintext=MESSAGE, EncryptionAlgorithm="RSAES_OAEP_SHA_1")["CiphertextBlob"]
    assert private.decrypt(ciphertext, padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)) == MESSAGE


@pytest.mark.parametrize(
    ("spec", "usage", "algorithm", "wrapping", "text"),
    [
        (None, None, "SM2PKE", "SM2", "WrappingAlgorithm SM2PKE with SM2 cannot wrap key material of KeySpec SYMMETRIC_DEFAULT."),
        ("HMAC_256", "GENERATE_VERIFY_MAC", "SM2PKE", "SM2", "WrappingAlgorithm SM2PKE with SM2 cannot wrap key material of KeySpec HMAC_256."),
        ("SM2", "SIGN_VERIFY", "SM2PKE", "RSA_2048", "WrappingAlgorithm SM2PKE with RSA_2048 cannot wrap key material of KeySpec SM2."),
        ("SM2", "SIGN_VERIFY", "RSAES_OAEP_SHA_256", "SM2", "WrappingAlgorithm RSAES_OAEP_SHA_256 with SM2 cannot wrap key material of KeySpec SM2."),
        ("RSA_2048", "SIGN_VERIFY", "RSAES_OAEP_SHA_256", "RSA_4096", "WrappingAlgorithm RSAES_OAEP_SHA_256 with RSA_4096 cannot wrap key material of KeySpec RSA_2048."),
        (None, None, "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048", "WrappingAlgorithm RSA_AES_KEY_WRAP_SHA_256 is not supported in this region."),
        (None, None, "RSA_AES_KEY_WRAP_SHA_1", "RSA_4096", "WrappingAlgorithm RSA_AES_KEY_WRAP_SHA_1 is not supported in this region."),
        (None, None, "RSAES_PKCS1_V1_5", "RSA_2048", "WrappingAlgorithm RSAES_PKCS1_V1_5 is not supported."),
    ],
)
def test_wrappings_that_do_not_fit(kms, spec, usage, algorithm, wrapping, text):
    key = empty(kms, spec, usage)
    with refused("UnsupportedOperationException", text):
        kms.get_parameters_for_import(KeyId=key, WrappingAlgorithm=algorithm, WrappingKeySpec=wrapping)


def test_imports_of_other_bytes(kms):
    key = empty(kms, "SM2", "SIGN_VERIFY")
    p256 = pkcs8(ec.generate_private_key(ec.SECP256R1()))
    for material in (os.urandom(32), p256, sm2.new_key()[0][:-1]):
        with refused("IncorrectKeyMaterialException", "The key material is not valid for a key of KeySpec SM2."):
            bring_in(kms, key, material)
    arguments = wrapped(kms, key, sm2.new_key()[0])
    damaged = arguments["EncryptedKeyMaterial"][:-1] + bytes([arguments["EncryptedKeyMaterial"][-1] ^ 1])
    with refused("InvalidCiphertextException", ""):
        kms.import_key_material(
            KeyId=key, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **arguments | {"EncryptedKeyMaterial": damaged}
        )
    other = empty(kms, "SM2", "SIGN_VERIFY")
    with refused("InvalidImportTokenException", "The import token is not one of this key."):
        kms.import_key_material(KeyId=other, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **arguments)
    kms.import_key_material(KeyId=key, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **arguments)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"


@pytest.mark.parametrize("usage", USAGES)
def test_keys_of_several_regions(kms, there, usage):
    key = kms.create_key(KeySpec="SM2", KeyUsage=usage, MultiRegion=True)["KeyMetadata"]["KeyId"]
    kms.replicate_key(KeyId=key, ReplicaRegion=OTHER)

    def enabled():
        shown = there.describe_key(KeyId=key)["KeyMetadata"]
        assert shown["KeyState"] == "Enabled"
        return shown

    shown = eventually(enabled)
    assert shown["Arn"] == f"arn:aws-cn:kms:{OTHER}:{ACCOUNT}:key/{key}" and shown["KeySpec"] == "SM2"
    spki = kms.get_public_key(KeyId=key)["PublicKey"]
    assert there.get_public_key(KeyId=key)["PublicKey"] == spki
    if usage == "SIGN_VERIFY":
        assert verify(there, key, sign(kms, key)) and sm2.verify(spki, MESSAGE, sign(there, key))
    elif usage == "ENCRYPT_DECRYPT":
        assert decrypt(there, key, encrypt(kms, key, MESSAGE)) == MESSAGE
    else:
        peer = sm2.new_key()[1]
        assert derive(there, key, peer) == derive(kms, key, peer)
    with refused("ValidationException", "Region eu-west-1 is not a Region that a key can be replicated to."):
        kms.replicate_key(KeyId=key, ReplicaRegion="eu-west-1")


def test_dry_runs(kms, keys, public):
    success = "The request would have succeeded, but the DryRun option is set."
    signing, encryption, agreement = (keys[usage] for usage in ("SIGN_VERIFY", "ENCRYPT_DECRYPT", "KEY_AGREEMENT"))
    symmetric = kms.create_key()["KeyMetadata"]["KeyId"]
    raw = {"KeyId": signing, "Message": MESSAGE, "SigningAlgorithm": "SM2DSA"}
    ciphertext = encrypt(kms, encryption, b"x")
    calls = [
        (kms.sign, raw),
        (kms.verify, raw | {"Signature": sign(kms, signing)}),
        (kms.encrypt, {"KeyId": encryption, "Plaintext": b"x", "EncryptionAlgorithm": "SM2PKE"}),
        (kms.decrypt, {"KeyId": encryption, "CiphertextBlob": ciphertext, "EncryptionAlgorithm": "SM2PKE"}),
        (
            kms.re_encrypt,
            {"SourceKeyId": encryption, "CiphertextBlob": ciphertext, "SourceEncryptionAlgorithm": "SM2PKE", "DestinationKeyId": symmetric},
        ),
        (kms.derive_shared_secret, {"KeyId": agreement, "KeyAgreementAlgorithm": "ECDH", "PublicKey": public["SIGN_VERIFY"]}),
        (kms.generate_data_key_pair, {"KeyId": symmetric, "KeyPairSpec": "SM2"}),
        (kms.generate_data_key_pair_without_plaintext, {"KeyId": symmetric, "KeyPairSpec": "SM2"}),
    ]
    for call, arguments in calls:
        with refused("DryRunOperationException", success):
            call(**arguments, DryRun=True)


def test_policies_see_the_spec(china, kms):
    """The condition keys have the values of SM2, and the ARNs of the partition."""
    user = unique("user")
    iam = china.iam(HOME)
    arn = iam.create_user(UserName=user)["User"]["Arn"]
    assert arn == f"arn:aws-cn:iam::{ACCOUNT}:user/{user}"
    allowed = {"Effect": "Allow", "Action": "kms:CreateKey", "Resource": "*", "Condition": {"StringEquals": {"kms:KeySpec": "SM2"}}}
    document = '{"Version": "2012-10-17", "Statement": [' + str(allowed).replace("'", '"') + "]}"
    iam.put_user_policy(UserName=user, PolicyName="inline", PolicyDocument=document)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    theirs = Clients(china.endpoint, key["AccessKeyId"], key["SecretAccessKey"]).kms(HOME)
    eventually(lambda: theirs.create_key(KeySpec="SM2", KeyUsage="SIGN_VERIFY"))
    with refused("AccessDeniedException", re.compile(".*")):
        theirs.create_key()


def test_keys_outlive_a_restart(tmp_path):
    server = Server(tmp_path, data=tmp_path / "data", regions=(HOME, OTHER)).start()
    kms = Clients(server.endpoint).kms(HOME)
    key = kms.create_key(KeySpec="SM2", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    theirs = imported(kms, "SM2", "SIGN_VERIFY", sm2.new_key()[0])
    ciphertext, signature = encrypt(kms, key, MESSAGE), sign(kms, theirs)
    server.stop()
    with server:
        kms = Clients(server.endpoint).kms(HOME)
        assert decrypt(kms, key, ciphertext) == MESSAGE
        assert verify(kms, theirs, signature)
