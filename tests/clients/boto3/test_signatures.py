"""Signatures: refusals with their texts, and unusual forms of real clients that must be accepted."""

import datetime
import hashlib
import json
import re
import urllib.error
import urllib.request

import boto3
import botocore.auth
import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.signers import RequestSigner

from support import wire
from support.clients import ACCOUNT, Clients, unique
from support.expect import check_refusal
from support.server import PRIMARY, REPLICA

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
    "signing method. Consult the service documentation for details."
)
INVALID_TOKEN = "The security token included in the request is invalid."
MISSING = re.compile("(Request is m|M)issing Authentication Token")


@pytest.fixture(scope="session")
def endpoint(server):
    return server.endpoint


def requests():
    """One request of each protocol, with the codes and the status of its refusals."""
    json_request = wire.json_request("kms", "TrentService.ListKeys")
    query = wire.query_request("iam", "Action=ListRoles&Version=2010-05-08")
    return [(json_request, 0), (query, 1)]


# The code and status of each refusal, for JSON and for query services. Source for the query services: "AWS Auth Error Ordering"
# (github.com/dacut/scratchstack-aws-signature, docs), a probe of AWS. Seen against KMS: unknown, mismatch and expired.
CODES = {
    "missing": (("MissingAuthenticationTokenException", 400), ("MissingAuthenticationToken", 403)),
    "incomplete": (("IncompleteSignatureException", 400), ("IncompleteSignature", 400)),
    "unknown": (("UnrecognizedClientException", 400), ("InvalidClientTokenId", 403)),
    "mismatch": (("InvalidSignatureException", 400), ("SignatureDoesNotMatch", 403)),
    "expired": (("ExpiredTokenException", 400), ("ExpiredToken", 403)),
}


def check(answer, kind, protocol, text):
    code, status = CODES[kind][protocol]
    got_code, got_text = answer.error
    assert (got_code, answer.status) == (code, status), answer.body
    if isinstance(text, re.Pattern):
        assert text.fullmatch(got_text or ""), got_text
    else:
        assert got_text == text
    assert "date" in answer.headers, "clients correct their clocks by it"


def each(endpoint, kind, text, *, before=None, after=None):
    """Sends both protocols' requests, changed before or after they were signed, and checks the refusals."""
    for request, protocol in requests():
        if before:
            before(request)
        request.sign(endpoint)
        if after:
            after(request)
        check(request.send(endpoint), kind, protocol, text)


def test_unsigned(endpoint):
    for request, protocol in requests():
        check(request.send(endpoint), "missing", protocol, MISSING)


def test_unknown_key(endpoint):
    each(endpoint, "unknown", INVALID_TOKEN, before=lambda r: setattr(r, "key", "AKIAIOSFODNN7EXAMPLE"))


def test_wrong_secret(endpoint):
    each(endpoint, "mismatch", MISMATCH, before=lambda r: setattr(r, "secret", "wrong"))


def test_body_changed(endpoint):
    # The signature is checked before the body is parsed.
    each(endpoint, "mismatch", MISMATCH, after=lambda r: setattr(r, "body", r.body + b" \xff{"))


def test_header_changed(endpoint):
    each(endpoint, "mismatch", MISMATCH, after=lambda r: r.headers.update({"Content-Type": r.headers["Content-Type"] + ";a=b"}))


def test_foreign_session_token(endpoint):
    # Tokens that this server did not issue are refused.
    for token in ("garbage", "A" * 500, ""):
        each(endpoint, "unknown", INVALID_TOKEN, before=lambda r, t=token: setattr(r, "token", t))


def test_unsigned_amz_headers(endpoint):
    # Every `x-amz-*` header must be signed.
    for name in ("x-amz-target", "x-amz-security-token", "x-amz-user-agent", "x-amz-date"):
        request = wire.json_request("kms", "TrentService.ListKeys")
        request.unsigned.add(name)
        if name != "x-amz-target":
            request.headers[name] = "anything" if name != "x-amz-date" else request.at.strftime("%Y%m%dT%H%M%SZ")
        if name == "x-amz-date":
            del request.headers[name]
        check(request.sign(endpoint).send(endpoint), "mismatch", 0, f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")


def test_unsigned_host(endpoint):
    each(
        endpoint,
        "mismatch",
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        before=lambda r: r.unsigned.add("host"),
    )


@pytest.mark.parametrize("value", ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"])
def test_payloads_that_are_not_signed(endpoint, value):
    # `UNSIGNED-PAYLOAD` and `STREAMING-*` exist in S3 only.
    for request, protocol in requests():
        request.headers["X-Amz-Content-Sha256"] = value
        answer = request.sign(endpoint).send(endpoint)
        assert (answer.error[0], answer.status) == CODES["mismatch"][protocol]


def test_payload_hash_header(endpoint):
    for digest, taken in ((hashlib.sha256(b"{}").hexdigest(), True), (hashlib.sha256(b"other").hexdigest(), False)):
        request = wire.json_request("kms", "TrentService.ListKeys")
        request.headers["X-Amz-Content-Sha256"] = digest
        assert (request.sign(endpoint).send(endpoint).status == 200) is taken


@pytest.mark.parametrize(
    ("protocol", "minutes"),
    [(0, 5), (1, 15)],
    ids=["JSON", "query"],
)
def test_clocks(endpoint, protocol, minutes):
    # Seen against AWS: the texts and both tolerances.
    basic = r"\d{8}T\d{6}Z"
    for shift, text in (
        (-1, rf"Signature expired: {basic} is now earlier than {basic} \({basic} - {minutes} min\.\)"),
        (1, rf"Signature not yet current: {basic} is still later than {basic} \({basic} \+ {minutes} min\.\)"),
    ):
        request = requests()[protocol][0]
        request.at += datetime.timedelta(minutes=shift * minutes, seconds=shift * 30)
        check(request.sign(endpoint).send(endpoint), "mismatch", protocol, re.compile(text))
        request = requests()[protocol][0]
        request.at += datetime.timedelta(minutes=shift * minutes, seconds=-shift * 30)
        assert request.sign(endpoint).send(endpoint).status == 200


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"terminator": "aws5_request"}, "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'."),
        ({"service": "s3"}, "Credential should be scoped to correct service: 'kms'."),
    ],
)
def test_scopes(endpoint, change, text):
    # Source: "AWS Auth Error Ordering", as for `CODES`. The texts were seen against query services only.
    request = wire.json_request("kms", "TrentService.ListKeys")
    for name, value in change.items():
        setattr(request, name, value)
    check(request.sign(endpoint).send(endpoint), "mismatch", 0, text)


def test_scope_of_another_day(endpoint):
    request = wire.json_request("kms", "TrentService.ListKeys")
    day, request.scope_date = request.at.strftime("%Y%m%d"), "20200101"
    stamp = request.at.strftime("%Y%m%dT%H%M%SZ")
    text = (
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        f"'20200101' != '{day}', from '{stamp}'."
    )
    check(request.sign(endpoint).send(endpoint), "mismatch", 0, text)


def test_unknown_region(endpoint):
    for region in ("us-west-2", "eu-central-9", "nowhere"):
        request = wire.json_request("kms", "TrentService.ListKeys", region=region)
        answer = request.sign(endpoint).send(endpoint)
        assert (answer.status, answer.error[0]) == (400, "InvalidSignatureException")
        assert answer.error[1].startswith("Credential should be scoped to a valid region")


def test_iam_and_sts_under_any_region(endpoint):
    # Terraform calls IAM and STS under its provider's region, and not under us-east-1.
    for region in (PRIMARY, REPLICA, "us-east-1"):
        for service, form in (
            ("sts", "Action=GetCallerIdentity&Version=2011-06-15"),
            ("iam", "Action=ListRoles&Version=2010-05-08"),
        ):
            answer = wire.query_call(endpoint, service, form, region=region)
            assert answer.status == 200, (region, service, answer.body)


def authorization(endpoint, value):
    request = wire.json_request("kms", "TrentService.ListKeys").sign(endpoint)
    request.headers["Authorization"] = value(request.headers["Authorization"])
    return request.send(endpoint)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        # Source: "AWS Auth Error Ordering", as for `CODES`. The texts were seen against query services only.
        (lambda a: a.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'."),
        (lambda a: "Bearer token", "Unsupported AWS 'algorithm': 'Bearer'."),
        (lambda a: re.sub("Credential=[^,]*, ", "", a), re.compile(r"Authorization header requires 'Credential' parameter\. Authorization=.*")),
        (lambda a: re.sub(", Signature=.*", "", a), re.compile(r"Authorization header requires 'Signature' parameter\. Authorization=.*")),
        (
            lambda a: "AWS4-HMAC-SHA256 ",
            re.compile(
                r"Authorization header requires 'Credential' parameter\. Authorization header requires 'Signature' parameter\. "
                r"Authorization header requires 'SignedHeaders' parameter\. Authorization=.*"
            ),
        ),
        (
            lambda a: a.replace("/aws4_request", ""),
            re.compile(r"Credential must have exactly 5 slash-delimited elements, e\.g\. keyid/date/region/service/term, got '.*'"),
        ),
        (lambda a: a + ", nonsense", re.compile(r"'nonsense' not a valid key=value pair \(missing equal-sign\) in Authorization header: '.*'")),
    ],
)
def test_malformed_authorization(endpoint, value, text):
    check(authorization(endpoint, value), "incomplete", 0, text)


def test_unreadable_date(endpoint):
    request = wire.json_request("kms", "TrentService.ListKeys")
    request.headers["X-Amz-Date"] = "yesterday"
    check(
        request.sign(endpoint).send(endpoint),
        "incomplete",
        0,
        "Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601",
    )


def test_header_and_query_credentials_together(endpoint):
    # Source: "AWS Auth Error Ordering", as for `CODES`: query services answer SignatureDoesNotMatch without a text.
    request = wire.json_request("kms", "TrentService.ListKeys", query="X-Amz-Algorithm=AWS4-HMAC-SHA256")
    answer = request.sign(endpoint).send(endpoint)
    assert (answer.status, answer.error[0]) == (400, "InvalidSignatureException")


def test_a_request_may_be_sent_again(endpoint):
    # Retries within a second carry the same signature.
    request = wire.json_request("kms", "TrentService.ListKeys").sign(endpoint)
    assert [request.send(endpoint).status for _ in range(3)] == [200] * 3


def test_presigned_identity(aws, endpoint):
    # Presigned requests as identity proofs (tokens of EKS, Vault's AWS auth), with and without an additional signed header.
    url = aws.sts().generate_presigned_url("get_caller_identity", HttpMethod="GET", ExpiresIn=60)
    assert f"<Account>{ACCOUNT}</Account>" in fetch(url)
    session = boto3.session.Session(aws.key, aws.secret)
    sts = aws.sts()
    signer = RequestSigner(sts.meta.service_model.service_id, PRIMARY, "sts", "v4", session.get_credentials(), session.events)
    url = signer.generate_presigned_url(
        {
            "method": "GET",
            "url": f"{endpoint}/?Action=GetCallerIdentity&Version=2011-06-15",
            "body": {},
            "headers": {"x-k8s-aws-id": "cluster"},
            "context": {},
        },
        region_name=PRIMARY,
        expires_in=60,
        operation_name="",
    )
    assert f"<Account>{ACCOUNT}</Account>" in fetch(url, {"x-k8s-aws-id": "cluster"})
    for headers in ({}, {"x-k8s-aws-id": "other"}):
        assert status(url, headers) == 403


@pytest.mark.parametrize(
    ("minutes_old", "expires", "expected"),
    [(2, 60, 200), (14, 60, 200), (16, 60, 403), (14, 3600, 200), (16, 3600, 403)],
)
def test_a_presigned_identity_lives_15_minutes(endpoint, monkeypatch, minutes_old, expires, expected):
    # Tokens of Kubernetes carry X-Amz-Expires=60 and are used for 14 minutes; STS ignores the parameter.
    real = botocore.auth.get_current_datetime
    age = datetime.timedelta(minutes=minutes_old)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda remove_tzinfo=True: real(remove_tzinfo) - age)
    request = AWSRequest("GET", f"{endpoint}/?Action=GetCallerIdentity&Version=2011-06-15")
    SigV4QueryAuth(Credentials("test", "test"), "sts", PRIMARY, expires=expires).add_auth(request)
    assert status(request.url) == expected


def test_a_presigned_identity_in_json(endpoint):
    # aws-iam-authenticator's server, pkg/token: it sends the token's URL with these headers and reads JSON
    request = AWSRequest("GET", f"{endpoint}/?Action=GetCallerIdentity&Version=2011-06-15", headers={"x-k8s-aws-id": "cluster"})
    SigV4QueryAuth(Credentials("test", "test"), "sts", PRIMARY, expires=60).add_auth(request)
    headers = {"x-k8s-aws-id": "cluster", "Accept": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(request.url, headers=headers), timeout=30) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        identity = json.load(answer)["GetCallerIdentityResponse"]
    result = {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:root", "UserId": ACCOUNT}
    assert identity["GetCallerIdentityResult"] == result
    assert set(identity["ResponseMetadata"]) == {"RequestId"}
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(request.url, headers=headers | {"x-k8s-aws-id": "other"}), timeout=30)
    with caught.value as refusal:
        body = json.load(refusal)
    assert refusal.code == 403
    assert body["Error"] == {"Code": "SignatureDoesNotMatch", "Message": MISMATCH, "Type": "Sender"}
    assert set(body) == {"Error", "RequestId"}


def test_credentials_in_json(aws, endpoint):
    # Seen against AWS by users of curl: the moment is a number, members without a value are null
    request = wire.query_request("sts", "Action=GetSessionToken&Version=2011-06-15")
    request.key, request.secret = aws.key, aws.secret
    request.headers["Accept"] = "application/json"
    answer = request.sign(endpoint).send(endpoint)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json"), answer.body
    credentials = answer.json["GetSessionTokenResponse"]["GetSessionTokenResult"]["Credentials"]
    assert set(credentials) == {"AccessKeyId", "Expiration", "SecretAccessKey", "SessionToken"}
    assert credentials["Expiration"] > request.at.timestamp()


def fetch(url, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=30) as answer:
        return answer.read().decode()


def status(url, headers=None):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_a_deleted_key_is_nobodys(aws, make_user):
    user = make_user()
    aws.iam().update_access_key(UserName=user.name, AccessKeyId=user.key, Status="Inactive")
    with pytest.raises(user.sts().exceptions.ClientError) as caught:
        user.sts().get_caller_identity()
    check_refusal(caught.value, "InvalidClientTokenId", INVALID_TOKEN, 403)
    aws.iam().update_access_key(UserName=user.name, AccessKeyId=user.key, Status="Active")
    assert user.sts().get_caller_identity()["Arn"] == user.arn
    aws.iam().delete_access_key(UserName=user.name, AccessKeyId=user.key)
    with pytest.raises(user.sts().exceptions.ClientError) as caught:
        user.sts().get_caller_identity()
    check_refusal(caught.value, "InvalidClientTokenId", INVALID_TOKEN, 403)


def test_a_user_made_again_is_another(aws, make_user):
    # The deleted user's access key does not become valid again with the name.
    user = make_user()
    aws.iam().delete_access_key(UserName=user.name, AccessKeyId=user.key)
    aws.iam().delete_user(UserName=user.name)
    aws.iam().create_user(UserName=user.name)
    with pytest.raises(user.sts().exceptions.ClientError) as caught:
        user.sts().get_caller_identity()
    check_refusal(caught.value, "InvalidClientTokenId", INVALID_TOKEN, 403)


def test_accounts_by_their_digits(server):
    # In dev mode, an access key id of twelve digits is the root of the account that it names.
    for secret in ("test", "222233334444"):
        clients = Clients(server.endpoint, "222233334444", secret)
        assert clients.sts().get_caller_identity()["Arn"] == "arn:aws:iam::222233334444:root"
    alias = f"alias/{unique('account')}"
    key = clients.kms().create_key()["KeyMetadata"]
    clients.kms().create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
    assert key["Arn"].split(":")[4] == "222233334444"
