"""What operators ask a running server: status, health, metrics and reloads."""

import json
import re
import urllib.error
import urllib.request

import pytest

from support.expect import eventually
from support.production import Production, run
from support.server import PRIMARY, REPLICA

_HEALTH = re.compile(r"health +(http://127\.0\.0\.1:\d+)/readyz")
_SAMPLE = re.compile(r'^(claviger_\w+)(?:\{((?:\w+="[^"\\]*",?)*)\})? (\S+)$')


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    with Production(tmp_path_factory.mktemp("operations")) as running:
        running.health = _HEALTH.search(running.stdout.read_text())[1]
        yield running


def get(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.status, answer.read().decode()


def samples(production):
    """The samples of /metrics, by name and labels. Every line has the form of the text format."""
    found = {}
    for line in get(production.health + "/metrics")[1].splitlines():
        if not line.startswith("# "):
            name, labels, value = _SAMPLE.match(line).groups()
            found[name, labels or ""] = float(value)
    return found


def test_health_and_readiness(production):
    assert get(production.health + "/healthz") == (200, "ok")
    assert get(production.health + "/readyz") == (200, '{"failing":[]}')
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(production.health + "/")
    with refused.value as answer:
        assert answer.code == 404


def test_requests_are_counted_by_region_service_operation_and_status(production):
    labels = f'region="{PRIMARY}",service="kms",operation="DescribeKey",status="4xx"'
    before = samples(production).get(("claviger_requests_total", labels), 0)
    with pytest.raises(Exception, match="NotFoundException"):
        production.client("kms").describe_key(KeyId="alias/none")
    after = samples(production)
    assert after["claviger_requests_total", labels] == before + 1
    for name in ("claviger_connections_open", "claviger_connections_refused_total", "claviger_audit_lag_changes"):
        assert [key for key in after if key[0] == name], name
    for region in (PRIMARY, REPLICA):
        assert after["claviger_region_serving", f'region="{region}"'] == 1


def test_labels_are_bounded(production):
    kms = production.client("kms")
    key = kms.create_key(Description="d")["KeyMetadata"]["KeyId"]
    production.client("iam").create_user(UserName="somebody")
    kms.describe_key(KeyId=key)
    text = get(production.health + "/metrics")[1]
    account = production.client("sts").get_caller_identity()["Account"]
    for secret in (key, account, "somebody", production.exports["AWS_ACCESS_KEY_ID"]):
        assert secret not in text


def test_commits_and_audit_lag(production):
    def commits():
        return samples(production)["claviger_store_commits_total", f'region="{PRIMARY}",outcome="durable"']

    before = commits()
    production.client("kms").create_key()
    assert commits() > before

    def drained():
        assert samples(production)["claviger_audit_lag_changes", f'region="{PRIMARY}"'] == 0

    eventually(drained)


def test_status(production):
    shown = run("status", "--config", production.config)
    assert shown.returncode == 0 and f"{PRIMARY}" in shown.stdout and "serving" in shown.stdout, shown.stderr
    status = json.loads(run("status", "--config", production.config, "--json").stdout)
    assert [region["serving"] for region in status["regions"]] == [True, True]
    assert {region["seal"] for region in status["regions"]} == {"file"}
    assert status["listeners"]["tls"] is True
    assert f"http://{status['listeners']['health']}" == production.health
    socket = production.data / "admin.sock"
    assert socket.is_socket() and socket.stat().st_mode & 0o777 == 0o600


def test_reload_by_a_command(production):
    done = run("config", "reload", "--config", production.config)
    assert done.returncode == 0 and "has taken" in done.stdout, done.stderr
    good = production.config.read_text()
    production.expected.append("goes on with the last good one")
    production.edit("[health]", "[audit]\nfiles = 3\n[health]")
    try:
        refused = run("config", "reload", "--config", production.config)
    finally:
        production.config.write_text(good)
    assert refused.returncode == 1 and "audit.files" in refused.stderr and "start the server again" in refused.stderr


def test_without_a_server_status_says_so(tmp_path):
    server = Production(tmp_path)
    refused = run("status", "--config", server.config)
    assert refused.returncode == 1 and "no server answers" in refused.stderr
