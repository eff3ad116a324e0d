#!/usr/bin/env python3
"""Signs a set of requests with botocore and writes them to vectors.json beside this file.

Run it by hand after changing the list below; the result is committed, so the tests need no Python.
The credentials are made up. The time is fixed, so two runs write the same bytes.
"""

import datetime
import json
import pathlib
from hashlib import sha256
from urllib.parse import urlsplit

import botocore
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOW = datetime.datetime(2026, 11, 24, 15, 4, 5)
ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCWV1LXdlc3QtMSJHMEUCIQ+D/z==" + "x" * 300

JSON_BODY = b'{"KeyId":"alias/app","Plaintext":"aGVsbG8="}'
FORM_BODY = b"Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fx"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
IDENTITY = "Action=GetCallerIdentity&Version=2011-06-15"


def kms(operation):
    return {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"TrentService.{operation}"}


def main():
    vectors = [
        header("kms json", "kms", "POST", "/", kms("Encrypt"), JSON_BODY),
        header("kms json with a session token", "kms", "POST", "/", kms("Encrypt"), JSON_BODY, token=TOKEN),
        header("kms json, empty body", "kms", "POST", "/", kms("ListKeys"), b""),
        header("secrets manager, non-ascii body", "secretsmanager", "POST", "/",
               {"content-type": "application/x-amz-json-1.1", "x-amz-target": "secretsmanager.GetSecretValue"},
               '{"SecretId":"grüße/漢字"}'.encode()),
        header("sts form", "sts", "POST", "/", {"content-type": FORM}, FORM_BODY),
        header("iam form with a session token", "iam", "POST", "/", {"content-type": FORM},
               b"Action=ListUsers&Version=2010-05-08", token=TOKEN, region="us-east-1"),
        header("sts get, query sorted and encoded", "sts", "GET", "/?Version=2011-06-15&Action=GetCallerIdentity", {}),
        header("odd query", "sts", "GET", "/?flag&b=%2F%20~&a=2&a=&a=10&%C3%BC=%E6%BC%A2&A=-._", {}),
        header("odd path", "sts", "GET", "/a%20b//c/./d/../%2F/~tilde;x/", {}),
        header("header values to trim", "kms", "POST", "/",
               {**kms("Encrypt"), "x-amz-meta-note": "   a   b\t \tc  "}, JSON_BODY),
        header("non-ascii header value", "kms", "POST", "/",
               {**kms("Encrypt"), "x-amz-meta-note": "grüße 漢字"}, JSON_BODY),
        header("repeated headers", "kms", "POST", "/",
               [*kms("Encrypt").items(), ("x-amz-meta-list", "two"), ("x-amz-meta-list", " one ")], JSON_BODY),
        header("date header instead of x-amz-date", "kms", "POST", "/",
               {**kms("Encrypt"), "date": "to be replaced"}, JSON_BODY),
        header("body digest stated", "kms", "POST", "/",
               {**kms("Encrypt"), "x-amz-content-sha256": sha256(JSON_BODY).hexdigest()}, JSON_BODY),
        header("other headers signed as the Go SDK does", "kms", "POST", "/", {
            **kms("Encrypt"), "content-length": str(len(JSON_BODY)), "amz-sdk-request": "attempt=1; max=3",
            "amz-sdk-invocation-id": "5f3b6d0e-0a7f-4a9b-9c34-1f6f0a3c1a11",
        }, JSON_BODY),
        query("presigned identity", "/?" + IDENTITY),
        query("presigned identity with a session token", "/?" + IDENTITY, token=TOKEN),
        query("presigned identity of a cluster", "/?" + IDENTITY, headers={"x-k8s-aws-id": "blue"}, expires=60),
        query("presigned without other parameters", "/", expires=604800),
    ]
    out = pathlib.Path(__file__).with_name("vectors.json")
    text = json.dumps({"signer": f"botocore {botocore.__version__}", "vectors": vectors}, indent=1, ensure_ascii=False)
    out.write_text(text + "\n", encoding="utf-8")


def header(name, service, method, target, headers, body=b"", token=None, region="eu-west-1"):
    auth = botocore.auth.SigV4Auth(Credentials(ACCESS_KEY_ID, SECRET, token), service, region)
    return sign(auth, name, service, region, method, target, headers, body, token, None)


def query(name, target, token=None, headers=(), expires=900):
    auth = botocore.auth.SigV4QueryAuth(Credentials(ACCESS_KEY_ID, SECRET, token), "sts", "eu-west-1", expires=expires)
    return sign(auth, name, "sts", "eu-west-1", "GET", target, headers, b"", token, expires)


def sign(auth, name, service, region, method, target, headers, body, token, expires):
    host = f"{service}.{region}.example.test:8443"
    request = AWSRequest(method=method, url=f"https://{host}{target}", data=body)
    request.headers["host"] = host
    for key, value in headers if isinstance(headers, list) else dict(headers).items():
        request.headers[key] = value
    auth.add_auth(request)
    url = urlsplit(request.url)
    return {
        "name": name, "service": service, "region": region, "access_key_id": ACCESS_KEY_ID, "secret": SECRET,
        "token": token, "now": NOW.strftime("%Y%m%dT%H%M%SZ"), "expires": expires, "unsigned_target": target,
        "method": method, "path": url.path, "query": url.query,
        "headers": [[key.lower(), value] for key, value in request.headers.items()], "body": body.decode("utf-8"),
    }


if __name__ == "__main__":
    botocore.auth.get_current_datetime = lambda *_args, **_kwargs: NOW
    main()
