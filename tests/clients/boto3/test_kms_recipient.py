"""KMS: the Recipient of a request, with attestation documents that a PKI of the tests signs."""

import base64
import json
import re
import shutil
import subprocess

import botocore.session
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support.attestation import ALGORITHM, MODULE, TPM_MODULE, Enclave, Issued, Nitro
from support.clients import ACCOUNT, Clients
from support.expect import constraint, refused
from support.kms_calls import Call
from support.server import Server, binary
from support.xks_proxy import ACCESS_KEY_ID, SECRET, Proxy

DRY = "The request would have succeeded, but the DryRun option is set."
WITHOUT_ROOT = (
    "Claviger cannot verify the attestation document of a Recipient: it was started without the certificate of a root "
    "(claviger dev --attestation-root FILE)."
)


@pytest.fixture(scope="module")
def nitro():
    return Nitro()


@pytest.fixture(scope="module")
def running(nitro, tmp_path_factory):
    """A server that trusts the root of the tests, and another one. It has an external key store proxy."""
    folder = tmp_path_factory.mktemp("server")
    arguments = []
    for name, root in (("other", Nitro().root), ("nitro", nitro.root)):
        (folder / f"{name}.pem").write_bytes(root.pem)
        arguments += ["--attestation-root", str(folder / f"{name}.pem")]
    with Proxy(["key"]) as proxy:
        arguments += ["--xks-proxy", f"xks.test={proxy.address}"]
        with Server(folder, data=folder / "data", arguments=arguments) as server:
            yield server


@pytest.fixture(scope="module")
def aws(running):
    return Clients(running.endpoint)


@pytest.fixture(scope="module")
def kms(aws):
    return aws.kms()


@pytest.fixture(scope="module")
def key(kms):
    return kms.create_key()["KeyMetadata"]["KeyId"]


@pytest.fixture(scope="module")
def enclave(nitro):
    return Enclave(nitro)


def invalid(reason):
    return refused("ValidationException", f"The attestation document is not valid: {reason}.")


# --- The five operations --------------------------------------------------------------------------------------------------


def test_decrypt(kms, key, enclave):
    for secret in (b"s", b"exactly sixteen!", b"x" * 4096):
        blob = kms.encrypt(KeyId=key, Plaintext=secret)["CiphertextBlob"]
        answer = kms.decrypt(CiphertextBlob=blob, Recipient=enclave.recipient())
        # Source: AWS KMS API Reference, DecryptResponse: no Plaintext and no KeyMaterialId beside CiphertextForRecipient.
        assert set(answer) == {"KeyId", "CiphertextForRecipient", "EncryptionAlgorithm", "ResponseMetadata"}
        assert enclave.open(answer["CiphertextForRecipient"]) == secret
        again = kms.decrypt(CiphertextBlob=blob, Recipient=enclave.recipient())["CiphertextForRecipient"]
        assert again != answer["CiphertextForRecipient"]


def test_decrypt_with_an_rsa_key(kms, enclave):
    made = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=made, Plaintext=b"secret", EncryptionAlgorithm=ALGORITHM)["CiphertextBlob"]
    answer = kms.decrypt(
        KeyId=made, CiphertextBlob=blob, EncryptionAlgorithm=ALGORITHM, Recipient=enclave.recipient()
    )
    assert enclave.open(answer["CiphertextForRecipient"]) == b"secret"
    assert "Plaintext" not in answer


def test_generate_data_key(kms, key, enclave):
    for given, length in (({"KeySpec": "AES_256"}, 32), ({"KeySpec": "AES_128"}, 16), ({"NumberOfBytes": 1024}, 1024)):
        answer = kms.generate_data_key(KeyId=key, Recipient=enclave.recipient(), **given)
        assert set(answer) == {"KeyId", "CiphertextBlob", "CiphertextForRecipient", "ResponseMetadata"}
        secret = enclave.open(answer["CiphertextForRecipient"])
        assert len(secret) == length
        assert kms.decrypt(CiphertextBlob=answer["CiphertextBlob"])["Plaintext"] == secret


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "RSA_2048"])
def test_generate_data_key_pair(kms, key, enclave, spec):
    answer = kms.generate_data_key_pair(KeyId=key, KeyPairSpec=spec, Recipient=enclave.recipient())
    assert set(answer) == {
        "KeyId",
        "KeyPairSpec",
        "PublicKey",
        "PrivateKeyCiphertextBlob",
        "CiphertextForRecipient",
        "ResponseMetadata",
    }
    secret = enclave.open(answer["CiphertextForRecipient"])
    private = serialization.load_der_private_key(secret, None)
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert public == answer["PublicKey"]
    assert kms.decrypt(CiphertextBlob=answer["PrivateKeyCiphertextBlob"])["Plaintext"] == secret


def test_generate_random(kms, enclave):
    answer = kms.generate_random(NumberOfBytes=100, Recipient=enclave.recipient())
    assert set(answer) == {"CiphertextForRecipient", "ResponseMetadata"}
    assert len(enclave.open(answer["CiphertextForRecipient"])) == 100


def test_derive_shared_secret(kms, enclave):
    made = kms.create_key(KeySpec="ECC_NIST_P384", KeyUsage="KEY_AGREEMENT")["KeyMetadata"]["KeyId"]
    own = serialization.load_der_public_key(kms.get_public_key(KeyId=made)["PublicKey"])
    peer = ec.generate_private_key(ec.SECP384R1())
    public = peer.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    answer = kms.derive_shared_secret(
        KeyId=made, KeyAgreementAlgorithm="ECDH", PublicKey=public, Recipient=enclave.recipient()
    )
    wanted = {"KeyId", "KeyAgreementAlgorithm", "KeyOrigin", "CiphertextForRecipient", "ResponseMetadata"}
    assert set(answer) == wanted
    assert enclave.open(answer["CiphertextForRecipient"]) == peer.exchange(ec.ECDH(), own)


@pytest.mark.parametrize("bits", [3072, 4096])
def test_longer_rsa_keys(kms, nitro, bits):
    enclave = Enclave(nitro, bits)
    answer = kms.generate_random(NumberOfBytes=32, Recipient=enclave.recipient())
    assert len(enclave.open(answer["CiphertextForRecipient"])) == 32


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_reads_the_answer(kms, key, enclave, tmp_path):
    answer = kms.generate_data_key(KeyId=key, KeySpec="AES_256", Recipient=enclave.recipient())
    wanted = kms.decrypt(CiphertextBlob=answer["CiphertextBlob"])["Plaintext"]
    private = enclave.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key.pem").write_bytes(private)
    command = ["openssl", "cms", "-decrypt", "-inform", "DER", "-inkey", str(tmp_path / "key.pem")]
    opened = subprocess.run(command, input=answer["CiphertextForRecipient"], capture_output=True, timeout=30)
    assert (opened.returncode, opened.stdout) == (0, wanted), opened.stderr


def test_a_key_in_a_key_store(kms, enclave):
    store = kms.create_custom_key_store(
        CustomKeyStoreName="recipient",
        CustomKeyStoreType="EXTERNAL_KEY_STORE",
        XksProxyConnectivity="PUBLIC_ENDPOINT",
        XksProxyUriEndpoint="https://xks.test",
        XksProxyUriPath="/recipient/kms/xks/v1",
        XksProxyAuthenticationCredential={"AccessKeyId": ACCESS_KEY_ID, "RawSecretAccessKey": SECRET},
    )["CustomKeyStoreId"]
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    made = kms.create_key(Origin="EXTERNAL_KEY_STORE", CustomKeyStoreId=store, XksKeyId="key")["KeyMetadata"]["KeyId"]
    answer = kms.generate_data_key(KeyId=made, KeySpec="AES_256", Recipient=enclave.recipient())
    secret = enclave.open(answer["CiphertextForRecipient"])
    assert "Plaintext" not in answer
    assert kms.decrypt(CiphertextBlob=answer["CiphertextBlob"])["Plaintext"] == secret
    answer = kms.decrypt(CiphertextBlob=answer["CiphertextBlob"], Recipient=enclave.recipient())
    assert enclave.open(answer["CiphertextForRecipient"]) == secret


def test_an_untagged_document_and_longer_members(kms, nitro, enclave):
    members = nitro.members(enclave.public_key, user_data=bytes(512), nonce=b"")
    for tagged in (True, False):
        document = nitro.sign(members, tagged=tagged)
        recipient = {"KeyEncryptionAlgorithm": ALGORITHM, "AttestationDocument": document}
        answer = kms.generate_random(NumberOfBytes=8, Recipient=recipient)
        assert len(enclave.open(answer["CiphertextForRecipient"])) == 8


def test_dry_run(kms, key, enclave):
    blob = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    with refused("DryRunOperationException", DRY):
        kms.decrypt(CiphertextBlob=blob, Recipient=enclave.recipient(), DryRun=True)
    with refused("DryRunOperationException", DRY):
        kms.generate_data_key(KeyId=key, KeySpec="AES_256", Recipient=enclave.recipient(), DryRun=True)
    with invalid("it has no public key"):
        kms.decrypt(CiphertextBlob=blob, Recipient=enclave.recipient(public_key=None), DryRun=True)


MODEL = botocore.session.get_session().get_service_model("kms")
WITH_RECIPIENT = [
    name for name in MODEL.operation_names if "Recipient" in getattr(MODEL.operation_model(name).input_shape, "members", {})
]


@pytest.mark.parametrize("operation", WITH_RECIPIENT)
def test_no_operation_answers_a_plaintext_to_a_recipient(server, kms, enclave, operation):
    """The operations are those of the installed model, so a new one with a recipient must be tried, too."""
    for secret in ("Plaintext", "SharedSecret", "PrivateKeyPlaintext"):
        if secret in MODEL.operation_model(operation).output_shape.members:
            break
    call = Call(kms, operation)
    assert call.send()[secret]
    answer = call.send(Recipient=enclave.recipient())
    assert enclave.open(answer["CiphertextForRecipient"])
    assert secret not in answer and "KeyMaterialId" not in answer
    with invalid("it has no public key"):
        call.send(Recipient=enclave.recipient(public_key=None))
    with refused("UnsupportedOperationException", WITHOUT_ROOT):
        Call(Clients(server.endpoint).kms(), operation).send(Recipient=enclave.recipient())


# --- Refusals -------------------------------------------------------------------------------------------------------------


def test_without_a_root_no_document_is_verified(server, enclave):
    plain = Clients(server.endpoint).kms()
    made = plain.create_key()["KeyMetadata"]["KeyId"]
    # Not even one that is no document.
    for recipient in (enclave.recipient(), {}, {"AttestationDocument": b"x"}):
        with refused("UnsupportedOperationException", WITHOUT_ROOT):
            plain.generate_data_key(KeyId=made, KeySpec="AES_256", Recipient=recipient)


def test_members_of_the_recipient(kms, enclave):
    whole = enclave.recipient()
    for name in whole:
        rest = {member: value for member, value in whole.items() if member != name}
        text = (
            f"1 validation error detected: Value null at 'recipient.{name[0].lower()}{name[1:]}' failed to satisfy constraint: "
            "Member must not be null"
        )
        with refused("ValidationException", text):
            kms.generate_random(NumberOfBytes=8, Recipient=rest)
    wrong = whole | {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_1"}
    text = constraint(
        "recipient.keyEncryptionAlgorithm", f"Member must satisfy enum value set: [{ALGORITHM}]", "RSAES_OAEP_SHA_1"
    )
    with refused("ValidationException", text):
        kms.generate_random(NumberOfBytes=8, Recipient=wrong)


def test_documents_of_others(kms, nitro, enclave):
    stranger = Enclave(Nitro())
    with invalid("its certificate chain does not begin with a trusted root certificate"):
        kms.generate_random(NumberOfBytes=8, Recipient=stranger.recipient())
    # A chain below a trusted root that another key signed.
    forged = Nitro()
    bundle = [nitro.root.der, forged.region.der, forged.zone.der]
    with invalid("a certificate of its chain was not signed by the one above it"):
        kms.generate_random(NumberOfBytes=8, Recipient=Enclave(forged).recipient(cabundle=bundle))
    with invalid("its signature does not match"):
        kms.generate_random(NumberOfBytes=8, Recipient=Enclave(forged).recipient(
            cabundle=[nitro.root.der, nitro.region.der, nitro.zone.der], certificate=nitro.leaf.der
        ))


@pytest.mark.parametrize(
    "leaf, reason",
    [
        ({"valid": (-7200, -3600)}, "a certificate of its chain has expired or is not valid yet"),
        ({"valid": (60, 3600)}, "a certificate of its chain has expired or is not valid yet"),
        ({"ca": True}, "its certificate may not sign it"),
        ({"usage": "key_agreement"}, "its certificate may not sign it"),
    ],
)
def test_the_certificate_that_signs(kms, nitro, leaf, reason):
    with invalid(reason):
        kms.generate_random(NumberOfBytes=8, Recipient=Enclave(Nitro(nitro.root, **leaf)).recipient())


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP521R1()], ids=lambda curve: curve.name)
def test_a_certificate_with_another_curve(kms, nitro, enclave, curve):
    other = Nitro(nitro.root, curve=curve).leaf.der
    with invalid("a certificate of its chain cannot be read"):
        kms.generate_random(NumberOfBytes=8, Recipient=enclave.recipient(certificate=other))


def test_the_chain(kms, nitro, enclave):
    root, region, zone = nitro.root.der, nitro.region.der, nitro.zone.der
    too_long = Issued("more", nitro.zone, ca=True)
    cases = [
        ([root, region, zone, too_long.der], "a certificate of its chain may not sign the one below it"),
        ([root, zone], "a certificate of its chain was not signed by the one above it"),
        ([root, region, Nitro(nitro.root).leaf.der], "a certificate of its chain may not sign the one below it"),
        ([root, region, nitro.leaf.der], "a certificate of its chain comes twice"),
        ([region, zone], "its certificate chain does not begin with a trusted root certificate"),
        ([], "cabundle is wrong"),
        ([root] * 9, "cabundle is wrong"),
        ([root, b"\x30\x00"], "a certificate of its chain cannot be read"),
    ]
    for bundle, reason in cases:
        with invalid(reason):
            kms.generate_random(NumberOfBytes=8, Recipient=enclave.recipient(cabundle=bundle))


def test_the_age_of_a_document(kms, nitro, enclave):
    now = nitro.members(b"")["timestamp"]
    for age in (-240_000, 240_000):
        kms.generate_random(NumberOfBytes=8, Recipient=enclave.recipient(timestamp=now - age))
    for age in (-360_000, 360_000, now - 1):
        with invalid("its time is more than five minutes from the server's"):
            kms.generate_random(NumberOfBytes=8, Recipient=enclave.recipient(timestamp=now - age))


def test_the_public_key(kms, nitro, enclave):
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    curve = curve.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    weak = Enclave(nitro, 1024).public_key
    too_long = Enclave(nitro, 4104).public_key
    for public_key in (curve, weak, too_long, b"key", enclave.public_key + b"\0"):
        with invalid("its public key is not an RSA key of 2048 to 4096 bits"):
            kms.generate_random(NumberOfBytes=8, Recipient=enclave.recipient(public_key=public_key))
    for public_key in (None, ...):
        with invalid("it has no public key"):
            kms.generate_random(NumberOfBytes=8, Recipient=enclave.recipient(public_key=public_key))


def test_the_members_of_a_document(kms, nitro, enclave):
    cases = [
        ({"module_id": ""}, "module_id is wrong"),
        ({"digest": "SHA256"}, "digest is not SHA384"),
        ({"timestamp": 0}, "timestamp is wrong"),
        ({"pcrs": {}}, "pcrs are wrong"),
        ({"pcrs": {32: bytes(48)}}, "pcrs are wrong"),
        ({"pcrs": {0: bytes(20)}}, "pcrs are wrong"),
        ({"pcrs": ...}, "a member is missing"),
        ({"certificate": bytes(1025)}, "certificate is wrong"),
        ({"nonce": bytes(1025)}, "nonce is wrong"),
        ({"user_data": "text"}, "user_data is wrong"),
    ]
    for changes, reason in cases:
        with invalid(reason):
            kms.generate_random(NumberOfBytes=8, Recipient=enclave.recipient(**changes))
    # A member that AWS may add one day.
    assert kms.generate_random(NumberOfBytes=8, Recipient=enclave.recipient(more=1))["CiphertextForRecipient"]


def test_the_message(kms, nitro, enclave):
    members = nitro.members(enclave.public_key)
    whole = nitro.sign(members)
    cases = [
        (nitro.sign(members, protected={1: -7}), "it is not signed with ES384"),
        (nitro.sign(members, protected={1: -36}), "it is not signed with ES384"),
        (nitro.sign(members, protected={}), "it is not signed with ES384"),
        (nitro.sign(members, unprotected={4: b"id"}), "it is no COSE_Sign1 message"),
        (nitro.sign(b"\x80"), "its payload is no map"),
        (b"document", "it is no COSE_Sign1 message"),
        (whole + b"\0", "it is no COSE_Sign1 message"),
        (whole[:-1], "it is no COSE_Sign1 message"),
        (bytes(30_000), "it is too long"),
    ]
    for document, reason in cases:
        with invalid(reason):
            kms.generate_random(
                NumberOfBytes=8, Recipient={"KeyEncryptionAlgorithm": ALGORITHM, "AttestationDocument": document}
            )
    for at in range(0, len(whole), 97):
        altered = bytearray(whole)
        altered[at] ^= 1
        with refused("ValidationException", re.compile("The attestation document is not valid: .*")):
            kms.generate_random(
                NumberOfBytes=8, Recipient={"KeyEncryptionAlgorithm": ALGORITHM, "AttestationDocument": bytes(altered)}
            )


def test_the_server_refuses_files_without_a_root(tmp_path):
    (tmp_path / "empty.pem").write_text("no certificate")
    leaf = Issued("leaf", ca=False)
    (tmp_path / "leaf.pem").write_bytes(leaf.pem)
    for name in ("empty.pem", "leaf.pem", "missing.pem"):
        command = [binary(), "dev", "--listen", "127.0.0.1:0", "--attestation-root", str(tmp_path / name)]
        ended = subprocess.run(command, capture_output=True, timeout=30, text=True)
        assert ended.returncode != 0 and name in ended.stderr, ended


# --- Policies -------------------------------------------------------------------------------------------------------------


def statement(actions, condition, effect="Allow", **more):
    return {"Effect": effect, "Action": actions, "Resource": "*", "Condition": condition} | more


def pcr(index):
    return (bytes([index]) * 48).hex()


def test_a_key_policy_that_asks_for_an_image(kms, make_user, enclave):
    user = make_user()
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    condition = {
        "StringEqualsIgnoreCase": {
            "kms:RecipientAttestation:ImageSha384": pcr(0),
            "kms:RecipientAttestation:PCR3": pcr(3).upper(),
        }
    }
    administration = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    to_user = statement(["kms:Decrypt", "kms:GenerateDataKey*"], condition, Principal={"AWS": user.arn})
    policy = json.dumps({"Version": "2012-10-17", "Statement": [administration, to_user]})
    made = kms.create_key(Policy=policy)["KeyMetadata"]
    theirs = user.kms()
    answer = theirs.generate_data_key(KeyId=made["KeyId"], KeySpec="AES_256", Recipient=enclave.recipient())
    secret = enclave.open(answer["CiphertextForRecipient"])
    answer = theirs.decrypt(CiphertextBlob=answer["CiphertextBlob"], Recipient=enclave.recipient())
    assert enclave.open(answer["CiphertextForRecipient"]) == secret
    pair = theirs.generate_data_key_pair(
        KeyId=made["KeyId"], KeyPairSpec="ECC_NIST_P256", Recipient=enclave.recipient()
    )
    assert serialization.load_der_private_key(enclave.open(pair["CiphertextForRecipient"]), None)
    denied = refused("AccessDeniedException", re.compile(f"User: {user.arn} is not authorized to perform: kms:.*"))
    others = {"pcrs": {0: b"\xff" * 48, 3: b"\x03" * 48}}, {"pcrs": {0: bytes(48)}}, {"pcrs": {3: b"\x03" * 48}}
    for changes in others:
        with refused("AccessDeniedException", re.compile(".*is not authorized to perform: kms:GenerateDataKey on.*")):
            theirs.generate_data_key(KeyId=made["KeyId"], KeySpec="AES_256", Recipient=enclave.recipient(**changes))
    with denied:
        theirs.generate_data_key(KeyId=made["KeyId"], KeySpec="AES_256")


def test_a_key_policy_that_denies_everybody_else(kms, make_user, enclave, everything):
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    administration = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    deny = statement(
        ["kms:Decrypt", "kms:ReEncryptFrom"],
        {"StringNotEquals": {"kms:RecipientAttestation:PCR8": pcr(8)}},
        effect="Deny",
        Principal="*",
    )
    policy = json.dumps({"Version": "2012-10-17", "Statement": [administration, deny]})
    made = kms.create_key(Policy=policy)["KeyMetadata"]["KeyId"]
    user = make_user(everything)
    blob = user.kms().encrypt(KeyId=made, Plaintext=b"secret")["CiphertextBlob"]
    answer = user.kms().decrypt(CiphertextBlob=blob, Recipient=enclave.recipient())
    assert enclave.open(answer["CiphertextForRecipient"]) == b"secret"
    text = re.compile(".*with an explicit deny in a resource-based policy")
    for arguments in ({}, {"Recipient": enclave.recipient(pcrs={8: bytes(48)})}):
        with refused("AccessDeniedException", text):
            user.kms().decrypt(CiphertextBlob=blob, **arguments)
    # ReEncrypt takes no recipient.
    with refused("AccessDeniedException", text):
        user.kms().re_encrypt(CiphertextBlob=blob, DestinationKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    # A grant gives the operation, and the policy's denial stands.
    kms.create_grant(KeyId=made, GranteePrincipal=user.arn, Operations=["Decrypt"])
    with refused("AccessDeniedException", text):
        user.kms().decrypt(CiphertextBlob=blob)


def test_an_iam_policy_for_random_bytes(make_user, enclave):
    condition = {"StringEquals": {"kms:RecipientAttestation:PCR4": pcr(4)}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement("kms:GenerateRandom", condition)]})
    kms = make_user(document).kms()
    assert kms.generate_random(NumberOfBytes=8, Recipient=enclave.recipient())["CiphertextForRecipient"]
    denied = re.compile(r".*is not authorized to perform: kms:GenerateRandom on resource: \* because no identity-based policy allows.*")
    for arguments in ({}, {"Recipient": enclave.recipient(pcrs={4: bytes(48)})}):
        with refused("AccessDeniedException", denied):
            kms.generate_random(NumberOfBytes=8, **arguments)


def test_the_registers_of_a_tpm_have_names_of_their_own(make_user, nitro):
    tpm = Enclave(nitro, module_id=TPM_MODULE, pcrs=..., nitrotpm_pcrs={0: bytes(48), 4: b"\x04" * 48, 7: b"\x07" * 48})
    for name, allowed in (
        ("NitroTPMPCR4", True),
        ("NitroTPMPCR0", True),
        ("PCR4", False),
        ("NitroTPMPCR5", False),
        ("ImageSha384", False),
    ):
        condition = {"Null": {f"kms:RecipientAttestation:{name}": "false"}}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement("kms:GenerateRandom", condition)]})
        kms = make_user(document).kms()
        if allowed:
            answer = kms.generate_random(NumberOfBytes=8, Recipient=tpm.recipient())
            assert len(tpm.open(answer["CiphertextForRecipient"])) == 8
        else:
            with refused("AccessDeniedException", re.compile(".*kms:GenerateRandom.*")):
                kms.generate_random(NumberOfBytes=8, Recipient=tpm.recipient())


# --- Audit ----------------------------------------------------------------------------------------------------------------


def test_audit_records_show_the_document(kms, key, enclave, nitro, running):
    tpm = Enclave(nitro, module_id=TPM_MODULE, pcrs=..., nitrotpm_pcrs={4: b"\x04" * 48, 5: b"\x05" * 48})
    calls = [
        kms.generate_data_key(KeyId=key, KeySpec="AES_256", Recipient=enclave.recipient()),
        kms.generate_random(NumberOfBytes=8, Recipient=tpm.recipient()),
        kms.generate_random(NumberOfBytes=8),
    ]
    ids = [call["ResponseMetadata"]["RequestId"] for call in calls]
    lines = [
        json.loads(line)
        for file in running.data.rglob("*.jsonl")
        for line in file.read_text().splitlines()
    ]
    records = {line["requestID"]: line for line in lines if line["requestID"] in ids}
    of_enclave, of_tpm, plain = (records[name] for name in ids)

    def digits(index):
        return base64.b64encode(bytes([index]) * 48).decode()

    # Source: AWS KMS Developer Guide, "Monitoring requests for Nitro enclaves" and "Monitoring requests for NitroTPM".
    assert of_enclave["additionalEventData"]["recipient"] == {
        "attestationDocumentModuleId": MODULE,
        "attestationDocumentEnclaveImageDigest": digits(0),
        **{f"attestationDocumentEnclavePCR{index}": digits(index) for index in (1, 2, 3, 4, 8)},
    }
    assert of_enclave["requestParameters"] == {"keyId": key, "keySpec": "AES_256"}
    assert of_tpm["additionalEventData"] == {
        "recipient": {"attestationDocumentModuleId": TPM_MODULE, "attestationDocumentNitroTPMPCR4": digits(4)}
    }
    assert "additionalEventData" not in plain
