"""KMS: grants."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.clients import ACCOUNT, OTHER_ACCOUNT, Clients, allow, in_region, key_arn, policy, trust, unique
from support.expect import SILENT, constraint, eventually, pages, plain, refused
from support.server import REPLICA

MARKERS = ("Marker", "NextMarker")
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
DELEGATES = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"}
TENANT = {"tenant": "blue"}
DRY_RUN = ("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
# No grant has this id.
UNKNOWN = "0" * 64


@pytest.fixture(scope="session")
def kms(aws):
    return aws.kms()


@pytest.fixture
def key(kms):
    return kms.create_key()["KeyMetadata"]["Arn"]


@pytest.fixture
def user(make_user):
    """A user without a policy."""
    return make_user()


@pytest.fixture
def make_role(aws):
    """Makes a role, and returns its ARN and clients of one of its sessions: `make_role(policy)`."""

    def make(document=None, session="night"):
        name = unique("role")
        role = aws.iam().create_role(RoleName=name, AssumeRolePolicyDocument=trust())["Role"]["Arn"]
        if document is not None:
            aws.iam().put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document)
        assumed = aws.sts().assume_role(RoleArn=role, RoleSessionName=session)
        clients = aws.session(assumed["Credentials"])
        clients.arn = assumed["AssumedRoleUser"]["Arn"]
        return role, clients

    return make


def grant(kms, key, to, *operations, **more):
    return kms.create_grant(KeyId=key, GranteePrincipal=getattr(to, "arn", to), Operations=list(operations), **more)


def denial(who, action, resource):
    """The text of a denial, whatever its reason."""
    return re.compile(re.escape(f"User: {who} is not authorized to perform: kms:{action} on resource: {resource} ") + ".*")


def denied(who, action, key):
    return refused("AccessDeniedException", denial(who.arn, action, key))


def encrypt(clients, key, context=None):
    return clients.kms().encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=context or {})["CiphertextBlob"]


def ids(answer):
    return [entry["GrantId"] for entry in answer["Grants"]]


def test_life(kms, key, user):
    made = plain(grant(kms, key, user, "Encrypt", "Decrypt", "Encrypt", Name="backup/1", RetiringPrincipal=ROOT))
    assert re.fullmatch("[0-9a-f]{64}", made["GrantId"]) and set(made) == {"GrantId", "GrantToken"}
    listed = kms.list_grants(KeyId=key)
    assert listed["Truncated"] is False and "NextMarker" not in listed
    [entry] = listed["Grants"]
    entry.pop("CreationDate")
    assert entry == {
        "KeyId": key,
        "GrantId": made["GrantId"],
        "Name": "backup/1",
        "GranteePrincipal": user.arn,
        "RetiringPrincipal": ROOT,
        "IssuingAccount": ROOT,
        "Operations": ["Encrypt", "Decrypt"],
    }
    # The key is there for its grantee by its whole ARN; no identity policy is needed.
    blob = encrypt(user, key)
    assert user.kms().decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    with denied(user, "GenerateDataKey", key):
        user.kms().generate_data_key(KeyId=key, KeySpec="AES_256")
    with denied(user, "DescribeKey", key):
        user.kms().describe_key(KeyId=key)
    kms.revoke_grant(KeyId=key, GrantId=made["GrantId"])
    assert kms.list_grants(KeyId=key)["Grants"] == []
    with refused("NotFoundException", f"Grant {made['GrantId']} does not exist"):
        kms.revoke_grant(KeyId=key, GrantId=made["GrantId"])
    with denied(user, "Encrypt", key):
        encrypt(user, key)


def test_an_entry_without_a_name(kms, key, user):
    grant(kms, key, user, "Decrypt", Constraints={"EncryptionContextSubset": TENANT})
    [entry] = kms.list_grants(KeyId=key)["Grants"]
    assert entry["Name"] == "" and "RetiringPrincipal" not in entry
    assert entry["Constraints"] == {"EncryptionContextSubset": TENANT}


def test_a_repeated_request_finds_the_grant_by_its_name(kms, key, user):
    request = {"Name": "n", "RetiringPrincipal": user.arn, "Constraints": {"EncryptionContextEquals": TENANT}}
    first = grant(kms, key, user, "Encrypt", "Decrypt", **request)
    again = grant(kms, key, user, "Decrypt", "Encrypt", **request)
    assert again["GrantId"] == first["GrantId"] and again["GrantToken"] != first["GrantToken"]
    different = [
        grant(kms, key, user, "Decrypt", **request),
        grant(kms, key, ROOT, "Encrypt", "Decrypt", **request),
        grant(kms, key, user, "Encrypt", "Decrypt", **request | {"Name": "m"}),
        grant(kms, key, user, "Encrypt", "Decrypt", **request | {"RetiringPrincipal": ROOT}),
        grant(kms, key, user, "Encrypt", "Decrypt", **request | {"Constraints": {"EncryptionContextSubset": TENANT}}),
        # Without a name each request makes a grant.
        grant(kms, key, user, "Encrypt", "Decrypt"),
        grant(kms, key, user, "Encrypt", "Decrypt"),
    ]
    made = {answer["GrantId"] for answer in [first, *different]}
    assert len(made) == 8 and set(ids(kms.list_grants(KeyId=key))) == made
    # The scope of a name is the key.
    other_key = kms.create_key()["KeyMetadata"]["Arn"]
    assert grant(kms, other_key, user, "Encrypt", "Decrypt", **request)["GrantId"] not in made


def test_requests_at_the_same_time(kms, key, user):
    def make(number):
        return grant(kms, key, user, "Encrypt", Name=f"n{number % 4}")["GrantId"]

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(80)))
    assert len(set(made)) == 4 and set(ids(kms.list_grants(KeyId=key))) == set(made)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda grant_id: kms.revoke_grant(KeyId=key, GrantId=grant_id), set(made)))
    assert kms.list_grants(KeyId=key)["Grants"] == []
    with denied(user, "Encrypt", key):
        encrypt(user, key)


@pytest.mark.parametrize(
    ("constraints", "allowed", "refused_contexts"),
    [
        (
            {"EncryptionContextEquals": {"tenant": "blue", "kind": "a"}},
            [{"tenant": "blue", "kind": "a"}, {"TENANT": "blue", "kind": "a"}],
            [{}, TENANT, {"tenant": "blue", "kind": "a", "more": "b"}, {"tenant": "Blue", "kind": "a"}],
        ),
        (
            {"EncryptionContextSubset": TENANT},
            [TENANT, {"tenant": "blue", "more": "b"}, {"Tenant": "blue"}],
            [{}, {"tenant": "red"}, {"tenant": "BLUE"}, {"more": "b"}, {"tenant": "blue", "TENANT": "red"}],
        ),
    ],
)
def test_constraints(kms, key, user, constraints, allowed, refused_contexts):
    grant(kms, key, user, "Encrypt", "Decrypt", "GenerateDataKey", "DescribeKey", Constraints=constraints)
    for context in allowed:
        blob = encrypt(user, key, context)
        assert user.kms().decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == b"x"
    for context in refused_contexts:
        with denied(user, "Encrypt", key):
            encrypt(user, key, context)
        with denied(user, "GenerateDataKey", key):
            user.kms().generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=context)
    # Constraints do not apply to operations without an encryption context.
    assert user.kms().describe_key(KeyId=key)["KeyMetadata"]["Arn"] == key


def test_reencrypt_needs_both_halves(kms, key, user):
    target = kms.create_key()["KeyMetadata"]["Arn"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=TENANT)["CiphertextBlob"]
    call = {"CiphertextBlob": blob, "SourceEncryptionContext": TENANT, "DestinationKeyId": target}
    grant(kms, key, user, "ReEncryptFrom", Constraints={"EncryptionContextEquals": TENANT})
    with denied(user, "ReEncryptTo", target):
        user.kms().re_encrypt(**call)
    grant(kms, target, user, "ReEncryptTo", Constraints={"EncryptionContextSubset": {"moved": "yes"}})
    with denied(user, "ReEncryptTo", target):
        user.kms().re_encrypt(**call)
    user.kms().re_encrypt(**call, DestinationEncryptionContext={"moved": "yes"})


def test_operations_of_other_keys(kms, user):
    signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    grant(kms, signing, user, "Sign", "GetPublicKey")
    call = {"KeyId": signing, "Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = user.kms().sign(**call)["Signature"]
    assert user.kms().get_public_key(KeyId=signing)["KeySpec"] == "ECC_NIST_P256"
    with denied(user, "Verify", signing):
        user.kms().verify(**call, Signature=signature)
    macs = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    grant(kms, macs, user, "GenerateMac")
    mac = user.kms().generate_mac(KeyId=macs, Message=b"m", MacAlgorithm="HMAC_SHA_256")["Mac"]
    with denied(user, "VerifyMac", macs):
        user.kms().verify_mac(KeyId=macs, Message=b"m", MacAlgorithm="HMAC_SHA_256", Mac=mac)


@pytest.mark.parametrize(
    ("spec", "usage", "unfit", "kind", "valid"),
    [
        # The text: documentation of others' answers; the list at its end was not seen.
        ("ECC_NIST_P256", "SIGN_VERIFY", "GenerateDataKey", "an asymmetric", "Sign, Verify, GetPublicKey, CreateGrant, RetireGrant, DescribeKey"),
        (
            "ECC_NIST_P256",
            "KEY_AGREEMENT",
            "Sign",
            "an asymmetric",
            "GetPublicKey, CreateGrant, RetireGrant, DescribeKey, DeriveSharedSecret",
        ),
        ("HMAC_256", "GENERATE_VERIFY_MAC", "Encrypt", "an HMAC", "CreateGrant, RetireGrant, DescribeKey, GenerateMac, VerifyMac"),
        (
            "SYMMETRIC_DEFAULT",
            "ENCRYPT_DECRYPT",
            "GetPublicKey",
            "a symmetric encryption",
            "Decrypt, Encrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, ReEncryptFrom, ReEncryptTo, CreateGrant, RetireGrant, "
            "DescribeKey, GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext",
        ),
    ],
)
def test_operations_fit_the_key(kms, user, spec, usage, unfit, kind, valid):
    made = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["Arn"]
    text = (
        f"Operations [{unfit}] are not supported when creating a grant for {kind} KMS key with key usage {usage}. "
        f"Valid operations are [{valid}]"
    )
    with refused("ValidationException", text):
        grant(kms, made, user, "DescribeKey", unfit)


def test_constraints_are_for_symmetric_keys(kms, user):
    made = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    # Seen against AWS.
    text = "EncryptionContext is supported only when creating a grant for a symmetric encryption KMS key."
    with refused("ValidationException", text):
        grant(kms, made, user, "GenerateMac", Constraints={"EncryptionContextEquals": TENANT})


def test_requests_that_are_refused(aws, kms, key, user):
    unchecked = aws.kms(checked=False)

    def make(**change):
        request = {"KeyId": key, "GranteePrincipal": user.arn, "Operations": ["Decrypt"]} | change
        unchecked.create_grant(**{name: value for name, value in request.items() if value is not None})

    words = re.compile(
        r"1 validation error detected: Value '\[ListKeys\]' at 'operations' failed to satisfy constraint: "
        r"Member must satisfy constraint: \[Member must satisfy enum value set: \[.*\]\]"
    )
    with refused("ValidationException", words):
        make(Operations=["ListKeys"])
    with refused("ValidationException", "A grant must allow at least one operation."):
        make(Operations=[])
    with refused("ValidationException", constraint("granteePrincipal", "Member must not be null", "null").replace("'null'", "null")):
        make(GranteePrincipal=None)
    with refused("ValidationException", constraint("name", "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$", "a b")):
        make(Name="a b")
    many = {f"n{number}": "v" for number in range(9)}
    with refused("ValidationException", constraint("constraints.encryptionContextSubset", "Member must have length less than or equal to 8")):
        make(Constraints={"EncryptionContextSubset": many})
    with refused("ValidationException", constraint("constraints.encryptionContextEquals.n", "Member must have length less than or equal to 384")):
        make(Constraints={"EncryptionContextEquals": {"n": "v" * 385}})
    with refused("ValidationException", constraint("constraints.encryptionContextEquals", "Member must have length greater than or equal to 1")):
        make(Constraints={"EncryptionContextEquals": {}})
    with refused("ValidationException", "Specify either EncryptionContextEquals or EncryptionContextSubset."):
        make(Constraints={"EncryptionContextEquals": TENANT, "EncryptionContextSubset": TENANT})
    missing = "00000000-0000-4000-8000-000000000000"
    with refused("NotFoundException", f"Key '{key_arn(missing)}' does not exist"):
        make(KeyId=missing)
    with refused("NotFoundException", "Invalid keyId 'alias/x'"):
        make(KeyId="alias/x")
    assert kms.list_grants(KeyId=key)["Grants"] == []


@pytest.mark.parametrize(
    "principal",
    [
        f"arn:aws:iam::{ACCOUNT}:user/nobody-at-all",
        f"arn:aws:iam::{ACCOUNT}:role/nobody-at-all",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/nobody-at-all/s",
        f"arn:aws:iam::{ACCOUNT}:group/g",
        "arn:aws-cn:iam::111122223333:root",
        "secretsmanager.amazonaws.com",
        "AIDAEXAMPLEEXAMPLE001",
        ACCOUNT,
        "ana",
    ],
)
def test_principals_that_do_not_exist(kms, key, user, principal):
    text = f"ARN does not refer to a valid principal: {principal}"  # text seen against AWS
    with refused("InvalidArnException", text):
        grant(kms, key, principal, "Decrypt")
    with refused("InvalidArnException", text):
        grant(kms, key, user, "Decrypt", RetiringPrincipal=principal)


def test_a_role_stands_for_its_sessions(kms, key, make_role):
    role, session = make_role()
    _, stranger = make_role()
    grant(kms, key, role, "Encrypt")
    encrypt(session, key)
    with denied(stranger, "Encrypt", key):
        encrypt(stranger, key)


def test_a_session_is_one_session(aws, kms, key, make_role):
    role, session = make_role()
    grant(kms, key, session.arn, "Encrypt")
    encrypt(session, key)
    assumed = aws.sts().assume_role(RoleArn=role, RoleSessionName="day")
    other = aws.session(assumed["Credentials"])
    other.arn = assumed["AssumedRoleUser"]["Arn"]
    with denied(other, "Encrypt", key):
        encrypt(other, key)


def test_an_account_as_grantee_delegates_to_iam(kms, key, other, make_user):
    bare, allowed = make_user(owner=other), make_user(allow("kms:Encrypt"), owner=other)
    for who in (bare, allowed):
        with refused("AccessDeniedException", re.compile(".*")):
            encrypt(who, key)
    grant(kms, key, f"arn:aws:iam::{OTHER_ACCOUNT}:root", "Encrypt")
    encrypt(allowed, key)
    encrypt(other, key)
    with denied(bare, "Encrypt", key):
        encrypt(bare, key)


def test_a_federated_user_can_be_named(kms, key):
    arn = f"arn:aws:sts::{ACCOUNT}:federated-user/ana"
    made = grant(kms, key, arn, "Decrypt")
    assert ids(kms.list_grants(KeyId=key, GranteePrincipal=arn)) == [made["GrantId"]]


def test_a_user_of_the_same_name_is_another_principal(aws, kms, key, make_user):
    user = make_user()
    made = grant(kms, key, user, "Encrypt", RetiringPrincipal=user.arn)
    unique_id = aws.iam().get_user(UserName=user.name)["User"]["UserId"]
    aws.iam().delete_access_key(UserName=user.name, AccessKeyId=user.key)
    aws.iam().delete_user(UserName=user.name)
    [entry] = kms.list_grants(KeyId=key)["Grants"]
    assert entry["GranteePrincipal"] == entry["RetiringPrincipal"] == unique_id
    aws.iam().create_user(UserName=user.name)
    access = aws.iam().create_access_key(UserName=user.name)["AccessKey"]
    again = Clients(aws.endpoint, access["AccessKeyId"], access["SecretAccessKey"])
    again.arn = user.arn
    with denied(again, "Encrypt", key):
        encrypt(again, key)
    with denied(again, "RetireGrant", key):
        again.kms().retire_grant(KeyId=key, GrantId=made["GrantId"])
    assert kms.list_grants(KeyId=key, GranteePrincipal=user.arn)["Grants"] == []
    assert ids(kms.list_grants(KeyId=key, GranteePrincipal=unique_id)) == [made["GrantId"]]


def test_a_denial_wins(aws, kms, key, make_user):
    by_policy = make_user(policy({"Effect": "Deny", "Action": "kms:Encrypt", "Resource": "*"}))
    grant(kms, key, by_policy, "Encrypt", "DescribeKey")
    by_policy.kms().describe_key(KeyId=key)
    text = f"User: {by_policy.arn} is not authorized to perform: kms:Encrypt on resource: {key} with an explicit deny in an identity-based policy"
    with refused("AccessDeniedException", text):
        encrypt(by_policy, key)
    by_key = make_user()
    grant(kms, key, by_key, "Encrypt")
    encrypt(by_key, key)
    deny = {"Effect": "Deny", "Principal": {"AWS": by_key.arn}, "Action": "kms:Encrypt", "Resource": "*"}
    kms.put_key_policy(KeyId=key, Policy=policy(DELEGATES, deny))
    text = f"User: {by_key.arn} is not authorized to perform: kms:Encrypt on resource: {key} with an explicit deny in a resource-based policy"
    with refused("AccessDeniedException", text):
        encrypt(by_key, key)


def test_boundaries_and_session_policies_cap(aws, kms, key, user, make_role):
    boundary = aws.iam().create_policy(PolicyName=unique("boundary"), PolicyDocument=allow("kms:DescribeKey"))["Policy"]["Arn"]
    grant(kms, key, user, "Encrypt", "DescribeKey")
    aws.iam().put_user_permissions_boundary(UserName=user.name, PermissionsBoundary=boundary)
    user.kms().describe_key(KeyId=key)
    text = f"User: {user.arn} is not authorized to perform: kms:Encrypt on resource: {key} because no permissions boundary allows the kms:Encrypt action"
    with refused("AccessDeniedException", text):
        encrypt(user, key)
    role, _ = make_role()
    grant(kms, key, role, "Encrypt", "DescribeKey")
    assumed = aws.sts().assume_role(RoleArn=role, RoleSessionName="night", Policy=allow("kms:DescribeKey"))
    session = aws.session(assumed["Credentials"])
    session.kms().describe_key(KeyId=key)
    text = (
        f"User: {assumed['AssumedRoleUser']['Arn']} is not authorized to perform: kms:Encrypt on resource: {key} "
        "because no session policy allows the kms:Encrypt action"
    )
    with refused("AccessDeniedException", text):
        encrypt(session, key)


def test_keys_of_other_accounts(kms, key, other, make_user):
    foreign = make_user(owner=other)
    unseen = (
        f"User: {foreign.arn} is not authorized to perform: kms:Encrypt on resource: {key} because the resource does not exist in "
        "this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"
    )
    with refused("AccessDeniedException", unseen):
        encrypt(foreign, key)
    made = grant(kms, key, foreign, "Encrypt", "Decrypt", "CreateGrant", "RetireGrant")
    blob = encrypt(foreign, key)
    # The ciphertext alone names the key.
    assert foreign.kms().decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    # A grant that the other account makes is issued there.
    child = grant(foreign.kms(), key, foreign, "Encrypt")
    issuers = {entry["GrantId"]: entry["IssuingAccount"] for entry in kms.list_grants(KeyId=key)["Grants"]}
    assert issuers == {made["GrantId"]: ROOT, child["GrantId"]: f"arn:aws:iam::{OTHER_ACCOUNT}:root"}
    # Its account may retire it; the account of the key may not, and revokes it.
    with refused("AccessDeniedException", denial(ROOT, "RetireGrant", key)):
        kms.retire_grant(KeyId=key, GrantId=child["GrantId"])
    other.kms().retire_grant(KeyId=key, GrantId=child["GrantId"])
    # Nobody of another account learns whether a grant exists.
    with refused("AccessDeniedException", re.compile(".*because the resource does not exist in this Region.*")):
        other.kms().retire_grant(KeyId=key, GrantId=UNKNOWN)
    with refused("AccessDeniedException", re.compile(".*because the resource does not exist in this Region.*")):
        other.kms().list_grants(KeyId=key)
    foreign.kms().retire_grant(KeyId=key, GrantId=made["GrantId"])
    assert kms.list_grants(KeyId=key)["Grants"] == []


def test_the_retiring_principal_retires(kms, key, user, make_user):
    retiring = make_user()
    made = grant(kms, key, user, "Encrypt", RetiringPrincipal=retiring.arn)
    with denied(user, "RetireGrant", key):
        user.kms().retire_grant(KeyId=key, GrantId=made["GrantId"])
    retiring.kms().retire_grant(GrantToken=made["GrantToken"])
    with refused("NotFoundException", f"Grant {made['GrantId']} does not exist"):
        retiring.kms().retire_grant(GrantToken=made["GrantToken"])
    made = grant(kms, key, user, "Encrypt", RetiringPrincipal=retiring.arn)
    retiring.kms().retire_grant(KeyId=key, GrantId=made["GrantId"])
    assert kms.list_grants(KeyId=key)["Grants"] == []


def test_the_grantee_retires_if_the_grant_allows_it(kms, key, user):
    made = grant(kms, key, user, "Encrypt", "RetireGrant", Constraints={"EncryptionContextEquals": TENANT})
    user.kms().retire_grant(KeyId=key, GrantId=made["GrantId"])
    with denied(user, "Encrypt", key):
        encrypt(user, key, TENANT)


def test_the_account_retires_by_iam(kms, key, user, make_user, make_role):
    administrator = make_user(allow("kms:RetireGrant"))
    made = grant(kms, key, user, "Encrypt")
    administrator.kms().retire_grant(KeyId=key, GrantId=made["GrantId"])
    # A key policy cannot give the permission.
    named = make_user()
    statement = {"Effect": "Allow", "Principal": {"AWS": named.arn}, "Action": "kms:RetireGrant", "Resource": "*"}
    kms.put_key_policy(KeyId=key, Policy=policy(DELEGATES, statement))
    made = grant(kms, key, user, "Encrypt")
    with denied(named, "RetireGrant", key):
        named.kms().retire_grant(KeyId=key, GrantId=made["GrantId"])
    # A denial takes it from the retiring principal too.
    never = make_user(policy({"Effect": "Deny", "Action": "kms:RetireGrant", "Resource": "*"}))
    kept = grant(kms, key, user, "Encrypt", RetiringPrincipal=never.arn)
    with denied(never, "RetireGrant", key):
        never.kms().retire_grant(GrantToken=kept["GrantToken"])
    kms.retire_grant(KeyId=key, GrantId=made["GrantId"])
    role, session = make_role()
    made = grant(kms, key, user, "Encrypt", RetiringPrincipal=role)
    session.kms().retire_grant(GrantToken=made["GrantToken"])
    assert ids(kms.list_grants(KeyId=key)) == [kept["GrantId"]]


def test_how_a_grant_is_named_for_retiring(kms, key, user):
    made = grant(kms, key, user, "Encrypt")
    text = "Specify either a GrantToken, or both a KeyId and a GrantId."
    for request in (
        {},
        {"KeyId": key},
        {"GrantId": made["GrantId"]},
        {"GrantToken": made["GrantToken"], "KeyId": key, "GrantId": made["GrantId"]},
    ):
        with refused("ValidationException", text):
            kms.retire_grant(**request)
    with refused("InvalidGrantTokenException", SILENT):
        kms.retire_grant(GrantToken="bm8gdG9rZW4")
    with refused("InvalidGrantTokenException", SILENT):
        kms.retire_grant(GrantToken=made["GrantToken"][:-2] + "AA")
    for call in (kms.retire_grant, kms.revoke_grant):
        with refused("InvalidGrantIdException", SILENT):
            call(KeyId=key, GrantId="abc")
        with refused("NotFoundException", f"Grant {UNKNOWN} does not exist"):
            call(KeyId=key, GrantId=UNKNOWN)
    other_key = kms.create_key()["KeyMetadata"]["Arn"]
    with refused("NotFoundException", f"Grant {made['GrantId']} does not exist"):
        kms.revoke_grant(KeyId=other_key, GrantId=made["GrantId"])
    # The id of the key does as well as its ARN.
    kms.retire_grant(KeyId=key.rsplit("/", 1)[1], GrantId=made["GrantId"])


def test_dry_runs(kms, key, user):
    with refused(*DRY_RUN):
        grant(kms, key, user, "Encrypt", Name="n", DryRun=True)
    with refused("InvalidArnException", "ARN does not refer to a valid principal: ana"):
        grant(kms, key, "ana", "Encrypt", DryRun=True)
    assert kms.list_grants(KeyId=key)["Grants"] == []
    made = grant(kms, key, user, "Encrypt", RetiringPrincipal=user.arn)
    with refused(*DRY_RUN):
        kms.revoke_grant(KeyId=key, GrantId=made["GrantId"], DryRun=True)
    with refused(*DRY_RUN):
        user.kms().retire_grant(GrantToken=made["GrantToken"], DryRun=True)
    with refused(*DRY_RUN):
        user.kms().encrypt(KeyId=key, Plaintext=b"x", DryRun=True)
    assert ids(kms.list_grants(KeyId=key)) == [made["GrantId"]]
    with denied(user, "CreateGrant", key):
        grant(user.kms(), key, user, "Encrypt", DryRun=True)
    with refused("NotFoundException", f"Grant {UNKNOWN} does not exist"):
        kms.revoke_grant(KeyId=key, GrantId=UNKNOWN, DryRun=True)


def test_grants_made_through_a_grant(kms, key, user, make_user):
    child = make_user()
    made = grant(kms, key, user, "CreateGrant", "Encrypt", Constraints={"EncryptionContextSubset": TENANT})
    stricter = {"EncryptionContextEquals": TENANT | {"kind": "a"}}
    for operations, constraints in [
        (["Encrypt"], None),
        (["Encrypt"], {"EncryptionContextSubset": {"tenant": "red"}}),
        (["Encrypt", "Decrypt"], stricter),
    ]:
        with denied(user, "CreateGrant", key):
            grant(user.kms(), key, child, *operations, **({"Constraints": constraints} if constraints else {}))
    grant(user.kms(), key, child, "Encrypt", Constraints=stricter)
    grant(user.kms(), key, child, "Encrypt", "CreateGrant", Constraints={"EncryptionContextSubset": TENANT})
    encrypt(child, key, TENANT | {"kind": "a"})
    # The child's grants outlive the grant that they were made through.
    kms.revoke_grant(KeyId=key, GrantId=made["GrantId"])
    encrypt(child, key, TENANT)
    with denied(user, "CreateGrant", key):
        grant(user.kms(), key, child, "Encrypt", Constraints=stricter)


def test_condition_keys(kms, key, user, make_user):
    def may(condition):
        return make_user(allow("kms:CreateGrant", Condition=condition)).kms()

    context = {"EncryptionContextEquals": TENANT}
    cases = [
        ({"StringEquals": {"kms:GranteePrincipal": user.arn}}, {}, {"GranteePrincipal": ROOT}),
        ({"StringEquals": {"kms:RetiringPrincipal": user.arn}}, {"RetiringPrincipal": user.arn}, {}),
        ({"ForAllValues:StringEquals": {"kms:GrantOperations": ["Encrypt", "Decrypt"]}}, {}, {"Operations": ["Encrypt", "DescribeKey"]}),
        ({"StringEquals": {"kms:GrantConstraintType": "EncryptionContextEquals"}}, {"Constraints": context}, {}),
        ({"Bool": {"kms:GrantIsForAWSResource": "false"}}, {}, None),
        ({"StringEquals": {"kms:EncryptionContext:tenant": "blue"}}, {"Constraints": context}, {}),
        ({"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "tenant"}}, {"Constraints": context}, {}),
    ]
    for condition, good, bad in cases:
        maker = may(condition)
        request = {"KeyId": key, "GranteePrincipal": user.arn, "Operations": ["Encrypt"]}
        maker.create_grant(**request | good)
        if bad is not None:
            with refused("AccessDeniedException", re.compile(".*kms:CreateGrant.*"), status=400):
                maker.create_grant(**request | bad)
    # No service makes grants for its resources here.
    services = may({"Bool": {"kms:GrantIsForAWSResource": "true"}})
    with refused("AccessDeniedException", re.compile(".*kms:CreateGrant.*")):
        services.create_grant(KeyId=key, GranteePrincipal=user.arn, Operations=["Encrypt"])


def test_grants_of_callers_are_not_for_services(kms, key, make_user):
    """Policies of AWS's services allow grants only while a service makes them. Here every grant is a caller's own."""
    made = kms.create_grant(KeyId=key, GranteePrincipal=ROOT, Operations=["Encrypt"])["GrantId"]
    for value, allowed in (("true", False), ("false", True)):
        condition = {"Bool": {"kms:GrantIsForAWSResource": value}}
        caller = make_user(allow(["kms:ListGrants", "kms:RevokeGrant"], Condition=condition))
        for operation, arguments in (("ListGrants", {}), ("RevokeGrant", {"GrantId": made})):
            call = getattr(caller.kms(), "list_grants" if operation == "ListGrants" else "revoke_grant")
            if allowed:
                call(KeyId=key, **arguments)
            else:
                with denied(caller, operation, key):
                    call(KeyId=key, **arguments)


def test_tokens(kms, key, user):
    made = grant(kms, key, user, "Encrypt", "Decrypt", "DescribeKey", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "CreateGrant")
    token = {"GrantTokens": [made["GrantToken"]]}
    forged = {"GrantTokens": [made["GrantToken"], "bm8gdG9rZW4"]}
    signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    agreeing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")["KeyMetadata"]["Arn"]
    macs = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    message = {"KeyId": signing, "Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
    mac = {"KeyId": macs, "Message": b"m", "MacAlgorithm": "HMAC_SHA_256"}
    public = kms.get_public_key(KeyId=agreeing)["PublicKey"]
    blob = encrypt(user, key)
    pair = {"KeyId": key, "KeyPairSpec": "ECC_NIST_P256"}
    calls = [
        lambda more: kms.encrypt(KeyId=key, Plaintext=b"x", **more),
        lambda more: kms.decrypt(CiphertextBlob=blob, **more),
        lambda more: kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=key, **more),
        lambda more: kms.generate_data_key(KeyId=key, KeySpec="AES_256", **more),
        lambda more: kms.generate_data_key_without_plaintext(KeyId=key, KeySpec="AES_256", **more),
        lambda more: kms.generate_data_key_pair(**pair, **more),
        lambda more: kms.generate_data_key_pair_without_plaintext(**pair, **more),
        lambda more: kms.sign(**message, **more),
        lambda more: kms.verify(**message, Signature=kms.sign(**message)["Signature"], **more),
        lambda more: kms.generate_mac(**mac, **more),
        lambda more: kms.verify_mac(**mac, Mac=kms.generate_mac(**mac)["Mac"], **more),
        lambda more: kms.derive_shared_secret(KeyId=agreeing, KeyAgreementAlgorithm="ECDH", PublicKey=public, **more),
        lambda more: kms.get_public_key(KeyId=signing, **more),
        lambda more: kms.describe_key(KeyId=key, **more),
        lambda more: grant(kms, key, user, "Encrypt", **more),
    ]
    for call in calls:
        call(token)
        with refused("InvalidGrantTokenException", SILENT):
            call(forged)
    # The grantee itself: the token changes nothing, since the grant is in force at once.
    assert user.kms().decrypt(CiphertextBlob=blob, **token)["Plaintext"] == b"x"
    # A token of a grant that is gone gives nothing, and spoils nothing.
    kms.revoke_grant(KeyId=key, GrantId=made["GrantId"])
    for entry in kms.list_grants(KeyId=key)["Grants"]:
        kms.revoke_grant(KeyId=key, GrantId=entry["GrantId"])
    assert kms.decrypt(CiphertextBlob=blob, **token)["Plaintext"] == b"x"
    with refused("AccessDeniedException", re.compile(".*kms:Decrypt.*")):
        user.kms().decrypt(CiphertextBlob=blob, **token)


def test_tokens_are_of_one_region(aws, key, kms, user):
    made = grant(kms, key, user, "Encrypt")
    there = aws.kms(REPLICA)
    other_key = there.create_key()["KeyMetadata"]["KeyId"]
    with refused("InvalidGrantTokenException", SILENT):
        there.describe_key(KeyId=other_key, GrantTokens=[made["GrantToken"]])


def test_lists_in_pages(kms, key, user, make_user):
    another = make_user()
    made = {grant(kms, key, who, "Encrypt")["GrantId"] for who in [user, another] * 6}
    found, count = pages(kms.list_grants, "Grants", MARKERS, KeyId=key, Limit=5)
    assert len(found) == 12 and {entry["GrantId"] for entry in found} == made and count == 3
    found, count = pages(kms.list_grants, "Grants", MARKERS, KeyId=key, Limit=4, GranteePrincipal=user.arn)
    assert len(found) == 6 and {entry["GranteePrincipal"] for entry in found} == {user.arn} and count == 2
    one = found[0]["GrantId"]
    assert ids(kms.list_grants(KeyId=key, GrantId=one)) == [one]
    assert ids(kms.list_grants(KeyId=key, GrantId=one, GranteePrincipal=user.arn)) == [one]
    assert ids(kms.list_grants(KeyId=key, GrantId=one, GranteePrincipal=another.arn)) == []
    assert ids(kms.list_grants(KeyId=key, GrantId=UNKNOWN)) == []
    marker = kms.list_grants(KeyId=key, Limit=1)["NextMarker"]
    other_key = kms.create_key()["KeyMetadata"]["Arn"]
    for request in (
        {"KeyId": other_key, "Marker": marker},
        {"KeyId": key, "Marker": marker, "GranteePrincipal": user.arn},
        {"KeyId": key, "Marker": "forged"},
    ):
        with refused("InvalidMarkerException", SILENT):
            kms.list_grants(**request)
    with refused("InvalidGrantIdException", SILENT):
        kms.list_grants(KeyId=key, GrantId="abc")
    with refused("InvalidArnException", "ARN does not refer to a valid principal: ana"):
        kms.list_grants(KeyId=key, GranteePrincipal="ana")
    with refused("ValidationException", constraint("limit", "Member must have value less than or equal to 1000", 1001)):
        kms.list_grants(KeyId=key, Limit=1001)


def test_lists_of_retirable_grants(kms, other, user, make_user):
    retiring = make_user(allow("kms:ListRetirableGrants"))
    foreign = other.kms().create_key()["KeyMetadata"]["Arn"]
    keys = [kms.create_key()["KeyMetadata"]["Arn"] for _ in range(3)] + [foreign]
    made = {}
    for key in keys:
        owner = other.kms() if key == foreign else kms
        made[grant(owner, key, user, "Encrypt", RetiringPrincipal=retiring.arn)["GrantId"]] = key
        grant(owner, key, retiring, "Encrypt", RetiringPrincipal=user.arn)
    found, count = pages(retiring.kms().list_retirable_grants, "Grants", MARKERS, RetiringPrincipal=retiring.arn, Limit=3)
    assert {entry["GrantId"]: entry["KeyId"] for entry in found} == made and count == 2
    with refused("InvalidMarkerException", SILENT):
        kms.list_retirable_grants(RetiringPrincipal=user.arn, Marker="forged")
    # IAM alone decides, in the caller's own account.
    with refused("AccessDeniedException", denial(user.arn, "ListRetirableGrants", user.arn)):
        user.kms().list_retirable_grants(RetiringPrincipal=user.arn)
    with refused("AccessDeniedException", denial(f"arn:aws:iam::{OTHER_ACCOUNT}:root", "ListRetirableGrants", user.arn)):
        other.kms().list_retirable_grants(RetiringPrincipal=user.arn)
    nobody = f"arn:aws:iam::{ACCOUNT}:user/nobody-at-all"
    with refused("InvalidArnException", f"ARN does not refer to a valid principal: {nobody}"):
        kms.list_retirable_grants(RetiringPrincipal=nobody)
    assert kms.list_retirable_grants(RetiringPrincipal=ROOT, Limit=1000)["Truncated"] is False


def test_combinations_of_one_grantee_have_a_limit(kms, key, user):
    for number in range(128):
        grant(kms, key, user, "Encrypt", Constraints={"EncryptionContextSubset": {f"name{number}": "v"}})
    text = (
        f"The grantee principal has grants on {key} with 128 combinations of operations and names in their constraints, and can "
        "have no further combination."
    )
    with refused("LimitExceededException", text):
        grant(kms, key, user, "Encrypt", Constraints={"EncryptionContextSubset": {"further": "v"}})
    # The values are not limited, and other grantees have their own combinations.
    grant(kms, key, user, "Encrypt", Constraints={"EncryptionContextSubset": {"name0": "w"}})
    grant(kms, key, ROOT, "Encrypt", Constraints={"EncryptionContextSubset": {"further": "v"}})
    encrypt(user, key, {"name127": "v", "more": "m"})
    encrypt(user, key, {"name0": "w"})
    with denied(user, "Encrypt", key):
        encrypt(user, key, {"name1": "w"})


def test_states_of_the_key(kms, key, user):
    made = [grant(kms, key, user, "Encrypt") for _ in range(2)]
    kms.disable_key(KeyId=key)
    with refused("DisabledException", f"{key} is disabled."):
        grant(kms, key, user, "Encrypt")
    with refused("DisabledException", f"{key} is disabled."):
        encrypt(user, key)
    kms.schedule_key_deletion(KeyId=key)
    with refused("KMSInvalidStateException", f"{key} is pending deletion."):
        grant(kms, key, user, "Encrypt")
    assert set(ids(kms.list_grants(KeyId=key))) == {answer["GrantId"] for answer in made}
    kms.revoke_grant(KeyId=key, GrantId=made[0]["GrantId"])
    kms.retire_grant(KeyId=key, GrantId=made[1]["GrantId"])


def test_replicas_have_grants_of_their_own(aws, kms, user):
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]["Arn"]
    made = grant(kms, key, user, "Encrypt", "Decrypt")
    kms.replicate_key(KeyId=key, ReplicaRegion=REPLICA)
    replica, there = in_region(key, REPLICA), aws.kms(REPLICA)
    eventually(lambda: there.encrypt(KeyId=replica, Plaintext=b"x"))
    assert there.list_grants(KeyId=replica)["Grants"] == []
    blob = encrypt(user, key)
    with denied(user, "Encrypt", replica):
        user.kms(REPLICA).encrypt(KeyId=replica, Plaintext=b"x")
    own = grant(there, replica, user, "Decrypt")
    assert user.kms(REPLICA).decrypt(CiphertextBlob=blob, KeyId=replica)["Plaintext"] == b"x"
    there.revoke_grant(KeyId=replica, GrantId=own["GrantId"])
    assert ids(kms.list_grants(KeyId=key)) == [made["GrantId"]]
    with refused("NotFoundException", f"Grant {made['GrantId']} does not exist"):
        there.revoke_grant(KeyId=replica, GrantId=made["GrantId"])


def test_secrets_manager_uses_grants_of_its_caller(aws, kms, key, make_user):
    reader = make_user(allow("secretsmanager:*"))
    secret = aws.secrets().create_secret(Name=unique("secret"), KmsKeyId=key, SecretString="v")["ARN"]
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        reader.secrets().get_secret_value(SecretId=secret)
    grant(kms, key, reader, "Decrypt", Constraints={"EncryptionContextSubset": {"SecretARN": secret}})
    assert reader.secrets().get_secret_value(SecretId=secret)["SecretString"] == "v"
    other_secret = aws.secrets().create_secret(Name=unique("secret"), KmsKeyId=key, SecretString="v")["ARN"]
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        reader.secrets().get_secret_value(SecretId=other_secret)


def test_the_managed_key_takes_no_grants(aws, kms, user):
    aws.secrets().create_secret(Name=unique("secret"), SecretString="v")
    managed = kms.describe_key(KeyId="alias/aws/secretsmanager")["KeyMetadata"]["Arn"]
    assert json.loads(kms.get_key_policy(KeyId=managed)["Policy"])["Id"] == "auto-secretsmanager-2"
    with refused("AccessDeniedException", denial(ROOT, "CreateGrant", managed)):
        grant(kms, managed, user, "Encrypt")
