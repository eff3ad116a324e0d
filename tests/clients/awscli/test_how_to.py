"""The blocks of docs/how-to, run as the scripts that they are."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from support import certificates
from support.issuer import Issuer
from support.postgres import Postgres, binaries
from support.server import Server, binary
from support.sm2 import require_openssl
from support.xks_proxy import ACCESS_KEY_ID, SECRET, Proxy

PAGES = Path(__file__).parents[3] / "docs" / "how-to"


@contextlib.contextmanager
def external_key_stores():
    with Proxy(["cellar-key"]) as proxy:
        arguments = ["--xks-proxy", f"xks.example={proxy.address}"]
        yield WORLD, arguments, {"XKS_ACCESS_KEY_ID": ACCESS_KEY_ID, "XKS_SECRET": SECRET}


@contextlib.contextmanager
def regions_of_china():
    require_openssl()
    yield ("cn-north-1", "cn-northwest-1"), [], {}


@contextlib.contextmanager
def nothing_more():
    yield WORLD, [], {}


WORLD = ("us-east-1", "eu-west-1")

@contextlib.contextmanager
def postgres():
    if binaries() is None or shutil.which("psql") is None:
        pytest.skip("PostgreSQL is not installed: the blocks of rotate-a-database-password.md did NOT run")
    with tempfile.TemporaryDirectory() as folder:
        database = Postgres(Path(folder))
        try:
            arguments = ["--rotation-function", "arn:aws:lambda:*:*:function:rotate-postgres=postgres-single-user"]
            yield WORLD, arguments, {"PGHOST": "127.0.0.1", "PGPORT": str(database.port), "PGUSER": "admin", "PGPASSWORD": "superuser"}
        finally:
            database.kill()


@contextlib.contextmanager
def token():
    with tempfile.TemporaryDirectory() as folder:
        authority, files = certificates.make(Path(folder))
        with Issuer(files) as issuer:
            file = Path(folder) / "token"
            file.write_text(issuer.token())
            yield WORLD, ["--issuer-ca", str(authority)], {"ISSUER": issuer.url, "TOKEN_FILE": str(file)}


# What the blocks of a page need: regions, of which the first is the default, the server's arguments, and variables of the environment.
NEEDS = {"external-key-stores": external_key_stores, "rotate-a-database-password": postgres, "sm2": regions_of_china, "workload-identity": token}


# Pages that start servers of their own: tests/clients/server/test_pages.py runs them. The blocks of the last are for an operator's machine.
ELSEWHERE = {"failover-drill", "rebuild-a-region", "run-a-server"}


@pytest.mark.parametrize("page", sorted(p for p in PAGES.glob("*.md") if p.stem not in ELSEWHERE), ids=lambda page: page.stem)
def test_every_block_runs(page, tmp_path):
    for tool in ("bash", "openssl"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not on the PATH: the blocks of {page.name} did NOT run")
    blocks = re.findall(r"^```sh\n(.*?)^```$", page.read_text(), re.M | re.S)
    assert blocks
    work = tmp_path / "work"
    work.mkdir()
    script = work / "blocks.sh"
    script.write_text("set -euo pipefail\n" + "\n".join(blocks))
    with (
        NEEDS.get(page.stem, nothing_more)() as (regions, arguments, more),
        Server(tmp_path, regions=regions, arguments=arguments) as server,
    ):
        path = os.pathsep.join([str(Path(binary()).parent), str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {
            "PATH": path,
            "HOME": str(work),
            "AWS_ENDPOINT_URL": server.endpoint,
            "AWS_DEFAULT_REGION": regions[0],
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_PAGER": "",
            "LC_ALL": "C.UTF-8",
            **more,
        }
        done = subprocess.run(["bash", "-x", str(script)], cwd=work, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
