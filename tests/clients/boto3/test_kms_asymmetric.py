"""KMS: asymmetric keys and HMAC keys, checked by an independent implementation of the algorithms."""

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from support.expect import SILENT, constraint, eventually, plain, refused
from support.server import REPLICA

PKCS1 = [f"RSASSA_PKCS1_V1_5_SHA_{size}" for size in (256, 384, 512)]
PSS = [f"RSASSA_PSS_SHA_{size}" for size in (256, 384, 512)]
# Source: AWS KMS Developer Guide, "Key spec reference".
SIGNING = {
    "RSA_2048": PKCS1 + PSS,
    "RSA_3072": PKCS1 + PSS,
    "RSA_4096": PKCS1 + PSS,
    "ECC_NIST_P256": ["ECDSA_SHA_256"],
    "ECC_NIST_P384": ["ECDSA_SHA_384"],
    "ECC_NIST_P521": ["ECDSA_SHA_512"],
    "ECC_SECG_P256K1": ["ECDSA_SHA_256"],
    "ECC_NIST_EDWARDS25519": ["ED25519_SHA_512", "ED25519_PH_SHA_512"],
    "ML_DSA_44": ["ML_DSA_SHAKE_256"],
    "ML_DSA_65": ["ML_DSA_SHAKE_256"],
    "ML_DSA_87": ["ML_DSA_SHAKE_256"],
}
CURVES = {"ECC_NIST_P256": ec.SECP256R1, "ECC_NIST_P384": ec.SECP384R1, "ECC_NIST_P521": ec.SECP521R1, "ECC_SECG_P256K1": ec.SECP256K1}
OAEP = {"RSAES_OAEP_SHA_1": hashes.SHA1, "RSAES_OAEP_SHA_256": hashes.SHA256}
# The longest plaintexts; source: API reference, Encrypt.
LONGEST = {"RSA_2048": (214, 190), "RSA_3072": (342, 318), "RSA_4096": (470, 446)}
MACS = {f"HMAC_{size}": f"HMAC_SHA_{size}" for size in (224, 256, 384, 512)}
MESSAGE = b"the cellar key hangs behind the clock"


@pytest.fixture(scope="session")
def kms(aws):
    return aws.kms()


@pytest.fixture(scope="session")
def key_of(kms):
    """Makes a key of a spec and usage once for all tests: RSA keys take long."""
    made = {}

    def key(spec, usage):
        if (spec, usage) not in made:
            made[spec, usage] = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]
        return made[spec, usage]

    return key


def public_key(kms, key):
    return serialization.load_der_public_key(kms.get_public_key(KeyId=key["KeyId"])["PublicKey"])


def hash_of(algorithm):
    return {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}[algorithm[-3:]]()


def digest(algorithm, message=MESSAGE):
    return hashlib.new(f"sha{algorithm[-3:]}", message).digest()


def check_signature(public, algorithm, signature, message=MESSAGE):
    """Raises unless `cryptography` accepts the signature over the message."""
    if isinstance(public, rsa.RSAPublicKey):
        used = hash_of(algorithm)
        pads = {"PKCS1": padding.PKCS1v15(), "PSS_SH": padding.PSS(padding.MGF1(used), used.digest_size)}
        public.verify(signature, message, next(pad for name, pad in pads.items() if name in algorithm), used)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        public.verify(signature, message, ec.ECDSA(hash_of(algorithm)))
    else:
        public.verify(signature, message)


@pytest.mark.parametrize(("spec", "usage"), [
    *((spec, "SIGN_VERIFY") for spec in SIGNING),
    *((spec, "ENCRYPT_DECRYPT") for spec in LONGEST),
    *((spec, "KEY_AGREEMENT") for spec in ("ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521")),
    *((spec, "GENERATE_VERIFY_MAC") for spec in MACS),
])
def test_metadata(kms, key_of, spec, usage):
    key = kms.describe_key(KeyId=key_of(spec, usage)["KeyId"])["KeyMetadata"]
    assert (key["KeySpec"], key["CustomerMasterKeySpec"], key["KeyUsage"]) == (spec, spec, usage)
    expected = {
        "SIGN_VERIFY": ("SigningAlgorithms", SIGNING.get(spec)),
        "ENCRYPT_DECRYPT": ("EncryptionAlgorithms", list(OAEP)),
        "KEY_AGREEMENT": ("KeyAgreementAlgorithms", ["ECDH"]),
        "GENERATE_VERIFY_MAC": ("MacAlgorithms", [MACS.get(spec)]),
    }
    for member, algorithms in expected.values():
        assert key.get(member) == (algorithms if member == expected[usage][0] else None)
    # Seen against AWS: keys that hold one material for life do not name it.
    assert "CurrentKeyMaterialId" not in key


@pytest.mark.parametrize(("spec", "usage"), [
    *((spec, "SIGN_VERIFY") for spec in SIGNING),
    ("RSA_2048", "ENCRYPT_DECRYPT"),
    ("ECC_NIST_P384", "KEY_AGREEMENT"),
])
def test_public_key(kms, key_of, spec, usage):
    key = key_of(spec, usage)
    answer = plain(kms.get_public_key(KeyId=key["Arn"]))
    public = serialization.load_der_public_key(answer.pop("PublicKey"))
    if spec in CURVES:
        assert isinstance(public.curve, CURVES[spec])
    elif spec.startswith("RSA"):
        assert (public.key_size, public.public_numbers().e) == (int(spec[-4:]), 65537)
    member = {"SIGN_VERIFY": "SigningAlgorithms", "ENCRYPT_DECRYPT": "EncryptionAlgorithms", "KEY_AGREEMENT": "KeyAgreementAlgorithms"}[usage]
    assert answer == {"KeyId": key["Arn"], "KeySpec": spec, "CustomerMasterKeySpec": spec, "KeyUsage": usage, member: key[member]}


@pytest.mark.parametrize(("spec", "algorithm"), [(spec, algorithm) for spec in SIGNING for algorithm in SIGNING[spec]])
def test_signatures(kms, key_of, spec, algorithm):
    key = key_of(spec, "SIGN_VERIFY")
    call = {"KeyId": key["KeyId"], "SigningAlgorithm": algorithm}
    if algorithm == "ED25519_PH_SHA_512":
        call |= {"Message": digest(algorithm), "MessageType": "DIGEST"}
    else:
        call |= {"Message": MESSAGE}
    signed = plain(kms.sign(**call))
    signature = signed.pop("Signature")
    assert signed == {"KeyId": key["Arn"], "SigningAlgorithm": algorithm}
    verified = plain(kms.verify(Signature=signature, **call))
    assert verified == {"KeyId": key["Arn"], "SignatureValid": True, "SigningAlgorithm": algorithm}
    if algorithm != "ED25519_PH_SHA_512":
        public = public_key(kms, key)
        check_signature(public, algorithm, signature)
        with pytest.raises(InvalidSignature):
            check_signature(public, algorithm, signature, MESSAGE + b".")
    # A failed verification is an error, without a message.
    wrong = call | {"Message": bytes(reversed(call["Message"]))}
    with refused("KMSInvalidSignatureException", SILENT):
        kms.verify(Signature=signature, **wrong)
    for bad in (signature[:-1], signature + b"\0", b"x"):
        with refused("KMSInvalidSignatureException", SILENT):
            kms.verify(Signature=bad, **call)


@pytest.mark.parametrize(("spec", "algorithm"), [
    (spec, algorithm) for spec in ("RSA_2048", *CURVES) for algorithm in SIGNING[spec]
])
def test_digests(kms, key_of, spec, algorithm):
    key = key_of(spec, "SIGN_VERIFY")
    call = {"KeyId": key["KeyId"], "SigningAlgorithm": algorithm, "MessageType": "DIGEST"}
    signature = kms.sign(Message=digest(algorithm), **call)["Signature"]
    check_signature(public_key(kms, key), algorithm, signature)
    assert kms.verify(Message=digest(algorithm), Signature=signature, **call)["SignatureValid"] is True
    # The message and its digest have the same signatures.
    raw = call | {"MessageType": "RAW"}
    assert kms.verify(Message=MESSAGE, Signature=signature, **raw)["SignatureValid"] is True
    for wrong in (digest(algorithm)[:-1], digest(algorithm) + b"\0", b"x"):
        with refused("ValidationException", f"Digest is invalid length for algorithm {algorithm}."):
            kms.sign(Message=wrong, **call)
        with refused("ValidationException", f"Digest is invalid length for algorithm {algorithm}."):
            kms.verify(Message=wrong, Signature=signature, **call)


def test_ed25519_is_deterministic(kms, key_of):
    key = key_of("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
    call = {"KeyId": key["KeyId"], "SigningAlgorithm": "ED25519_SHA_512", "Message": MESSAGE}
    assert kms.sign(**call)["Signature"] == kms.sign(**call)["Signature"]
    assert isinstance(public_key(kms, key), ed25519.Ed25519PublicKey)


@pytest.mark.parametrize("spec", ["ML_DSA_44", "ML_DSA_65", "ML_DSA_87"])
def test_ml_dsa_external_mu(kms, key_of, spec):
    # FIPS 204, algorithm 7: mu is over the hash of the public key, and over the message with no context in front of it.
    key = key_of(spec, "SIGN_VERIFY")
    public = kms.get_public_key(KeyId=key["KeyId"])["PublicKey"]
    encoded = public[-{"ML_DSA_44": 1312, "ML_DSA_65": 1952, "ML_DSA_87": 2592}[spec]:]
    mu = hashlib.shake_256(hashlib.shake_256(encoded).digest(64) + b"\0\0" + MESSAGE).digest(64)
    call = {"KeyId": key["KeyId"], "SigningAlgorithm": "ML_DSA_SHAKE_256"}
    signature = kms.sign(Message=mu, MessageType="EXTERNAL_MU", **call)["Signature"]
    serialization.load_der_public_key(public).verify(signature, MESSAGE)
    assert kms.verify(Message=MESSAGE, Signature=signature, **call)["SignatureValid"] is True
    over_message = kms.sign(Message=MESSAGE, **call)["Signature"]
    assert kms.verify(Message=mu, MessageType="EXTERNAL_MU", Signature=over_message, **call)["SignatureValid"] is True


@pytest.mark.parametrize("spec", LONGEST)
@pytest.mark.parametrize("algorithm", OAEP)
def test_rsa_encryption(kms, key_of, spec, algorithm):
    key = key_of(spec, "ENCRYPT_DECRYPT")
    longest = LONGEST[spec][list(OAEP).index(algorithm)]
    call = {"KeyId": key["KeyId"], "EncryptionAlgorithm": algorithm}
    sealed = plain(kms.encrypt(Plaintext=b"x" * longest, **call))
    blob = sealed.pop("CiphertextBlob")
    assert (sealed, len(blob)) == ({"KeyId": key["Arn"], "EncryptionAlgorithm": algorithm}, int(spec[-4:]) // 8)
    opened = plain(kms.decrypt(CiphertextBlob=blob, **call))
    assert opened == {"KeyId": key["Arn"], "EncryptionAlgorithm": algorithm, "Plaintext": b"x" * longest}
    # Encrypted elsewhere with the public key.
    used = OAEP[algorithm]()
    outside = public_key(kms, key).encrypt(MESSAGE, padding.OAEP(padding.MGF1(used), used, None))
    assert kms.decrypt(CiphertextBlob=outside, **call)["Plaintext"] == MESSAGE
    with refused("ValidationException", f"Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {longest} bytes."):
        kms.encrypt(Plaintext=b"x" * (longest + 1), **call)
    for wrong in (blob[:-1], blob[:-1] + bytes([blob[-1] ^ 1]), b"x"):
        with refused("InvalidCiphertextException", SILENT):
            kms.decrypt(CiphertextBlob=wrong, **call)
    other = next(name for name in OAEP if name != algorithm)
    with refused("InvalidCiphertextException", SILENT):
        kms.decrypt(CiphertextBlob=blob, **call | {"EncryptionAlgorithm": other})


def test_re_encrypt_between_kinds(kms, key_of):
    symmetric = kms.create_key()["KeyMetadata"]
    rsa_key = key_of("RSA_2048", "ENCRYPT_DECRYPT")
    blob = kms.encrypt(KeyId=symmetric["KeyId"], Plaintext=MESSAGE, EncryptionContext={"a": "b"})["CiphertextBlob"]
    there = plain(kms.re_encrypt(
        CiphertextBlob=blob,
        SourceEncryptionContext={"a": "b"},
        DestinationKeyId=rsa_key["KeyId"],
        DestinationEncryptionAlgorithm="RSAES_OAEP_SHA_256",
    ))
    moved = there.pop("CiphertextBlob")
    assert there == {
        "SourceKeyId": symmetric["Arn"],
        "KeyId": rsa_key["Arn"],
        "SourceEncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "DestinationEncryptionAlgorithm": "RSAES_OAEP_SHA_256",
        "SourceKeyMaterialId": symmetric["CurrentKeyMaterialId"],
    }
    back = kms.re_encrypt(
        CiphertextBlob=moved,
        SourceKeyId=rsa_key["KeyId"],
        SourceEncryptionAlgorithm="RSAES_OAEP_SHA_256",
        DestinationKeyId=symmetric["KeyId"],
    )
    assert "SourceKeyMaterialId" not in back
    assert back["DestinationKeyMaterialId"] == symmetric["CurrentKeyMaterialId"]
    assert kms.decrypt(CiphertextBlob=back["CiphertextBlob"])["Plaintext"] == MESSAGE


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"])
def test_shared_secrets(kms, key_of, spec):
    key = key_of(spec, "KEY_AGREEMENT")
    own = ec.generate_private_key(CURVES[spec]())
    spki = own.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    call = {"KeyId": key["KeyId"], "KeyAgreementAlgorithm": "ECDH"}
    answer = plain(kms.derive_shared_secret(PublicKey=spki, **call))
    assert answer == {
        "KeyId": key["Arn"],
        "SharedSecret": own.exchange(ec.ECDH(), public_key(kms, key)),
        "KeyAgreementAlgorithm": "ECDH",
        "KeyOrigin": "AWS_KMS",
    }
    foreign = ec.generate_private_key(ec.SECP256K1()).public_key()
    foreign = foreign.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    for wrong in (spki[:-1], foreign, b"x"):
        with refused("ValidationException", SILENT):
            kms.derive_shared_secret(PublicKey=wrong, **call)


@pytest.mark.parametrize("spec", MACS)
def test_macs(kms, key_of, spec):
    key = key_of(spec, "GENERATE_VERIFY_MAC")
    call = {"KeyId": key["KeyId"], "MacAlgorithm": MACS[spec], "Message": MESSAGE}
    made = plain(kms.generate_mac(**call))
    mac = made.pop("Mac")
    assert (made, len(mac)) == ({"KeyId": key["Arn"], "MacAlgorithm": MACS[spec]}, int(spec[-3:]) // 8)
    assert kms.generate_mac(**call)["Mac"] == mac
    assert plain(kms.verify_mac(Mac=mac, **call)) == {"KeyId": key["Arn"], "MacValid": True, "MacAlgorithm": MACS[spec]}
    for wrong in (mac[:-1], mac + b"\0", bytes(len(mac)), b"x"):
        with refused("KMSInvalidMacException", SILENT):
            kms.verify_mac(Mac=wrong, **call)
    with refused("KMSInvalidMacException", SILENT):
        kms.verify_mac(Mac=mac, **call | {"Message": MESSAGE + b"."})
    other = next(name for name in MACS.values() if name != MACS[spec])
    with refused("InvalidKeyUsageException", f"Algorithm {other} is incompatible with key spec {spec}."):
        kms.generate_mac(**call | {"MacAlgorithm": other})


@pytest.mark.parametrize("spec", ["RSA_2048", *CURVES, "ECC_NIST_EDWARDS25519"])
def test_data_key_pairs(kms, spec):
    key = kms.create_key()["KeyMetadata"]
    call = {"KeyId": key["KeyId"], "KeyPairSpec": spec, "EncryptionContext": {"a": "b"}}
    pair = plain(kms.generate_data_key_pair(**call))
    private = serialization.load_der_private_key(pair["PrivateKeyPlaintext"], None)
    public = private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert pair["PublicKey"] == public
    opened = kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"], EncryptionContext={"a": "b"})
    assert opened["Plaintext"] == pair["PrivateKeyPlaintext"]
    rest = {"KeyId": key["Arn"], "KeyPairSpec": spec, "KeyMaterialId": key["CurrentKeyMaterialId"]}
    assert pair == rest | {name: pair[name] for name in ("PrivateKeyPlaintext", "PrivateKeyCiphertextBlob", "PublicKey")}
    sealed = plain(kms.generate_data_key_pair_without_plaintext(**call))
    opened = kms.decrypt(CiphertextBlob=sealed["PrivateKeyCiphertextBlob"], EncryptionContext={"a": "b"})["Plaintext"]
    private = serialization.load_der_private_key(opened, None).public_key()
    assert private.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo) == sealed["PublicKey"]
    assert set(sealed) == {"PrivateKeyCiphertextBlob", "PublicKey", "KeyId", "KeyPairSpec", "KeyMaterialId"}


def test_wrong_usages(kms, key_of):
    """Seen against AWS: the usage is named first, then the algorithm."""
    symmetric = kms.create_key()["KeyMetadata"]
    signing, mac = key_of("RSA_2048", "SIGN_VERIFY"), key_of("HMAC_256", "GENERATE_VERIFY_MAC")
    agreement, encryption = key_of("ECC_NIST_P256", "KEY_AGREEMENT"), key_of("RSA_2048", "ENCRYPT_DECRYPT")

    def usage(key, operation):
        return refused("InvalidKeyUsageException", f"{key['Arn']} key usage is {key['KeyUsage']} which is not valid for {operation}.")

    with usage(symmetric, "Sign"):
        kms.sign(KeyId=symmetric["KeyId"], Message=b"x", SigningAlgorithm="ECDSA_SHA_256")
    with usage(agreement, "Verify"):
        kms.verify(KeyId=agreement["KeyId"], Message=b"x", Signature=b"x", SigningAlgorithm="ECDSA_SHA_256")
    with usage(symmetric, "GenerateMac"):
        kms.generate_mac(KeyId=symmetric["KeyId"], Message=b"x", MacAlgorithm="HMAC_SHA_256")
    with usage(signing, "VerifyMac"):
        kms.verify_mac(KeyId=signing["KeyId"], Message=b"x", Mac=b"x", MacAlgorithm="HMAC_SHA_256")
    with usage(mac, "Encrypt"):
        kms.encrypt(KeyId=mac["KeyId"], Plaintext=b"x")
    with usage(signing, "GenerateDataKey"):
        kms.generate_data_key(KeyId=signing["KeyId"], KeySpec="AES_256")
    with usage(encryption, "DeriveSharedSecret"):
        kms.derive_shared_secret(KeyId=encryption["KeyId"], KeyAgreementAlgorithm="ECDH", PublicKey=b"x")
    with refused("InvalidKeyUsageException", "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048."):
        kms.encrypt(KeyId=encryption["KeyId"], Plaintext=b"x")
    with refused("InvalidKeyUsageException", "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048."):
        kms.generate_data_key(KeyId=encryption["KeyId"], KeySpec="AES_256")
    with refused("InvalidKeyUsageException", "Algorithm ECDSA_SHA_256 is incompatible with key spec RSA_2048."):
        kms.sign(KeyId=signing["KeyId"], Message=b"x", SigningAlgorithm="ECDSA_SHA_256")
    # Seen against AWS: whatever the named key is for, a ciphertext of another key gets the same error.
    blob = kms.encrypt(KeyId=symmetric["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    for other in (mac, signing, encryption):
        with refused("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation."):
            kms.decrypt(KeyId=other["KeyId"], CiphertextBlob=blob)


def test_message_types(kms, key_of):
    for spec, algorithm, kind in (
        ("RSA_2048", "RSASSA_PSS_SHA_256", "EXTERNAL_MU"),
        ("ECC_NIST_EDWARDS25519", "ED25519_SHA_512", "DIGEST"),
        ("ECC_NIST_EDWARDS25519", "ED25519_PH_SHA_512", "RAW"),
        ("ML_DSA_44", "ML_DSA_SHAKE_256", "DIGEST"),
    ):
        key = key_of(spec, "SIGN_VERIFY")
        with refused("ValidationException", f"MessageType {kind} is not compatible with SigningAlgorithm {algorithm}."):
            kms.sign(KeyId=key["KeyId"], Message=b"x" * 64, MessageType=kind, SigningAlgorithm=algorithm)


def test_bounds(kms, key_of):
    key = key_of("ECC_NIST_P256", "SIGN_VERIFY")
    call = {"KeyId": key["KeyId"], "SigningAlgorithm": "ECDSA_SHA_256"}
    kms.sign(Message=b"x" * 4096, **call)
    with refused("ValidationException", constraint("message", "Member must have length less than or equal to 4096")):
        kms.sign(Message=b"x" * 4097, **call)
    with refused("ValidationException", constraint("message", "Member must have length greater than or equal to 1")):
        kms.sign(Message=b"", **call)


def test_what_these_keys_do_not_have(kms, key_of):
    symmetric = kms.create_key()["KeyMetadata"]
    mac, signing = key_of("HMAC_256", "GENERATE_VERIFY_MAC"), key_of("RSA_2048", "SIGN_VERIFY")
    for key in (symmetric, mac):
        with refused("UnsupportedOperationException", f"{key['Arn']} key spec is {key['KeySpec']} which is not valid for this operation."):
            kms.get_public_key(KeyId=key["KeyId"])
    for key in (mac, signing):
        for change in (kms.enable_key_rotation, kms.disable_key_rotation):
            with refused("UnsupportedOperationException", SILENT):
                change(KeyId=key["KeyId"])
        assert plain(kms.get_key_rotation_status(KeyId=key["KeyId"])) == {"KeyId": key["Arn"], "KeyRotationEnabled": False}
    encryption = key_of("RSA_2048", "ENCRYPT_DECRYPT")
    with refused("ValidationException", "EncryptionContext is not supported when the key spec is RSA_2048."):
        kms.encrypt(KeyId=encryption["KeyId"], Plaintext=b"x", EncryptionAlgorithm="RSAES_OAEP_SHA_1", EncryptionContext={"a": "b"})


def test_refused_specs(kms):
    with refused("ValidationException", "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."):
        kms.create_key(KeySpec="RSA_2048")
    for spec, usage in (("RSA_2048", "KEY_AGREEMENT"), ("ECC_SECG_P256K1", "KEY_AGREEMENT"), ("HMAC_256", "SIGN_VERIFY"), ("ML_DSA_44", "ENCRYPT_DECRYPT"), ("SYMMETRIC_DEFAULT", "SIGN_VERIFY")):
        with refused("ValidationException", f"KeyUsage {usage} is not compatible with KeySpec {spec}"):
            kms.create_key(KeySpec=spec, KeyUsage=usage)
    with refused("UnsupportedOperationException", "KeySpec SM2 is not supported in this region."):
        kms.create_key(KeySpec="SM2", KeyUsage="SIGN_VERIFY")
    with refused("UnsupportedOperationException", "KeyPairSpec SM2 is not supported in this region."):
        kms.generate_data_key_pair(KeyId=kms.create_key()["KeyMetadata"]["KeyId"], KeyPairSpec="SM2")


def test_dry_runs(kms, key_of):
    success = "The request would have succeeded, but the DryRun option is set."
    signing, mac = key_of("ECC_NIST_P256", "SIGN_VERIFY"), key_of("HMAC_256", "GENERATE_VERIFY_MAC")
    sign = {"KeyId": signing["KeyId"], "SigningAlgorithm": "ECDSA_SHA_256", "Message": MESSAGE}
    signature = kms.sign(**sign)["Signature"]
    made = kms.generate_mac(KeyId=mac["KeyId"], MacAlgorithm="HMAC_SHA_256", Message=MESSAGE)["Mac"]
    agreement = key_of("ECC_NIST_P256", "KEY_AGREEMENT")
    spki = kms.get_public_key(KeyId=agreement["KeyId"])["PublicKey"]
    symmetric = kms.create_key()["KeyMetadata"]["KeyId"]
    calls = [
        (kms.sign, sign),
        (kms.verify, sign | {"Signature": signature}),
        (kms.generate_mac, {"KeyId": mac["KeyId"], "MacAlgorithm": "HMAC_SHA_256", "Message": MESSAGE}),
        (kms.verify_mac, {"KeyId": mac["KeyId"], "MacAlgorithm": "HMAC_SHA_256", "Message": MESSAGE, "Mac": made}),
        (kms.derive_shared_secret, {"KeyId": agreement["KeyId"], "KeyAgreementAlgorithm": "ECDH", "PublicKey": spki}),
        (kms.generate_data_key_pair, {"KeyId": symmetric, "KeyPairSpec": "ECC_NIST_P256"}),
        (kms.generate_data_key_pair_without_plaintext, {"KeyId": symmetric, "KeyPairSpec": "RSA_4096"}),
    ]
    for call, arguments in calls:
        with refused("DryRunOperationException", success):
            call(DryRun=True, **arguments)
    with refused("KMSInvalidSignatureException", SILENT):
        kms.verify(DryRun=True, Signature=b"x", **sign)


@pytest.mark.parametrize(("spec", "usage"), [("ECC_NIST_P256", "SIGN_VERIFY"), ("RSA_2048", "ENCRYPT_DECRYPT"), ("HMAC_512", "GENERATE_VERIFY_MAC"), ("ML_DSA_65", "SIGN_VERIFY")])
def test_replicas(aws, kms, spec, usage):
    """A multi-Region key of any kind works in every region of its set with the same material."""
    key = kms.create_key(KeySpec=spec, KeyUsage=usage, MultiRegion=True)["KeyMetadata"]["KeyId"]
    kms.replicate_key(KeyId=key, ReplicaRegion=REPLICA)
    there = aws.kms(REPLICA)

    def enabled():
        assert there.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"

    eventually(enabled)
    if usage == "SIGN_VERIFY":
        algorithm = SIGNING[spec][0]
        signature = kms.sign(KeyId=key, Message=MESSAGE, SigningAlgorithm=algorithm)["Signature"]
        assert there.verify(KeyId=key, Message=MESSAGE, SigningAlgorithm=algorithm, Signature=signature)["SignatureValid"] is True
    elif usage == "ENCRYPT_DECRYPT":
        blob = kms.encrypt(KeyId=key, Plaintext=MESSAGE, EncryptionAlgorithm="RSAES_OAEP_SHA_256")["CiphertextBlob"]
        opened = there.decrypt(KeyId=key, CiphertextBlob=blob, EncryptionAlgorithm="RSAES_OAEP_SHA_256")
        assert opened["Plaintext"] == MESSAGE
    else:
        mac = kms.generate_mac(KeyId=key, Message=MESSAGE, MacAlgorithm=MACS[spec])["Mac"]
        assert there.generate_mac(KeyId=key, Message=MESSAGE, MacAlgorithm=MACS[spec])["Mac"] == mac
    if usage != "GENERATE_VERIFY_MAC":
        assert kms.get_public_key(KeyId=key)["PublicKey"] == there.get_public_key(KeyId=key)["PublicKey"]


@pytest.mark.parametrize(("spec", "usage"), [("ECC_NIST_P256", "SIGN_VERIFY"), ("ECC_NIST_P256", "KEY_AGREEMENT"), ("HMAC_256", "GENERATE_VERIFY_MAC"), ("RSA_2048", "ENCRYPT_DECRYPT")])
def test_states(kms, spec, usage):
    """Source: AWS KMS Developer Guide, "Key states of AWS KMS keys". The public key of a disabled key can be read."""
    key = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]
    called = {
        "SIGN_VERIFY": [
            lambda: kms.sign(KeyId=key["KeyId"], Message=b"x", SigningAlgorithm="ECDSA_SHA_256"),
            lambda: kms.verify(KeyId=key["KeyId"], Message=b"x", Signature=b"x", SigningAlgorithm="ECDSA_SHA_256"),
        ],
        "KEY_AGREEMENT": [lambda: kms.derive_shared_secret(KeyId=key["KeyId"], KeyAgreementAlgorithm="ECDH", PublicKey=b"x")],
        "GENERATE_VERIFY_MAC": [
            lambda: kms.generate_mac(KeyId=key["KeyId"], Message=b"x", MacAlgorithm="HMAC_SHA_256"),
            lambda: kms.verify_mac(KeyId=key["KeyId"], Message=b"x", Mac=b"x", MacAlgorithm="HMAC_SHA_256"),
        ],
        "ENCRYPT_DECRYPT": [
            lambda: kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x", EncryptionAlgorithm="RSAES_OAEP_SHA_1"),
            lambda: kms.decrypt(KeyId=key["KeyId"], CiphertextBlob=b"x", EncryptionAlgorithm="RSAES_OAEP_SHA_1"),
        ],
    }[usage]
    kms.disable_key(KeyId=key["KeyId"])
    for call in called:
        with refused("DisabledException", f"{key['Arn']} is disabled."):
            call()
    if usage != "GENERATE_VERIFY_MAC":
        kms.get_public_key(KeyId=key["KeyId"])
    kms.schedule_key_deletion(KeyId=key["KeyId"])
    for call in called:
        with refused("KMSInvalidStateException", f"{key['Arn']} is pending deletion."):
            call()
    if usage != "GENERATE_VERIFY_MAC":
        with refused("KMSInvalidStateException", f"{key['Arn']} is pending deletion."):
            kms.get_public_key(KeyId=key["KeyId"])
