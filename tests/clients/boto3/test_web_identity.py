"""STS: sessions for the subjects of OpenID Connect tokens, with an issuer of the test's own."""

import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from support import certificates
from support.clients import ACCOUNT, Clients, allow, policy, unique
from support.expect import eventually, plain, refused
from support.issuer import AUDIENCE, Issuer
from support.server import PRIMARY, REPLICA, Server

DENIED = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity "
    "documentation for requirements"
)


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return certificates.make(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def server(tmp_path_factory, tls):
    folder = tmp_path_factory.mktemp("web-identity")
    with Server(folder, data=folder / "data", arguments=["--issuer-ca", str(tls[0])]) as running:
        yield running


@pytest.fixture
def issuer(tls):
    with Issuer(tls[1]) as running:
        yield running


@pytest.fixture(scope="module")
def aws(server):
    return Clients(server.endpoint)


@pytest.fixture(scope="module")
def iam(aws):
    return aws.iam()


@pytest.fixture
def provider(iam, issuer):
    made = iam.create_open_id_connect_provider(Url=issuer.url, ClientIDList=[AUDIENCE, "app"])
    return made["OpenIDConnectProviderArn"]


@pytest.fixture
def make_role(iam, provider, issuer):
    """Makes roles that trust the issuer: `make_role(condition)` returns the name and the ARN."""

    def make(condition=None, actions="sts:AssumeRoleWithWebIdentity", permissions=None, **more):
        condition = condition or {"StringEquals": {f"{issuer.name}:aud": AUDIENCE}}
        statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": actions, "Condition": condition}
        name = unique("web")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(statement), **more)["Role"]
        if permissions:
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=permissions)
        return name, role["Arn"]

    return make


def nobody(server, region=PRIMARY):
    """A client without credentials."""
    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}, parameter_validation=False)
    return boto3.client("sts", region_name=region, endpoint_url=server.endpoint, config=config)


def assume(server, arn, token, region=PRIMARY, **more):
    arguments = {"RoleArn": arn, "RoleSessionName": "cart", "WebIdentityToken": token} | more
    return nobody(server, region).assume_role_with_web_identity(**arguments)


def session(server, answer):
    given = answer["Credentials"]
    return Clients(server.endpoint, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def test_a_service_account_of_kubernetes(server, aws, issuer, provider, make_role):
    name, arn = make_role(
        {"StringEquals": {f"{issuer.name}:aud": AUDIENCE, f"{issuer.name}:sub": "system:serviceaccount:shop:cart"}},
        permissions=allow("kms:Encrypt"),
    )
    answer = assume(server, arn, issuer.token(), DurationSeconds=900)
    role_id = aws.iam().get_role(RoleName=name)["Role"]["RoleId"]
    got = plain(answer)
    assert got.pop("Credentials")["AccessKeyId"].startswith("ASIA")
    assert got == {
        "SubjectFromWebIdentityToken": "system:serviceaccount:shop:cart",
        "AssumedRoleUser": {"AssumedRoleId": f"{role_id}:cart", "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/cart"},
        "Provider": provider,
        "Audience": AUDIENCE,
    }
    key = aws.kms().create_key()["KeyMetadata"]["Arn"]
    pod = session(server, answer)
    assert pod.kms().encrypt(KeyId=key, Plaintext=b"x")["KeyId"] == key
    with refused("AccessDeniedException", re.compile(".*kms:Decrypt.*")):
        pod.kms().decrypt(KeyId=key, CiphertextBlob=pod.kms().encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"])
    # The provider and the role are copied to the other region, which fetches the issuer's keys itself.
    eventually(lambda: assume(server, arn, issuer.token(), REPLICA))


def test_the_sdk_finds_the_token_by_its_environment(server, issuer, make_role, tmp_path):
    # What the webhook of a Kubernetes cluster sets in a pod.
    _, arn = make_role()
    (tmp_path / "token").write_text(issuer.token())
    environment = {
        "AWS_ROLE_ARN": arn,
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token"),
        "AWS_ROLE_SESSION_NAME": "pod",
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_DEFAULT_REGION": PRIMARY,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    program = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    path = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ran = subprocess.run([sys.executable, "-c", program], env=path | environment, capture_output=True, text=True, timeout=60)
    assert ran.stdout.strip() == f"arn:aws:sts::{ACCOUNT}:assumed-role/{arn.rsplit('/', 1)[1]}/pod", ran.stderr


def test_refusals_in_aws_words(server, aws, issuer, make_role, tls):
    _, arn = make_role()
    invalid = "InvalidIdentityToken"
    with refused(invalid, "Incorrect token audience"):
        assume(server, arn, issuer.token(aud="other"))
    now = int(time.time())
    with refused("ExpiredTokenException", re.compile(rf"Token expired: current date/time {now // 100}\d\d must be before the expiration date/time {now - 5}")):
        assume(server, arn, issuer.token(exp=now - 5))
    with refused(invalid, "Provided Token is not valid yet"):
        assume(server, arn, issuer.token(nbf=now + 1000))
    with refused(invalid, f"No OpenIDConnect provider found in your account for {issuer.url}x"):
        assume(server, arn, issuer.token(iss=f"{issuer.url}x"))
    with refused(invalid, f"No OpenIDConnect provider found in your account for {issuer.url}"):
        assume(server, arn.replace(ACCOUNT, "444455556666"), issuer.token())
    with refused(invalid, re.compile("The ID Token provided is not a valid JWT.*")):
        assume(server, arn, "Atza|IQEBLjAsAexample")
    with refused(invalid, "Provided Token signature is invalid"):
        assume(server, arn, issuer.token(signed_by=rsa.generate_private_key(65537, 2048)))
    with refused("ValidationError", "Request ARN is invalid"):
        assume(server, "arn:aws:iam::000000000000:user/ana", issuer.token())
    with refused("ValidationError", re.compile("1 validation error detected: Value .* at 'durationSeconds' .*")):
        assume(server, arn, issuer.token(), DurationSeconds=899)
    with refused("AccessDenied", DENIED, 403):
        assume(server, f"{arn}x", issuer.token())
    with refused("MalformedPolicyDocument", re.compile(".*")):
        assume(server, arn, issuer.token(), Policy="{")
    # No credentials are a missing token for every other operation.
    with refused("MissingAuthenticationToken", re.compile(".*"), 403):
        nobody(server).get_caller_identity()


def test_the_trust_policy_decides(server, issuer, make_role):
    name = issuer.name
    subject = "system:serviceaccount:shop:cart"
    for condition, admitted in [
        ({"StringLike": {f"{name}:sub": "system:serviceaccount:shop:*"}}, True),
        ({"StringEquals": {f"{name}:sub": "system:serviceaccount:other:cart"}}, False),
        ({"StringEquals": {f"{name.upper()}:SUB": subject}}, True),
        ({"StringEquals": {"localhost:1/realm:sub": subject}}, False),
        ({"StringEquals": {"sts:RoleSessionName": "cart"}}, True),
        ({"StringEquals": {"sts:RoleSessionName": "till"}}, False),
        ({"Null": {"aws:PrincipalArn": "true", "aws:PrincipalAccount": "true"}}, True),
        ({"StringLike": {"aws:FederatedProvider": f"*:oidc-provider/{name}"}}, True),
        ({"IpAddress": {"aws:SourceIp": "127.0.0.1"}}, True),
    ]:
        _, arn = make_role(condition)
        if admitted:
            assume(server, arn, issuer.token())
        else:
            with refused("AccessDenied", DENIED, 403):
                assume(server, arn, issuer.token())
    # A role that trusts the provider for another action, and one that trusts an account.
    _, arn = make_role(actions="sts:AssumeRole")
    with refused("AccessDenied", DENIED, 403):
        assume(server, arn, issuer.token())


def test_an_account_is_not_its_providers(server, iam, issuer, provider):
    statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:*"}
    name = unique("web")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(statement))["Role"]["Arn"]
    with refused("AccessDenied", DENIED, 403):
        assume(server, arn, issuer.token())


def test_tags_and_source_identity_of_the_token(server, aws, issuer, make_role):
    actions = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"]
    permissions = policy(
        {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}},
        {"Effect": "Allow", "Action": "kms:ListAliases", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceIdentity": "ana"}}},
        {
            "Effect": "Allow",
            "Action": "kms:ListKeys",
            "Resource": "*",
            "Condition": {"StringEquals": {f"{issuer.name}:sub": "system:serviceaccount:shop:cart", f"{issuer.name}:aud": AUDIENCE}},
        },
    )
    claims = {
        "https://aws.amazon.com/tags": {"principal_tags": {"team": ["blue"]}, "transitive_tag_keys": ["team"]},
        "https://aws.amazon.com/source_identity": "ana",
    }
    _, arn = make_role(actions=actions, permissions=permissions)
    answer = assume(server, arn, issuer.token(**claims))
    assert answer["SourceIdentity"] == "ana" and answer["PackedPolicySize"] >= 1
    key = aws.kms().create_key()["KeyMetadata"]["KeyId"]
    pod = session(server, answer)
    pod.kms().encrypt(KeyId=key, Plaintext=b"x")
    pod.kms().list_keys()
    pod.kms().list_aliases()
    # The keys that AWS does not carry over into the session are not there.
    untagged = session(server, assume(server, arn, issuer.token()))
    with refused("AccessDeniedException", re.compile(".*kms:Encrypt.*")):
        untagged.kms().encrypt(KeyId=key, Plaintext=b"x")
    for left_out in ("sts:TagSession", "sts:SetSourceIdentity"):
        _, arn = make_role(actions=[action for action in actions if action != left_out])
        with refused("AccessDenied", DENIED, 403):
            assume(server, arn, issuer.token(**claims))


@pytest.mark.parametrize(
    "claims",
    [
        {"https://aws.amazon.com/source_identity": "aws:root"},
        {"https://aws.amazon.com/source_identity": "a\x1b\n" * 100},
        {"https://aws.amazon.com/tags": {"principal_tags": {"": ["x"]}}},
        {"https://aws.amazon.com/tags": {"principal_tags": {"k" * 200: ["x"]}}},
        {"https://aws.amazon.com/tags": {"principal_tags": {str(n): ["x"] for n in range(80)}}},
        {"sub": "s" * 8000},
        {"amr": ["m" * 6000]},
    ],
    ids=["reserved-identity", "control-characters", "empty-key", "long-key", "many-tags", "long-subject", "long-method"],
)
def test_claims_are_bounded_as_parameters_are(server, issuer, make_role, claims):
    _, arn = make_role(actions=["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"])
    with refused("InvalidIdentityToken", "Provided Token has a claim that is not valid"):
        assume(server, arn, issuer.token(**claims))


def test_durations_and_session_policies(server, aws, issuer, make_role):
    _, arn = make_role(permissions=allow("kms:*"), MaxSessionDuration=7200)
    assume(server, arn, issuer.token(), DurationSeconds=7200)
    with refused("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."):
        assume(server, arn, issuer.token(), DurationSeconds=7201)
    pod = session(server, assume(server, arn, issuer.token(), Policy=allow("kms:ListKeys")))
    pod.kms().list_keys()
    with refused("AccessDeniedException", re.compile(".*because no session policy allows the kms:ListAliases action")):
        pod.kms().list_aliases()


def test_keys_change_and_are_not_fetched_for_every_token(server, issuer, make_role):
    _, arn = make_role()
    for _ in range(5):
        assume(server, arn, issuer.token())
    assert len(issuer.asked) == 2
    # A token of a key that the issuer does not have. Few such tokens make the server fetch again.
    issuer.add_key("later", ec.generate_private_key(ec.SECP256R1()), "ES256")
    stranger = issuer.token("later")
    del issuer.keys["later"]
    for _ in range(5):
        with refused("InvalidIdentityToken", NO_KEY):
            assume(server, arn, stranger)
    assert len(issuer.asked) <= 4


def test_many_first_tokens_make_one_fetch(server, issuer, make_role):
    _, arn = make_role()
    token = issuer.token()
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(assume, server, arn, token) for _ in range(16)]:
            done.result()
    assert len(issuer.asked) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda issuer: {"/realm/.well-known/openid-configuration": (302, {"location": f"{issuer.url}/elsewhere"}, b"")},
        lambda issuer: {"/realm/.well-known/openid-configuration": (200, {}, b"x" * 600_000)},
        lambda issuer: {"/realm/.well-known/openid-configuration": (200, {}, b"[]")},
        lambda issuer: {"/realm/.well-known/openid-configuration": (200, {}, json.dumps(issuer.discovery() | {"issuer": "https://other.example"}).encode())},
        lambda issuer: {"/realm/.well-known/openid-configuration": (200, {}, json.dumps(issuer.discovery() | {"jwks_uri": f"http://localhost:{issuer.port}/realm/openid/v1/jwks"}).encode())},
        lambda issuer: {"/realm/openid/v1/jwks": (404, {}, b"{}")},
        lambda issuer: {"/realm/openid/v1/jwks": (200, {}, b'{"keys": 1}')},
    ],
    ids=["redirect", "too-long", "no-document", "another-issuer", "plain-http", "no-keys", "malformed-keys"],
)
def test_issuers_that_give_no_keys(server, issuer, make_role, change):
    _, arn = make_role()
    issuer.answers = change(issuer)
    with refused("InvalidIdentityToken", NO_KEY):
        assume(server, arn, issuer.token())
    assert "/realm/elsewhere" not in issuer.asked


def test_an_issuer_that_is_out_of_order_is_asked_again(server, issuer, make_role):
    # AWS's SDKs repeat a request after this error.
    _, arn = make_role()
    issuer.answers = {"/realm/openid/v1/jwks": (503, {}, b"{}")}
    with refused("IDPCommunicationError", "The identity provider could not be reached to verify the token. Try again."):
        assume(server, arn, issuer.token())


def test_an_issuer_that_the_roots_do_not_certify(server, iam, tmp_path, make_role):
    _, stranger_files = certificates.make(tmp_path)
    with Issuer(stranger_files) as stranger:
        made = iam.create_open_id_connect_provider(Url=stranger.url, ClientIDList=[AUDIENCE])
        statement = {"Effect": "Allow", "Principal": {"Federated": made["OpenIDConnectProviderArn"]}, "Action": "sts:AssumeRoleWithWebIdentity"}
        arn = iam.create_role(RoleName=unique("web"), AssumeRolePolicyDocument=policy(statement))["Role"]["Arn"]
        with refused("InvalidIdentityToken", NO_KEY):
            assume(server, arn, stranger.token())
        assert stranger.asked == []


def test_a_provider_that_was_removed(server, iam, issuer, provider, make_role):
    _, arn = make_role()
    assume(server, arn, issuer.token())
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=provider, ClientID=AUDIENCE)
    with refused("InvalidIdentityToken", "Incorrect token audience"):
        assume(server, arn, issuer.token())
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)
    with refused("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {issuer.url}"):
        assume(server, arn, issuer.token())


def records(server, request_id, region=PRIMARY):
    def found():
        files = (server.data / region).glob("audit*.jsonl")
        lines = [json.loads(line) for file in files for line in file.read_text().splitlines() if request_id in line]
        assert lines
        return lines

    return eventually(found)


def test_the_audit_record(server, issuer, provider, make_role):
    name, arn = make_role()
    token = issuer.token()
    answer = assume(server, arn, token)
    [record] = records(server, answer["ResponseMetadata"]["RequestId"])
    assert record["userIdentity"] == {
        "type": "WebIdentityUser",
        "principalId": f"{provider}:{AUDIENCE}:system:serviceaccount:shop:cart",
        "userName": "system:serviceaccount:shop:cart",
        "identityProvider": provider,
    }
    assert (record["eventSource"], record["eventName"], record["readOnly"]) == ("sts.amazonaws.com", "AssumeRoleWithWebIdentity", True)
    assert record["requestParameters"] == {"roleArn": arn, "roleSessionName": "cart"}
    assert token not in json.dumps(record) and token.split(".")[2] not in json.dumps(record)
    later = session(server, answer).sts().get_caller_identity()
    [record] = records(server, later["ResponseMetadata"]["RequestId"])
    assert record["userIdentity"]["sessionContext"]["webIdFederationData"] == {
        "federatedProvider": provider,
        "attributes": {f"{issuer.name}:aud": AUDIENCE, f"{issuer.name}:sub": "system:serviceaccount:shop:cart"},
    }
    # A caller that the trust policy does not admit is recorded too.
    _, arn = make_role({"StringEquals": {f"{issuer.name}:sub": "another"}})
    with pytest.raises(nobody(server).exceptions.ClientError) as error:
        assume(server, arn, issuer.token())
    [record] = records(server, error.value.response["ResponseMetadata"]["RequestId"])
    assert record["errorCode"] == "AccessDenied" and record["userIdentity"]["type"] == "WebIdentityUser"
