"""Signed identities: tokens of Kubernetes clusters and logins of Vault, by which a service learns from STS who its caller is."""

import base64
import datetime
import json
import os
import re
import shutil
import subprocess
import urllib.parse

import botocore.auth
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from support import signed_identity
from support.clients import ACCOUNT, unique
from support.expect import eventually
from support.server import PRIMARY, REPLICA
from support.signed_identity import CLUSTER_HEADER, SERVER_HEADER, Authenticator, Malformed, Refused, Vault

CLUSTER = "cluster"
SERVER_ID = "vault.example.test"
QUERY = "Action=GetCallerIdentity&Version=2011-06-15"


@pytest.fixture(scope="session")
def endpoint(server):
    return server.endpoint


@pytest.fixture
def authenticator(endpoint):
    return Authenticator(CLUSTER, endpoint)


@pytest.fixture
def vault(endpoint):
    return Vault(SERVER_ID, endpoint)


@pytest.fixture
def user(make_user):
    """A user without a permission: the proof of an identity needs none."""
    return make_user()


@pytest.fixture
def session(aws):
    """A session of a role, which knows the ARN of the role."""
    name = unique("role")
    document = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [document]})
    role = aws.iam().create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]
    answer = aws.sts().assume_role(RoleArn=role["Arn"], RoleSessionName="node-1")
    made = aws.session(answer["Credentials"])
    made.role = role
    for region in (PRIMARY, REPLICA):
        eventually(made.sts(region).get_caller_identity)
    return made


@pytest.fixture
def signed_before(monkeypatch):
    """Makes botocore sign as if it were so many minutes earlier."""

    def set_back(minutes):
        real = botocore.auth.get_current_datetime
        age = datetime.timedelta(minutes=minutes)
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda remove_tzinfo=True: real(remove_tzinfo) - age)

    return set_back


def credentials(caller):
    return Credentials(caller.key, caller.secret, caller.token)


def token(caller, *, cluster=CLUSTER, query=QUERY, expires=60, region=PRIMARY, address=None, edit=lambda url: url):
    """A token as aws-iam-authenticator and the AWS CLI make it. `edit` changes the URL after it was signed."""
    headers = {} if cluster is None else {CLUSTER_HEADER: cluster}
    request = AWSRequest("GET", f"{address or caller.endpoint}/?{query}", headers=headers)
    SigV4QueryAuth(credentials(caller), "sts", region, expires=expires).add_auth(request)
    return signed_identity.PREFIX + base64.urlsafe_b64encode(edit(request.url).encode()).decode().rstrip("=")


# --- Tokens of Kubernetes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", [PRIMARY, REPLICA])
def test_a_token_of_a_user(authenticator, aws, user, region):
    user_id = aws.iam().get_user(UserName=user.name)["User"]["UserId"]
    assert authenticator.verify(token(user, region=region)) == (user.arn, ACCOUNT, user_id)


@pytest.mark.parametrize("region", [PRIMARY, REPLICA])
def test_a_token_of_a_session(authenticator, session, region):
    # The session's token is among the parameters of the URL.
    identity = authenticator.verify(token(session, region=region))
    assert identity == (session.role["Arn"], ACCOUNT, f"{session.role['RoleId']}:node-1")


def test_a_token_of_the_root(authenticator, aws):
    assert authenticator.verify(token(aws)) == (f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT, ACCOUNT)


@pytest.mark.parametrize("who", ["user", "role"])
def test_a_token_of_the_aws_cli(authenticator, aws, user, session, who):
    program = shutil.which("aws")
    if program is None:
        pytest.skip("the AWS CLI (`aws`) is not on the PATH: this test did NOT run")
    caller = user if who == "user" else aws
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "KUBERNETES_"))} | {
        "AWS_ENDPOINT_URL": caller.endpoint,
        "AWS_ACCESS_KEY_ID": caller.key,
        "AWS_SECRET_ACCESS_KEY": caller.secret,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    command = [program, "eks", "get-token", "--cluster-name", CLUSTER, "--region", PRIMARY, "--output", "json"]
    if who == "role":
        command += ["--role-arn", session.role["Arn"]]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    arn, account, _ = authenticator.verify(json.loads(done.stdout)["status"]["token"])
    assert (arn, account) == (user.arn if who == "user" else session.role["Arn"], ACCOUNT)


@pytest.mark.parametrize("minutes", [0, 1, 13])
def test_a_token_is_good_for_14_minutes_and_more_than_once(authenticator, user, signed_before, minutes):
    signed_before(minutes)
    made = token(user)
    assert authenticator.verify(made) == authenticator.verify(made)


def test_an_expired_token(authenticator, endpoint, user, signed_before, monkeypatch):
    signed_before(16)
    made = token(user)
    with pytest.raises(Malformed, match="expired"):
        authenticator.verify(made)
    # STS refuses it too, if the verifier's clock is behind.
    minutes_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=5)
    monkeypatch.setattr(authenticator, "now", lambda: minutes_ago)
    with pytest.raises(Refused, match="^403: .*SignatureDoesNotMatch.*Signature expired|^403: .*expired") as refusal:
        authenticator.verify(made)
    assert set(json.loads(refusal.value.body)["Error"]) == {"Code", "Message", "Type"}


def test_a_token_for_another_cluster(endpoint, user):
    made = token(user)
    for cluster in ("other", "", "Cluster", "cluster,cluster"):
        with pytest.raises(Refused, match="^403: .*SignatureDoesNotMatch"):
            Authenticator(cluster, endpoint).verify(made)
    # A header with blanks around it is the same header (RFC 9110, 5.5), and several blanks are one to the signature.
    assert Authenticator("a b", endpoint).verify(token(user, cluster="a b"))


def test_the_verifier_refuses_what_names_no_identity(authenticator, user, endpoint):
    other = endpoint.replace("127.0.0.1", "localhost")
    for reason, made in {
        "client did not sign": token(user, cluster=None),
        "unexpected hostname": token(user, address=other),
        "unexpected scheme": token(user, edit=lambda url: url.replace("http://", "https://")),
        "unexpected path": token(user, edit=lambda url: url.replace("/?", "//?")),
        "unexpected action": token(user, query="Action=GetSessionToken&Version=2011-06-15"),
        "non-whitelisted": token(user, query=QUERY + "&RoleArn=a"),
        "duplicate": token(user, query="Action=AssumeRole&" + QUERY.replace("Action", "action")),
        "invalid X-Amz-Expires": token(user, expires=901),
        "illegal base64": signed_identity.PREFIX + "!",
        "missing the prefix": token(user).removeprefix("k8s"),
        "too large": token(user, query=QUERY + "&a=" + "a" * 4000),
    }.items():
        with pytest.raises(Malformed, match=reason):
            authenticator.verify(made)


class Trusting(Authenticator):
    """A verifier that checks nothing and leaves all to STS."""

    def verify(self, made):
        url = urllib.parse.urlsplit(base64.urlsafe_b64decode(made.removeprefix(signed_identity.PREFIX) + "==").decode())
        return self.ask(f"{url.path}?{url.query}", url.netloc)


@pytest.mark.parametrize(
    "edit, status",
    [
        (lambda url: url.replace("Action=GetCallerIdentity", "Action=GetSessionToken"), 403),
        (lambda url: url + "&Action=AssumeRole", 403),
        (lambda url: url.replace("/?", "/?Action=AssumeRole&"), 403),
        (lambda url: url.replace("2011-06-15", "2011-06-16"), 403),
        (lambda url: url.replace("X-Amz-Expires=60", "X-Amz-Expires=900"), 403),
        (lambda url: url.replace("x-k8s-aws-id", "x-other"), 403),
        (lambda url: url.replace("host%3Bx-k8s-aws-id", "host"), 403),
        (lambda url: url.replace("127.0.0.1", "localhost"), 403),
        (lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"), 403),
    ],
    ids=["action", "second action", "action before", "version", "expires", "header", "header not signed", "host", "signature"],
)
def test_sts_refuses_a_token_that_was_altered(endpoint, user, edit, status):
    assert Trusting(CLUSTER, endpoint).verify(token(user))
    changed = token(user, edit=edit)
    assert changed != token(user)
    with pytest.raises(Refused) as refusal:
        Trusting(CLUSTER, endpoint).verify(changed)
    assert refusal.value.status == status, refusal.value.body
    assert json.loads(refusal.value.body)["Error"]["Code"] == "SignatureDoesNotMatch"


def test_sts_answers_a_token_of_another_action_with_no_identity(endpoint, user):
    # Rightly signed: what comes back is another answer, in which a verifier that checks nothing finds no identity.
    with pytest.raises(KeyError, match="GetCallerIdentityResponse"):
        Trusting(CLUSTER, endpoint).verify(token(user, query="Action=GetSessionToken&Version=2011-06-15"))


@pytest.mark.parametrize("state", ["Inactive", "deleted key", "deleted user"])
def test_a_token_ends_with_its_key(authenticator, vault, aws, user, state):
    made, login = token(user), signed_login(user)
    assert authenticator.verify(made)[0] == vault.login(login)[0] == user.arn
    iam = aws.iam()
    if state == "Inactive":
        iam.update_access_key(UserName=user.name, AccessKeyId=user.key, Status="Inactive")
    else:
        iam.delete_access_key(UserName=user.name, AccessKeyId=user.key)
    if state == "deleted user":
        iam.delete_user(UserName=user.name)
    with pytest.raises(Refused, match="^403: .*InvalidClientTokenId"):
        authenticator.verify(made)
    with pytest.raises(Refused, match="^403: .*InvalidClientTokenId"):
        vault.login(login)


def test_a_token_of_a_session_ends_with_its_role(authenticator, vault, aws, session):
    made, login = token(session), signed_login(session)
    assert authenticator.verify(made)[0] == vault.login(login)[0] == session.role["Arn"]
    aws.iam().delete_role(RoleName=session.role["RoleName"])
    for verify, given in ((authenticator.verify, made), (vault.login, login)):
        with pytest.raises(Refused, match="^403: "):
            verify(given)


# --- Logins of Vault -----------------------------------------------------------------------------------------------------------


def signed_login(caller, *, server_id=SERVER_ID, body=QUERY, region=PRIMARY, edit=lambda headers: headers):
    """A login as Vault's client makes it. `edit` changes the headers after they were signed."""
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    if server_id is not None:
        headers[SERVER_HEADER] = server_id
    request = AWSRequest("POST", f"{caller.endpoint}/", data=body, headers=headers)
    SigV4Auth(credentials(caller), "sts", region).add_auth(request)
    return login_data(request.url, body, edit(dict(request.headers.items())))


def login_data(url, body, headers):
    def coded(text):
        return base64.b64encode(text.encode()).decode()

    return {
        "iam_http_request_method": "POST",
        "iam_request_url": coded(url),
        "iam_request_body": coded(body),
        # Go's clients write each header as a list.
        "iam_request_headers": coded(json.dumps({name: [value] for name, value in headers.items()})),
    }


@pytest.mark.parametrize("region", [PRIMARY, REPLICA])
def test_a_login_of_a_user(vault, aws, user, region):
    user_id = aws.iam().get_user(UserName=user.name)["User"]["UserId"]
    assert vault.login(signed_login(user, region=region)) == (user.arn, ACCOUNT, user_id)


@pytest.mark.parametrize("region", [PRIMARY, REPLICA])
def test_a_login_of_a_session(vault, session, region):
    identity = vault.login(signed_login(session, region=region))
    assert identity == (session.role["Arn"], ACCOUNT, session.role["RoleId"])


@pytest.mark.parametrize("minutes", [0, 1, 4, 6, 14])
def test_a_login_can_be_sent_again(vault, user, signed_before, minutes):
    signed_before(minutes)
    login = signed_login(user)
    assert vault.login(login) == vault.login(login)


def test_an_old_login(vault, user, signed_before):
    signed_before(16)
    with pytest.raises(Refused, match="^403: .*SignatureDoesNotMatch.*Signature expired"):
        vault.login(signed_login(user))


def test_a_login_from_the_future(vault, user, signed_before):
    signed_before(-16)
    with pytest.raises(Refused, match="^403: .*SignatureDoesNotMatch.*Signature not yet current"):
        vault.login(signed_login(user))


def header(name, value):
    return lambda headers: headers | {name: value}


def test_vault_refuses_a_login_for_another_server(vault, user):
    for reason, login in {
        "missing header": signed_login(user, server_id=None),
        "unexpected server id": signed_login(user, server_id="other.example.test"),
        # The header of another login, added to one that has not signed it.
        "wasn't signed": signed_login(user, server_id=None, edit=header(SERVER_HEADER, SERVER_ID)),
        "unexpected body": signed_login(user, body="Action=GetSessionToken&Version=2011-06-15"),
        "missing Authorization": signed_login(user, edit=lambda headers: {k: v for k, v in headers.items() if k != "Authorization"}),
    }.items():
        with pytest.raises(Malformed, match=reason):
            vault.login(login)


@pytest.mark.parametrize(
    "signed_for, edit",
    [
        ("other.example.test", header(SERVER_HEADER, SERVER_ID)),
        (SERVER_ID, header("Content-Type", "application/x-www-form-urlencoded")),
        (SERVER_ID, header("X-Amz-Date", "20200101T000000Z")),
        (SERVER_ID, lambda headers: headers | {"Authorization": headers["Authorization"].replace(PRIMARY, REPLICA)}),
        (SERVER_ID, lambda headers: headers | {"Authorization": re.sub(".$", lambda end: "01"[end[0] == "0"], headers["Authorization"])}),
    ],
    ids=["server id", "content type", "date", "region", "signature"],
)
def test_sts_refuses_a_login_whose_headers_were_altered(vault, user, signed_for, edit):
    with pytest.raises(Refused, match="^403: .*SignatureDoesNotMatch"):
        vault.login(signed_login(user, server_id=signed_for, edit=edit))


@pytest.mark.parametrize("body", [QUERY + "&", "Version=2011-06-15&Action=GetCallerIdentity", "Action=GetCallerIdentity&Version=2011-06-16"])
def test_sts_refuses_a_login_whose_body_was_altered(vault, user, body):
    login = signed_login(user)
    changed = login | {"iam_request_body": base64.b64encode(body.encode()).decode()}
    with pytest.raises(Refused, match="^403: .*SignatureDoesNotMatch"):
        vault.login(changed)


def test_sts_refuses_a_login_that_was_signed_for_another_host(vault, user):
    login = signed_login(user)
    other = f"{user.endpoint}/".replace("127.0.0.1", "localhost")
    with pytest.raises(Refused, match="^403: .*SignatureDoesNotMatch"):
        vault.login(login | {"iam_request_url": base64.b64encode(other.encode()).decode()})


def test_sts_refuses_a_session_token_that_was_taken_away(vault, session):
    login = signed_login(session, edit=lambda headers: {k: v for k, v in headers.items() if k != "X-Amz-Security-Token"})
    with pytest.raises(Refused, match="^403: "):
        vault.login(login)
