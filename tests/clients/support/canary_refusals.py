"""Sends secrets in requests that are refused, over HTTP/2, and through the commands of `claviger`."""

import base64
import shutil
import subprocess
import urllib.parse
import uuid

from support import wire
from support.canaries import text
from support.clients import unique
from support.server import PRIMARY


def refused_forms(server, canaries):
    # Not the `TokenCode` of an MFA device: AWS repeats one of a wrong form in its refusal.
    for service, version, action, member in (
        ("sts", "2011-06-15", "AssumeRoleWithWebIdentity", "WebIdentityToken"),
        ("sts", "2011-06-15", "AssumeRoleWithSAML", "SAMLAssertion"),
        ("sts", "2011-06-15", "AssumeRole", "SecretAccessKey"),
        ("iam", "2010-05-08", "CreateLoginProfile", "Password"),
        ("iam", "2010-05-08", "ChangePassword", "NewPassword"),
        ("iam", "2010-05-08", "UploadServerCertificate", "PrivateKey"),
        ("iam", "2010-05-08", "CreateUser", "Password"),
    ):
        for value in (canaries.text("parameter that was refused"), canaries.odd_text("parameter that was refused")):
            pairs = {"Action": action, "Version": version, member: value, "SerialNumber": "s"}
            server.refused_form(service, pairs)
    broken = f"Action=CreateLoginProfile&Version=2010-05-08&Password={canaries.text('parameter that was refused')}%zz%f"
    server.refused_form("iam", broken)


def refused_bodies(server, canaries):
    sm, kms = "secretsmanager", "kms"
    create, encrypt, decrypt = "secretsmanager.CreateSecret", "TrentService.Encrypt", "TrentService.Decrypt"

    def new():
        return canaries.text("value in a body that was refused")

    def coded():
        return base64.b64encode(new().encode()).decode()

    too_long = "x" * 70_000
    for service, target, body in (
        # What is no JSON.
        (sm, create, f'{{"Name": "n", "SecretString": "{new()}"'),
        (sm, create, f'{{"Name": "n", "SecretString": "{new()}",}}'),
        (sm, create, f'{{"Name": "n", "SecretString": {new()}}}'),
        (sm, create, f'{{"Name": "n", "SecretString": "{new()}\\ud800"}}'),
        (sm, create, f'{{"Name": "n", "SecretString": "{new()}\\q"}}'),
        (sm, create, f'{{"Name": "n", "SecretString": "{new()}", "SecretString": "{new()}"}}'),
        (sm, create, b'{"Name": "n", "SecretString": "' + new().encode() + b'\xff"}'),
        (sm, create, f"'{new()}'"),
        (sm, create, f'"{new()}"'),
        (sm, create, f'["{new()}"]'),
        (sm, create, new()),
        (sm, create, f"SecretString={new()}&Name=n"),
        (kms, encrypt, f'{{"KeyId": "alias/none", "Plaintext": "{coded()}'),
        (kms, encrypt, f'{{"KeyId": "alias/none", "Plaintext": {coded()}}}'),
        # Members of a wrong name, type, form or length.
        (sm, create, {"Name": "n", "SecretStrin": new(), "SecretBinary": "!"}),
        (sm, create, {"Name": "n", "SecretString": [new()]}),
        (sm, create, {"Name": "n", "SecretString": {new(): new()}}),
        (sm, create, {"Name": "n", "SecretString": new() + too_long}),
        (sm, create, {"Name": "n", "SecretBinary": new() + "!"}),
        (sm, create, {"Name": "n", "SecretBinary": base64.b64encode(new().encode() + too_long.encode()).decode()}),
        (sm, create, {"Name": "", "SecretString": new()}),
        (sm, create, {"SecretString": new()}),
        (sm, create, {"Name": "n", "SecretString": new(), "Tags": [{"Key": "k", "Valu": new()}, "t"]}),
        (sm, create, {"Name": "n", "SecretString": new(), "SecretBinary": coded()}),
        (sm, create, {"Name": "a b", "SecretString": new()}),
        (sm, create, {"Name": "n", "SecretString": new(), "KmsKeyId": "alias/none"}),
        (sm, create, {"Name": "n", "SecretString": new(), "ClientRequestToken": "short"}),
        (sm, "secretsmanager.PutSecretValue", {"SecretId": "none", "SecretString": new()}),
        (sm, "secretsmanager.UpdateSecret", {"SecretId": "none", "SecretString": new()}),
        (sm, "secretsmanager.NoSuchOperation", {"SecretString": new()}),
        (sm, "secretsmanager.ListSecrets", {"SecretString": new(), "MaxResults": 0}),
        (kms, encrypt, {"KeyId": "alias/none", "Plaintext": coded()}),
        (kms, encrypt, {"KeyId": "alias/none", "Plaintext": new() + "!"}),
        (kms, encrypt, {"KeyId": "alias/none", "Plaintext": base64.b64encode(new().encode() * 200).decode()}),
        (kms, encrypt, {"KeyId": "alias/none", "Plaintext": [coded()]}),
        (kms, encrypt, {"KeyId": "alias/none", "Plaintxt": coded(), "Plaintext": 1}),
        (kms, encrypt, {"Plaintext": coded()}),
        (kms, decrypt, {"CiphertextBlob": coded()}),
        (kms, "TrentService.NoSuchOperation", {"Plaintext": coded()}),
        (kms, "TrentService.ImportKeyMaterial", {"KeyId": "alias/none", "ImportToken": coded(), "EncryptedKeyMaterial": coded()}),
        (kms, encrypt, f'{{"KeyId": "alias/none", "Plaintext": {"[" * 200}"{new()}"{"]" * 200}}}'),
    ):
        if isinstance(body, dict) and service == sm:
            body = {"ClientRequestToken": str(uuid.uuid4())} | body
        server.refused_request(service, target, body.encode() if isinstance(body, str) else body)
    # A body beyond the limit, a signature that does not fit, and an unknown caller.
    server.refused_request(sm, create, {"Name": "n", "SecretString": new() * 20_000})
    server.refused_request(sm, create, {"Name": "n", "SecretString": new()}, secret=canaries.text("wrong secret key"))
    server.refused_request(sm, create, {"Name": "n", "SecretString": new()}, key="AKIAUNKNOWNUNKNOWN00")


def refused_heads(server, canaries):
    def header(name, value):
        return lambda request: request.headers.update({name: value})

    listed = ("kms", "TrentService.ListKeys", b"{}")
    password = base64.b64encode(b"user:" + canaries.text("password in a header").encode()).decode()
    server.refused_request(*listed, edit=header("Authorization", f"Basic {password}"))
    server.refused_request(*listed, edit=header("Authorization", f"Bearer {canaries.text('password in a header')}"))
    server.refused_request(*listed, token=canaries.text("forged session token"))
    # A token in a URL, as in one that was signed for a browser.
    token = canaries.text("forged session token")
    query = urllib.parse.urlencode({"Action": "GetCallerIdentity", "Version": "2011-06-15", "X-Amz-Security-Token": token})
    answer = server.request(wire.Request("sts", method="GET", query=query))
    assert answer.status >= 400
    # The secret in the place of the name of the key.
    swapped = canaries.add("secret as an access key id", text(40))
    server.refused_request(*listed, key=swapped, secret=server.key)


def over_http_2(server, canaries):
    program = shutil.which("curl")
    if program is None or b"HTTP2" not in subprocess.run([program, "--version"], capture_output=True).stdout:
        return
    for status, body in ((200, {"Name": unique("http-2")}), (400, {"Name": ""})):
        body |= {"SecretString": canaries.text("value over HTTP/2"), "ClientRequestToken": str(uuid.uuid4())}
        request = wire.json_request("secretsmanager", "secretsmanager.CreateSecret", body)
        request.key, request.secret = server.key, server.secret
        request.sign(server.endpoint)
        command = [program, "-sS", "--http2", "--cacert", server.exports["AWS_CA_BUNDLE"], "-o", "-", "-w", "%{http_version} %{http_code}"]
        for name, value in request.headers.items():
            command += ["-H", f"{name}: {value}"]
        done = subprocess.run([*command, "--data-binary", "@-", server.endpoint + "/"], input=request.body, capture_output=True, timeout=60)
        assert done.stdout.endswith(f"2 {status}".encode()), (done.stdout, done.stderr)
        server.refusals.append(done.stdout)
    server.speaks_http_2 = True


def commands(server, canaries):
    reach = ["--endpoint", server.endpoint, "--region", PRIMARY, "--ca", server.exports["AWS_CA_BUNDLE"]]
    file = server.folder / "variables"
    file.write_text("".join(f"CANARY_{number}={canaries.text('value that a command imports')}\n" for number in range(4)))
    prefix = server.names.text("prefix of an import")
    server.command_line("import", "dotenv", file, "--prefix", prefix, "--dry-run", *reach)
    server.command_line("import", "dotenv", file, "--prefix", prefix, *reach)
    passphrase = server.folder / "export-passphrase"
    passphrase.write_text(canaries.text("passphrase of an export"))
    passphrase.chmod(0o400)
    server.command_line("export", "exported.age", "--filter", prefix, "--passphrase-file", passphrase, *reach)
    server.outputs.append((server.folder / "exported.age").read_bytes())
    server.command_line("status", "--config", server.config)
    server.command_line("config", "explain", "--config", server.config)
    server.command_line("config", "reload", "--config", server.config)
