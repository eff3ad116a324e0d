"""Requests without an SDK: signed by a signer that can also sign wrongly, and sent over a socket."""

import datetime
import hashlib
import hmac
import http.client
import json
import urllib.parse
import xml.etree.ElementTree as ElementTree

from support.server import PRIMARY

ALGORITHM = "AWS4-HMAC-SHA256"


class Answer:
    """An answer: its bytes and its parsed parts."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """Code and text of an error of either protocol; the text is None where there is none."""
        if self.headers.get("content-type", "").startswith("text/xml"):
            root = ElementTree.fromstring(self.body)
            code, text = root.find(".//{*}Code"), root.find(".//{*}Message")
            return (code.text, None if text is None else text.text)
        body = self.json
        return (body["__type"], body.get("message", body.get("Message")))

    def text(self, name):
        """The text of an element of an XML answer."""
        return ElementTree.fromstring(self.body).find(f".//{{*}}{name}").text


class Request:
    """A request that can be signed rightly or wrongly: its parts can be changed before and after `sign`."""

    def __init__(self, service, body=b"", *, headers=None, method="POST", path="/", query="", region=PRIMARY):
        self.service = service
        self.body = body if isinstance(body, bytes) else body.encode()
        self.headers = dict(headers or {})
        self.method = method
        self.path = path
        self.query = query
        self.region = region
        self.key, self.secret, self.token = "test", "test", None
        self.at = datetime.datetime.now(datetime.UTC)
        self.unsigned = set()
        self.scope_date = None
        self.terminator = "aws4_request"

    def sign(self, endpoint):
        """Adds the headers of a signature over all headers but those in `unsigned`."""
        stamp = self.at.strftime("%Y%m%dT%H%M%SZ")
        self.headers.setdefault("Host", urllib.parse.urlsplit(endpoint).netloc)
        self.headers.setdefault("X-Amz-Date", stamp)
        if self.token is not None:
            self.headers["X-Amz-Security-Token"] = self.token
        values = {name.lower(): " ".join(value.split()) for name, value in self.headers.items()}
        signed = sorted(name for name in values if name not in self.unsigned)
        date = self.scope_date or stamp[:8]
        scope = f"{date}/{self.region}/{self.service}/{self.terminator}"
        canonical = "\n".join(
            [
                self.method,
                self.path,
                self.query,
                *(f"{name}:{values[name]}" for name in signed),
                "",
                ";".join(signed),
                hashlib.sha256(self.body).hexdigest(),
            ]
        )
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = "\n".join([ALGORITHM, stamp, scope, digest])
        signature = signing_key(self.secret, date, self.region, self.service, self.terminator)
        signature = hmac.new(signature, to_sign.encode(), hashlib.sha256).hexdigest()
        self.headers["Authorization"] = (
            f"{ALGORITHM} Credential={self.key}/{scope}, SignedHeaders={';'.join(signed)}, Signature={signature}"
        )
        return self

    def send(self, endpoint):
        """Sends it over a connection of its own."""
        where = urllib.parse.urlsplit(endpoint)
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
        try:
            target = self.path + (f"?{self.query}" if self.query else "")
            connection.putrequest(self.method, target, skip_host=True, skip_accept_encoding=True)
            headers = {"Host": where.netloc, "Content-Length": str(len(self.body))} | self.headers
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(self.body)
            return Answer(connection.getresponse())
        finally:
            connection.close()


def signing_key(secret, date, region, service, terminator):
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, terminator):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def json_request(service, target, body=b"{}", **more):
    """An unsigned request of the JSON protocol."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/x-amz-json-1.1"}
    if target is not None:
        headers["X-Amz-Target"] = target
    return Request(service, raw, headers=headers, **more)


def json_call(endpoint, service, target, body=b"{}", **more):
    """A well-signed call of the JSON protocol with any body."""
    return json_request(service, target, body, **more).sign(endpoint).send(endpoint)


def query_request(service, body, **more):
    """An unsigned request of the query protocol; `body` is a form as text, or its pairs."""
    text = body if isinstance(body, str) else urllib.parse.urlencode(body)
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    return Request(service, text, headers=headers, **more)


def query_call(endpoint, service, body, **more):
    """A well-signed call of the query protocol."""
    return query_request(service, body, **more).sign(endpoint).send(endpoint)


def raw(endpoint, payload, *, seconds=15):
    """Sends bytes unchanged. Returns all bytes until the server closes the connection or a timeout passes."""
    import socket

    where = urllib.parse.urlsplit(endpoint)
    received = b""
    with socket.create_connection((where.hostname, where.port), timeout=seconds) as connection:
        try:
            connection.sendall(payload)
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                received += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass
    return received
