"""STS: the caller's identity, and sessions of roles."""

import datetime
import json
import re

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from support.clients import ACCOUNT, OTHER_ACCOUNT, Clients, allow, policy, trust, unique
from support.expect import eventually, plain, refused
from support.server import PRIMARY, REGIONS, REPLICA


@pytest.fixture(scope="session")
def iam(aws):
    return aws.iam()


@pytest.fixture
def make_role(aws, iam):
    """Makes roles: `make_role(trust, policy)` returns the name and the ARN of a new role."""

    def make(document=None, permissions=None, **more):
        name = unique("role")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document or trust(), **more)["Role"]
        if permissions:
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=permissions)
        return name, role["Arn"]

    return make


@pytest.fixture
def assumer(make_user):
    """A user who may assume every role that trusts its account."""
    return make_user(allow("sts:AssumeRole"))


def assume(caller, arn, region=PRIMARY, **more):
    arguments = {"RoleArn": arn, "RoleSessionName": "session"} | more
    return plain(caller.sts(region).assume_role(**arguments))


def no_entry(caller, arn):
    return f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {arn}"


def test_root_identity(aws, other):
    # Source: AWS STS API Reference, GetCallerIdentity.
    assert plain(aws.sts().get_caller_identity()) == {
        "UserId": ACCOUNT,
        "Account": ACCOUNT,
        "Arn": f"arn:aws:iam::{ACCOUNT}:root",
    }
    assert other.sts().get_caller_identity()["Arn"] == f"arn:aws:iam::{OTHER_ACCOUNT}:root"


def test_user_identity_needs_no_permission(iam, make_user):
    # Source: AWS STS API Reference, GetCallerIdentity: no permission is needed, and a Deny has no effect. Terraform calls it at
    # each start.
    user = make_user(policy({"Effect": "Deny", "Action": "*", "Resource": "*"}))
    identity = plain(user.sts().get_caller_identity())
    assert identity == {
        "UserId": iam.get_user(UserName=user.name)["User"]["UserId"],
        "Account": ACCOUNT,
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/{user.name}",
    }


def test_assume_role(aws, iam, make_role):
    name, arn = make_role(trust(), allow("kms:CreateKey"), Path="/deep/er/")
    # In dev mode the root may assume roles, since Terraform on a laptop calls as the root. AWS refuses it to root users.
    answer = assume(aws, arn, RoleSessionName="my=session,+.@-")
    credentials = answer.pop("Credentials")
    role_id = iam.get_role(RoleName=name)["Role"]["RoleId"]
    session_arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/my=session,+.@-"
    assert answer == {"AssumedRoleUser": {"AssumedRoleId": f"{role_id}:my=session,+.@-", "Arn": session_arn}}
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", credentials["AccessKeyId"])
    left = (credentials["Expiration"] - datetime.datetime.now(datetime.UTC)).total_seconds()
    assert 3500 < left <= 3601
    session = aws.session(credentials)
    for region in REGIONS:
        # Every region accepts a session that another region issued, at once or as soon as it has the role.
        identity = eventually(lambda region=region: plain(session.sts(region).get_caller_identity()))
        assert identity == {"UserId": f"{role_id}:my=session,+.@-", "Account": ACCOUNT, "Arn": session_arn}
        assert eventually(lambda region=region: session.kms(region).create_key())
    with refused(
        "AccessDeniedException",
        f"User: {session_arn} is not authorized to perform: kms:ListKeys on resource: * because no identity-based policy "
        "allows the kms:ListKeys action",
    ):
        session.kms().list_keys()


def test_one_refusal_for_every_reason(assumer, make_role):
    # Source: AWS STS API Reference, AssumeRole. A role that does not exist is refused like one that does not trust the caller.
    missing = f"arn:aws:iam::{ACCOUNT}:role/{unique('missing')}"
    with refused("AccessDenied", no_entry(assumer.arn, missing), 403):
        assume(assumer, missing)
    _, other_trust = make_role(trust({"AWS": OTHER_ACCOUNT}))
    with refused("AccessDenied", no_entry(assumer.arn, other_trust), 403):
        assume(assumer, other_trust)


def test_account_trust_needs_an_identity_policy(make_user, assumer, make_role):
    _, arn = make_role()
    nobody = make_user()
    with refused("AccessDenied", no_entry(nobody.arn, arn), 403):
        assume(nobody, arn)
    assert assume(assumer, arn)
    _, named = make_role(trust({"AWS": nobody.arn}))
    assert assume(nobody, named)


def test_external_id(assumer, make_role):
    _, arn = make_role(trust(Condition={"StringEquals": {"sts:ExternalId": "right"}}))
    assert assume(assumer, arn, ExternalId="right")
    for wrong in ({}, {"ExternalId": "wrong"}, {"ExternalId": "Right"}):
        with refused("AccessDenied", no_entry(assumer.arn, arn), 403):
            assume(assumer, arn, **wrong)


def test_across_accounts(other, make_user, make_role):
    _, arn = make_role(trust({"AWS": OTHER_ACCOUNT}))
    theirs = make_user(allow("sts:AssumeRole", arn), owner=other)
    session = theirs.session(assume(theirs, arn)["Credentials"])
    assert session.sts().get_caller_identity()["Account"] == ACCOUNT
    nobody = make_user(owner=other)
    with refused("AccessDenied", no_entry(nobody.arn, arn), 403):
        assume(nobody, arn)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        # Source: AWS STS API Reference, AssumeRole. Seen against AWS: the texts for RoleArn and RoleSessionName.
        ({"RoleArn": "arn:aws:iam::nonsense"}, "arn:aws:iam::nonsense is invalid"),
        (
            {"RoleSessionName": "Session1:2"},
            re.compile(
                r"1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member "
                r"must satisfy regular expression pattern: .*"
            ),
        ),
        (
            {"DurationSeconds": 899},
            "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have "
            "value greater than or equal to 900",
        ),
        (
            {"DurationSeconds": 43201},
            "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have "
            "value less than or equal to 43200",
        ),
        ({"DurationSeconds": 3601}, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."),
    ],
)
def test_arguments(assumer, make_role, arguments, text):
    _, arn = make_role()
    request = {"RoleArn": arn, "RoleSessionName": "session"} | arguments
    with refused("ValidationError", text):
        assumer.sts(checked=False).assume_role(**request)


def test_durations(assumer, make_role):
    _, arn = make_role(MaxSessionDuration=43200)
    for seconds in (900, 43200):
        expires = assume(assumer, arn, DurationSeconds=seconds)["Credentials"]["Expiration"]
        left = (expires - datetime.datetime.now(datetime.UTC)).total_seconds()
        assert seconds - 100 < left <= seconds + 1


def test_chains_are_short(assumer, make_role):
    # Source: IAM User Guide, "Roles terms and concepts", role chaining: at most one hour.
    _, arn = make_role(permissions=allow("sts:AssumeRole"), MaxSessionDuration=43200)
    session = assumer.session(assume(assumer, arn)["Credentials"])
    _, second = make_role(MaxSessionDuration=43200)
    assert assume(session, second)
    with refused(
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    ):
        assume(session, second, DurationSeconds=3601)


def test_session_policies_only_narrow(aws, assumer, make_role):
    # Source: IAM User Guide, "Session policies": they limit the role's permissions and add none.
    key = aws.kms().create_key()["KeyMetadata"]
    _, arn = make_role(permissions=allow(["kms:Encrypt", "kms:DescribeKey"]))
    answer = assume(assumer, arn, Policy=allow(["kms:Encrypt", "kms:ListKeys"]))
    assert "PackedPolicySize" in answer
    session = assumer.session(answer["Credentials"])
    who = answer["AssumedRoleUser"]["Arn"]
    assert session.kms().encrypt(KeyId=key["KeyId"], Plaintext=b"x")
    with refused(
        "AccessDeniedException",
        f"User: {who} is not authorized to perform: kms:DescribeKey on resource: {key['Arn']} because no session policy "
        "allows the kms:DescribeKey action",
    ):
        session.kms().describe_key(KeyId=key["KeyId"])
    with refused(
        "AccessDeniedException",
        f"User: {who} is not authorized to perform: kms:ListKeys on resource: * because no identity-based policy allows the "
        "kms:ListKeys action",
    ):
        session.kms().list_keys()


def test_malformed_session_policy(assumer, make_role):
    _, arn = make_role()
    with pytest.raises(assumer.sts().exceptions.MalformedPolicyDocumentException):
        assume(assumer, arn, Policy="{")


def test_a_sessions_token_is_its_own(aws, assumer, make_role):
    # A key without its token, the token of another key, and an altered token are refused.
    _, arn = make_role()
    one, two = (assume(assumer, arn)["Credentials"] for _ in range(2))
    token = one["SessionToken"]
    for changed in (
        one | {"SessionToken": two["SessionToken"]},
        one | {"SessionToken": token[:-2] + ("AA" if token[-2:] != "AA" else "BB")},
        one | {"SessionToken": token[: len(token) // 2]},
        {"AccessKeyId": "test", "SecretAccessKey": "test", "SessionToken": token},
    ):
        with pytest.raises(aws.sts().exceptions.ClientError) as caught:
            aws.session(changed).sts().get_caller_identity()
        assert caught.value.response["Error"]["Code"] in ("InvalidClientTokenId", "SignatureDoesNotMatch")
    without = aws.session(one | {"SessionToken": None})
    with refused("InvalidClientTokenId", "The security token included in the request is invalid.", 403):
        without.sts().get_caller_identity()


def test_the_roles_policies_are_read_at_each_call(aws, iam, assumer, make_role):
    key = aws.kms().create_key()["KeyMetadata"]
    name, arn = make_role(permissions=allow("kms:DescribeKey"))
    session = assumer.session(assume(assumer, arn)["Credentials"])
    assert session.kms().describe_key(KeyId=key["KeyId"])
    iam.delete_role_policy(RoleName=name, PolicyName="inline")
    with pytest.raises(session.kms().exceptions.ClientError) as caught:
        session.kms().describe_key(KeyId=key["KeyId"])
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


def test_a_role_made_again_is_another(aws, iam, assumer, make_role):
    # A policy that names the deleted role does not apply to a new role of the same name.
    name, arn = make_role(permissions=allow("kms:*"))
    session = assumer.session(assume(assumer, arn)["Credentials"])
    assert session.kms().list_keys()
    iam.delete_role_policy(RoleName=name, PolicyName="inline")
    iam.delete_role(RoleName=name)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust())
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=allow("kms:*"))
    with pytest.raises(session.kms().exceptions.ClientError):
        session.kms().list_keys()


def test_the_founding_policy(aws, iam, assumer, make_role):
    # The policy allows decrypting by key id and reading the secret in every region, and nothing else.
    key = aws.kms().create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    aws.kms().replicate_key(KeyId=key, ReplicaRegion=REPLICA)
    eventually(lambda: aws.kms(REPLICA).encrypt(KeyId=key, Plaintext=b"x"))
    name = unique("founding")
    aws.secrets().create_secret(
        Name=name, SecretString="value", KmsKeyId=key, AddReplicaRegions=[{"Region": REPLICA, "KmsKeyId": key}]
    )
    eventually(lambda: aws.secrets(REPLICA).get_secret_value(SecretId=name))
    document = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": f"arn:aws:kms:*:{ACCOUNT}:key/{key}"},
                {
                    "Effect": "Allow",
                    "Action": "secretsmanager:GetSecretValue",
                    "Resource": f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:{name}-*",
                },
            ],
        }
    )
    _, arn = make_role(permissions=document)
    session = assumer.session(assume(assumer, arn)["Credentials"])
    for region in REGIONS:
        blob = aws.kms(region).encrypt(KeyId=key, Plaintext=region.encode())["CiphertextBlob"]
        for reads in REGIONS:
            opened = eventually(lambda: session.kms(reads).decrypt(CiphertextBlob=blob))  # noqa: B023
            assert opened["Plaintext"] == region.encode()
        assert session.secrets(region).get_secret_value(SecretId=name)["SecretString"] == "value"
        with pytest.raises(session.kms(region).exceptions.ClientError) as caught:
            session.kms(region).encrypt(KeyId=key, Plaintext=b"x")
        assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


def test_saml_says_what_is_not_built(server):
    # A caller without credentials must learn that, and not that a signature is missing.
    config = Config(signature_version=UNSIGNED, retries={"max_attempts": 0})
    sts = boto3.client("sts", region_name=PRIMARY, endpoint_url=server.endpoint, config=config)
    names = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/federated", "PrincipalArn": f"arn:aws:iam::{ACCOUNT}:saml-provider/idp"}
    with refused("InvalidAction", "Claviger does not implement AssumeRoleWithSAML yet."):
        sts.assume_role_with_saml(SAMLAssertion="QUJDRA==", **names)


# GetFederationToken.


@pytest.fixture
def federating(make_user):
    """A user who may vouch for others, and who may use KMS."""
    return make_user(policy({"Effect": "Allow", "Action": ["sts:GetFederationToken", "sts:TagSession", "kms:*"], "Resource": "*"}))


def guest(server, caller, name="guest", **more):
    given = caller.sts().get_federation_token(Name=name, **more)["Credentials"]
    return Clients(server.endpoint, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def test_a_federated_user_has_what_both_sides_allow(server, aws, federating):
    # Source: AWS STS API Reference, GetFederationToken.
    answer = plain(federating.sts().get_federation_token(Name="guest", Policy=allow("kms:ListKeys"), DurationSeconds=900))
    assert answer["FederatedUser"] == {
        "FederatedUserId": f"{ACCOUNT}:guest",
        "Arn": f"arn:aws:sts::{ACCOUNT}:federated-user/guest",
    }
    assert answer["PackedPolicySize"] >= 1
    bounded = guest(server, federating, Policy=policy({"Effect": "Allow", "Action": ["kms:ListKeys", "secretsmanager:*"], "Resource": "*"}))
    assert bounded.sts().get_caller_identity()["Arn"] == f"arn:aws:sts::{ACCOUNT}:federated-user/guest"
    assert bounded.sts().get_caller_identity()["UserId"] == f"{ACCOUNT}:guest"
    bounded.kms().list_keys()
    who = f"User: arn:aws:sts::{ACCOUNT}:federated-user/guest is not authorized to perform"
    with refused("AccessDeniedException", f"{who}: kms:ListAliases on resource: * because no session policy allows the kms:ListAliases action"):
        bounded.kms().list_aliases()
    with refused("AccessDeniedException", f"{who}: secretsmanager:ListSecrets because no identity-based policy allows the secretsmanager:ListSecrets action"):
        bounded.secrets().list_secrets()
    managed = guest(server, federating, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AdministratorAccess"}])
    managed.kms().list_aliases()


def test_without_a_policy_only_resources_admit_a_federated_user(server, aws, federating, make_user):
    kms = aws.kms()
    key = kms.create_key()["KeyMetadata"]["Arn"]
    nobody = guest(server, federating)
    with refused("AccessDeniedException", re.compile(".*no session policy allows the kms:Encrypt action")):
        nobody.kms().encrypt(KeyId=key, Plaintext=b"x")
    named = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:sts::{ACCOUNT}:federated-user/guest"}, "Action": "kms:Encrypt", "Resource": "*"}
    delegates = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}
    kms.put_key_policy(KeyId=key, Policy=policy(delegates, named))
    nobody.kms().encrypt(KeyId=key, Plaintext=b"x")
    with refused("AccessDeniedException", re.compile(".*")):
        guest(server, federating, "other").kms().encrypt(KeyId=key, Plaintext=b"x")
    # A grant names a federated user too. Without it the user who vouches has no permission to share.
    kms.create_grant(KeyId=key, GranteePrincipal=f"arn:aws:sts::{ACCOUNT}:federated-user/other", Operations=["GenerateDataKey"])
    poor = make_user(allow("sts:GetFederationToken"))
    guest(server, poor, "other", Policy=allow("kms:*")).kms().generate_data_key(KeyId=key, KeySpec="AES_256")
    with refused("AccessDeniedException", re.compile(".*")):
        guest(server, poor, "another", Policy=allow("kms:*")).kms().generate_data_key(KeyId=key, KeySpec="AES_256")


def test_the_root_vouches_for_an_hour(server, aws):
    answer = aws.sts().get_federation_token(Name="guest", Policy=allow("kms:ListKeys"), DurationSeconds=7200)
    left = answer["Credentials"]["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(minutes=59) < left <= datetime.timedelta(hours=1)
    of_root = guest(server, aws, Policy=allow("kms:*"))
    of_root.kms().list_aliases()
    key = aws.kms().create_key()["KeyMetadata"]["Arn"]
    of_root.kms().encrypt(KeyId=key, Plaintext=b"x")
    # It is not the root: a policy that names the account delegates, and does not admit every action of a session without a policy.
    with refused("AccessDeniedException", re.compile(".*no session policy allows the kms:Encrypt action")):
        guest(server, aws).kms().encrypt(KeyId=key, Plaintext=b"x")


def test_credentials_of_federated_users_open_little_of_sts_and_no_iam(server, aws, federating, make_role):
    able = guest(server, federating, Policy=allow("*"))
    with refused("InvalidClientTokenId", re.compile(".*"), 403):
        able.iam().list_users()
    for call in (able.sts().get_session_token, lambda: able.sts().get_federation_token(Name="again")):
        with refused("AccessDenied", re.compile("Cannot call .* with session credentials"), 403):
            call()
    _, role = make_role(trust({"AWS": ACCOUNT}))
    caller = f"arn:aws:sts::{ACCOUNT}:federated-user/guest"
    with refused("AccessDenied", no_entry(caller, role), 403):
        assume(able, role)


def test_federation_ends_with_its_user_and_follows_its_policies(server, aws, iam, federating):
    able = guest(server, federating, Policy=allow("kms:*"))
    able.kms().list_keys()
    [name] = iam.list_user_policies(UserName=federating.name)["PolicyNames"]
    iam.delete_user_policy(UserName=federating.name, PolicyName=name)
    with refused("AccessDeniedException", re.compile(".*no identity-based policy allows the kms:ListKeys action")):
        able.kms().list_keys()
    iam.delete_access_key(UserName=federating.name, AccessKeyId=federating.key)
    iam.delete_user(UserName=federating.name)
    with refused("UnrecognizedClientException", "The security token included in the request is invalid."):
        able.kms().list_keys()


def test_tags_of_federated_users(server, aws, make_user):
    plain_user = make_user(allow("sts:GetFederationToken"))
    guest(server, plain_user)
    arn = f"arn:aws:sts::{ACCOUNT}:federated-user/guest"
    with refused("AccessDenied", f"User: {plain_user.arn} is not authorized to perform: sts:TagSession on resource: {arn}", 403):
        guest(server, plain_user, Tags=[{"Key": "team", "Value": "blue"}])
    tagging = make_user(
        policy(
            {"Effect": "Allow", "Action": ["sts:GetFederationToken", "sts:TagSession"], "Resource": "*"},
            {"Effect": "Allow", "Action": "kms:ListKeys", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue", "aws:PrincipalType": "FederatedUser"}}},
        )
    )
    blue = guest(server, tagging, Policy=allow("kms:*"), Tags=[{"Key": "team", "Value": "blue"}])
    blue.kms().list_keys()
    with refused("AccessDeniedException", re.compile(".*")):
        guest(server, tagging, Policy=allow("kms:*")).kms().list_keys()
