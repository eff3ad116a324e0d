#!/usr/bin/env python3
"""Signs varied requests with botocore, one JSON array a line, for the mutants of `cargo xtask signatures`.

    make_corpus.py [--requests 300] [--seed 1] > corpus.jsonl

A third comes from boto3's clients of the four services, as a program would send them; the rest has odd paths, queries, headers and
bodies. Each line is: form, access key id, secret, time, method, path, query, headers, body. Header values and bodies are bytes, each
written as the character of its number. Credentials are made up, and the time and the seed are fixed, so two runs write the same lines.
"""

import argparse
import datetime
import json
import random
import sys
import urllib.parse
from hashlib import sha256

import botocore.auth
import botocore.session
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials

NOW = datetime.datetime(2026, 11, 24, 15, 4, 5)
REGIONS = ["eu-west-1", "us-east-1", "cn-north-1", "us-gov-west-1"]
SERVICES = ["kms", "secretsmanager", "sts", "iam"]
KEYS = [("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), ("AKIAI44QH8DHBEXAMPLE", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY")]
SESSION = ("ASIAIOSFODNN7EXAMPLE", "MDENG/bPxRfiCYEXAMPLEKEYwJalrXUtnFEMI/K7")
JSON = "application/x-amz-json-1.1"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--requests", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    rng = random.Random(options.seed)
    makers = [sdk_call, header_form, header_form, query_form, query_form]
    for n in range(options.requests):
        print(json.dumps(makers[n % len(makers)](rng), separators=(",", ":")))


def credentials(rng):
    token = "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", k=rng.choice([12, 80]))) + "=="
    return Credentials(*SESSION, token) if rng.random() < 0.4 else Credentials(*rng.choice(KEYS))


def line(form, given, method, path, query, headers, body):
    def latin(value):
        raw = value if isinstance(value, bytes) else value.encode()
        return raw.decode("latin-1")

    headers = [[name, latin(value)] for name, value in headers]
    stamp = NOW.strftime("%Y%m%dT%H%M%SZ")
    return [form, given.access_key, given.secret_key, stamp, method, path, query, headers, latin(body or b"")]


class Sent(Exception):
    """Holds the request that a client was about to send."""

    def __init__(self, request):
        self.request = request


SESSION_OF_CLIENTS = botocore.session.get_session()


def sdk_call(rng):
    """A call of a botocore client, caught before it is sent."""
    given, service = credentials(rng), rng.choice(SERVICES)
    text = "".join(rng.choices("abc-_/.:äß漢 ", k=rng.randint(1, 12)))
    calls = {
        "kms": [
            ("encrypt", {"KeyId": f"alias/{text}", "Plaintext": rng.randbytes(20), "EncryptionContext": {"a": text}}),
            ("list_keys", {}),
            ("sign", {"KeyId": "alias/s", "Message": rng.randbytes(9), "SigningAlgorithm": "ECDSA_SHA_256"}),
        ],
        "secretsmanager": [
            ("get_secret_value", {"SecretId": text}),
            ("put_secret_value", {"SecretId": "s", "SecretString": text, "ClientRequestToken": "x" * 32}),
        ],
        "sts": [("get_caller_identity", {}), ("assume_role", {"RoleArn": "arn:aws:iam::111122223333:role/x", "RoleSessionName": "one"})],
        "iam": [("list_users", {"PathPrefix": "/"}), ("create_role", {"RoleName": "r", "AssumeRolePolicyDocument": text})],
    }
    client = SESSION_OF_CLIENTS.create_client(
        service,
        region_name=rng.choice(REGIONS[:2]),
        endpoint_url=f"https://{service}.example.test:{rng.choice([443, 4566, 8443])}",
        aws_access_key_id=given.access_key,
        aws_secret_access_key=given.secret_key,
        aws_session_token=given.token,
        config=Config(retries={"total_max_attempts": 1}),
    )

    def stop(request, **_):
        raise Sent(request)

    client.meta.events.register("before-send", stop)
    operation, arguments = rng.choice(calls[service])
    try:
        getattr(client, operation)(**arguments)
    except Sent as sent:
        request = sent.request
    url = urllib.parse.urlsplit(request.url)
    # As HTTP clients send it, and as botocore signs it: without the default port.
    headers = [("Host", url.netloc.removesuffix(":443")), *request.headers.items()]
    # These carry the versions of the machine and of the run, and are never signed.
    headers = [(name, value) for name, value in headers if name.lower() not in ("user-agent", "amz-sdk-invocation-id")]
    return line("header", given, request.method, url.path, url.query, headers, request.body)


def path(rng):
    if rng.random() < 0.5:
        return "/"
    segments = rng.choices(["a", "bc", ".", "..", "", "%20", "%2F", "%2e%2e", "~x", "a;b", "k=v", "@", "a+b", "%C3%BC", "A", "*"], k=rng.randint(1, 5))
    return "/" + "/".join(segments) + rng.choice(["", "/"])


def query(rng):
    # botocore signs the query of a URL as it stands, so it is canonically encoded already.
    names = ["Action", "Version", "a", "A", "b", "a-b", "é", "x y", "=", "&", "empty", "", "~", "X-Amz-Meta"]
    values = ["", "1", "2", "10", "x y", "é漢", "a=b&c", "%41", "-._~", "+", "/", "GetCallerIdentity", "2011-06-15"]
    pairs = [(rng.choice(names), rng.choice(values)) for _ in range(rng.choice([0, 1, 2, 2, 4]))]
    return "&".join(quote(name) if not value and rng.random() < 0.3 and name else f"{quote(name)}={quote(value)}" for name, value in pairs)


def quote(text):
    return urllib.parse.quote(text, safe="-._~")


def headers(rng, service, body):
    if service in ("kms", "secretsmanager"):
        given = [("Content-Type", JSON), ("X-Amz-Target", rng.choice(["TrentService.Encrypt", "TrentService.ListKeys", "secretsmanager.GetSecretValue"]))]
    else:
        given = [("Content-Type", FORM)]
    odd = [
        ("X-Amz-Meta-Note", rng.choice(["  two   words ", "a\tb", "", "grüße", "a,b", "a, b", '"q"'])),
        ("x-amz-content-sha256", sha256(body).hexdigest()),
        ("Accept", "*/*"),
        ("x-k8s-aws-id", "blue"),
        ("If-Match", "a"),
        ("Amz-Sdk-Request", "attempt=1; max=3"),
    ]
    repeated = rng.choice([[], [], [("x-amz-list", "two"), ("x-amz-list", " one ")], [("x-list", "b"), ("x-list", "a"), ("x-list", "a")]])
    given += rng.sample(odd, rng.choice([0, 0, 1, 2])) + repeated
    rng.shuffle(given)
    return given


def body_of(rng, service):
    if service in ("kms", "secretsmanager"):
        return rng.choice([b"{}", b"", b'{"KeyId":"alias/app","Plaintext":"aGVsbG8="}', '{"SecretId":"grüße/漢字"}'.encode()])
    return rng.choice([
        b"Action=GetCallerIdentity&Version=2011-06-15",
        b"Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fx&RoleSessionName=one",
        rng.randbytes(rng.randint(0, 24)),
    ])


def header_form(rng):
    given, service, region = credentials(rng), rng.choice(SERVICES), rng.choice(REGIONS)
    body = body_of(rng, service)
    auth = botocore.auth.SigV4Auth(given, service, region)
    return signed("header", rng, auth, given, service, rng.choice(["POST", "POST", "GET", "PUT"]), headers(rng, service, body), body)


def query_form(rng):
    given, service, region = credentials(rng), rng.choice(SERVICES), rng.choice(REGIONS)
    auth = botocore.auth.SigV4QueryAuth(given, service, region, expires=rng.choice([60, 900, 3600]))
    more = rng.choice([[], [("x-k8s-aws-id", "blue")], [("X-Amz-Meta-Note", " a  b ")]])
    return signed("query", rng, auth, given, service, rng.choice(["GET", "GET", "POST"]), more, b"")


def signed(form, rng, auth, given, service, method, more, body):
    host = f"{service}.example.test" + rng.choice(["", ":8443"])
    question = query(rng)
    request = AWSRequest(method=method, url=f"https://{host}{path(rng)}" + (f"?{question}" if question else ""), data=body)
    request.headers["Host"] = host
    for name, value in more:
        request.headers[name] = value
    auth.add_auth(request)
    url = urllib.parse.urlsplit(request.url)
    return line(form, given, method, url.path, url.query, request.headers.items(), body)


if __name__ == "__main__":
    # Every kind of botocore's signers asks this function for the time.
    botocore.auth.get_current_datetime = lambda *_args, **_kwargs: NOW
    main()
