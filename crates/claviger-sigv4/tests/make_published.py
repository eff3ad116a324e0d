#!/usr/bin/env python3
"""Collects the signatures that AWS has published for its own signers into published.json beside this file.

Run it by hand after changing the tables below; the result is committed, so the tests need neither Python nor the sources.

    make_published.py RUST_CRATE JS_PACKAGE GO_MODULE

The sources, all under the Apache License 2.0:

- RUST_CRATE: the folder of the crate aws-sigv4 1.6.4. Its aws-signing-test-suite is AWS's SigV4 test suite in its present form: each
  request in the header form and in the query form, and the same requests under SigV4a.
- JS_PACKAGE: the folder of the npm package @aws-sdk/signature-v4 3.127.0. Its suite.fixture.js is the suite's first form.
- GO_MODULE: the folder of github.com/aws/aws-sdk-go-v2 1.17.1. Its tests build their requests in code, so the requests are repeated
  here, and the script checks that the signatures are in the tests.

Requests, canonical requests and signatures are taken as they are. Added are the reasons for which Claviger refuses some of them.
"""

import json
import pathlib
import subprocess
import sys
import urllib.parse

SUITE_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
# The made-up credentials of the Rust crate's own tests.
RUST_SECRETS = {"AKIDEXAMPLE": SUITE_SECRET, "ANOTREAL": "notrealrnrELgWzOk3IfjzDKtFBhDby"}

UNNORMALIZED = "signed over the path as it stands, as S3 alone has it; all other services sign the normalized path"
UNSIGNED_TOKEN = "the session token was added after signing, so anyone could replace it"
ESCAPE = "the path has an incomplete percent escape"
SINGLY = "signed over a path that is not encoded once more, which a caller of S3 or of its own server asks for"

# Vectors that Claviger refuses by a rule, with the rule.
REFUSED = {
    **{
        f"{name}-unnormalized, {form}": UNNORMALIZED
        for name in ("get-relative", "get-relative-relative", "get-slash-dot-slash", "get-slash-pointless-dot", "get-slash", "get-slashes")
        for form in ("header", "query")
    },
    "post-sts-header-after, header": UNSIGNED_TOKEN,
    "post-sts-header-after, query": UNSIGNED_TOKEN,
    "token excluded": UNSIGNED_TOKEN,
    "TestSignRequest": ESCAPE,
    "TestPresignRequest": ESCAPE,
    "TestPresignBodyWithArrayRequest": ESCAPE,
    "TestStandaloneSign_CustomURIEscape": SINGLY,
}


def main():
    rust, js, go = map(pathlib.Path, sys.argv[1:])
    vectors = [
        *suite(rust / "aws-signing-test-suite/v4"),
        *suite(rust / "aws-signing-test-suite/v4a", v4a=True),
        *rust_tests(rust / "src/http_request/sign.rs"),
        *javascript(js / "dist-cjs/suite.fixture.js"),
        *golang(go / "aws/signer/v4"),
    ]
    names = {vector["name"] for vector in vectors}
    unused = [name for name in REFUSED if name not in names]
    assert not unused, unused
    lines = [json.dumps(vector, ensure_ascii=False, separators=(",", ":")) for vector in vectors]
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    pathlib.Path(__file__).with_name("published.json").write_text(text, encoding="utf-8")
    print(len(vectors), "vectors,", len(text.encode()), "bytes")


def vector(source, name, service, region, now, secret, request, canonical=None):
    """`request` is method, path, query, headers and body."""
    method, path, query, headers, body = request
    made = {"source": source, "name": name, "service": service, "region": region, "now": now, "secret": secret}
    made |= {"method": method, "path": path, "query": query}
    made |= {"headers": [[header.lower(), value] for header, value in headers], "body": body}
    if canonical is not None:
        made["canonical"] = canonical
    if name in REFUSED and source != "sigv4a suite":
        made["refused"] = REFUSED[name]
    return made


def suite(folder, v4a=False):
    for case in sorted(folder.iterdir()):
        for form in ("header", "query"):
            signed = case / f"{form}-signed-request.txt"
            if not signed.exists():  # two older cases have the header form only
                continue
            request = read(signed.read_text(encoding="utf-8"))
            key, now, region, service = scope(request, v4a)
            # SigV4a is refused before anything is computed, so its canonical requests are not needed.
            canonical = None if v4a else (case / f"{form}-canonical-request.txt").read_text(encoding="utf-8")
            if case.name == "double-encode-path":  # its canonical request is for another date than its signature
                canonical = None
            source = "sigv4a suite" if v4a else "suite"
            yield vector(source, f"{case.name}, {form}", service, region, now, RUST_SECRETS[key], request, canonical)


def read(text):
    """The request of one file: a line, headers, an empty line, the body. Folded lines are joined, as an HTTP reader once did."""
    head, _, body = text.partition("\n\n")
    first, *lines = head.split("\n")
    method, target = first.split(" ", 1)
    path, _, query = target.removesuffix(" HTTP/1.1").partition("?")
    headers = []
    for line in filter(None, lines):
        if line[0] == " ":
            headers[-1][1] += line
        else:
            headers.append(line.split(":", 1))
    return method, path, query, headers, body


def scope(request, v4a=False):
    headers = {name.lower(): value for name, value in request[3]}
    if "authorization" in headers:
        credential = headers["authorization"].split("Credential=")[1].split(",")[0]
        now = headers["x-amz-date"]
    else:
        query = dict(urllib.parse.parse_qsl(request[2]))
        credential, now = query["X-Amz-Credential"], query["X-Amz-Date"]
    key, _date, *rest = credential.split("/")
    return key, now, *(("", rest[0]) if v4a else rest[:2])


def rust_tests(file):
    """The requests that the crate's unit tests build, with the signatures that they expect."""
    source, now = file.read_text(encoding="utf-8"), "20150830T123600Z"

    def made(name, signed, signature, *extra):
        assert signature in source, signature
        authorization = (
            f"AWS4-HMAC-SHA256 Credential=ANOTREAL/20150830/us-east-1/service/aws4_request, SignedHeaders={signed}, Signature={signature}"
        )
        headers = [("host", "some-endpoint.some-region.amazonaws.com"), ("x-amz-date", now), *extra, ("authorization", authorization)]
        return vector("rust", name, "service", "us-east-1", now, RUST_SECRETS["ANOTREAL"], ("GET", "/", "", headers, ""))

    names = "host;some-header;x-amz-date"
    yield made("headers utf8", names, "55e16b31f9bde5fd04f9d3b780dd2b5e5f11a5219001f91a8ca9ec83eaf1618f", ("some-header", "テスト"))
    yield made("space trimming", names, "244f2a0db34c97a528f22715fe01b2417b7750c8a95c7fc104a3c48d81d84c08", ("some-header", " \u00a0test  test   "))
    yield made(
        "token excluded",
        "host;x-amz-date",
        "ab32de057edf094958d178b3c91f3c8d5c296d526b11da991cd5773d09cea560",
        ("x-amz-security-token", "notarealsessiontoken"),
    )


def javascript(file):
    show = f"process.stdout.write(JSON.stringify(require({json.dumps(str(file.resolve()))}).requests))"
    for case in json.loads(subprocess.run(["node", "-e", show], capture_output=True, check=True).stdout):
        request = case["request"]
        pairs = [(name, one) for name, value in request["query"].items() for one in (value if isinstance(value, list) else [value])]
        query = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
        headers = [*request["headers"].items(), ("authorization", case["authorization"])]
        parts = (request["method"], request["path"], query, headers, request.get("body", ""))
        yield vector("javascript", case["name"], "service", "us-east-1", "20150830T123600Z", SUITE_SECRET, parts)


def quote(text):
    return urllib.parse.quote(text, safe="-._~")


def golang(folder):
    """TestSignRequest and the others of v4_test.go and functional_test.go."""
    source = (folder / "v4_test.go").read_text() + (folder / "functional_test.go").read_text()
    now, path = "19700101T000000Z", "/bucket/key-._~,!@#$%^&*()"
    other = "some-value=!@#$%^&* (+)"
    common = [
        ("host", "dynamodb.us-east-1.amazonaws.com"),
        ("content-length", "2"),
        ("content-type", "application/x-amz-json-1.0"),
        ("x-amz-meta-other-header", other),
        ("x-amz-meta-other-header_with_underscore", other),
        ("x-amz-meta-other-header_with_underscore", other),
    ]
    names = "content-length;content-type;host;x-amz-meta-other-header;x-amz-meta-other-header_with_underscore"

    def made(name, service, region, request):
        return vector("go", name, service, region, now, "SECRET", request)

    def authorization(service, region, signed, signature):
        assert signature in source, signature
        credential = f"Credential=AKID/19700101/{region}/{service}/aws4_request"
        return "authorization", f"AWS4-HMAC-SHA256 {credential}, SignedHeaders={signed}, Signature={signature}"

    signed = names.replace("host;", "host;x-amz-date;") + ";x-amz-security-token;x-amz-target"
    yield made("TestSignRequest", "dynamodb", "us-east-1", (
        "POST", path, "",
        [
            *common, ("x-amz-date", now), ("x-amz-security-token", "SESSION"), ("x-amz-target", "prefix.Operation"),
            authorization("dynamodb", "us-east-1", signed, "a518299330494908a70222cec6899f6f32f297f8595f6df1776d998936652ad9"),
        ],
        "{}",
    ))
    for name, query, signature in (
        ("TestPresignRequest", "", "122f0b9e091e4ba84286097e2b3404a1f1f4c4aad479adda95b7dff0ccbe5581"),
        ("TestPresignBodyWithArrayRequest", "Foo=z&Foo=o&Foo=m&Foo=a&", "e3ac55addee8711b76c6d608d762cff285fe8b627a057f8b5ec9268cf82c08b1"),
    ):
        assert signature in source, signature
        query += (
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F19700101%2Fus-east-1%2Fdynamodb%2Faws4_request"
            f"&X-Amz-Date={now}&X-Amz-Expires=300&X-Amz-Security-Token=SESSION&X-Amz-SignedHeaders={quote(names)}"
            f"&X-Amz-Target=prefix.Operation&X-Amz-Signature={signature}"
        )
        yield made(name, "dynamodb", "us-east-1", ("POST", path, query, common, "{}"))
    for name, region, host, path, query, signature in (
        (
            "TestStandaloneSign", "us-west-2", "hostname-clusterkey.us-west-2.es.amazonaws.com", "/logs-%2A/_search", "pretty=true",
            "79d0760751907af16f64a537c1242416dacf51204a7dd5284492d15577973b91",
        ),
        (
            "TestStandaloneSign_CustomURIEscape", "us-east-1", "subdomain.us-east-1.es.amazonaws.com", "/log-%2A/_search", "",
            "6601e883cc6d23871fd6c2a394c5677ea2b8c82b04a6446786d64cd74f520967",
        ),
    ):
        headers = [
            ("host", host), ("x-amz-date", now), ("x-amz-security-token", "SESSION"),
            authorization("es", region, "host;x-amz-date;x-amz-security-token", signature),
        ]
        yield made(name, "es", region, ("GET", path, query, headers, ""))


if __name__ == "__main__":
    main()
