"""HTTP requests that no SDK sends: malformed bodies, unknown targets, sizes over the limits, ambiguous framing."""

import json
import re
import urllib.parse

import pytest

from support import wire
from support.clients import ACCOUNT
from support.server import PRIMARY, REPLICA

JSON = "application/x-amz-json-1.1"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="session")
def endpoint(server):
    return server.endpoint


@pytest.fixture(scope="session")
def kms_call(endpoint):
    return lambda operation, body, **more: wire.json_call(endpoint, "kms", f"TrentService.{operation}", body, **more)


def test_success_headers(kms_call):
    # Source: Smithy, "AWS JSON 1.1 protocol". Clients show the request id and correct their clocks by `Date`.
    answer = kms_call("ListKeys", {})
    assert answer.status == 200
    assert answer.headers["content-type"] == JSON
    assert UUID.fullmatch(answer.headers["x-amzn-requestid"])
    assert "date" in answer.headers


def test_error_body(kms_call):
    # Source: the API model of KMS: `message` is in lower case. Seen against AWS: the text, and status 400 instead of 404.
    answer = kms_call("DescribeKey", {"KeyId": "nonsense"})
    assert answer.status == 400
    assert answer.headers["content-type"] == JSON
    assert UUID.fullmatch(answer.headers["x-amzn-requestid"])
    assert answer.json == {"__type": "NotFoundException", "message": "Invalid keyId 'nonsense'"}


def test_errors_without_a_message_have_no_member(kms_call):
    # Seen against AWS: the member is absent.
    answer = kms_call("Decrypt", {"CiphertextBlob": "AAAA"})
    assert answer.json == {"__type": "InvalidCiphertextException"}


def test_secrets_manager_spells_its_own_errors_with_a_capital(endpoint):
    # Seen against AWS: `Message` has a capital in errors of the model, and is in lower case in authentication errors. It is
    # assumed to be in lower case in the other errors that all services share.
    call = lambda body: wire.json_call(endpoint, "secretsmanager", "secretsmanager.GetSecretValue", body)  # noqa: E731
    assert call({"SecretId": "wire-missing"}).json == {
        "__type": "ResourceNotFoundException",
        "Message": "Secrets Manager can't find the specified secret.",
    }
    assert call({"SecretId": "a b"}).json == {
        "__type": "ValidationException",
        "message": "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
    }


def test_void_operations_answer_nothing(kms_call):
    key = kms_call("CreateKey", {}).json["KeyMetadata"]["KeyId"]
    answer = kms_call("DisableKey", {"KeyId": key})
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers.get("content-length") == "0"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"KeyId"',
        b"{}{}",
        b"\xff\xfe",
        b'{"KeyId": "\xff"}',
        b"\xef\xbb\xbf{}",
        b'{"KeyId": 5}',
        b'{"KeyId": {"a": "b"}}',
        b'{"KeyId": ["alias/a"]}',
        b'{"KeyId": "\\ud800"}',
        b'{"KeyId": "a", "KeyId": "b"}',
        b'{"KeyId": NaN}',
        b"{'KeyId': 'a'}",
        b'{"KeyId": "a",}',
        b"[" * 100_000,
        b'{"KeyId":' * 20_000,
        b"{" + b" " * 200_000,
    ],
    ids=lambda body: f"{body[:16]!r}-{len(body)}",
)
def test_bodies_that_are_no_request(kms_call, body):
    # Malformed JSON is refused with a 4xx: nested too deeply, duplicate keys, invalid UTF-8. The code is the common one of AWS's
    # JSON services. It was not seen against KMS.
    answer = kms_call("DescribeKey", body)
    assert answer.status == 400
    assert answer.error[0] == "SerializationException", answer.body


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"KeyId": "k", "PendingWindowInDays": 1.5}, "SerializationException"),
        ({"KeyId": "k", "PendingWindowInDays": "7"}, "SerializationException"),
        (b'{"KeyId": "k", "PendingWindowInDays": 1e999}', "SerializationException"),
        ({"KeyId": "k", "PendingWindowInDays": 2**40}, "SerializationException"),
        ({"KeyId": "k", "PendingWindowInDays": -1}, "ValidationException"),
        ({"KeyId": "k", "PendingWindowInDays": True}, "SerializationException"),
    ],
)
def test_numbers_that_are_none(kms_call, body, code):
    # Fractions, texts, booleans and numbers out of range are refused.
    answer = kms_call("ScheduleKeyDeletion", body)
    assert (answer.status, answer.error[0]) == (400, code), answer.body


def test_base64_that_is_none(kms_call):
    key = kms_call("CreateKey", {}).json["KeyMetadata"]["KeyId"]
    for bad in ("*", "A", "AAAA=", "A A A", "-_-_"):
        answer = kms_call("Encrypt", {"KeyId": key, "Plaintext": bad})
        assert (answer.status, answer.error[0]) == (400, "SerializationException"), (bad, answer.body)


def test_missing_member(kms_call):
    # The common form of AWS's validation errors. SDKs check required members, so it was not seen against KMS.
    answer = kms_call("DescribeKey", {})
    assert answer.error == (
        "ValidationException",
        "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null",
    )
    assert kms_call("DescribeKey", {"KeyId": None}).error == answer.error


def test_unknown_members_are_ignored(kms_call):
    # Newer clients send members that this server does not know.
    answer = kms_call("CreateKey", {"FromTheFuture": {"a": [1, 2.5, None, {"b": True}]}})
    assert answer.status == 200


@pytest.mark.parametrize("target", ["TrentService.Nonsense", "TrentService.", "TrentService.describekey", "TrentService.DescribeKey.x"])
def test_unknown_operations(endpoint, target):
    answer = wire.json_call(endpoint, "kms", target)
    assert (answer.status, answer.error[0]) == (400, "UnknownOperationException")


@pytest.mark.parametrize("target", ["Nonsense", "Nonsense.DescribeKey", "", "."])
def test_unknown_services(endpoint, target):
    answer = wire.json_call(endpoint, "kms", target)
    assert (answer.status, answer.error[0]) == (400, "UnknownOperationException")


def test_target_of_another_service_than_the_signature_is_for(endpoint):
    # A signature for Secrets Manager is not valid for a call of KMS.
    answer = wire.json_call(endpoint, "secretsmanager", "TrentService.ListKeys")
    assert answer.error == ("InvalidSignatureException", "Credential should be scoped to correct service: 'kms'.")


def model_operations(service):
    import botocore.session

    return sorted(botocore.session.get_session().get_service_model(service).operation_names)


@pytest.mark.parametrize("service", ["kms", "secretsmanager", "iam", "sts"])
def test_every_operation_of_the_model_answers(endpoint, service):
    """Every operation of the AWS model is recognised, also if it is not implemented, and none answers a 5xx."""
    unbuilt = 0
    for operation in model_operations(service):
        if service in ("kms", "secretsmanager"):
            prefix = "TrentService" if service == "kms" else service
            answer = wire.json_call(endpoint, service, f"{prefix}.{operation}")
            unknown = "UnknownOperationException"
        else:
            version = "2010-05-08" if service == "iam" else "2011-06-15"
            answer = wire.query_call(endpoint, service, {"Action": operation, "Version": version})
            unknown = "InvalidAction"
        assert answer.status < 500, (operation, answer.body)
        if answer.status == 200:
            continue
        code, text = answer.error
        if code == unknown:
            assert text == f"Claviger does not implement {operation} yet."
            unbuilt += 1
    assert unbuilt < len(model_operations(service))


@pytest.mark.parametrize(
    ("service", "target", "limit", "allowed"),
    [("kms", "TrentService.ListKeys", 256 * 1024, 200), ("secretsmanager", "secretsmanager.ListSecrets", 512 * 1024, 200)],
)
def test_body_size(endpoint, service, target, limit, allowed):
    # One byte over the limit is refused.
    body = b"{" + b" " * (limit - 2) + b"}"
    assert wire.json_call(endpoint, service, target, body).status == allowed
    answer = wire.json_call(endpoint, service, target, body + b" ")
    assert (answer.status, answer.error[0]) == (413, "RequestEntityTooLargeException")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_compressed_bodies(endpoint, encoding):
    request = wire.json_request("kms", "TrentService.ListKeys")
    request.headers["Content-Encoding"] = encoding
    answer = request.sign(endpoint).send(endpoint)
    assert answer.status == 400


def test_other_paths_and_methods(endpoint):
    for method, path in (("POST", "/other"), ("PUT", "/"), ("DELETE", "/"), ("GET", "/favicon.ico")):
        request = wire.json_request("kms", "TrentService.ListKeys", method=method, path=path)
        answer = request.sign(endpoint).send(endpoint)
        assert 400 <= answer.status < 500, (method, path, answer.status)


@pytest.mark.parametrize(
    "head",
    [
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\nHost: h\n\n",
        "POST / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n",
        "POST http://elsewhere/ HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Target: a\r\n b\r\n\r\n",
        "POST / HTTP/1.1\r\n\r\n",
        "NONSENSE\r\n\r\n",
    ],
)
def test_framing_that_two_readers_might_read_differently(endpoint, head):
    # Ambiguous framing is refused, and the connection closed: an attacker could smuggle a request past a proxy that reads it
    # otherwise.
    received = wire.raw(endpoint, head.encode())
    assert received.startswith(b"HTTP/1.1 400 "), received[:200]
    assert received.count(b"HTTP/1.1 ") == 1


def test_headers_that_are_too_many_or_too_long(endpoint):
    many = "".join(f"A{n}: b\r\n" for n in range(200))
    assert wire.raw(endpoint, f"GET / HTTP/1.1\r\nHost: h\r\n{many}\r\n".encode()).startswith(b"HTTP/1.1 431 ")
    long = "A: " + "b" * 40_000
    assert wire.raw(endpoint, f"GET / HTTP/1.1\r\nHost: h\r\n{long}\r\n\r\n".encode()).startswith(b"HTTP/1.1 431 ")


def test_keep_alive_serves_both_regions(endpoint):
    import http.client

    where = urllib.parse.urlsplit(endpoint)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
    for region in (PRIMARY, REPLICA) * 3:
        request = wire.json_request("kms", "TrentService.CreateKey", region=region).sign(endpoint)
        connection.request("POST", "/", request.body, request.headers)
        made = json.loads(connection.getresponse().read())["KeyMetadata"]
        assert made["Arn"].split(":")[3] == region
    connection.close()


def test_query_protocol_answer(endpoint):
    # Source: Smithy, "AWS query protocol".
    answer = wire.query_call(endpoint, "sts", {"Action": "GetCallerIdentity", "Version": "2011-06-15"})
    assert (answer.status, answer.headers["content-type"].split(";")[0]) == (200, "text/xml")
    assert b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' in answer.body
    assert answer.text("Account") == ACCOUNT
    assert answer.text("RequestId") == answer.headers["x-amzn-requestid"]


def test_query_protocol_error(endpoint):
    # Source: Smithy, "AWS query protocol", operation error serialization. Seen against AWS: the text.
    answer = wire.query_call(endpoint, "iam", {"Action": "GetRole", "Version": "2010-05-08", "RoleName": "wire-missing"})
    assert answer.status == 404
    assert b'<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">' in answer.body
    assert answer.text("Type") == "Sender"
    assert answer.error == ("NoSuchEntity", "The role with name wire-missing cannot be found.")


def test_unknown_actions(endpoint):
    answer = wire.query_call(endpoint, "iam", {"Action": "Nonsense", "Version": "2010-05-08"})
    assert (answer.status, answer.error) == (
        400,
        ("InvalidAction", "Could not find operation Nonsense for version 2010-05-08"),
    )
    assert wire.query_call(endpoint, "iam", {"Version": "2010-05-08"}).status == 400


@pytest.mark.parametrize(
    "form",
    [
        "Action=GetCallerIdentity&Version=2011-06-15&Action=AssumeRole",
        "Action=GetCallerIdentity&Action=GetCallerIdentity&Version=2011-06-15",
        "Action=GetCallerIdentity&action=AssumeRole&Version=2011-06-15",
    ],
)
def test_two_actions(endpoint, form):
    # Two `Action` parameters are refused: two readers could choose different ones.
    answer = wire.query_call(endpoint, "sts", form)
    assert answer.status == 400, answer.body


def test_action_in_query_and_in_body(endpoint):
    # `Action` is read from one place only. A second one elsewhere is refused.
    request = wire.query_request("sts", "Action=GetCallerIdentity&Version=2011-06-15", query="Action=AssumeRole")
    answer = request.sign(endpoint).send(endpoint)
    assert answer.status == 400, answer.body


@pytest.mark.parametrize("form", ["Action=%", "Action=GetCallerIdentity&Version=%zz", "=&=", "&&&", "\xff"])
def test_forms_that_are_none(endpoint, form):
    answer = wire.query_call(endpoint, "sts", form)
    assert 400 <= answer.status < 500, answer.body


def test_plus_is_a_space(aws, endpoint):
    # In a form's body a plus sign means a space.
    name = "wire-plus-is-a-space"
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]})
    document = document.replace('"*"', json.dumps({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
    form = {"Action": "CreateRole", "Version": "2010-05-08", "RoleName": name, "AssumeRolePolicyDocument": document}
    form["Description"] = "one two+three"
    assert wire.query_call(endpoint, "iam", form).status == 200
    assert aws.iam().get_role(RoleName=name)["Role"]["Description"] == "one two+three"
    aws.iam().delete_role(RoleName=name)
