"""`claviger iam`, which tells operators why, and the encoded messages of denials, which callers can pass on."""

import json
import subprocess

import pytest
from botocore.exceptions import ClientError

from support.clients import ACCOUNT, OTHER_ACCOUNT, Clients, allow, policy, trust, unique
from support.expect import eventually, refused
from support.server import PRIMARY, REPLICA, Server, binary

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OTHER_ROOT = f"arn:aws:iam::{OTHER_ACCOUNT}:root"
PREFIX = " Encoded authorization failure message: "


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("explain"), arguments=["--encoded-denials"]) as running:
        yield running


@pytest.fixture(scope="module")
def aws(server):
    return Clients(server.endpoint)


@pytest.fixture(scope="module")
def other(server):
    return Clients(server.endpoint, OTHER_ACCOUNT, "test")


@pytest.fixture(scope="module")
def iam(aws):
    return aws.iam()


@pytest.fixture
def key(aws):
    return aws.kms().create_key()["KeyMetadata"]["Arn"]


def ask(server, *words, status=0):
    """Runs `claviger iam` with JSON as its output; without, if it is to fail."""
    form = [] if status else ["-o", "json"]
    command = [binary(), "iam", "--endpoint", server.endpoint, *form, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == status, done.stderr
    return done.stderr if status else json.loads(done.stdout)


def denial(call, **arguments):
    """The request id and the text of a denial, and its encoded message."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    assert answer["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")
    text, _, message = answer["Error"]["Message"].partition(PREFIX)
    return answer["ResponseMetadata"]["RequestId"], text, message


def test_a_condition_that_does_not_hold_is_named(server, make_user, key):
    condition = {"StringEquals": {"kms:EncryptionContext:team": "blue"}}
    user = make_user(
        policy(
            {"Sid": "Blue", "Effect": "Allow", "Action": "kms:En*", "Resource": "*", "Condition": condition},
            {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "arn:aws:kms:*:*:key/other"},
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"},
        )
    )
    request, text, _ = denial(user.kms().encrypt, KeyId=key, Plaintext=b"x", EncryptionContext={"team": "red"})
    [denied] = ask(server, "why-denied", request)["denied"]
    assert (denied["principal"], denied["action"], denied["resource"]) == (user.arn, "kms:Encrypt", key)
    assert text.endswith(denied["reason"]) and not denied["allowed"]
    assert denied["grants"] == "no grant on the key gives it to the caller"
    assert ["kms:EncryptionContext:team", ["red"]] in denied["conditions"]
    of_key, of_user = denied["policies"]
    assert of_key["statements"][0]["names_caller_as"] == ["account"]
    blue, other = of_user["statements"]
    assert (blue["sid"], blue["applies"]) == ("Blue", False)
    assert blue["lacks"] == ["its condition StringEquals on kms:encryptioncontext:team does not hold: the request has red"]
    assert (other["index"], other["lacks"]) == (1, ["it names other resources"])
    listed = ask(server, "denials", "--limit", "1000")["denied"]
    assert request in [one["request_id"] for one in listed]


def test_an_explicit_denial_names_its_statement(server, make_user, key):
    user = make_user(
        policy(
            {"Effect": "Allow", "Action": "kms:*", "Resource": "*"},
            {"Sid": "Never", "Effect": "Deny", "Action": "kms:ScheduleKeyDeletion", "Resource": "*"},
        )
    )
    request, _, _ = denial(user.kms().schedule_key_deletion, KeyId=key)
    [denied] = ask(server, "why-denied", request)["denied"]
    [decided] = denied["decided_by"]
    assert decided["policy_type"] == "identity-based policy" and decided["statement"] == {"sid": "Never", "index": 1}
    assert decided["policy"]


def test_other_regions_and_unknown_requests(server, make_user):
    user = make_user()
    request, _, _ = eventually(lambda: denial(user.kms(REPLICA).list_keys))
    [denied] = ask(server, "why-denied", request)["denied"]
    assert denied["region"] == REPLICA
    assert "no region of this process remembers a denied permission of request none" in ask(server, "why-denied", "none", status=1)


def test_an_encoded_message_says_why(server, aws, other, make_user, key):
    condition = {"StringNotEquals": {"aws:RequestedRegion": REPLICA}}
    user = make_user(
        policy(
            {"Effect": "Allow", "Action": "kms:*", "Resource": "*"},
            {"Sid": "ThereOnly", "Effect": "Deny", "Action": "kms:Encrypt", "Resource": "*", "Condition": condition},
        )
    )
    _, text, message = denial(user.kms().encrypt, KeyId=key, Plaintext=b"x")
    assert text == f"User: {user.arn} is not authorized to perform: kms:Encrypt on resource: {key} with an explicit deny in an identity-based policy"
    decoded = json.loads(aws.sts().decode_authorization_message(EncodedMessage=message)["DecodedMessage"])
    assert (decoded["allowed"], decoded["explicitDeny"]) == (False, True)
    [matched] = decoded["matchedStatements"]["items"]
    assert (matched["statementId"], matched["effect"]) == ("ThereOnly", "DENY")
    assert decoded["context"]["principal"]["arn"] == user.arn
    assert (decoded["context"]["action"], decoded["context"]["resource"]) == ("kms:Encrypt", key)
    assert {"key": "aws:RequestedRegion", "values": {"items": [{"value": PRIMARY}]}} in decoded["context"]["conditions"]["items"]
    # Every region of the partition can decode it, and only the account of the denied caller may.
    eventually(lambda: aws.sts(REPLICA).decode_authorization_message(EncodedMessage=message))
    for who, wrong in [(other, message), (aws, message[:-8] + "AAAAAAA="), (aws, "AAAA")]:
        with refused("InvalidAuthorizationMessageException", "Message is not valid"):
            who.sts().decode_authorization_message(EncodedMessage=wrong)
    # The denied caller needs a permission to read it.
    _, _, second = denial(user.sts().decode_authorization_message, EncodedMessage=message)
    decoded = json.loads(aws.sts().decode_authorization_message(EncodedMessage=second)["DecodedMessage"])
    assert (decoded["explicitDeny"], decoded["matchedStatements"]["items"]) == (False, [])
    # A session token is no such message.
    token = aws.sts().get_session_token()["Credentials"]["SessionToken"]
    with refused("InvalidAuthorizationMessageException", "Message is not valid"):
        aws.sts().decode_authorization_message(EncodedMessage=token)


def test_messages_tell_nothing_across_accounts_and_by_their_length(server, aws, other, iam, make_user, key):
    stranger = make_user(policy({"Effect": "Allow", "Action": "*", "Resource": "*"}), owner=other)
    aws.kms().tag_resource(KeyId=key, Tags=[{"TagKey": "project", "TagValue": "secret-merger"}])
    name = unique("role")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(), Tags=[{"Key": "project", "Value": "secret-merger"}])["Role"]["Arn"]
    request, _, message = denial(stranger.kms().describe_key, KeyId=key)
    assert message == "" and ask(server, "why-denied", request)["denied"]
    for arn in (role, f"{role}x"):
        assert denial(stranger.sts().assume_role, RoleArn=arn, RoleSessionName="s1")[2] == ""
    # Within the account, what exists and what does not have messages of one length.
    user = make_user()
    absent = key[:-12] + "000000000000"
    lengths = {len(denial(user.sts().assume_role, RoleArn=arn, RoleSessionName="s1")[2]) for arn in (role, f"{role}x")}
    secret = aws.secrets().create_secret(Name=unique("explained"), SecretString="x")["ARN"]
    lengths |= {len(denial(user.secrets().get_secret_value, SecretId=arn)[2]) for arn in (secret, secret[:-6] + "abcdef")}
    assert len(lengths) == 1 and 0 < lengths.pop() <= 10240
    assert absent != key
    # The longest conditions still give a message that can be decoded.
    context = {"x" * 100: '"' * 1400}
    _, _, message = denial(user.kms().encrypt, KeyId=key, Plaintext=b"x", EncryptionContext=context)
    assert json.loads(aws.sts().decode_authorization_message(EncodedMessage=message)["DecodedMessage"])["allowed"] is False


def test_a_role_that_does_not_exist_is_explained_to_operators(server, make_user):
    user = make_user(allow("sts:AssumeRole"))
    request, _, _ = denial(user.sts().assume_role, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/absent", RoleSessionName="s1")
    [denied] = ask(server, "why-denied", request)["denied"]
    assert (denied["action"], denied["reason"]) == ("sts:AssumeRole", "the role does not exist")


def test_what_callers_choose_does_not_reach_the_terminal(server, make_user, key):
    user = make_user(policy({"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:EncryptionContext:a": "b"}}}))
    request, _, _ = denial(user.kms().encrypt, KeyId=key, Plaintext=b"x", EncryptionContext={"a": "\x1b]0;x\x07\nALLOWED"})
    command = [binary(), "iam", "--endpoint", server.endpoint, "why-denied", request]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "\x1b" not in shown and "\x07" not in shown and "\nALLOWED" not in shown and "ALLOWED" in shown


def test_simulations_decide_as_requests_do(server, aws, iam, make_user, key):
    user = make_user(policy({"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}))
    outcome = ask(server, "simulate", user.arn, "kms:encrypt", key)
    assert outcome["region"] == PRIMARY and not outcome["explanation"]["allowed"]
    assert ask(server, "simulate", user.arn, "kms:Encrypt", key, "--context", "aws:SourceIp=10.1.2.3")["explanation"]["allowed"]
    assert ask(server, "simulate", ROOT, "kms:Encrypt", key)["explanation"]["allowed"]
    assert not ask(server, "simulate", OTHER_ROOT, "kms:Encrypt", key)["explanation"]["allowed"]
    aws.kms().create_grant(KeyId=key, GranteePrincipal=user.arn, Operations=["Decrypt"])
    granted = ask(server, "simulate", user.arn, "kms:Decrypt", key)["explanation"]
    assert granted["allowed"] and granted["grants"] == "a grant on the key gives it to the caller"
    secret = aws.secrets().create_secret(Name=unique("explained"), SecretString="x")["ARN"]
    aws.secrets().put_resource_policy(SecretId=secret, ResourcePolicy=allow("secretsmanager:GetSecretValue", Principal={"AWS": user.arn}))
    assert ask(server, "simulate", user.arn, "secretsmanager:GetSecretValue", secret)["explanation"]["allowed"]
    name = unique("role")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": user.arn}))["Role"]["Arn"]
    assert ask(server, "simulate", user.arn, "sts:AssumeRole", role)["explanation"]["allowed"]
    assert not ask(server, "simulate", role, "kms:ListKeys")["explanation"]["allowed"]
    condition = {"StringEquals": {"aws:ResourceTag/team": "blue"}}
    name = unique("role")
    named = {"Effect": "Allow", "Principal": {"AWS": user.arn}, "Action": "sts:AssumeRole", "Condition": condition}
    tagged = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(named), Tags=[{"Key": "team", "Value": "blue"}])["Role"]["Arn"]
    assert ask(server, "simulate", user.arn, "sts:AssumeRole", tagged)["explanation"]["allowed"]
    own = iam.create_role(RoleName=unique("role"), AssumeRolePolicyDocument=trust({"AWS": ACCOUNT}))["Role"]["Arn"]
    iam.put_role_policy(RoleName=own.rsplit("/", 1)[1], PolicyName="p", PolicyDocument=allow("sts:AssumeRole"))
    assert not ask(server, "simulate", own, "sts:AssumeRole", own)["explanation"]["allowed"]
    alias = f"alias/{unique('explained')}"
    aws.kms().create_alias(AliasName=alias, TargetKeyId=key)
    alone = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": ["kms:Put*", "kms:CreateGrant"], "Resource": "*"}
    closed = aws.kms().create_key(Policy=policy(alone))["KeyMetadata"]["Arn"]
    able = make_user(allow("kms:*"))
    assert ask(server, "simulate", able.arn, "kms:Encrypt", key.rsplit("key/", 1)[0] + alias)["explanation"]["allowed"]
    assert not ask(server, "simulate", able.arn, "kms:Encrypt", closed)["explanation"]["allowed"]
    for words, says in [
        ((user.arn, "kms:Encrypt"), "kms:Encrypt is decided by the policy of a key, secret or role too"),
        (("arn:aws:iam::000000000000:user/nobody", "kms:Encrypt", key), "is not the ARN of a user, a role or a root"),
        ((user.arn, "kms:Guess", key), "kms:Guess is no action"),
        ((user.arn, "kms:Encrypt", key[:-4] + "0000"), "has no resource"),
        ((user.arn, "kms:Encrypt", key.replace(PRIMARY, "ap-south-1")), "region ap-south-1 does not run in this process"),
    ]:
        assert says in ask(server, "simulate", *words, status=1)


def test_who_can_finds_users_roles_and_other_accounts(server, aws, other, iam, make_user, key):
    able = make_user(allow("kms:Decrypt"))
    sometimes = make_user(policy({"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}))
    denied = make_user(policy({"Effect": "Allow", "Action": "kms:*", "Resource": "*"}, {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}))
    stranger = make_user(allow("kms:Decrypt"), owner=other)
    name = unique("role")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=allow("kms:Decrypt"))
    found = ask(server, "who-can", "kms:Decrypt", key)
    assert {ROOT, able.arn, role} <= set(found["allowed"])
    assert sometimes.arn in found["under_conditions"] and sometimes.arn not in found["allowed"]
    assert not {denied.arn, stranger.arn} & {*found["allowed"], *found["under_conditions"]}
    assert (found["accounts"], found["admits_strangers"], found["is_cut"]) == ([ACCOUNT], False, False)
    own = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}
    shared = {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": "kms:Decrypt", "Resource": "*"}
    aws.kms().put_key_policy(KeyId=key, Policy=policy(own, shared))
    found = ask(server, "who-can", "kms:Decrypt", key)
    assert found["accounts"] == [ACCOUNT, OTHER_ACCOUNT] and {OTHER_ROOT, stranger.arn} <= set(found["allowed"])
    # A grant to another account's user, and a condition whose key the policy does not give to the account.
    granted = make_user(owner=other)
    private = aws.kms().create_key(Policy=policy({"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": ["kms:Put*", "kms:CreateGrant"], "Resource": "*"}))["KeyMetadata"]["Arn"]
    aws.kms().create_grant(KeyId=private, GranteePrincipal=granted.arn, Operations=["Decrypt"])
    found = ask(server, "who-can", "kms:Decrypt", private)
    assert granted.arn in found["allowed"] and sometimes.arn not in found["under_conditions"]
    provider = iam.create_open_id_connect_provider(Url=f"https://{unique('issuer')}.example")["OpenIDConnectProviderArn"]
    web = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity"}
    federated = iam.create_role(RoleName=unique("role"), AssumeRolePolicyDocument=policy(web))["Role"]["Arn"]
    assert ask(server, "who-can", "sts:AssumeRoleWithWebIdentity", federated)["others_named"] == [provider]
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
    aws.kms().put_key_policy(KeyId=key, Policy=policy(own, everyone))
    assert ask(server, "who-can", "kms:Decrypt", key)["admits_strangers"]
    assert not ask(server, "who-can", "kms:Encrypt", key)["admits_strangers"]


def test_people_read_sentences(server, make_user, key):
    user = make_user()
    request, _, _ = denial(user.kms().decrypt, KeyId=key, CiphertextBlob=b"x")
    command = [binary(), "iam", "--endpoint", server.endpoint, "why-denied", request]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert f"DENIED  {user.arn} calls kms:Decrypt\n  on {key}\n" in shown
    assert "identity-based policy: none" in shown
