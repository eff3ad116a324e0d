"""Calls from a web page, as a browser sends them for the AWS SDK for JavaScript."""

import pytest

from support import wire
from support.server import Server

PAGE = "http://localhost:3000"
ASKED = "amz-sdk-invocation-id,amz-sdk-request,authorization,content-type,x-amz-date,x-amz-target,x-amz-user-agent"
READ = {"date", "x-amzn-requestid", "x-amz-request-id", "x-amzn-errortype"}


def preflight(endpoint, origin, headers=ASKED):
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": headers}
    return wire.Request("kms", headers=asked, method="OPTIONS").send(endpoint)


def page_call(endpoint, origin, target, body, service="kms"):
    """The request after the preflight: the browser adds the origin to the SDK's signed request."""
    request = wire.json_request(service, target, body).sign(endpoint)
    request.headers["Origin"] = origin
    return request.send(endpoint)


def readable(answer, origin):
    """Whether the browser shows the answer to the page."""
    return answer.headers.get("access-control-allow-origin") in (origin, "*")


@pytest.mark.parametrize("origin", [PAGE, "https://app.localhost:8443", "http://127.0.0.1:5173", "http://[::1]:8080"])
def test_a_page_of_this_machine(server, origin):
    answer = preflight(server.endpoint, origin)
    assert (answer.status, answer.body) == (204, b"")
    assert readable(answer, origin) and answer.headers["vary"] == "origin"
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert set(answer.headers["access-control-allow-headers"].split(",")) == set(ASKED.split(","))
    answer = page_call(server.endpoint, origin, "TrentService.ListKeys", {})
    assert answer.status == 200 and "Keys" in answer.json and readable(answer, origin)
    assert READ <= set(answer.headers["access-control-expose-headers"].split(", "))


def test_a_page_can_read_refusals(server):
    endpoint = server.endpoint
    missing = page_call(endpoint, PAGE, "TrentService.DescribeKey", {"KeyId": "nonsense"})
    assert missing.error == ("NotFoundException", "Invalid keyId 'nonsense'")
    unsigned = wire.json_request("kms", "TrentService.ListKeys", {})
    unsigned.headers["Origin"] = PAGE
    unsigned = unsigned.send(endpoint)
    assert unsigned.error[0] == "MissingAuthenticationTokenException"
    too_large = page_call(endpoint, PAGE, "TrentService.Encrypt", b"x" * (300 * 1024))
    assert too_large.status == 413
    unbuilt = wire.query_request("iam", {"Action": "NoSuchOperation", "Version": "2010-05-08"}).sign(endpoint)
    unbuilt.headers["Origin"] = PAGE
    unbuilt = unbuilt.send(endpoint)
    assert unbuilt.error[0] == "InvalidAction"
    for answer in (missing, unsigned, too_large, unbuilt):
        assert readable(answer, PAGE), answer.headers


def test_any_other_page_is_kept_out(server):
    # The page knows the credentials of dev mode, which are public.
    for origin in ("https://example.com", "http://localhost.example.com", "null"):
        asked = preflight(server.endpoint, origin)
        assert asked.status >= 400 and not readable(asked, origin)
        assert not readable(page_call(server.endpoint, origin, "TrentService.ListKeys", {}), origin)
    plain = wire.json_call(server.endpoint, "kms", "TrentService.ListKeys")
    assert not any(name.startswith("access-control-") or name == "vary" for name in plain.headers)


def test_pages_that_are_named(tmp_path):
    named = "https://app.example:8443"
    with Server(tmp_path, regions=["eu-west-1"], arguments=["--allow-origin", named]) as server:
        for origin in (named, PAGE):
            assert preflight(server.endpoint, origin).status == 204
        assert not readable(preflight(server.endpoint, "https://app.example"), "https://app.example")
    with Server(tmp_path, regions=["eu-west-1"], arguments=["--allow-origin", "*"]) as server:
        assert preflight(server.endpoint, "https://example.com").headers["access-control-allow-origin"] == "*"
