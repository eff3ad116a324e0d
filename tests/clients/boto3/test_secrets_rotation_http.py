"""Rotation by a function behind Lambda's Invoke, over http and https."""

import base64
import json
import urllib.parse

import boto3
import pytest

from support import certificates, rotation_function
from support.http_server import HttpServer
from support.rotation import FUNCTION, STEPS, Bench
from support.server import PRIMARY
from support.sigv4 import signer

ARN = FUNCTION.replace(":rotate", ":remote")


class Function(HttpServer):
    """Answers Lambda's Invoke. Its steps are those of the function of the other tests, with the credentials that it is sent."""

    def __init__(self, tls=None):
        super().__init__(tls)
        self.seen, self.failures = [], []

    def answer(self, path, headers, body):
        context = json.loads(base64.b64decode(headers["x-amz-client-context"]))
        event = json.loads(body)
        self.seen.append((path, dict(headers.items()), event, context["custom"]))
        custom = context["custom"]
        if signer(path, headers, body, "lambda", {custom["accessKeyId"]: custom["secretAccessKey"]}) != custom["accessKeyId"]:
            return 403, {}, b'{"Message": "The signature is wrong"}'
        if self.failures and self.failures[0][0] == event["Step"]:
            return self.failures.pop(0)[1]
        client = boto3.client(
            "secretsmanager",
            region_name=custom["region"],
            endpoint_url=custom["endpoint"],
            aws_access_key_id=custom["accessKeyId"],
            aws_secret_access_key=custom["secretAccessKey"],
            aws_session_token=custom["sessionToken"],
        )
        rotation_function.rotate(client, event)
        return 200, {"X-Amz-Executed-Version": "$LATEST"}, b"null"


@pytest.fixture(params=["http", "https"])
def remote(request, tmp_path, monkeypatch):
    """A bench with a function of its own at a URL of this scheme."""
    authority, pair = certificates.make(tmp_path) if request.param == "https" else (None, None)
    with Function(pair) as function:
        bench = Bench(tmp_path, {"remote": f"{request.param}://localhost:{function.port}"}, authority)
        monkeypatch.setattr(rotation_function, "HERE", bench.code)
        yield bench, function
        bench.close()


def test_a_function_is_invoked_as_by_lambda(remote):
    bench, function = remote
    secret = bench.secret()
    version = bench.rotate(secret, "remote")
    bench.has_rotated(secret, version)
    assert bench.value(secret)["password"] == bench.system() != "old"
    assert [event["Step"] for _, _, event, _ in function.seen] == STEPS
    for path, headers, event, custom in function.seen:
        assert path == f"/2015-03-31/functions/{urllib.parse.quote(ARN, safe='')}/invocations"
        headers = {name.lower(): value for name, value in headers.items()}
        assert headers["x-amz-invocation-type"] == "RequestResponse"
        assert headers["content-type"] == "application/json"
        assert headers["host"] == f"localhost:{function.port}"
        assert headers["x-amz-security-token"] == custom["sessionToken"]
        assert f"/{PRIMARY}/lambda/aws4_request" in headers["authorization"]
        assert sorted(event) == ["ClientRequestToken", "RotationToken", "SecretId", "Step"]
        assert event["SecretId"] == secret and event["ClientRequestToken"] == version
        assert custom["endpoint"] == bench.server.endpoint and custom["region"] == PRIMARY
    # Each step has a session of its own.
    assert len({custom["accessKeyId"] for _, _, _, custom in function.seen}) == 4


ERROR = json.dumps({"errorType": "ValueError", "errorMessage": "no route to the system with the-old-one", "stackTrace": []}).encode()


@pytest.mark.parametrize("remote", ["http"], indirect=True)
@pytest.mark.parametrize(
    "answer, said",
    [
        ((200, {"X-Amz-Function-Error": "Unhandled"}, ERROR), "the function failed: ValueError: no route to the system with ***"),
        ((429, {}, b'{"Type": "User", "Message": "Rate Exceeded."}'), "cannot be run: HTTP status 429 Rate Exceeded."),
    ],
)
def test_a_step_that_failed_is_reported_and_tried_again(remote, answer, said):
    bench, function = remote
    function.failures = [("setSecret", answer)]
    secret = bench.secret({"password": "the-old-one"})
    version = bench.rotate(secret, "remote")
    bench.has_said(said)
    assert bench.value(secret)["password"] == bench.system() == "the-old-one"
    bench.has_rotated(secret, version)
    assert bench.value(secret)["password"] == bench.system() != "the-old-one"
    assert "the-old-one" not in bench.server.stderr.read_text()
