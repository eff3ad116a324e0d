"""Attack 59: secrets that were planted by every way in and out are in no log, file, audit record, page, answer or refusal.

The server runs with its most verbose log, over TLS and HTTP/2, with root keys that a passphrase opens.
"""

import base64
import json
import os
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from support import canary_plants, canary_refusals, xks_proxy
from support.canaries import Canaries, odd_text, text
from support.canary_server import ACCOUNT, CanaryServer
from support.http_server import HttpServer

PLANTED_AT_LEAST = 200
ROLE = f"arn:aws:iam::{ACCOUNT}:role/rotation"

PLANTS = [
    canary_plants.plaintexts,
    canary_plants.data_keys,
    canary_plants.imported_material,
    canary_plants.external_key_store,
    canary_plants.secret_values,
    canary_plants.rotation,
    canary_plants.credentials,
    canary_refusals.refused_forms,
    canary_refusals.refused_bodies,
    canary_refusals.refused_heads,
    canary_refusals.over_http_2,
    canary_refusals.commands,
]

# The server has no use for these after the answer, and they travel in base64 or wrapped. So their own bytes are nowhere but where the server
# handles them. The buffers of connections, which are not wiped, have the other form.
FORGOTTEN = [
    "plaintext of Encrypt",
    "plaintext of Encrypt by a key pair",
    "plaintext under an external key",
    "data key",
    "bytes of GenerateRandom",
    "private key of GenerateDataKeyPair",
    "shared secret",
    "key material that was refused",
    "value of UpdateSecret",
]

# A Lambda function that repeats all that it was given. It writes the same to a file, from where the test learns it.
REPEATS = '''
import json, os, pathlib, boto3

def lambda_handler(event, context):
    client = boto3.client("secretsmanager", endpoint_url=os.environ["SECRETS_MANAGER_ENDPOINT"])
    value = client.get_secret_value(SecretId=event["SecretId"])["SecretString"]
    given = {name: os.environ[name] for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")}
    told = pathlib.Path(__file__).parent / "told"
    told.mkdir(exist_ok=True)
    part = told / (context.aws_request_id + ".part")
    part.write_text(json.dumps(given | {"token": event.get("RotationToken")}))
    part.rename(part.with_suffix(".json"))
    print(value, given)
    raise RuntimeError(f"REASON with {value} or {value!r} or {json.dumps(value)} as {given['AWS_SECRET_ACCESS_KEY']} {given}")
'''


class Repeats(HttpServer):
    """A function behind Lambda's Invoke that repeats what it was given."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def answer(self, path, headers, body):
        custom = json.loads(base64.b64decode(headers["x-amz-client-context"]))["custom"]
        self.seen.append((custom["secretAccessKey"], custom["sessionToken"], json.loads(body)["RotationToken"]))
        failure = {"errorType": "Refused", "errorMessage": " ".join(self.seen[-1][:2])}
        return 200, {"X-Amz-Function-Error": "Unhandled"}, json.dumps(failure).encode()


def bindings(code, remote, key_file):
    """The functions that rotate: one that repeats in this process, two of another server, one that is built in."""
    url = f"http://127.0.0.1:{remote.port}"
    signs_with = {"accessKeyId": "AKIDINVOKERINVOKER00", "secretAccessKeyFile": str(key_file)}
    functions = {
        "repeats": {"target": f"python:{code}/repeats.py"},
        "remote": {"target": url},
        "signed": {"target": url, "signWith": signs_with},
        "built-in": {"target": "random-password"},
    }
    return [{"function": f"arn:aws:lambda:*:*:function:{name}", "role": ROLE} | rest for name, rest in functions.items()]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The server after everything was planted. It has been stopped."""
    folder = tmp_path_factory.mktemp("canaries")
    code, key_file = folder / "function", folder / "secret-of-the-invoker"
    code.mkdir()
    key_file.write_text(text(40))
    key_file.chmod(0o400)
    with pytest.MonkeyPatch.context() as patched, xks_proxy.Proxy(["key-0"]) as proxy, Repeats() as remote:
        patched.setenv("CLAVIGER_LOG", "trace")
        # The Python that has boto3.
        patched.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        (folder / "bindings.json").write_text(json.dumps({"functions": bindings(code, remote, key_file)}))
        settings = f'[rotation]\nfile = "{folder}/bindings.json"\n[key_stores.proxies]\n"xks.test" = "{proxy.address}"\n'
        made = CanaryServer(folder, text(24), settings)
        made.canaries.add("secret of signWith", key_file.read_text())
        (code / "repeats.py").write_text(REPEATS.replace("REASON", made.names.text("reason of a function")))
        patched.setenv("AWS_CA_BUNDLE", made.exports["AWS_CA_BUNDLE"])
        made.patched, made.remote, made.code = patched, remote, code
        with made:
            for plant in PLANTS:
                plant(made, made.canaries)
            made.look_around()
            made.memory = made.read_memory()
            made.places = {
                "log of the running server": made.log(),
                "audit files of the running server": made.audit_files(),
                "files of the running server": made.other_files(),
                "health pages": made.pages(),
                "files in /proc": made.process_files(),
            }
        made.places |= {
            "log": made.log(),
            "audit files": made.audit_files(),
            "files": made.other_files(),
            "refusals": b"\n".join(made.refusals),
            "answers of Describe and List": b"\n".join(made.shown),
            "output of commands": b"\n".join(made.outputs),
        }
        yield made


def test_enough_was_planted(server):
    assert len(server.canaries) >= PLANTED_AT_LEAST


@pytest.mark.parametrize(
    "place",
    [
        "log of the running server",
        "audit files of the running server",
        "files of the running server",
        "health pages",
        "files in /proc",
        "log",
        "audit files",
        "files",
        "refusals",
        "answers of Describe and List",
        "output of commands",
    ],
)
def test_attack_59_no_secret_is_found(server, place):
    assert server.places[place], "there is nothing to search"
    assert server.canaries.search()(server.places[place]) == {}


def test_audit_records_hold_no_ciphertexts_and_no_tokens(server):
    assert len(server.unrecorded) > 10
    assert server.unrecorded.search()(server.places["audit files"]) == {}


def test_memory_holds_no_secret_that_was_answered(server):
    if server.memory is None:
        pytest.skip("this user may not read the memory of its processes: the search of the memory did NOT run")
    assert all(server.canaries.planted[kind] for kind in FORGOTTEN)
    assert server.canaries.search_raw(FORGOTTEN)(server.memory) == {}
    # The search finds the secret with which the server verifies the root's signatures.
    assert server.canaries.search_raw(["secret of the root access key"])(server.memory)


# --- The search finds what is there -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place, kinds",
    [
        (
            "audit files",
            {
                "description of a key",
                "alias",
                "encryption context",
                "name of a secret",
                "description of a secret",
                "name of a user",
                "name of a session",
                "alias that does not exist",
                "prefix of an import",
            },
        ),
        ("answers of Describe and List", {"description of a key", "description of a secret", "name of a secret", "name of a user"}),
        ("refusals", {"alias that does not exist"}),
        ("log", {"reason of a function"}),
        ("output of commands", {"prefix of an import"}),
        # Names are sealed or hashed in the store. The comment is in `claviger.toml`, in the same folder.
        ("files of the running server", {"comment in the configuration"}),
        ("files", {"comment in the configuration"}),
    ],
)
def test_names_are_found_where_they_belong(server, place, kinds):
    found = {name.rpartition(" (")[0] for name in server.names.search()(server.places[place])}
    if place in ("files of the running server", "files", "log"):
        assert found == kinds
    else:
        assert found >= kinds, kinds - found


def test_the_places_are_what_they_should_be(server):
    assert b"TRACE" in server.places["log"]
    assert (b"h2::" in server.places["log"]) is server.speaks_http_2
    assert b"claviger_requests_total" in server.places["health pages"]
    assert str(server.config).encode() in server.places["files in /proc"]
    names = {name.rpartition("/")[2] for name in server.file_names}
    assert {"store.db", "store.db-wal", "root.sealed", "claviger.toml"} <= names, names
    assert server.places["files of the running server"].count(b"SQLite format 3\0") >= len(server.regions)
    assert len(server.refusals) > 100


def as_xml(text):
    element = ElementTree.Element("a")
    element.text = text
    return ElementTree.tostring(element, "utf-8")


WAYS = {
    "as it is": lambda raw: raw,
    "hex": lambda raw: raw.hex().encode(),
    "upper case hex": lambda raw: raw.hex().upper().encode(),
    "base64": base64.b64encode,
    "base64 after one byte": lambda raw: base64.b64encode(b"x" + raw),
    "URL-safe base64 after two bytes": lambda raw: base64.urlsafe_b64encode(b"xy" + raw),
    "list": lambda raw: str(list(raw)).encode(),
    "repr": lambda raw: repr(raw).encode(),
    "first half": lambda raw: raw[: len(raw) // 2 + 1],
    "last half": lambda raw: raw[len(raw) // 2 - 1 :],
}
WAYS_OF_TEXT = {
    "JSON": lambda raw: json.dumps({"a": raw.decode()}).encode(),
    "JSON in UTF-8": lambda raw: json.dumps({"a": raw.decode()}, ensure_ascii=False).encode(),
    "JSON within JSON": lambda raw: json.dumps(json.dumps(raw.decode(), ensure_ascii=False), ensure_ascii=False).encode(),
    "UTF-16": lambda raw: raw.decode().encode("utf-16-le"),
    "XML": lambda raw: as_xml(raw.decode()),
    "URL": lambda raw: urllib.parse.quote(raw, safe="").encode(),
}


@pytest.mark.parametrize("way", [*WAYS, *WAYS_OF_TEXT])
def test_every_form_is_found(way):
    noise = os.urandom(5000)
    for secret in (os.urandom(32), odd_text(), text()):
        if way in WAYS_OF_TEXT and isinstance(secret, bytes):
            continue
        known, others = Canaries(), Canaries()
        raw = known.add("secret", secret).encode() if isinstance(secret, str) else known.add("secret", secret)
        others.text("other")
        hidden = noise + (WAYS | WAYS_OF_TEXT)[way](raw) + bytes(100) + noise
        assert known.search()(hidden), (way, raw)
        assert not others.search()(hidden) and not known.search()(noise)
