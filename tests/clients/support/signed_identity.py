"""Services that know a caller by a signed GetCallerIdentity which they send to STS themselves.

Both verifiers are written from the sources of the real ones: aws-iam-authenticator's `pkg/token/token.go`, whose tokens `aws eks get-token`
makes, and `builtin/credential/aws/path_login.go` of Vault and OpenBao.
"""

import base64
import binascii
import datetime
import http.client
import json
import re
import urllib.parse
import xml.etree.ElementTree as ElementTree

from support.clients import ACCOUNT

PREFIX = "k8s-aws-v1."
TOKEN_BYTES_MAX = 4096
CLUSTER_HEADER = "x-k8s-aws-id"
SERVER_HEADER = "X-Vault-AWS-IAM-Server-ID"
PARAMETERS = {
    "action",
    "version",
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-signedheaders",
}


class Malformed(Exception):
    """The verifier has refused a token or a login before it has asked STS."""


class Refused(Exception):
    """STS has refused the request, or its answer cannot be read."""

    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body


def require(condition, reason):
    if not condition:
        raise Malformed(reason)


def exchange(address, method, target, body, headers, host):
    """Sends a request as it is: no header is added but `Host`, and no redirect is followed."""
    where = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in [("Host", host), *headers]:
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


class Authenticator:
    """Verifies tokens for a cluster. The real one takes `https` and the hosts of AWS in place of the address of the server."""

    def __init__(self, cluster, endpoint):
        self.cluster, self.endpoint = cluster, endpoint

    def verify(self, token):
        """The identity that STS gives for the token."""
        require(len(token) <= TOKEN_BYTES_MAX, "token is too large")
        require(token.startswith(PREFIX), "token is missing the prefix")
        coded = token.removeprefix(PREFIX)
        require("=" not in coded, "illegal base64 data")
        try:
            text = base64.b64decode(coded + "=" * (-len(coded) % 4), b"-_", validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Malformed("illegal base64 data") from error
        url, known = urllib.parse.urlsplit(text), urllib.parse.urlsplit(self.endpoint)
        require(url.scheme == known.scheme, "unexpected scheme")
        require(url.netloc == known.netloc, "unexpected hostname")
        require(url.path == "/", "unexpected path")
        found = self._parameters(url.query)
        require(found.get("action") == "GetCallerIdentity", "unexpected action parameter")
        require(CLUSTER_HEADER in found.get("x-amz-signedheaders", "").lower().split(";"), "client did not sign the header")
        require(found.get("x-amz-expires", "").isdigit() and int(found["x-amz-expires"]) <= 900, "invalid X-Amz-Expires")
        try:
            signed = datetime.datetime.strptime(found.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
        except ValueError as error:
            raise Malformed("error parsing X-Amz-Date") from error
        require(self.now() <= signed + datetime.timedelta(minutes=15), "X-Amz-Date parameter is expired")
        return self.ask(f"{url.path}?{url.query}", url.netloc)

    def now(self):
        return datetime.datetime.now(datetime.UTC)

    def ask(self, target, host):
        headers = [(CLUSTER_HEADER, self.cluster), ("accept", "application/json")]
        status, _, body = exchange(self.endpoint, "GET", target, b"", headers, host)
        if status != 200:
            raise Refused(status, body)
        result = json.loads(body)["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
        return canonical(result["Arn"]), result["Account"], result["UserId"]

    @staticmethod
    def _parameters(query):
        found = {}
        for name, value in urllib.parse.parse_qsl(query, keep_blank_values=True):
            require(name.lower() not in found, "duplicate query parameter found")
            require(name.lower() in PARAMETERS, f"non-whitelisted query parameter {name}")
            found[name.lower()] = value
        return found


class Vault:
    """Logs callers in by a signed request. It sends the request to its own STS address and leaves the path, the host and the headers as
    they are."""

    def __init__(self, server_id, endpoint):
        self.server_id, self.endpoint = server_id, endpoint

    def login(self, data):
        """The ARN, the account and the unique id that STS gives for the login."""
        require(data.get("iam_http_request_method") == "POST", "only 'POST' is supported")
        url = urllib.parse.urlsplit(decoded(data, "iam_request_url"))
        body = decoded(data, "iam_request_body")
        form = urllib.parse.parse_qs(body, keep_blank_values=True)
        require(set(form) <= {"Action", "Version"} and form.get("Action") == ["GetCallerIdentity"], "unexpected body")
        headers = [(name, value) for name, values in json.loads(decoded(data, "iam_request_headers")).items() for value in listed(values)]
        given = {}
        for name, value in headers:
            given.setdefault(name.lower(), []).append(value)
        require(SERVER_HEADER.lower() in given, "missing header")
        require(",".join(given[SERVER_HEADER.lower()]) == self.server_id, "unexpected server id")
        require("authorization" in given, "missing Authorization header")
        signed = re.search("SignedHeaders=([^,]+)", ",".join(given["authorization"]))
        require(signed and SERVER_HEADER.lower() in signed[1].split(";"), "vault header wasn't signed")
        target = url.path + (f"?{url.query}" if url.query else "")
        return self.ask(target, body.encode(), headers, url.netloc)

    def ask(self, target, body, headers, host):
        # `host` and `content-length` are set from the URL and the body, whatever the headers say.
        headers = [(name, value) for name, value in headers if name.lower() not in ("host", "content-length")]
        headers.append(("Content-Length", str(len(body))))
        status, answered, text = exchange(self.endpoint, "POST", "/" + target, body, headers, host)
        if status != 200 or answered["Content-Type"] != "text/xml":
            raise Refused(status, text)
        assert text.startswith(("<GetCallerIdentityResponse", "<?xml"))
        result = {element.tag.rpartition("}")[2]: element.text for element in ElementTree.fromstring(text)[0]}
        return canonical(result["Arn"]), result["Account"], result["UserId"].partition(":")[0]


def decoded(data, name):
    require(data.get(name), f"missing {name}")
    try:
        return base64.b64decode(data[name], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Malformed(f"failed to base64 decode {name}") from error


def listed(values):
    return values if isinstance(values, list) else [values]


def canonical(arn):
    """The ARN that rules name: a session's is that of its role, without the path."""
    parts = arn.split(":")
    assert parts[:3] in (["arn", "aws", "iam"], ["arn", "aws", "sts"]) and parts[4] == ACCOUNT, arn
    if parts[5].startswith("assumed-role/"):
        return f"arn:aws:iam::{parts[4]}:role/{parts[5].split('/')[1]}"
    return arn
