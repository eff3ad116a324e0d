"""`claviger init` and `claviger server`: what is set up, who is let in, and what is refused."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import time
import urllib.parse
import urllib.request
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from support.expect import eventually
from support.production import Production, init, run
from support.server import PRIMARY, REPLICA

TAKEN = "the configuration was read again"
KEPT = "goes on with the last good one"


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    with Production(tmp_path_factory.mktemp("production")) as running:
        yield running


def code(call, **arguments):
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.response["Error"]["Code"]


def test_the_aws_cli_works_over_tls_with_what_init_prints(production):
    program = shutil.which("aws")
    if program is None:
        pytest.skip("the AWS CLI (`aws`) is not on the PATH: this test did NOT run")
    done = subprocess.run(
        [program, "kms", "list-keys", "--output", "json"],
        env=production.environment() | {"AWS_CONFIG_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true"},
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    assert "Keys" in json.loads(done.stdout)


def test_the_root_key_opens_every_region(production):
    for region in (PRIMARY, REPLICA):
        identity = eventually(production.client("sts", region).get_caller_identity)
        assert identity["Arn"] == f"arn:aws:iam::{identity['Account']}:root"
    kms = production.client("kms")
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"p")["CiphertextBlob"]
    kms.replicate_key(KeyId=key, ReplicaRegion=REPLICA)
    other = production.client("kms", REPLICA)
    assert eventually(lambda: other.decrypt(CiphertextBlob=blob))["Plaintext"] == b"p"


def test_credentials_of_developers_and_unknown_accounts_are_refused(production):
    for key, secret in (("test", "test"), ("000000000000", "test"), ("111122223333", "111122223333")):
        assert code(production.client("kms", key=key, secret=secret).list_keys) == "UnrecognizedClientException"
        assert code(production.client("sts", key=key, secret=secret).get_caller_identity) == "InvalidClientTokenId"


def test_the_root_secret_is_in_no_file(production):
    secret = production.exports["AWS_SECRET_ACCESS_KEY"].encode()
    assert len(secret) == 40
    files = [path for path in production.folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert not [path for path in files if secret in path.read_bytes()]


def test_the_first_account_is_in_the_audit_log(production):
    records = (production.data / PRIMARY / "audit.jsonl").read_text().splitlines()
    created = [record for record in map(json.loads, records) if record["eventName"] == "CreateRootAccessKey"]
    assert len(created) == 1
    assert created[0]["additionalEventData"] == {"accessKeyId": production.exports["AWS_ACCESS_KEY_ID"]}


def test_the_api_does_not_answer_health(production):
    address = urllib.parse.urlparse(production.endpoint)
    context = ssl.create_default_context(cafile=production.exports["AWS_CA_BUNDLE"])
    for path in ("/healthz", "/readyz", "/metrics"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"https://localhost:{address.port}{path}", context=context, timeout=20)
        with refused.value as answer:
            text = answer.read().decode()
            assert answer.code in (400, 403, 404), text
            assert "claviger" not in (text + str(answer.headers)).lower()


def test_there_is_no_admin_endpoint(production):
    """A path of dev mode's drills is answered as any other that is not signed, with the header and without."""
    address = urllib.parse.urlparse(production.endpoint)
    context = ssl.create_default_context(cafile=production.exports["AWS_CA_BUNDLE"])

    def answer(path, data, headers):
        request = urllib.request.Request(f"https://localhost:{address.port}{path}", data, headers)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, context=context, timeout=20)
        with refused.value as error:
            id = error.headers["x-amzn-requestid"]
            return error.code, error.read().decode().replace(id, "ID"), sorted(error.headers.keys())

    for command, data in (("regions", None), ("region/down", b"{}"), ("link/heal", b"{}"), ("failover", b"{}")):
        expected = answer("/unknown/path", data, {})
        for headers in ({}, {"x-claviger-admin": "1"}):
            assert answer(f"/_claviger/{command}", data, headers) == expected
    done = run("drill", "status", "--endpoint", production.endpoint)
    assert done.returncode == 2, done.stderr


def handshake(production, **options):
    """Connects and returns the version of TLS, the protocol, and the server's certificate."""
    context = ssl.create_default_context(cafile=production.exports["AWS_CA_BUNDLE"])
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    for name, value in options.items():
        setattr(context, name, value)
    port = urllib.parse.urlparse(production.endpoint).port
    with socket.create_connection(("127.0.0.1", port), timeout=20) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as wrapped:
            return wrapped.version(), wrapped.selected_alpn_protocol(), wrapped.getpeercert(binary_form=True)


def test_tls_1_3_with_1_2_as_the_floor_and_http_2(production):
    assert handshake(production)[:2] == ("TLSv1.3", "h2")
    assert handshake(production, maximum_version=ssl.TLSVersion.TLSv1_2)[0] == "TLSv1.2"
    with warnings.catch_warnings(), pytest.raises(ssl.SSLError, match="(?i)alert.(protocol.version|handshake.failure)"):
        # Python warns of the old version, which the client must still offer here.
        warnings.simplefilter("ignore")
        handshake(production, minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)


def test_a_reload_renews_the_certificate_and_keeps_connections(production):
    kms = production.client("kms", max_pool_connections=1)
    kms.list_keys()
    before = handshake(production)[2]
    connected = connections(production)
    production.reload(TAKEN)
    assert handshake(production)[2] != before
    kms.list_keys()
    assert connections(production) == connected


def connections(production):
    """The client's addresses of connections to the server that are established."""
    port = urllib.parse.urlparse(production.endpoint).port
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    return {line[1] for line in lines if line[2].endswith(f":{port:04X}") and line[3] == "01"}


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (f'[regions.{REPLICA}]\nseal = "file"\n', "", f"regions.{REPLICA}"),
        ("[api]", "[api]\nlistn = 1", "did you mean api.listen"),
        ("generated = true", "generated = false", "tls.generated"),
        ("[health]\nlisten", "[health]\n# listen", "health.listen"),
    ],
)
def test_a_wrong_or_shrunken_configuration_is_not_taken(production, before, after, says):
    production.expected.append(KEPT)
    good = production.config.read_text()
    production.edit(before, after)
    try:
        production.reload(KEPT)
    finally:
        production.config.write_text(good)
    assert says in production.stderr.read_text()
    production.client("kms", REPLICA).list_keys()
    production.reload(TAKEN)


def test_init_touches_nothing_that_is_there(tmp_path):
    first = init(tmp_path)
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    again = init(tmp_path, check=False)
    assert (again.returncode, again.stdout) == (2, "") and "will not touch" in again.stderr
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == files
    assert first.stdout.count("AWS_SECRET_ACCESS_KEY") == 1


def test_what_others_may_use_is_not_used(tmp_path):
    init(tmp_path)
    config = tmp_path / "data" / "claviger.toml"
    for path, mode, fix in (
        ("data", 0o750, "chmod 0700"),
        (f"data/{PRIMARY}", 0o701, "chmod 0700"),
        (f"data/{PRIMARY}/root.key", 0o440, "chmod 0400"),
        ("data/tls/ca.key", 0o444, "chmod 0400"),
        ("data/claviger.toml", 0o620, "chmod go-w"),
    ):
        path = tmp_path / path
        good = path.stat().st_mode
        path.chmod(mode)
        refused = run("server", "--config", config)
        path.chmod(good)
        assert refused.returncode == 1 and fix in refused.stderr and str(path) in refused.stderr, refused.stderr


def test_a_region_without_its_folder_is_not_made_anew(tmp_path):
    # A server with further regions starts without this one, which is then rebuilt: see the tests of the cluster.
    init(tmp_path, regions=[PRIMARY])
    (tmp_path / "data" / PRIMARY).rename(tmp_path / "elsewhere")
    refused = run("server", "--config", tmp_path / "data" / "claviger.toml")
    assert refused.returncode == 1 and f"region {PRIMARY} cannot be opened" in refused.stderr
    assert not (tmp_path / "data" / PRIMARY).exists()


def test_plain_http_beyond_this_machine_is_refused(tmp_path):
    refused = init(tmp_path, "--tls", "none", "--listen", "0.0.0.0:4599", check=False)
    assert refused.returncode == 2 and "there is no TLS" in refused.stderr, refused.stderr
    assert not (tmp_path / "data" / PRIMARY).exists()


def test_the_configuration_is_validated_and_explained(tmp_path):
    init(tmp_path)
    config = tmp_path / "data" / "claviger.toml"
    assert run("config", "validate", config).returncode == 0
    shown = run("config", "explain", "health.listen", "--config", config).stdout
    assert shown.startswith('health.listen = "127.0.0.1:0"') and f"{config}:" in shown
    config.write_text(config.read_text() + "\n[limits]\nhead_seconds = 0\n")
    wrong = run("config", "validate", config)
    assert wrong.returncode == 1 and "limits.head_seconds is 0" in wrong.stderr


def test_requests_in_flight_of_an_account_are_limited_and_the_limit_is_reloaded(production):
    good = production.config.read_text()
    production.config.write_text(good + "\n[limits]\nrequests_in_flight_per_account = 1\n")
    production.reload(TAKEN)
    kms = production.client("kms", max_pool_connections=8)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    codes = set()

    def call(_):
        try:
            kms.generate_data_key_pair(KeyId=key, KeyPairSpec="RSA_3072")
        except ClientError as error:
            codes.add(error.response["Error"]["Code"])

    try:
        with ThreadPoolExecutor(8) as pool:
            for _ in range(10):
                list(pool.map(call, range(8)))
                if codes:
                    break
        assert codes == {"ThrottlingException"}
    finally:
        production.config.write_text(good)
        production.reload(TAKEN)
    codes.clear()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(8)))
    assert not codes


def test_slow_heads_of_one_address_keep_nobody_out(tmp_path):
    server = Production(tmp_path)
    server.config.write_text(server.config.read_text() + "\n[limits]\nconnections = 100\nconnections_per_peer = 50\n")
    with server:
        address = ("127.0.0.1", urllib.parse.urlparse(server.endpoint).port)
        held = []
        try:
            # Half of them never begin a handshake.
            for at in range(300):
                held.append(socket.create_connection(address, timeout=20))
                if at % 2:
                    held[-1].sendall(b"\x16\x03\x01")
            before = time.monotonic()
            with socket.create_connection(address, timeout=20, source_address=("127.0.0.2", 0)) as plain:
                context = ssl.create_default_context(cafile=server.exports["AWS_CA_BUNDLE"])
                with context.wrap_socket(plain, server_hostname="localhost") as wrapped:
                    wrapped.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    assert wrapped.recv(12).startswith(b"HTTP/1.1 ")
            server.client("kms").list_keys()
            assert time.monotonic() - before < 4
        finally:
            for connection in held:
                connection.close()


def test_the_process_leaves_no_core_dump(production):
    limits = Path(f"/proc/{production.process.pid}/limits").read_text()
    assert limits.split("Max core file size")[1].split()[:2] == ["0", "0"]
