"""KMS: every error that the model documents for an operation is provoked, or it is said why nothing here can provoke it."""

import functools
import re
import socket
import uuid
from pathlib import Path

import pytest

from support.clients import ACCOUNT, Clients, allow, key_arn, unique
from support.documented import DocumentedErrors
from support.expect import SILENT, refused
from support.imports import wrapped
from support.kms_calls import Call, key_store, kind_for
from support.server import PRIMARY, REPLICA, Server
from support.xks_proxy import ACCESS_KEY_ID, SECRET, Proxy

# Why an error cannot be provoked: for all operations, or for one.
NO_FAULT = "a fault inside the service, which no request provokes"
NO_CLOUDHSM = "there are no AWS CloudHSM clusters"
NO_VPC = "there is no Amazon VPC"
ANY_STATE = "AWS's table of key states answers the operation in each state"
NO_QUOTA = "a quota of AWS that Claviger does not set"
NEVER = {
    "KMSInternal": NO_FAULT,
    "DependencyTimeout": NO_FAULT,
    "KeyUnavailable": "AWS answers failures of a proxy with KMSInvalidStateException",
    "CloudHsmClusterNotActive": NO_CLOUDHSM,
    "CloudHsmClusterInUse": NO_CLOUDHSM,
    "CloudHsmClusterInvalidConfiguration": NO_CLOUDHSM,
    "CloudHsmClusterNotRelated": NO_CLOUDHSM,
    "IncorrectTrustAnchor": NO_CLOUDHSM,
    "XksProxyUriEndpointInUse": NO_VPC,
    "XksProxyVpcEndpointServiceInUse": NO_VPC,
    "XksProxyVpcEndpointServiceInvalidConfiguration": NO_VPC,
    ("CreateAlias", "InvalidAliasName"): "AWS answers a wrong name with ValidationException",
    ("CreateKey", "InvalidArn"): "no member is an ARN",
    ("EnableKey", "LimitExceeded"): NO_QUOTA,
    ("TagResource", "LimitExceeded"): "AWS answers too many tags with TagException",
    ("UpdateCustomKeyStore", "CloudHsmClusterNotFound"): NO_CLOUDHSM,
    ("UntagResource", "Tag"): "the keys of absent tags are ignored, and reserved tags are always absent",
    ("GenerateRandom", "CustomKeyStoreInvalidState"): "no external key store generates random bytes, in any state",
    ("GetPublicKey", "InvalidKeyUsage"): "every usage of asymmetric keys has a public key",
    ("GetPublicKey", "Disabled"): "AWS answers it for disabled keys",
    ("ListRetirableGrants", "NotFound"): "the grants of a principal without any are an empty list",
    ("DeleteAlias", "KMSInvalidState"): ANY_STATE,
    ("GetKeyPolicy", "KMSInvalidState"): ANY_STATE,
    ("PutKeyPolicy", "KMSInvalidState"): ANY_STATE,
    ("ListKeyPolicies", "KMSInvalidState"): ANY_STATE,
    ("ListGrants", "KMSInvalidState"): ANY_STATE,
    ("RetireGrant", "KMSInvalidState"): ANY_STATE,
    ("RevokeGrant", "KMSInvalidState"): ANY_STATE,
    ("GetKeyRotationStatus", "KMSInvalidState"): ANY_STATE,
    ("ListKeyRotations", "KMSInvalidState"): ANY_STATE,
}

# Errors that need the clock of the regions moved, or a link between them cut, or more resources than are made here: the test that
# provokes them, in the project's other tests.
ELSEWHERE = {
    ("CreateGrant", "LimitExceeded"): "test_combinations_of_one_grantee_have_a_limit",
    ("ImportKeyMaterial", "ExpiredImportToken"): "a_token_is_valid_for_a_day",
    ("RotateKeyOnDemand", "Conflict"): "a_rotation_on_demand_keeps_clear_of_an_automatic_one",
    ("DeleteImportedKeyMaterial", "KMSInvalidState"): "every_operation_in_every_state_of_imported_keys",
}


class Setting:
    """What a case needs: clients, a proxy, and the resources that several cases share."""

    def __init__(self, kms, full, proxy):
        self.kms, self.proxy = kms, proxy
        # A client of a region whose key stores are as many as there can be.
        self.full = full
        self._called = None

    def call(self, operation, **given):
        self._called = Call(self.kms, operation, **given)
        return self._called

    def tidy(self):
        """Deletes the key store that the last call made: an account has few."""
        call, self._called = self._called, None
        if call and call.made_store:
            if call.operation == "DisconnectCustomKeyStore":
                call.send(CustomKeyStoreId=call.store)
            self.kms.delete_custom_key_store(CustomKeyStoreId=call.store)

    def key(self, **arguments):
        return self.kms.create_key(**arguments)["KeyMetadata"]["KeyId"]

    @functools.cache
    def store(self):
        """A key store that is not connected."""
        return self.kms.create_custom_key_store(**key_store())["CustomKeyStoreId"]

    def _connected(self):
        store = self.kms.create_custom_key_store(**key_store())["CustomKeyStoreId"]
        self.kms.connect_custom_key_store(CustomKeyStoreId=store)
        return store

    @functools.cache
    def connected_store(self):
        """A connected key store without keys."""
        return self._connected()

    @functools.cache
    def store_with_a_key(self):
        store = self._connected()
        self.key_in(store)
        return store

    def key_in(self, store):
        """A key in a connected key store."""
        name = unique("key")
        self.proxy.add(name)
        return self.key(**external(store, name))


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = f"127.0.0.1:{free.getsockname()[1]}"
    with Proxy([]) as proxy:
        arguments = ["--xks-proxy", f"xks.test={proxy.address}", "--xks-proxy", f"down.test={closed}"]
        with Server(folder, data=folder / "data", arguments=arguments) as server:
            clients = Clients(server.endpoint)
            yield Setting(clients.kms(), clients.kms(REPLICA), proxy)


DOCUMENTED = DocumentedErrors("kms", NEVER | ELSEWHERE)
case = DOCUMENTED.case


def expect(error, text):
    return refused(f"{error}Exception", text)


@case("NotFound")
def not_found(here, operation):
    call = here.call(operation)
    absent = str(uuid.uuid4())
    if call.key_member == "AliasName":
        name = f"alias/{unique('absent')}"
        with expect("NotFound", f"Alias arn:aws:kms:{PRIMARY}:{ACCOUNT}:{name} is not found."):
            call.send(AliasName=name)
    else:
        with expect("NotFound", f"Key '{key_arn(absent)}' does not exist"):
            call.send(**{call.key_member: absent})


@case("InvalidArn")
def invalid_arn(here, operation):
    call = here.call(operation)
    wrong = f"arn:aws:kms:{PRIMARY}:{ACCOUNT}:nonsense/a"
    with expect("InvalidArn", f"Invalid arn {wrong}"):
        call.send(**{call.key_member: wrong})


@case("Disabled")
def disabled(here, operation):
    call = here.call(operation)
    here.kms.disable_key(KeyId=call.key)
    with expect("Disabled", f"{call.arn} is disabled."):
        call.send()


@case("KMSInvalidState")
def pending_deletion(here, operation):
    call = here.call(operation)
    here.kms.schedule_key_deletion(KeyId=call.key)
    with expect("KMSInvalidState", f"{call.arn} is pending deletion."):
        call.send()


@case("InvalidGrantToken")
def invalid_grant_token(here, operation):
    call = here.call(operation)
    with expect("InvalidGrantToken", SILENT):
        call.send(GrantTokens=["none"])


@case("DryRunOperation")
def dry_run(here, operation):
    call = here.call(operation)
    with expect("DryRunOperation", "The request would have succeeded, but the DryRun option is set."):
        call.send(DryRun=True)
    call.send()


@case("InvalidKeyUsage")
def invalid_key_usage(here, operation):
    other = {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}
    if operation in ("GenerateMac", "VerifyMac"):
        other = {}
    key = here.kms.create_key(**other)["KeyMetadata"]
    call = here.call(operation)
    with expect("InvalidKeyUsage", f"{key['Arn']} key usage is {key['KeyUsage']} which is not valid for {operation}."):
        call.send(**{call.key_member or "KeyId": key["KeyId"]})


@case("InvalidMarker")
def invalid_marker(here, operation):
    with expect("InvalidMarker", SILENT):
        here.call(operation).send(Marker="AAAA")


@case("Decrypt/NotFound")
def ciphertext_of_no_key(here, operation):
    absent = str(uuid.uuid4())
    with expect("NotFound", f"Key '{key_arn(absent)}' does not exist"):
        here.call(operation).send(KeyId=absent)


@case("Decrypt/InvalidKeyUsage")
def decrypt_with_a_key_of_another_usage(here, operation):
    key = here.key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
    with expect("InvalidKeyUsage", f"{key_arn(key)} key usage is SIGN_VERIFY which is not valid for Decrypt."):
        here.call(operation).send(KeyId=key, EncryptionAlgorithm="RSAES_OAEP_SHA_256", CiphertextBlob=b"x" * 256)


@case("CancelKeyDeletion/KMSInvalidState")
def not_pending_deletion(here, operation):
    call = here.call(operation)
    call.send()
    with expect("KMSInvalidState", f"{call.arn} is not pending deletion."):
        call.send()


@case("UpdateAlias/KMSInvalidState")
def alias_of_a_key_that_is_deleted(here, operation):
    call = here.call(operation)
    target = call.arguments["TargetKeyId"]
    here.kms.schedule_key_deletion(KeyId=target)
    with expect("KMSInvalidState", f"{key_arn(target)} is pending deletion."):
        call.send()


@case("RetireGrant/InvalidGrantToken")
def retire_by_a_wrong_token(here, operation):
    with expect("InvalidGrantToken", SILENT):
        here.call(operation).send(KeyId=None, GrantId=None, GrantToken="none")


@case("InvalidGrantId")
def invalid_grant_id(here, operation):
    with expect("InvalidGrantId", SILENT):
        here.call(operation).send(GrantId="none")


@case("ListRetirableGrants/InvalidArn")
def invalid_principal(here, operation):
    wrong = f"arn:aws:s3:::{unique('bucket')}"
    with expect("InvalidArn", f"ARN does not refer to a valid principal: {wrong}"):
        here.call(operation).send(RetiringPrincipal=wrong)


@case("CreateAlias/AlreadyExists")
def alias_exists(here, operation):
    call = here.call(operation)
    call.send()
    name = f"arn:aws:kms:{PRIMARY}:{ACCOUNT}:{call.arguments['AliasName']}"
    with expect("AlreadyExists", f"An alias with the name {name} already exists"):
        call.send()


@case("ReplicateKey/AlreadyExists")
def replica_exists(here, operation):
    call = here.call(operation)
    call.send()
    with expect("AlreadyExists", f"Key {key_arn(call.key, REPLICA)} already exists."):
        call.send()


@case("CreateAlias/LimitExceeded", "UpdateAlias/LimitExceeded")
def too_many_aliases(here, operation):
    target = here.kms.create_key()["KeyMetadata"]["KeyId"]
    for _ in range(50):
        here.kms.create_alias(AliasName=f"alias/{unique('name')}", TargetKeyId=target)
    with expect("LimitExceeded", "A key can have at most 50 aliases."):
        here.call(operation).send(TargetKeyId=target)


@case("CreateKey/LimitExceeded", "PutKeyPolicy/LimitExceeded", "ReplicateKey/LimitExceeded")
def too_long_a_policy(here, operation):
    policy = here.kms.get_key_policy(KeyId=here.key())["Policy"]
    with expect("LimitExceeded", "The key policy is 32769 bytes long; at most 32768 are allowed."):
        here.call(operation).send(Policy=policy + " " * (32_769 - len(policy)))


@case("PutKeyPolicy/UnsupportedOperation")
def name_of_a_policy(here, operation):
    with expect("UnsupportedOperation", "The only valid policy name is default."):
        here.call(operation).send(PolicyName="other")


@case("MalformedPolicyDocument")
def malformed_policy(here, operation):
    principal = {"AWS": "arn:aws:iam::000000000000:user/nobody-at-all"}
    policy = allow("kms:*", Principal=principal)
    with expect("MalformedPolicyDocument", "Policy contains a statement with one or more invalid principals."):
        here.call(operation).send(Policy=policy)


@case("Tag")
def wrong_tags(here, operation):
    call = here.call(operation)
    for keys, text in [(("aws:a",), "Tags beginning with aws: are reserved"), (("a", "a"), "Duplicate tag keys")]:
        with expect("Tag", text):
            call.send(Tags=[{"TagKey": key, "TagValue": ""} for key in keys])


@case("InvalidCiphertext")
def invalid_ciphertext(here, operation):
    call = here.call(operation)
    member = "CiphertextBlob" if "CiphertextBlob" in call.arguments else "EncryptedKeyMaterial"
    with expect("InvalidCiphertext", SILENT):
        call.send(**{member: call.arguments[member][:-1] + b"\0\0"})


@case("IncorrectKey")
def incorrect_key(here, operation):
    other = here.kms.create_key()["KeyMetadata"]["KeyId"]
    member = "KeyId" if operation == "Decrypt" else "SourceKeyId"
    with expect("IncorrectKey", "The key ID in the request does not identify a CMK that can perform this operation."):
        here.call(operation).send(**{member: other})


@case("Verify/KMSInvalidSignature", "VerifyMac/KMSInvalidMac")
def another_message(here, operation):
    error = "KMSInvalidSignature" if operation == "Verify" else "KMSInvalidMac"
    with expect(error, SILENT):
        here.call(operation).send(Message=b"y")


@case("RotateKeyOnDemand/LimitExceeded")
def too_many_rotations(here, operation):
    call = here.call(operation)
    for _ in range(25):
        call.send()
    text = (
        "The on-demand rotations limit has been reached for the given keyId. "
        f"No more on-demand rotations can be performed for this key: {call.arn}"
    )
    with expect("LimitExceeded", text):
        call.send()


@case("DisableKeyRotation/UnsupportedOperation", "EnableKeyRotation/UnsupportedOperation")
@case("GetKeyRotationStatus/UnsupportedOperation")
def rotation_of_imported_material(here, operation):
    call = here.call(operation, key=here.key(Origin="EXTERNAL"))
    with expect("UnsupportedOperation", f"{call.arn} origin is EXTERNAL which is not valid for this operation."):
        call.send()


@case("ListKeyRotations/UnsupportedOperation", "RotateKeyOnDemand/UnsupportedOperation")
def rotation_of_asymmetric_keys(here, operation):
    change = {"IncludeKeyMaterial": "ALL_KEY_MATERIAL"} if operation == "ListKeyRotations" else {}
    with expect("UnsupportedOperation", SILENT):
        here.call(operation, key=here.key(**kind_for("Sign"))).send(**change)


@case("DeleteImportedKeyMaterial/UnsupportedOperation", "GetParametersForImport/UnsupportedOperation")
@case("ImportKeyMaterial/UnsupportedOperation")
def import_into_a_key_of_claviger(here, operation):
    call, key = here.call(operation), here.key()
    with expect("UnsupportedOperation", f"{key_arn(key)} origin is AWS_KMS which is not valid for this operation."):
        call.send(KeyId=key)


@case("ImportKeyMaterial/InvalidImportToken")
def token_of_another_key(here, operation):
    token = here.call(operation).arguments["ImportToken"]
    with expect("InvalidImportToken", "The import token is not one of this key."):
        here.call(operation).send(ImportToken=token)


@case("ImportKeyMaterial/IncorrectKeyMaterial")
def other_material(here, operation):
    call = here.call(operation)
    call.send()
    with expect("IncorrectKeyMaterial", "The key material is not material that was imported into this key before."):
        call.send(**wrapped(here.kms, call.key, b"o" * 32))


@case("GenerateDataKeyPair/UnsupportedOperation", "GenerateDataKeyPairWithoutPlaintext/UnsupportedOperation")
def pair_under_a_key_of_a_key_store(here, operation):
    call = here.call(operation, key=here.key_in(here.store_with_a_key()))
    with expect("UnsupportedOperation", f"{call.arn} origin is EXTERNAL_KEY_STORE which is not valid for this operation."):
        call.send()


@case("GetPublicKey/UnsupportedOperation")
def public_key_of_a_symmetric_key(here, operation):
    call = here.call(operation, key=here.key())
    with expect("UnsupportedOperation", f"{call.arn} key spec is SYMMETRIC_DEFAULT which is not valid for this operation."):
        call.send()


@case("ReplicateKey/UnsupportedOperation", "UpdatePrimaryRegion/UnsupportedOperation")
def not_a_primary_key(here, operation):
    key = here.key()
    with expect("UnsupportedOperation", f"{key_arn(key)} is not a multi-region primary key."):
        here.call(operation).send(KeyId=key)


@case("CreateKey/UnsupportedOperation")
def key_of_cloudhsm(here, operation):
    with expect("UnsupportedOperation", re.compile("Claviger has no AWS CloudHSM key stores\\..*")):
        here.call(operation).send(Origin="AWS_CLOUDHSM", CustomKeyStoreId="cks-" + "0" * 17)


@case("GenerateRandom/UnsupportedOperation")
def random_bytes_of_a_key_store(here, operation):
    with expect("UnsupportedOperation", "Random bytes are not generated in external key stores."):
        here.call(operation).send(CustomKeyStoreId=here.connected_store())


def external(store, name="none"):
    """The arguments of CreateKey for a key of a key store."""
    return {"Origin": "EXTERNAL_KEY_STORE", "CustomKeyStoreId": store, "XksKeyId": name}


@case("CreateKey/XksKeyNotFound")
def no_such_external_key(here, operation):
    with expect("XksKeyNotFound", re.compile(".*was not found in its external key manager.*")):
        here.call(operation).send(**external(here.connected_store()))


@case("CreateKey/XksKeyAlreadyInUse")
def external_key_in_use(here, operation):
    store = here.store_with_a_key()
    name = here.kms.describe_key(KeyId=here.key_in(store))["KeyMetadata"]["XksKeyConfiguration"]["Id"]
    with expect("XksKeyAlreadyInUse", f"External key {name} is already associated with a KMS key in {store}."):
        here.call(operation).send(**external(store, name))


@case("CreateKey/XksKeyInvalidConfiguration")
def disabled_external_key(here, operation):
    name = unique("key")
    here.proxy.add(name, status="DISABLED")
    with expect("XksKeyInvalidConfiguration", re.compile(".*is not enabled in the external key manager.*")):
        here.call(operation).send(**external(here.connected_store(), name))


@case("CustomKeyStoreNotFound")
def no_such_key_store(here, operation):
    absent = "cks-" + "0" * 17
    change = external(absent) if operation == "CreateKey" else {"CustomKeyStoreId": absent}
    with expect("CustomKeyStoreNotFound", f"Custom key store {absent} does not exist."):
        here.call(operation).send(**change)


@case("CustomKeyStoreInvalidState")
def key_store_in_another_state(here, operation):
    wrong, state = here.connected_store(), "CONNECTED"
    if operation in ("CreateKey", "DisconnectCustomKeyStore"):
        wrong, state = here.store(), "DISCONNECTED"
    change = external(wrong) if operation == "CreateKey" else {"CustomKeyStoreId": wrong}
    if operation == "UpdateCustomKeyStore":
        change["XksProxyUriEndpoint"] = "https://xks.test"
    with expect("CustomKeyStoreInvalidState", f"Custom key store {wrong} is {state}, which is not valid for {operation}."):
        here.call(operation).send(**change)


@case("ConnectCustomKeyStore/CustomKeyStoreInvalidState")
def key_store_that_could_not_be_connected(here, operation):
    call = here.call(operation)
    with here.proxy.failing():
        call.send()
    with expect("CustomKeyStoreInvalidState", f"Custom key store {call.store} is FAILED, which is not valid for {operation}."):
        call.send()
    here.kms.disconnect_custom_key_store(CustomKeyStoreId=call.store)


@case("DeleteCustomKeyStore/CustomKeyStoreHasCMKs")
def key_store_with_keys(here, operation):
    store = here.store_with_a_key()
    here.kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    with expect("CustomKeyStoreHasCMKs", f"Custom key store {store} contains KMS keys."):
        here.call(operation).send(CustomKeyStoreId=store)
    here.kms.connect_custom_key_store(CustomKeyStoreId=store)


def named(operation, name):
    """The member that gives a key store its name."""
    return {"CustomKeyStoreName" if operation.startswith("Create") else "NewCustomKeyStoreName": name}


@case("CustomKeyStoreNameInUse")
def name_of_another_key_store(here, operation):
    other = here.kms.describe_custom_key_stores(CustomKeyStoreId=here.store())["CustomKeyStores"][0]["CustomKeyStoreName"]
    with expect("CustomKeyStoreNameInUse", f"A custom key store with the name {other} already exists."):
        here.call(operation).send(**named(operation, other))


@case("CreateCustomKeyStore/LimitExceeded")
def too_many_key_stores(here, operation):
    with expect("LimitExceeded", "An account can have at most 10 custom key stores in a Region."):
        for _ in range(20):
            here.full.create_custom_key_store(**key_store())


@case("CloudHsmClusterNotFound")
def no_such_cluster(here, operation):
    cluster = "cluster-2a34b5cdefgh"
    change = {"CloudHsmClusterId": cluster}
    if operation == "CreateCustomKeyStore":
        settings = {"CustomKeyStoreName": unique("store"), "TrustAnchorCertificate": "x", "KeyStorePassword": "kmsPswd"}
        change |= dict.fromkeys(here.call(operation).arguments) | settings
    with expect("CloudHsmClusterNotFound", re.compile(f"Claviger has no AWS CloudHSM clusters, so cluster {cluster} .*")):
        here.call(operation).send(**change)


PROXY_ERRORS = {
    "XksProxyUriInUse": ({}, "An external key store with the URI {uri} already exists."),
    "XksProxyUriUnreachable": (
        {"XksProxyUriEndpoint": "https://down.test"},
        re.compile("AWS KMS cannot communicate with the external key store proxy.*"),
    ),
    "XksProxyIncorrectAuthenticationCredential": (
        {"XksProxyAuthenticationCredential": {"AccessKeyId": ACCESS_KEY_ID, "RawSecretAccessKey": SECRET[::-1]}},
        re.compile(".*could not authenticate AWS KMS.*"),
    ),
    "XksProxyVpcEndpointServiceNotFound": (
        {"XksProxyConnectivity": "VPC_ENDPOINT_SERVICE", "XksProxyVpcEndpointServiceName": "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"},
        re.compile("Claviger is not in an Amazon VPC.*"),
    ),
    "XksProxyInvalidResponse": ({"XksProxyUriPath": "/broken/kms/xks/v1"}, re.compile("AWS KMS cannot interpret the response.*")),
    "XksProxyInvalidConfiguration": (
        {"XksProxyUriPath": "/a/kms/xks/v2"},
        "XksProxyUriPath /a/kms/xks/v2 does not end with /kms/xks/v1.",
    ),
}


def wrong_proxy(here, operation, error):
    change, text = PROXY_ERRORS[error]
    if error == "XksProxyUriInUse":
        other = here.kms.describe_custom_key_stores(CustomKeyStoreId=here.store())["CustomKeyStores"][0]["XksProxyConfiguration"]
        change = {"XksProxyUriEndpoint": other["UriEndpoint"], "XksProxyUriPath": other["UriPath"]}
        text = text.format(uri=other["UriEndpoint"] + other["UriPath"])
    with expect(error, text):
        here.call(operation).send(**change)


for name in PROXY_ERRORS:
    case(name)(functools.partial(wrong_proxy, error=name))



@pytest.mark.parametrize(("provoke", "operation"), DOCUMENTED.provoked())
def test_documented_errors(here, provoke, operation):
    provoke(here, operation)
    here.tidy()


def test_every_pair_of_the_model_is_accounted_for():
    DOCUMENTED.check_complete()


@pytest.mark.parametrize("name", ELSEWHERE.values())
def test_the_other_tests_exist(name):
    root = Path(__file__).parents[3]
    files = [*root.glob("crates/claviger-tests/tests/it/kms/**/*.rs"), *root.glob("tests/clients/boto3/*.py")]
    definition = re.compile(rf"(fn|def) {name}\(")
    assert [file for file in files if definition.search(file.read_text())]
