"""One test for each attack on authorization, 25 to 40, by number. Most have closer tests elsewhere, which they name."""

import itertools
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from support import wire
from support.clients import ACCOUNT, OTHER_ACCOUNT, Clients, alias_arn, allow, key_arn, policy, trust, unique
from support.expect import SILENT, eventually, refused
from support.server import PRIMARY, REPLICA

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OTHER_ROOT = f"arn:aws:iam::{OTHER_ACCOUNT}:root"
DELEGATES = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"}
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
TENANT = {"tenant": "blue"}


@pytest.fixture(scope="session")
def kms(aws):
    return aws.kms()


@pytest.fixture(scope="session")
def sm(aws):
    return aws.secrets()


@pytest.fixture(scope="session")
def iam(aws):
    return aws.iam()


@pytest.fixture
def key(kms):
    return kms.create_key()["KeyMetadata"]["Arn"]


@pytest.fixture
def make_role(aws, iam):
    """Makes a role: `make_role(policy, trust)` returns its ARN."""

    def make(permissions=None, document=None, **more):
        name = unique("role")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document or trust(), **more)["Role"]["Arn"]
        if permissions is not None:
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=permissions)
        return arn

    return make


def assume(caller, arn, **more):
    """Clients of a new session of the role."""
    answer = caller.sts().assume_role(**{"RoleArn": arn, "RoleSessionName": "session"} | more)
    session = caller.session(answer["Credentials"])
    session.arn = answer["AssumedRoleUser"]["Arn"]
    return session


def denied(who, action, resource, because=".*"):
    """A denial by KMS or Secrets Manager, whatever its reason."""
    text = f"User: {getattr(who, 'arn', who)} is not authorized to perform: {action} on resource: {resource} "
    return refused("AccessDeniedException", re.compile(re.escape(text) + because))


def encrypt(caller, key, context=None, **more):
    return caller.kms().encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=context or {}, **more)


def unseen(who, action, resource):
    return (
        f"User: {who} is not authorized to perform: {action} on resource: {resource} because the resource does not exist in "
        "this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"
    )


@pytest.mark.parametrize("who", ["root", "all", "nothing"])
def test_attack_25_keys_of_another_account_are_no_oracle(kms, other, key, make_user, who):
    # Also test_kms_keys.py, test_another_accounts_key_is_no_oracle.
    alias = f"alias/{unique('foreign')}"
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    policies = {"all": allow("*"), "nothing": None}
    caller, arn = (other, OTHER_ROOT) if who == "root" else ((user := make_user(policies[who], owner=other)), user.arn)
    calls = {
        "kms:DescribeKey": lambda name: caller.kms().describe_key(KeyId=name),
        "kms:Encrypt": lambda name: encrypt(caller, name),
    }
    for action, call in calls.items():
        for name in (key, key_arn(UNKNOWN_ID), alias_arn(alias), alias_arn("alias/nothing-at-all")):
            with refused("AccessDeniedException", unseen(arn, action, name)):
                call(name)
        # An id and the name of an alias are of the caller's own account, where there is no such key.
        for key_id in (key.split("/")[1], UNKNOWN_ID):
            with refused("NotFoundException", f"Key '{key_arn(key_id, account=OTHER_ACCOUNT)}' does not exist"):
                call(key_id)
        for name in (alias, "alias/nothing-at-all"):
            with refused("NotFoundException", f"Alias {alias_arn(name, account=OTHER_ACCOUNT)} is not found."):
                call(name)


def test_attack_25_secrets_of_another_account_are_no_oracle(sm, other, make_user):
    made = sm.create_secret(Name=unique("foreign"), SecretString="hidden")["ARN"]
    missing = made[:-6] + ("AAAAAA" if not made.endswith("AAAAAA") else "BBBBBB")
    user = make_user(allow("*"), owner=other)
    for caller, who in ((other, OTHER_ROOT), (user, user.arn)):
        for arn in (made, missing):
            with denied(who, "secretsmanager:GetSecretValue", arn, "because no resource-based policy allows the secretsmanager:GetSecretValue action"):
                caller.secrets().get_secret_value(SecretId=arn)


def test_attack_26_across_accounts_one_side_is_not_enough(kms, other, key, make_user):
    # Also test_kms_aliases.py, test_across_accounts_both_sides_must_allow.
    theirs, nobody = make_user(allow("kms:*"), owner=other), make_user(owner=other)
    with refused("AccessDeniedException", unseen(theirs.arn, "kms:Encrypt", key)):
        encrypt(theirs, key)
    shares = {"Effect": "Allow", "Principal": {"AWS": OTHER_ROOT}, "Action": ["kms:Encrypt", "kms:DisableKey", "kms:CreateAlias"], "Resource": "*"}
    kms.put_key_policy(KeyId=key, Policy=policy(DELEGATES, shares))
    with denied(nobody, "kms:Encrypt", key, "because no identity-based policy allows the kms:Encrypt action"):
        encrypt(nobody, key)
    blob = encrypt(theirs, key)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["KeyId"] == key
    # Not shared, and operations that AWS permits to no other account, whatever the policies say.
    with refused("AccessDeniedException", re.compile(f"User: {theirs.arn} is not authorized to perform: kms:Decrypt on .*")):
        theirs.kms().decrypt(CiphertextBlob=blob)
    # For such an operation a key of another account does not exist.
    with pytest.raises(ClientError) as caught:
        theirs.kms().disable_key(KeyId=key)
    assert caught.value.response["Error"]["Code"] == "NotFoundException"
    with pytest.raises(ClientError):
        theirs.kms().create_alias(AliasName=f"alias/{unique('stolen')}", TargetKeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["Enabled"] is True
    assert kms.list_aliases(KeyId=key)["Aliases"] == []


def test_attack_26_secrets_across_accounts(kms, sm, other, key, make_user):
    made = sm.create_secret(Name=unique("shared"), SecretString="value", KmsKeyId=key)["ARN"]
    theirs, nobody = make_user(allow(["secretsmanager:*", "kms:*"]), owner=other), make_user(owner=other)
    read = "secretsmanager:GetSecretValue"
    with denied(theirs, read, made):
        theirs.secrets().get_secret_value(SecretId=made)
    sm.put_resource_policy(SecretId=made, ResourcePolicy=allow(read, Principal={"AWS": OTHER_ROOT}))
    with denied(nobody, read, made, "because no identity-based policy allows the secretsmanager:GetSecretValue action"):
        nobody.secrets().get_secret_value(SecretId=made)
    # The policy of the key is a third side.
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        theirs.secrets().get_secret_value(SecretId=made)
    kms.put_key_policy(KeyId=key, Policy=policy(DELEGATES, {"Effect": "Allow", "Principal": {"AWS": OTHER_ROOT}, "Action": "kms:Decrypt", "Resource": "*"}))
    assert theirs.secrets().get_secret_value(SecretId=made)["SecretString"] == "value"
    with denied(theirs, "secretsmanager:PutSecretValue", made):
        theirs.secrets().put_secret_value(SecretId=made, SecretString="changed")
    assert sm.get_secret_value(SecretId=made)["SecretString"] == "value"


RACES = 300


def test_attack_27_an_alias_that_moves_between_check_and_use(kms, key, make_user):
    # Two users may each use one of two keys, and call through an alias that moves between them all the time.
    keys = [key, kms.create_key()["KeyMetadata"]["Arn"]]
    users = [make_user(allow(["kms:Encrypt", "kms:GenerateDataKey"], arn)) for arn in keys]
    alias = f"alias/{unique('moving')}"
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    done = threading.Event()

    def move():
        moves = 0
        for target in itertools.cycle(reversed(keys)):
            if done.is_set():
                return moves
            kms.update_alias(AliasName=alias, TargetKeyId=target)
            moves += 1

    def call(number):
        who = number % 2
        try:
            if number % 4 < 2:
                answer = encrypt(users[who], alias)
            else:
                answer = users[who].kms().generate_data_key(KeyId=alias, KeySpec="AES_256")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDeniedException", error
            return who, None
        # What the blob says counts, not only what the answer says.
        assert kms.decrypt(CiphertextBlob=answer["CiphertextBlob"])["KeyId"] == answer["KeyId"]
        return who, answer["KeyId"]

    with ThreadPoolExecutor(6) as pool:
        moving = pool.submit(move)
        try:
            outcomes = list(pool.map(call, range(RACES)))
        finally:
            done.set()
        assert moving.result() > 10, "the alias moved during the calls"
    for who in (0, 1):
        used = [used for caller, used in outcomes if caller == who]
        assert set(used) == {keys[who], None}, "each was allowed and was refused, and never had the other's key"


def test_attack_28_resource_aliases_are_those_of_the_committed_state(kms, key, make_user):
    other_key, alias = kms.create_key()["KeyMetadata"]["Arn"], f"alias/{unique('blessed')}"
    user = make_user(allow("kms:Encrypt", Condition={"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias}}))

    def only(allowed):
        for arn in (key, other_key):
            if arn == allowed:
                assert encrypt(user, arn)["KeyId"] == arn
            else:
                with denied(user, "kms:Encrypt", arn):
                    encrypt(user, arn)

    only(None)
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    only(key)
    # A change that is refused does not count.
    with refused("AlreadyExistsException", f"An alias with the name {alias_arn(alias)} already exists"):
        kms.create_alias(AliasName=alias, TargetKeyId=other_key)
    only(key)
    kms.update_alias(AliasName=alias, TargetKeyId=other_key)
    only(other_key)
    kms.delete_alias(AliasName=alias)
    only(None)
    # Names that only look like it.
    for near in (f"{alias}-x", alias.replace("blessed", "Blessed"), f"{alias}/"):
        kms.create_alias(AliasName=near, TargetKeyId=key)
    only(None)


def test_attack_28_request_alias_is_what_was_asked_for(aws, kms, key, make_user):
    other_key, alias, second = kms.create_key()["KeyMetadata"]["Arn"], f"alias/{unique('asked')}", f"alias/{unique('second')}"
    for name in (alias, second):
        kms.create_alias(AliasName=name, TargetKeyId=key)
    user = make_user(allow("kms:Encrypt", key, Condition={"StringEquals": {"kms:RequestAlias": alias}}))
    for name in (alias, alias_arn(alias)):
        assert encrypt(user, name)["KeyId"] == key
    for name in (key, key.split("/")[1], second, alias_arn(second)):
        with refused("AccessDeniedException", re.compile(f"User: {user.arn} is not authorized to perform: kms:Encrypt on .*")):
            encrypt(user, name)
    # The alias leads elsewhere now: the condition is met, and the policy is not for that key.
    kms.update_alias(AliasName=alias, TargetKeyId=other_key)
    with refused("AccessDeniedException", re.compile(f"User: {user.arn} is not authorized to perform: kms:Encrypt on .*")):
        encrypt(user, alias)


def test_attack_28_moving_an_alias_needs_both_keys(kms, key, make_user):
    # Source: AWS KMS Developer Guide, "Controlling access to aliases".
    other_key, alias = kms.create_key()["KeyMetadata"]["Arn"], f"alias/{unique('held')}"
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    for resources, lacking in (
        ([alias_arn(alias), key], other_key),
        ([alias_arn(alias), other_key], key),
        ([key, other_key], alias_arn(alias)),
    ):
        mover = make_user(allow("kms:UpdateAlias", resources))
        with denied(mover, "kms:UpdateAlias", lacking):
            mover.kms().update_alias(AliasName=alias, TargetKeyId=other_key)
        assert kms.describe_key(KeyId=alias)["KeyMetadata"]["Arn"] == key
    mover = make_user(allow("kms:UpdateAlias", [alias_arn(alias), key, other_key]))
    mover.kms().update_alias(AliasName=alias, TargetKeyId=other_key)
    assert kms.describe_key(KeyId=alias)["KeyMetadata"]["Arn"] == other_key


@pytest.mark.parametrize(
    ("condition", "claim"),
    [
        ("kms:ViaService", f"secretsmanager.{PRIMARY}.amazonaws.com"),
        ("aws:CalledVia", "secretsmanager.amazonaws.com"),
        ("aws:CalledViaFirst", "secretsmanager.amazonaws.com"),
        ("aws:ViaAWSService", "true"),
        ("aws:SourceArn", "arn:aws:secretsmanager:eu-central-1:000000000000:secret:a"),
        ("aws:SourceAccount", ACCOUNT),
        ("aws:PrincipalArn", ROOT),
        ("aws:PrincipalTag/team", "admin"),
        ("aws:SourceVpce", "vpce-1"),
        ("aws:SecureTransport", "true"),
        ("aws:SourceIp", "203.0.113.7"),
    ],
)
def test_attack_29_headers_that_claim_a_condition_key(server, kms, key, make_user, condition, claim):
    operator = {"aws:SourceIp": "IpAddress", "aws:ViaAWSService": "Bool", "aws:SecureTransport": "Bool"}.get(condition, "StringEquals")
    user = make_user(allow("kms:Encrypt", Condition={operator: {condition: claim}}))
    name = condition.split(":")[1]
    dashed = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name.replace("/", "-")).lower()
    spellings = [f"x-amz-{dashed}", f"x-amz-{name.replace('/', '-').lower()}", dashed, f"x-{dashed}", f"aws-{dashed}", f"x-amzn-{dashed}"]
    proxies = {"x-forwarded-for": "203.0.113.7", "forwarded": "for=203.0.113.7;proto=https", "x-real-ip": "203.0.113.7", "x-forwarded-proto": "https"}
    body = {"KeyId": key, "Plaintext": "AAAA", name: claim, condition: claim}
    request = wire.json_request("kms", "TrentService.Encrypt", body)
    request.key, request.secret = user.key, user.secret
    request.headers |= dict.fromkeys(spellings, claim) | proxies
    answer = request.sign(server.endpoint).send(server.endpoint)
    text = f"User: {user.arn} is not authorized to perform: kms:Encrypt on resource: {key} because no identity-based policy allows the kms:Encrypt action"
    assert (answer.status, answer.error) == (400, ("AccessDeniedException", text))


def test_attack_29_the_path_inside_sets_the_service(aws, sm, key, make_user):
    # What no header does, a call of Secrets Manager for the caller does.
    made = sm.create_secret(Name=unique("via"), SecretString="value", KmsKeyId=key)["ARN"]
    via = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key, "Condition": {"StringEquals": {"kms:ViaService": f"secretsmanager.{PRIMARY}.amazonaws.com"}}}
    user = make_user(policy({"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}, via))
    assert user.secrets().get_secret_value(SecretId=made)["SecretString"] == "value"
    blob = encrypt(aws, key)["CiphertextBlob"]
    with refused("AccessDeniedException", re.compile(f"User: {user.arn} is not authorized to perform: kms:Decrypt on .*")):
        user.kms().decrypt(CiphertextBlob=blob)


def test_attack_30_conditions_on_the_encryption_context(key, make_user):
    # Source: IAM User Guide: names of condition keys have no case, values under StringEquals do. Two names that differ by case
    # alone are ambiguous, and earn nothing.
    named = {"kms:EncryptionContext:app": "blog"}
    cases = [
        ({"StringEquals": named}, [{"app": "blog"}, {"APP": "blog"}, {"app": "blog", "more": "x"}],
         [{}, {"app": "Blog"}, {"app": "blog "}, {"app": ""}, {"more": "blog"}, {"app": "blog", "APP": "red"}, {"app ": "blog"}]),
        ({"StringEquals": named, "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["app"]}}, [{"app": "blog"}],
         [{}, {"APP": "blog"}, {"app": "blog", "more": "x"}, {"app": "blog", "App": "blog"}]),
        ({"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": ["app"]}}, [{"app": ""}, {"app": "any", "more": "x"}],
         [{}, {"App": "any"}, {"ap": "p"}]),
        ({"StringLike": {"kms:EncryptionContext:app": "b*g"}}, [{"app": "blog"}, {"app": "b*g"}], [{}, {"app": "blogs"}, {"app": "Blog"}]),
        ({"StringEquals": {"kms:EncryptionContext:app": "b*g"}}, [{"app": "b*g"}], [{"app": "blog"}]),
        ({"Null": {"kms:EncryptionContext:app": "false"}}, [{"app": "x"}], [{}, {"more": "x"}]),
    ]  # fmt: skip
    for condition, good, bad in cases:
        user = make_user(allow(["kms:Encrypt", "kms:Decrypt"], Condition=condition))
        for context in good:
            blob = encrypt(user, key, context)["CiphertextBlob"]
            assert user.kms().decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == b"x"
        for context in bad:
            with denied(user, "kms:Encrypt", key):
                encrypt(user, key, context)


def test_attack_31_not_principal_in_an_allow(iam, kms, sm, key):
    # It would let in everyone else on earth. AWS's answer is not known.
    wide = {"Effect": "Allow", "NotPrincipal": {"AWS": ROOT}, "Resource": "*"}
    before = kms.get_key_policy(KeyId=key)["Policy"]
    with refused("MalformedPolicyDocumentException", "The policy has a syntax error: NotPrincipal in an Allow would let in all the world"):
        kms.put_key_policy(KeyId=key, Policy=policy(DELEGATES, wide | {"Action": "kms:*"}))
    assert kms.get_key_policy(KeyId=key)["Policy"] == before
    secret = sm.create_secret(Name=unique("wide"), SecretString="x")["ARN"]
    with refused("MalformedPolicyDocumentException", "This resource policy contains a syntax error."):
        sm.put_resource_policy(SecretId=secret, ResourcePolicy=policy(wide | {"Action": "secretsmanager:*"}))
    assert "ResourcePolicy" not in sm.get_resource_policy(SecretId=secret)
    trusting = policy({"Effect": "Allow", "NotPrincipal": {"AWS": ROOT}, "Action": "sts:AssumeRole"})
    with refused("MalformedPolicyDocument", "Syntax errors in policy."):
        iam.create_role(RoleName=unique("wide"), AssumeRolePolicyDocument=trusting)
    with refused("MalformedPolicyDocument", "Policy document should not specify a principal."):
        iam.create_policy(PolicyName=unique("wide"), PolicyDocument=policy(wide | {"Action": "kms:*"}))


def test_attack_31_not_principal_in_a_deny(aws, iam, kms, key, make_user, make_role):
    # Source: IAM User Guide, "NotPrincipal": the user or session is matched, and its role and its account too, each by itself.
    ana, ben, boundary = make_user(allow("kms:*")), make_user(allow("kms:*")), None
    role = make_role(allow("kms:*"))
    session, second = assume(aws, role), assume(aws, role, RoleSessionName="second")
    callers = {"ana": ana, "ben": ben, "session": session, "second": second, "root": aws}
    for excepted, passing in (
        ([ana.arn], []),
        ([ana.arn, ROOT], ["ana", "root"]),
        ([role, ROOT], ["root"]),
        ([role, session.arn, ROOT], ["session", "root"]),
        ([ROOT], ["root"]),
    ):
        deny = {"Effect": "Deny", "NotPrincipal": {"AWS": excepted}, "Action": "kms:Encrypt", "Resource": "*"}
        kms.put_key_policy(KeyId=key, Policy=policy(DELEGATES, deny))
        for name, caller in callers.items():
            if name in passing:
                assert encrypt(caller, key)["KeyId"] == key, (excepted, name)
            else:
                with denied(getattr(caller, "arn", ROOT), "kms:Encrypt", key, "with an explicit deny in a resource-based policy"):
                    encrypt(caller, key)
    # An exception from a Deny is no permission: a boundary still limits.
    kms.put_key_policy(KeyId=key, Policy=policy(DELEGATES, deny | {"NotPrincipal": {"AWS": [ana.arn, ROOT]}}))
    boundary = iam.create_policy(PolicyName=unique("boundary"), PolicyDocument=allow("kms:Describe*"))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName=ana.name, PermissionsBoundary=boundary)
    with denied(ana, "kms:Encrypt", key, "because no permissions boundary allows the kms:Encrypt action"):
        encrypt(ana, key)


def test_attack_32_not_action_and_not_resource(kms, key, make_user):
    other_key = kms.create_key()["KeyMetadata"]["Arn"]
    user = make_user(policy({"Effect": "Allow", "NotAction": ["kms:Encrypt", "iam:*"], "NotResource": key}))
    assert user.kms().describe_key(KeyId=other_key)["KeyMetadata"]["Arn"] == other_key
    for arn, call, action in (
        (key, lambda: user.kms().describe_key(KeyId=key), "kms:DescribeKey"),
        (key, lambda: encrypt(user, key), "kms:Encrypt"),
        (other_key, lambda: encrypt(user, other_key), "kms:Encrypt"),
    ):
        with denied(user, action, arn, f"because no identity-based policy allows the {action} action"):
            call()
    with refused("AccessDenied", re.compile(f"User: {user.arn} is not authorized to perform: iam:ListUsers on .*"), 403):
        user.iam().list_users()
    # In a Deny they leave what they name, and allow nothing.
    keeps = make_user(policy({"Effect": "Deny", "NotAction": "kms:DescribeKey", "Resource": "*"}, {"Effect": "Allow", "Action": "kms:*", "Resource": key}))
    assert keeps.kms().describe_key(KeyId=key)["KeyMetadata"]["Arn"] == key
    with denied(keeps, "kms:Encrypt", key, "with an explicit deny in an identity-based policy"):
        encrypt(keeps, key)
    with denied(keeps, "kms:DescribeKey", other_key):
        keeps.kms().describe_key(KeyId=other_key)


def test_attack_32_everyone_as_principal(kms, sm, other, key, make_user):
    # Also test_secrets_policy_validation.py, which has what is called public.
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "kms:DescribeKey", "Resource": "*"}
    kms.put_key_policy(KeyId=key, Policy=policy(DELEGATES, everyone))
    stranger, bare, own = make_user(allow("kms:*"), owner=other), make_user(owner=other), make_user()
    for caller in (stranger, own):
        assert caller.kms().describe_key(KeyId=key)["KeyMetadata"]["Arn"] == key
    with denied(bare, "kms:DescribeKey", key, "because no identity-based policy allows the kms:DescribeKey action"):
        bare.kms().describe_key(KeyId=key)
    with refused("AccessDeniedException", unseen(stranger.arn, "kms:Encrypt", key)):
        encrypt(stranger, key)
    # With a condition it is for those who meet it. What a caller sets itself keeps nobody out, and is called public.
    account = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
    kms.put_key_policy(KeyId=key, Policy=policy(DELEGATES, everyone | {"Condition": account}))
    assert own.kms().describe_key(KeyId=key)["KeyMetadata"]["Arn"] == key
    with refused("AccessDeniedException", unseen(stranger.arn, "kms:DescribeKey", key)):
        stranger.kms().describe_key(KeyId=key)
    for condition, public in ((account, False), ({"StringLike": {"aws:UserAgent": "*"}}, True), ({"Bool": {"aws:SecureTransport": "false"}}, True)):
        document = allow("secretsmanager:GetSecretValue", Principal="*", Condition=condition)
        answer = sm.validate_resource_policy(ResourcePolicy=document)
        assert [entry["CheckName"] for entry in answer["ValidationErrors"]] == (["PUBLIC_ACCESS_CHECK"] if public else []), condition
        assert answer["PolicyValidationPassed"] is not public


@pytest.mark.parametrize(
    "operator",
    ["StringEqualz", "stringequals", "ForAllValues:Null", "NullIfExists", "ForSomeValues:StringEquals", "StringEqualsIfExistsIfExists",
     "StringEqualsifexists", "IfExists", "Bool:ForAllValues", "forallvalues:StringEquals", ""],
)  # fmt: skip
def test_attack_33_unknown_operators(iam, kms, key, operator):
    condition = {operator: {"aws:username": "x"}}
    with refused("MalformedPolicyDocument", "Syntax errors in policy."):
        iam.create_policy(PolicyName=unique("operator"), PolicyDocument=allow("kms:*", Condition=condition))
    before = kms.get_key_policy(KeyId=key)["Policy"]
    with refused("MalformedPolicyDocumentException", f"The policy has a syntax error: unknown condition operator `{operator}`"):
        kms.put_key_policy(KeyId=key, Policy=policy(DELEGATES, DELEGATES | {"Condition": condition}))
    assert kms.get_key_policy(KeyId=key)["Policy"] == before


# Of each condition, whether it is met if the caller is a user and the request has no encryption context; "neither" cannot be evaluated.
# Source: IAM User Guide, "Condition operators", "...IfExists", "Null", "Set operators for multivalued context keys".
CONDITIONS = [
    ({"StringEquals": {"aws:Nonsense": "x"}}, False),
    ({"StringNotEquals": {"aws:Nonsense": "x"}}, True),
    ({"StringLike": {"aws:Nonsense": "*"}}, False),
    ({"StringEqualsIfExists": {"aws:Nonsense": "x"}}, True),
    ({"StringEqualsIfExists": {"aws:PrincipalAccount": OTHER_ACCOUNT}}, False),
    ({"NumericLessThanIfExists": {"aws:MultiFactorAuthAge": "1"}}, True),
    ({"NumericLessThan": {"aws:MultiFactorAuthAge": "1"}}, False),
    ({"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": "a"}}, True),
    ({"ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "a"}}, False),
    ({"ForAnyValue:StringNotEquals": {"kms:EncryptionContextKeys": "a"}}, False),
    ({"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": "a"}, "Null": {"kms:EncryptionContextKeys": "false"}}, False),
    ({"Null": {"aws:Nonsense": "true"}}, True),
    ({"Null": {"aws:Nonsense": "false"}}, False),
    ({"Null": {"aws:username": "true"}}, False),
    ({"Null": {"aws:username": "false"}}, True),
    ({"Null": {"aws:username": "maybe"}}, "neither"),
    ({"StringEquals": {"aws:username": []}}, "neither"),
    ({"NumericEquals": {"aws:username": "1"}}, "neither"),
    ({"Bool": {"aws:SecureTransport": "no"}}, "neither"),
    ({"IpAddress": {"aws:SourceIp": "nonsense"}}, "neither"),
]


@pytest.mark.parametrize(("condition", "met"), CONDITIONS, ids=lambda value: json.dumps(value) if isinstance(value, dict) else "")
def test_attack_33_conditions_without_a_value(key, make_user, condition, met):
    # What cannot be evaluated never widens a permission: an Allow does not apply then, and a Deny does.
    statement = {"Action": "kms:Encrypt", "Resource": "*", "Condition": condition}
    allowing = make_user(policy(statement | {"Effect": "Allow"}))
    denying = make_user(policy(statement | {"Effect": "Deny"}, {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*"}))
    if met is True:
        assert encrypt(allowing, key)["KeyId"] == key
    else:
        with denied(allowing, "kms:Encrypt", key, "because no identity-based policy allows the kms:Encrypt action"):
            encrypt(allowing, key)
    if met is False:
        assert encrypt(denying, key)["KeyId"] == key
    else:
        with denied(denying, "kms:Encrypt", key, "with an explicit deny in an identity-based policy"):
            encrypt(denying, key)


@pytest.mark.parametrize("value", ["*", "?", "${aws:username}", "${*}", "%"])
def test_attack_34_names_and_tags_that_are_patterns(aws, iam, make_user, make_role, value):
    # IAM takes no such names and tags, as AWS. Also test_iam.py, test_names_that_are_patterns.
    unchecked, user = aws.iam(checked=False), make_user()
    pattern = re.compile("1 validation error detected: Value '" + re.escape(value) + "' at '.*' failed to satisfy constraint: Member must satisfy regular .*")
    with refused("ValidationError", pattern):
        unchecked.create_user(UserName=value)
    with refused("ValidationError", pattern):
        unchecked.create_role(RoleName=value, AssumeRolePolicyDocument=trust())
    with refused("ValidationError", pattern):
        unchecked.tag_user(UserName=user.name, Tags=[{"Key": "team", "Value": value}])
    assert iam.list_user_tags(UserName=user.name)["Tags"] == []
    role = make_role(document=trust(), permissions=allow("kms:*"))
    with refused("ValidationError", pattern):
        aws.sts(checked=False).assume_role(RoleArn=role, RoleSessionName="session", Tags=[{"Key": "team", "Value": value}])
    with refused("ValidationError", re.compile(".*'roleSessionName' failed to satisfy constraint: Member must satisfy regular .*")):
        aws.sts(checked=False).assume_role(RoleArn=role, RoleSessionName=value * 2)


@pytest.mark.parametrize("tag", ["*", "user-*", "user-????????????", "${aws:username}", "${aws:PrincipalTag/team}", "${*}"])
def test_attack_34_values_put_in_for_variables_are_literal(sm, make_user, tag):
    # Tags of secrets may be patterns. The owner of the tag wants to be everyone.
    made = sm.create_secret(Name=unique("owned"), SecretString="x", Tags=[{"Key": "owner", "Value": tag}])["ARN"]
    read = "secretsmanager:GetSecretValue"
    for operator in ("StringEquals", "StringLike"):
        user = make_user(allow(read, Condition={operator: {"aws:username": "${aws:ResourceTag/owner}"}}))
        with denied(user, read, made, f"because no identity-based policy allows the {read} action"):
            user.secrets().get_secret_value(SecretId=made)
        # With the user's own name it is the owner.
        sm.tag_resource(SecretId=made, Tags=[{"Key": "owner", "Value": user.name}])
        assert user.secrets().get_secret_value(SecretId=made)["SecretString"] == "x"
        sm.tag_resource(SecretId=made, Tags=[{"Key": "owner", "Value": tag}])


def grant(kms, key, to, *operations, **more):
    return kms.create_grant(KeyId=key, GranteePrincipal=getattr(to, "arn", to), Operations=list(operations), **more)


def grants(kms, key):
    return {entry["GrantId"] for entry in kms.list_grants(KeyId=key)["Grants"]}


def test_attack_35_a_grantee_makes_a_wider_grant(kms, key, make_user):
    # Also test_kms_grants.py, test_grants_made_through_a_grant.
    user, child, other_key = make_user(), make_user(), kms.create_key()["KeyMetadata"]["Arn"]
    made = grant(kms, key, user, "CreateGrant", "Encrypt", "Decrypt", Constraints={"EncryptionContextSubset": TENANT})
    token = {"GrantTokens": [made["GrantToken"]]}
    own = {"Constraints": {"EncryptionContextSubset": TENANT}}
    for target, operations, more in (
        (key, ["Encrypt", "GenerateDataKey"], own),
        (key, ["DescribeKey"], own),
        (key, ["Encrypt"], {}),
        (key, ["Encrypt"], {"Constraints": {"EncryptionContextSubset": {"tenant": "red"}}}),
        (key, ["Encrypt"], {"Constraints": {"EncryptionContextSubset": {"kind": "a"}}}),
        (key, ["Encrypt"], {"Constraints": {"EncryptionContextEquals": {"kind": "a"}}}),
        (other_key, ["Encrypt"], own),
        (other_key, ["Encrypt"], {}),
    ):
        for tokens in ({}, token) if target == key else ({},):
            for to in (child, user):
                with denied(user, "kms:CreateGrant", target):
                    grant(user.kms(), target, to, *operations, **more, **tokens)
    assert grants(kms, key) == {made["GrantId"]} and grants(kms, other_key) == set()
    narrower = grant(user.kms(), key, child, "Encrypt", Constraints={"EncryptionContextEquals": TENANT})
    assert grants(kms, key) == {made["GrantId"], narrower["GrantId"]}
    assert encrypt(child, key, TENANT)["KeyId"] == key
    for context in ({}, TENANT | {"kind": "a"}):
        with denied(child, "kms:Encrypt", key):
            encrypt(child, key, context)


def test_attack_36_tokens_of_grants_elsewhere_and_afterwards(aws, kms, other, key, make_user):
    # Also test_kms_grants.py, test_tokens and test_tokens_are_of_one_region.
    user, third = make_user(), make_user()
    made = grant(kms, key, user, "Encrypt", RetiringPrincipal=ROOT)
    token = {"GrantTokens": [made["GrantToken"]]}
    other_key = kms.create_key()["KeyMetadata"]["Arn"]
    assert encrypt(user, key, **token)["KeyId"] == key
    with denied(user, "kms:Encrypt", other_key):
        encrypt(user, other_key, **token)
    with denied(third, "kms:Encrypt", key):
        encrypt(third, key, **token)
    foreign = make_user(allow("kms:*"), owner=other)
    with pytest.raises(ClientError) as caught:
        encrypt(foreign, key, **token)
    assert caught.value.response["Error"]["Code"] in ("AccessDeniedException", "InvalidGrantTokenException")
    there = aws.kms(REPLICA).create_key()["KeyMetadata"]["KeyId"]
    with refused("InvalidGrantTokenException", SILENT):
        aws.kms(REPLICA).encrypt(KeyId=there, Plaintext=b"x", **token)
    with refused("InvalidGrantTokenException", SILENT):
        aws.kms(REPLICA).retire_grant(GrantToken=made["GrantToken"])
    # Nobody but the retiring principal retires it: not the grantee, not a third user, not another account.
    for caller in (user, third, foreign):
        with pytest.raises(ClientError) as caught:
            caller.kms().retire_grant(GrantToken=made["GrantToken"])
        assert caught.value.response["Error"]["Code"] in ("AccessDeniedException", "NotFoundException")
        with pytest.raises(ClientError) as caught:
            caller.kms().retire_grant(KeyId=key, GrantId=made["GrantId"])
        assert caught.value.response["Error"]["Code"] in ("AccessDeniedException", "NotFoundException")
    assert grants(kms, key) == {made["GrantId"]}
    kms.revoke_grant(KeyId=key, GrantId=made["GrantId"])
    for more in (token, {}):
        with denied(user, "kms:Encrypt", key):
            encrypt(user, key, **more)
    with refused("NotFoundException", f"Grant {made['GrantId']} does not exist"):
        kms.retire_grant(GrantToken=made["GrantToken"])


def test_attack_37_constraints_of_grants_are_exact(server, kms, key, make_user):
    # Also test_kms_grants.py, test_constraints. Source: AWS KMS API Reference, GrantConstraints.
    pairs = {"a": "1", "b": "2"}
    equal, subset = make_user(), make_user()
    grant(kms, key, equal, "Encrypt", Constraints={"EncryptionContextEquals": pairs})
    grant(kms, key, subset, "Encrypt", Constraints={"EncryptionContextSubset": pairs})

    def send(user, context):
        request = wire.json_request("kms", "TrentService.Encrypt", f'{{"KeyId": "{key}", "Plaintext": "AAAA", "EncryptionContext": {context}}}'.encode())
        request.key, request.secret = user.key, user.secret
        answer = request.sign(server.endpoint).send(server.endpoint)
        return "ok" if answer.status == 200 else answer.error[0]

    refusal = "AccessDeniedException"
    for context, of_equal, of_subset in (
        ('{"a": "1", "b": "2"}', "ok", "ok"),
        ('{"b": "2", "a": "1"}', "ok", "ok"),
        ('{"b": "2", "c": "3", "a": "1"}', refusal, "ok"),
        ('{"a": "1"}', refusal, refusal),
        ("{}", refusal, refusal),
        ('{"a": "2", "b": "1"}', refusal, refusal),
        ('{"a": "1", "b": "2 "}', refusal, refusal),
        ('{"a": "1", "b": "2", "A": "9"}', refusal, refusal),
        # A name twice is no request, whichever of the two would fit.
        ('{"a": "1", "b": "2", "a": "1"}', "SerializationException", "SerializationException"),
        ('{"a": "9", "b": "2", "\\u0061": "1"}', "SerializationException", "SerializationException"),
    ):
        assert (send(equal, context), send(subset, context)) == (of_equal, of_subset), context


def test_attack_38_sessions_that_are_longer_or_wider(aws, kms, key, make_user, make_role):
    # Also test_sts.py, which has each of these more closely.
    assumer = make_user(allow("sts:AssumeRole"))
    role = make_role(allow(["kms:Encrypt", "sts:AssumeRole"]), trust(Condition={"StringEquals": {"sts:ExternalId": "right"}}))
    no_entry = f"User: {assumer.arn} is not authorized to perform: sts:AssumeRole on resource: {role}"
    for wrong in ({}, {"ExternalId": "wrong"}, {"ExternalId": "RIGHT"}, {"ExternalId": "right,"}):
        with refused("AccessDenied", no_entry, 403):
            assume(assumer, role, **wrong)
    right = {"ExternalId": "right"}
    with refused("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."):
        assume(assumer, role, DurationSeconds=3601, **right)
    # A session policy adds nothing to the role's.
    wide = assume(assumer, role, Policy=allow("*"), **right)
    assert encrypt(wide, key)["KeyId"] == key
    with denied(wide, "kms:DescribeKey", key, "because no identity-based policy allows the kms:DescribeKey action"):
        wide.kms().describe_key(KeyId=key)
    arns = [{"arn": "arn:aws:iam::aws:policy/AdministratorAccess"}]
    with denied(assume(assumer, role, PolicyArns=arns, **right), "kms:DescribeKey", key, "because no identity-based policy .*"):
        assume(assumer, role, PolicyArns=arns, **right).kms().describe_key(KeyId=key)
    # A session of a session has an hour, whatever the second role's limit is, and no way out of the first one's policy.
    second = make_role(allow("kms:*"), MaxSessionDuration=43200)
    with refused("ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."):
        assume(wide, second, DurationSeconds=3601)
    assert encrypt(assume(wide, second), key)["KeyId"] == key
    narrow = assume(assumer, role, Policy=allow("kms:Encrypt"), **right)
    with refused("AccessDenied", re.compile(f"User: {narrow.arn} is not authorized to perform: sts:AssumeRole on resource: {second}.*"), 403):
        assume(narrow, second)


def test_attack_38_passing_what_one_may_not_use(iam, sm, make_user, make_role):
    # Also test_iam_providers.py, test_passing_a_role_needs_a_permission. A rotation function is no role: the permission is to invoke it.
    profile, arn = unique("profile"), make_role(allow("*"))
    iam.create_instance_profile(InstanceProfileName=profile)
    user = make_user(allow("iam:AddRoleToInstanceProfile"))
    text = f"User: {user.arn} is not authorized to perform: iam:PassRole on resource: {arn} because no identity-based policy allows the iam:PassRole action"
    with refused("AccessDenied", text, 403):
        user.iam().add_role_to_instance_profile(InstanceProfileName=profile, RoleName=arn.split("/")[1])
    assert iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]["Roles"] == []
    function = f"arn:aws:lambda:{PRIMARY}:{ACCOUNT}:function:unbound"
    secret = sm.create_secret(Name=unique("hook"), SecretString="x")["ARN"]
    caller = make_user(allow("secretsmanager:*"))
    with denied(caller, "lambda:InvokeFunction", function, "because no identity-based policy allows the lambda:InvokeFunction action"):
        caller.secrets().rotate_secret(SecretId=secret, RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 3})
    shown = sm.describe_secret(SecretId=secret)
    assert "RotationLambdaARN" not in shown and len(shown["VersionIdsToStages"]) == 1


def test_attack_39_a_key_policy_that_locks_everyone_out(server, kms, key, make_user):
    # Also test_kms_aliases.py, test_lockout_with_the_bypass.
    nobody = policy({"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"})
    text = "The new key policy will not allow you to update the key policy in the future."
    before = kms.get_key_policy(KeyId=key)["Policy"]
    for document in (nobody, allow("kms:Describe*", Principal={"AWS": ROOT}), allow("kms:*", Principal={"AWS": OTHER_ROOT})):
        with refused("MalformedPolicyDocumentException", text):
            kms.put_key_policy(KeyId=key, Policy=document)
        with refused("MalformedPolicyDocumentException", text):
            kms.create_key(Policy=document)
    # The flag is a condition of its own.
    user = make_user(allow("kms:PutKeyPolicy", Condition={"Bool": {"kms:BypassPolicyLockoutSafetyCheck": "false"}}))
    with denied(user, "kms:PutKeyPolicy", key, "because no identity-based policy allows the kms:PutKeyPolicy action"):
        user.kms().put_key_policy(KeyId=key, Policy=nobody, BypassPolicyLockoutSafetyCheck=True)
    assert kms.get_key_policy(KeyId=key)["Policy"] == before
    answer = kms.put_key_policy(KeyId=key, Policy=nobody, BypassPolicyLockoutSafetyCheck=True)
    for call in (lambda: encrypt(Clients(server.endpoint), key), lambda: kms.put_key_policy(KeyId=key, Policy=before)):
        with refused("AccessDeniedException", re.compile(f"User: {ROOT} is not authorized .* with an explicit deny in a resource-based policy")):
            call()
    if server.data is None:
        return  # Without a folder there is no audit trail.
    request = answer["ResponseMetadata"]["RequestId"]

    def recorded():
        files = (server.data / PRIMARY).glob("audit*.jsonl")
        records = [json.loads(line) for file in files for line in file.read_text().splitlines() if request in line]
        assert len(records) == 1
        [record] = records
        assert record["eventName"] == "PutKeyPolicy" and "errorCode" not in record
        assert record["requestParameters"]["bypassPolicyLockoutSafetyCheck"] is True and nobody == record["requestParameters"]["policy"]

    eventually(recorded)


def test_attack_40_a_user_that_is_made_again(aws, iam, kms, sm, key, make_user):
    # Also test_sts.py, test_a_role_made_again_is_another, and test_kms_grants.py, test_a_user_of_the_same_name_is_another_principal.
    user = make_user()
    secret = sm.create_secret(Name=unique("bound"), SecretString="x")["ARN"]
    named = {"Principal": {"AWS": user.arn}}
    kms.put_key_policy(KeyId=key, Policy=policy(DELEGATES, {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*", **named}))
    sm.put_resource_policy(SecretId=secret, ResourcePolicy=allow("secretsmanager:GetSecretValue", **named))
    role_name = unique("role")
    role = iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=trust({"AWS": user.arn}))["Role"]["Arn"]
    assert encrypt(user, key) and assume(user, role) and user.secrets().get_secret_value(SecretId=secret)["SecretString"] == "x"
    old_id = iam.get_user(UserName=user.name)["User"]["UserId"]
    iam.delete_access_key(UserName=user.name, AccessKeyId=user.key)
    iam.delete_user(UserName=user.name)
    with refused("UnrecognizedClientException", "The security token included in the request is invalid."):
        encrypt(user, key)
    new_id = iam.create_user(UserName=user.name)["User"]["UserId"]
    assert new_id != old_id
    made = iam.create_access_key(UserName=user.name)["AccessKey"]
    again = Clients(aws.endpoint, made["AccessKeyId"], made["SecretAccessKey"])
    assert again.sts().get_caller_identity()["Arn"] == user.arn
    with denied(user, "kms:Encrypt", key, "because no identity-based policy allows the kms:Encrypt action"):
        encrypt(again, key)
    with denied(user, "secretsmanager:GetSecretValue", secret):
        again.secrets().get_secret_value(SecretId=secret)
    with refused("AccessDenied", f"User: {user.arn} is not authorized to perform: sts:AssumeRole on resource: {role}", 403):
        assume(again, role)
    # The policies show whom they mean.
    principals = [s["Principal"]["AWS"] for s in json.loads(kms.get_key_policy(KeyId=key)["Policy"])["Statement"]]
    assert principals == [ROOT, old_id]
    assert iam.get_role(RoleName=role_name)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"AWS": old_id}
