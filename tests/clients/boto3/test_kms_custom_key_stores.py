"""KMS: external key stores, with a proxy that encrypts with AES-GCM."""

import re
import socket

import pytest

from support.clients import ACCOUNT, Clients, unique
from support.expect import SILENT, constraint, pages, refused
from support.kms_calls import key_store as key_store_settings
from support.server import PRIMARY, Server
from support.xks_proxy import ACCESS_KEY_ID, SECRET, Proxy

KEYS = [f"key-{number}" for number in range(40)]
UNINTERPRETABLE = (
    "AWS KMS cannot interpret the response from the external key store proxy. If you see this error repeatedly, report it to your external "
    "key store proxy administrator."
)


@pytest.fixture(scope="module")
def proxy():
    with Proxy(KEYS) as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the server writes."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def kms(proxy, folder):
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = f"127.0.0.1:{free.getsockname()[1]}"
    arguments = ["--xks-proxy", f"xks.test={proxy.address}", "--xks-proxy", f"down.test={closed}"]
    with Server(folder, data=folder / "data", arguments=arguments) as server:
        yield Clients(server.endpoint).kms()


@pytest.fixture
def store(kms):
    """A connected key store, which is deleted if the test leaves no keys in it."""
    made = kms.create_custom_key_store(**key_store_settings())["CustomKeyStoreId"]
    kms.connect_custom_key_store(CustomKeyStoreId=made)
    yield made
    described = kms.describe_custom_key_stores(CustomKeyStoreId=made)["CustomKeyStores"][0]
    if described["ConnectionState"] != "DISCONNECTED":
        kms.disconnect_custom_key_store(CustomKeyStoreId=made)
    try:
        kms.delete_custom_key_store(CustomKeyStoreId=made)
    except kms.exceptions.CustomKeyStoreHasCMKsException:
        pass


_free = iter(KEYS)


@pytest.fixture(scope="module")
def key_store(kms):
    """A connected key store for keys."""
    made = kms.create_custom_key_store(**key_store_settings())["CustomKeyStoreId"]
    kms.connect_custom_key_store(CustomKeyStoreId=made)
    return made


@pytest.fixture
def key(kms, key_store):
    return make_key(kms, key_store)["KeyId"]


def make_key(kms, store):
    made = kms.create_key(Origin="EXTERNAL_KEY_STORE", CustomKeyStoreId=store, XksKeyId=next(_free))
    return made["KeyMetadata"]


def test_the_form_of_an_entry(kms):
    wanted = key_store_settings()
    made = kms.create_custom_key_store(**wanted)["CustomKeyStoreId"]
    assert re.fullmatch(r"cks-[0-9a-f]{17}", made)
    (entry,) = kms.describe_custom_key_stores(CustomKeyStoreName=wanted["CustomKeyStoreName"])["CustomKeyStores"]
    entry.pop("CreationDate")
    assert entry == {
        "CustomKeyStoreId": made,
        "CustomKeyStoreName": wanted["CustomKeyStoreName"],
        "ConnectionState": "DISCONNECTED",
        "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
        "XksProxyConfiguration": {
            "Connectivity": "PUBLIC_ENDPOINT",
            "AccessKeyId": ACCESS_KEY_ID,
            "UriEndpoint": "https://xks.test",
            "UriPath": wanted["XksProxyUriPath"],
        },
    }
    kms.delete_custom_key_store(CustomKeyStoreId=made)


def test_metadata_of_a_key(kms, key_store):
    made = make_key(kms, key_store)
    made.pop("CreationDate")
    key_id, xks_key_id = made.pop("KeyId"), made.pop("XksKeyConfiguration")["Id"]
    assert xks_key_id in KEYS
    assert made == {
        "AWSAccountId": ACCOUNT,
        "Arn": f"arn:aws:kms:{PRIMARY}:{ACCOUNT}:key/{key_id}",
        "Enabled": True,
        "Description": "",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled",
        "Origin": "EXTERNAL_KEY_STORE",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": False,
        "CustomKeyStoreId": key_store,
    }


@pytest.mark.parametrize("size", [1, 31, 4096])
def test_what_is_encrypted_is_decrypted(kms, key, size):
    context = {"a": "b", "ä": ""}
    sealed = kms.encrypt(KeyId=key, Plaintext=b"x" * size, EncryptionContext=context)
    assert kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context)["Plaintext"] == b"x" * size
    rejected = re.compile("The external key store proxy rejected the request because the specified ciphertext or encryption context .*")
    with refused("KMSInvalidStateException", rejected):
        kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"])


def test_data_keys_and_re_encryption(kms, key, key_store):
    made = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    assert "KeyMaterialId" not in made
    inside = kms.create_key()["KeyMetadata"]["KeyId"]
    other = make_key(kms, key_store)["KeyId"]
    blob = made["CiphertextBlob"]
    for destination in (other, inside, key):
        blob = kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=destination)["CiphertextBlob"]
        assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == made["Plaintext"]


def test_every_bit_of_a_ciphertext_matters(kms, key):
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    for position in range(0, len(blob), 7):
        changed = bytearray(blob)
        changed[position] ^= 0x10
        with pytest.raises(kms.exceptions.ClientError) as error:
            kms.decrypt(CiphertextBlob=bytes(changed))
        code = error.value.response["Error"]["Code"]
        # A changed key id is that of a key of which the caller may know nothing.
        assert code in ("KMSInvalidStateException", "InvalidCiphertextException", "AccessDeniedException"), position
    for length in (10, 54, 80):
        with refused("InvalidCiphertextException", SILENT):
            kms.decrypt(CiphertextBlob=blob[:length])


def test_the_proxy_learns_who_uses_which_key(kms, key, proxy):
    proxy.seen.clear()
    answer = kms.encrypt(KeyId=key, Plaintext=b"secret")
    ((path, request),) = proxy.seen
    assert re.fullmatch(r"/store[\w-]*/kms/xks/v1/keys/key-\d+/encrypt", path)
    assert request["requestMetadata"] == {
        "awsPrincipalArn": f"arn:aws:iam::{ACCOUNT}:root",
        "kmsKeyArn": answer["KeyId"],
        "kmsOperation": "Encrypt",
        "kmsRequestId": answer["ResponseMetadata"]["RequestId"],
    }


def test_a_disconnected_key_store_makes_its_keys_unavailable(kms, key, key_store):
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    kms.disconnect_custom_key_store(CustomKeyStoreId=key_store)
    try:
        described = kms.describe_key(KeyId=key)["KeyMetadata"]
        assert (described["KeyState"], described["Enabled"]) == ("Unavailable", False)
        with refused("KMSInvalidStateException", f"{described['Arn']} is unavailable."):
            kms.decrypt(CiphertextBlob=blob)
        with refused("CustomKeyStoreHasCMKsException", f"Custom key store {key_store} contains KMS keys."):
            kms.delete_custom_key_store(CustomKeyStoreId=key_store)
    finally:
        kms.connect_custom_key_store(CustomKeyStoreId=key_store)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_a_proxy_that_fails(kms, key_store):
    with refused("XksProxyUriUnreachableException", re.compile("AWS KMS cannot communicate with the external key store proxy.*")):
        kms.create_custom_key_store(**key_store_settings(XksProxyUriEndpoint="https://down.test"))
    with refused("XksProxyUriUnreachableException", re.compile(".*did not respond in time.*")):
        kms.create_custom_key_store(**key_store_settings(XksProxyUriPath="/slow/kms/xks/v1"))
    with refused("XksProxyInvalidResponseException", UNINTERPRETABLE):
        kms.create_custom_key_store(**key_store_settings(XksProxyUriPath="/broken/kms/xks/v1"))
    wrong = {"AccessKeyId": ACCESS_KEY_ID, "RawSecretAccessKey": SECRET[::-1]}
    with refused("XksProxyIncorrectAuthenticationCredentialException", re.compile(".*could not authenticate AWS KMS.*")):
        kms.create_custom_key_store(**key_store_settings(XksProxyAuthenticationCredential=wrong))
    with refused("XksKeyNotFoundException", re.compile(".*was not found in its external key manager.*")):
        kms.create_key(Origin="EXTERNAL_KEY_STORE", CustomKeyStoreId=key_store, XksKeyId="none")


def test_a_key_store_that_cannot_be_connected(kms, store):
    kms.update_custom_key_store(CustomKeyStoreId=store, NewCustomKeyStoreName=unique("store"))
    with refused("XksProxyUriUnreachableException", re.compile(".*did not respond in time.*")):
        kms.update_custom_key_store(CustomKeyStoreId=store, XksProxyUriPath="/slow/kms/xks/v1")
    assert kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"][0]["ConnectionState"] == "CONNECTED"


@pytest.mark.parametrize("endpoint", ["http://xks.test", "https://xks.test:8443", "https://xks.test/a"])
def test_other_endpoints_than_aws_takes(kms, endpoint):
    rule = "Member must satisfy regular expression pattern: ^https://[a-zA-Z0-9.-]+$"
    with refused("ValidationException", constraint("xksProxyUriEndpoint", rule, endpoint)):
        kms.create_custom_key_store(**key_store_settings(XksProxyUriEndpoint=endpoint))


def test_cloudhsm_is_refused_truthfully(kms):
    with refused("CloudHsmClusterNotFoundException", re.compile("Claviger has no AWS CloudHSM clusters.*")):
        kms.create_custom_key_store(
            CustomKeyStoreName=unique("store"),
            CloudHsmClusterId="cluster-2a34b5cdefgh",
            TrustAnchorCertificate="x",
            KeyStorePassword="kmsPswd",
        )


def test_lists(kms, store, key_store):
    markers = ("Marker", "NextMarker")
    listed, count = pages(kms.describe_custom_key_stores, "CustomKeyStores", markers, Limit=1)
    assert count == len(listed)
    assert {store, key_store} <= {entry["CustomKeyStoreId"] for entry in listed}
    with refused("InvalidMarkerException", SILENT):
        kms.describe_custom_key_stores(Marker="AAAA")
    with refused("CustomKeyStoreNotFoundException", "Custom key store nowhere does not exist."):
        kms.describe_custom_key_stores(CustomKeyStoreName="nowhere")


def test_the_secret_is_nowhere(kms, key, proxy, folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name.startswith("audit") for path in files)
    secrets = [SECRET.encode(), SECRET[::-1].encode()]
    assert not [path for path in files if any(secret in path.read_bytes() for secret in secrets)]
