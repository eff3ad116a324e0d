"""One test for each attack on the wire and on signatures, 1 to 15, by number. Most have closer tests elsewhere, which they name."""

import datetime
import hashlib
import re
import socket
import struct
import urllib.parse

import pytest

from support import wire
from support.clients import ACCOUNT
from support.server import PRIMARY, REPLICA


@pytest.fixture(scope="session")
def endpoint(server):
    return server.endpoint


def list_keys(**more):
    return wire.json_request("kms", "TrentService.ListKeys", **more)


def check(answer, code, text=None):
    assert (answer.status, answer.error[0]) == (400, code), answer.body
    if text is not None:
        assert re.match(text, answer.error[1] or ""), answer.body


def sent_raw(endpoint, request, edit=lambda head: head):
    """Sends a signed request as bytes, its head changed by `edit`."""
    target = request.path + (f"?{request.query}" if request.query else "")
    lines = [f"{request.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in request.headers.items())]
    head = edit("\r\n".join([*lines, f"Content-Length: {len(request.body)}", "Connection: close", "", ""]))
    return wire.raw(endpoint, head.encode("latin-1") + request.body)


def test_attack_01_captured_request_replayed(endpoint):
    # Also test_signatures.py, test_clocks and test_a_request_may_be_sent_again; the limits to the second in the crate's refusals.rs.
    captured = list_keys().sign(endpoint)
    assert [captured.send(endpoint).status for _ in range(2)] == [200, 200], "inside the window, as on AWS"
    old = list_keys()
    old.at -= datetime.timedelta(minutes=5, seconds=30)
    check(old.sign(endpoint).send(endpoint), "InvalidSignatureException", "Signature expired: ")
    # A new date on the old signature does not help.
    old.headers["X-Amz-Date"] = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    check(old.send(endpoint), "InvalidSignatureException")


def test_attack_02_session_token_expired_or_foreign(aws, endpoint):
    # Expiry needs a clock that moves: crates/claviger-service/tests. Here: tokens that this deployment did not issue.
    issued = aws.sts().get_session_token()["Credentials"]
    for token in ("garbage", issued["SessionToken"][::-1], issued["SessionToken"] + "x", issued["SessionToken"][:-1]):
        request = list_keys()
        request.key, request.secret, request.token = issued["AccessKeyId"], issued["SecretAccessKey"], token
        check(request.sign(endpoint).send(endpoint), "UnrecognizedClientException")


def test_attack_03_body_changed_after_signing(endpoint):
    # The signature is refused before the body is parsed: this one is no JSON.
    request = wire.json_request("kms", "TrentService.DescribeKey", b'{"KeyId": "a"}').sign(endpoint)
    for body in (b'{"KeyId": "b"}', b"\xff{", b""):
        request.body = body
        check(request.send(endpoint), "InvalidSignatureException", "The request signature we calculated does not match")


@pytest.mark.parametrize("value", ["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"])
@pytest.mark.parametrize("service", ["kms", "secretsmanager", "iam", "sts"])
def test_attack_04_payload_said_not_to_be_signed(endpoint, service, value):
    if service in ("kms", "secretsmanager"):
        target = {"kms": "TrentService.ListKeys", "secretsmanager": "secretsmanager.ListSecrets"}[service]
        request = wire.json_request(service, target)
    else:
        form = {"iam": "Action=ListRoles&Version=2010-05-08", "sts": "Action=GetCallerIdentity&Version=2011-06-15"}[service]
        request = wire.query_request(service, form)
    request.headers["X-Amz-Content-Sha256"] = value
    answer = request.sign(endpoint).send(endpoint)
    assert answer.status in (400, 403) and answer.error[0] in ("InvalidSignatureException", "SignatureDoesNotMatch"), answer.body


@pytest.mark.parametrize("name", ["x-amz-target", "x-amz-security-token", "x-amz-anything"])
def test_attack_05_amz_header_not_signed(endpoint, name):
    request = list_keys()
    request.unsigned.add(name)
    if name != "x-amz-target":
        request.headers[name] = "v"
    check(request.sign(endpoint).send(endpoint), "InvalidSignatureException", f"'{name}' must be a 'SignedHeader'")
    # The same added to a request under way.
    request = list_keys().sign(endpoint)
    if name != "x-amz-target":
        request.headers[name] = "v"
        check(request.send(endpoint), "InvalidSignatureException", f"'{name}' must be a 'SignedHeader'")


def test_attack_06_host_unsigned_or_two_targets(endpoint):
    # `:authority` of HTTP/2: the crate's host_and_authority, and crates/claviger-http/tests/listener/http2.rs.
    request = list_keys()
    request.unsigned.add("host")
    check(request.sign(endpoint).send(endpoint), "InvalidSignatureException", "'Host' or ':authority' must be a 'SignedHeader'")
    request = list_keys().sign(endpoint)
    request.headers["Host"] = "elsewhere.example.test"
    check(request.send(endpoint), "InvalidSignatureException")
    signed = list_keys().sign(endpoint)
    absolute = sent_raw(endpoint, signed, lambda head: head.replace("POST / ", f"POST {endpoint}/ ", 1))
    assert absolute.startswith(b"HTTP/1.1 400 "), absolute[:200]


def test_attack_07_credentials_in_two_places(endpoint):
    request = list_keys(query="X-Amz-Algorithm=AWS4-HMAC-SHA256")
    check(request.sign(endpoint).send(endpoint), "InvalidSignatureException")
    signed = list_keys().sign(endpoint)
    twice = sent_raw(endpoint, signed, lambda head: head.replace("\r\n\r\n", f"\r\nAuthorization: {signed.headers['Authorization']}\r\n\r\n"))
    assert twice.startswith(b"HTTP/1.1 400 ") and b"InvalidSignatureException" in twice, twice


@pytest.mark.parametrize(
    "edit",
    [
        lambda head: re.sub(r"(X-Amz-Date: \w+)", r"\1\r\n\1", head),
        lambda head: re.sub(r"X-Amz-Date: (\w+)", r"X-Amz-Date: \1, \1", head),
        lambda head: re.sub(r"X-Amz-Date: (\w+)", "X-Amz-Date:\r\n \\1", head),
        lambda head: head.replace("TrentService.", "TrentService.\0"),
        lambda head: head.replace("TrentService.", "TrentService.\t"),
        lambda head: head.replace("X-Amz-Target:", "X-Amz-Target :"),
        lambda head: head.replace("\r\nX-Amz-Date", "\r\nX-Amz-Target: TrentService.CreateKey\r\nX-Amz-Date"),
    ],
    ids=["date twice", "list of dates", "folded", "NUL", "tab", "blank before the colon", "target twice"],
)
def test_attack_08_headers_that_two_readers_read_differently(endpoint, edit):
    received = sent_raw(endpoint, list_keys().sign(endpoint), edit)
    assert received.startswith(b"HTTP/1.1 400 "), received[:300]


def test_attack_09_keys_and_tokens_that_do_not_belong_together(aws, make_user, everything, endpoint):
    user = make_user(everything)
    one, other = (user.sts().get_session_token()["Credentials"] for _ in range(2))
    for key, secret, token in (
        (one["AccessKeyId"], one["SecretAccessKey"], None),
        (user.key, user.secret, one["SessionToken"]),
        (one["AccessKeyId"], one["SecretAccessKey"], other["SessionToken"]),
        (one["AccessKeyId"], other["SecretAccessKey"], other["SessionToken"]),
    ):
        request = list_keys()
        request.key, request.secret, request.token = key, secret, token
        check(request.sign(endpoint).send(endpoint), "UnrecognizedClientException")
    request = list_keys()
    request.key, request.secret, request.token = one["AccessKeyId"], one["SecretAccessKey"], one["SessionToken"]
    assert request.sign(endpoint).send(endpoint).status == 200


def test_attack_10_wrong_scope(endpoint):
    for change, text in (
        ({"service": "s3"}, "Credential should be scoped to correct service: 'kms'"),
        ({"terminator": "aws5_request"}, "Credential should be scoped with a valid terminator"),
        ({"scope_date": "20200101"}, "Date in Credential scope does not match"),
    ):
        request = list_keys()
        for name, value in change.items():
            setattr(request, name, value)
        check(request.sign(endpoint).send(endpoint), "InvalidSignatureException", text)
    request = list_keys().sign(endpoint)
    request.headers["Authorization"] = re.sub("SignedHeaders=[^,]*", "SignedHeaders=", request.headers["Authorization"])
    check(request.send(endpoint), "InvalidSignatureException", "'Host' or ':authority' must be")


def test_attack_11_scope_of_another_region(endpoint):
    # A region of this deployment answers for itself; no other region's scope is taken.
    made = {}
    for region in (PRIMARY, REPLICA):
        answer = wire.json_request("kms", "TrentService.CreateKey", region=region).sign(endpoint).send(endpoint)
        made[region] = answer.json["KeyMetadata"]["Arn"]
        assert made[region].split(":")[3] == region
    request = wire.json_request("kms", "TrentService.DescribeKey", {"KeyId": made[PRIMARY].split("/")[1]}, region=REPLICA)
    check(request.sign(endpoint).send(endpoint), "NotFoundException")
    check(list_keys(region="us-west-2").sign(endpoint).send(endpoint), "InvalidSignatureException", "Credential should be scoped to a valid region")


@pytest.mark.parametrize(
    "edit",
    [
        lambda head: head.replace("Content-Length: 2", "Content-Length: 2\r\nTransfer-Encoding: chunked"),
        lambda head: head.replace("Content-Length: 2", "Content-Length: 2\r\nContent-Length: 3"),
        lambda head: head.replace("Content-Length: 2", "Content-Length: +2"),
        lambda head: head.replace("\r\n", "\n"),
    ],
    ids=["CL and TE", "two CL", "a plus", "bare LF"],
)
def test_attack_12_ambiguous_framing(endpoint, edit):
    # Chunks with extensions and more: crates/claviger-http/tests/listener/garbage.rs and wire.rs.
    received = sent_raw(endpoint, list_keys().sign(endpoint), edit)
    assert received.startswith(b"HTTP/1.1 400 ") and received.count(b"HTTP/1.1 ") == 1, received[:300]


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0)
# HPACK without a table: `:method: GET`, `:scheme: http`, `:path: /` are indexed, `:authority` is a literal.
HEADERS = bytes([0x82, 0x86, 0x84, 0x01, 1]) + b"h"


@pytest.mark.parametrize(
    "flood",
    [
        b"".join(frame(1, 5, 2 * n + 1, HEADERS) + frame(3, 0, 2 * n + 1, b"\0\0\0\x08") for n in range(20_000)),
        frame(1, 0, 1, HEADERS) + frame(9, 0, 1, b"\x00\x01a\x7f\x00" + b"b" * 127) * 20_000,
        frame(1, 4, 1, HEADERS + (b"\x40\x01a\x7f\xa1\x1e" + b"b" * 4000) + b"\xbe" * 8000),
        frame(4, 0, 0, struct.pack(">HI", 4, 0)) + b"".join(frame(1, 5, 2 * n + 1, HEADERS) for n in range(5_000)),
    ],
    ids=["rapid reset", "CONTINUATION flood", "header bomb", "zero window"],
)
def test_attack_13_floods_of_http2(server, flood):
    # Slow heads and bodies, and the limits themselves: crates/claviger-http/tests/listener/limits.rs, admission.rs and http2.rs.
    where = urllib.parse.urlsplit(server.endpoint)

    def resident():
        with open(f"/proc/{server.process.pid}/statm") as file:
            return int(file.read().split()[1]) * 4096

    before = resident()
    with socket.create_connection((where.hostname, where.port), timeout=10) as attacker:
        try:
            attacker.sendall(PREFACE + flood)
        except (ConnectionError, TimeoutError):
            pass  # The server has closed the connection, or reads no more of it.
        assert list_keys().sign(server.endpoint).send(server.endpoint).status == 200, "others are served"
        assert resident() - before < 64 * 2**20
    assert list_keys().sign(server.endpoint).send(server.endpoint).status == 200


@pytest.mark.parametrize(
    "form",
    [
        "Action=GetCallerIdentity&Version=2011-06-15&Action=AssumeRole",
        "Action=GetCallerIdentity&action=AssumeRole&Version=2011-06-15",
        "action=GetCallerIdentity&Version=2011-06-15",
    ],
)
def test_attack_14_action_twice(endpoint, form):
    assert wire.query_call(endpoint, "sts", form).status == 400
    request = wire.query_request("sts", "Action=GetCallerIdentity&Version=2011-06-15", query="Action=AssumeRole")
    assert request.sign(endpoint).send(endpoint).status == 400


def test_attack_14_two_actions_in_a_url(endpoint):
    # CVE-2022-2385: a server that reads the last of two checks another call than the one that is made. The signature is right.
    for query, status in (
        ("Action=GetCallerIdentity&Version=2011-06-15", 200),
        ("Action=AssumeRole&Action=GetCallerIdentity&Version=2011-06-15", 400),
        ("Action=GetCallerIdentity&Version=2011-06-15&action=AssumeRole", 400),
    ):
        answer = wire.Request("sts", method="GET", query=query).sign(endpoint).send(endpoint)
        assert answer.status == status, (query, answer.body)
    assert ACCOUNT in wire.Request("sts", method="GET", query="Action=GetCallerIdentity&Version=2011-06-15").sign(endpoint).send(endpoint).text("Account")


@pytest.mark.parametrize("path", ["//", "/./", "/%2e%2e", "/%2e%2e/", "/;", "/;a=b", "/%252e", "/%2F", "/..;/", "/x/.."])
def test_attack_15_other_writings_of_the_path(endpoint, path):
    # Signed over `/`: a signature never fits a path with another canonical form, and no path but `/` is executed.
    received = sent_raw(endpoint, list_keys().sign(endpoint), lambda head: head.replace("POST / ", f"POST {path} ", 1))
    assert re.match(rb"HTTP/1.1 4\d\d ", received), received[:300]


def test_attack_15_host_with_a_trailing_dot(endpoint):
    where = urllib.parse.urlsplit(endpoint)
    request = list_keys()
    request.headers["Host"] = f"localhost.:{where.port}"
    assert request.sign(endpoint).send(endpoint).status in (200, 400)
    request.headers["Host"] = f"localhost:{where.port}"
    check(request.send(endpoint), "InvalidSignatureException")


def test_sigv4a_is_refused_in_both_forms(endpoint):
    # SigV4a's scope has no region. AWS's texts for algorithms that a service does not take.
    now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    credential = f"test/{now[:8]}/kms/aws4_request"
    digest = hashlib.sha256(b"").hexdigest()
    request = list_keys()
    request.headers |= {
        "X-Amz-Date": now,
        "X-Amz-Region-Set": "*",
        "Authorization": f"AWS4-ECDSA-P256-SHA256 Credential={credential}, SignedHeaders=host;x-amz-date;x-amz-region-set, Signature=30{digest}",
    }
    check(request.send(endpoint), "IncompleteSignatureException", "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.$")
    form = wire.query_request("sts", "Action=GetCallerIdentity&Version=2011-06-15")
    form.headers |= {"X-Amz-Date": now, "Authorization": request.headers["Authorization"].replace("/kms/", "/sts/")}
    answer = form.send(endpoint)
    assert (answer.status, answer.error) == (400, ("IncompleteSignature", "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'."))
    parameters = urllib.parse.urlencode({
        "Action": "GetCallerIdentity",
        "Version": "2011-06-15",
        "X-Amz-Algorithm": "AWS4-ECDSA-P256-SHA256",
        "X-Amz-Credential": credential.replace("/kms/", "/sts/"),
        "X-Amz-Date": now,
        "X-Amz-Expires": "60",
        "X-Amz-Region-Set": "*",
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Signature": digest,
    })
    answer = wire.Request("sts", method="GET", query=parameters).send(endpoint)
    assert (answer.status, answer.error[0]) == (403, "MissingAuthenticationToken"), answer.body
