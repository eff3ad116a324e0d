"""A server of `claviger init` and `claviger server`: over TLS, with an account of its own."""

import os
import re
import signal
import subprocess
import time

import boto3
from botocore.config import Config

from support.server import PRIMARY, REGIONS, START_SECONDS, Server, binary

_EXPORT = re.compile(r"^export (\w+)='?([^'\n ]*)'?", re.M)


def init(folder, *options, regions=REGIONS, check=True):
    """Runs `claviger init` with the data folder `folder/data`. Returns the finished process."""
    command = [binary(), "init", "--data", str(folder / "data"), "--listen", "127.0.0.1:0", "--health-listen", "127.0.0.1:0"]
    for region in regions:
        command += ["--region", region]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert not check or done.returncode == 0, done.stderr
    return done


def run(*words, **options):
    """Runs `claviger` with these words. Returns the finished process."""
    if "input" not in options:
        options["stdin"] = subprocess.DEVNULL
    return subprocess.run([binary(), *map(str, words)], capture_output=True, text=True, timeout=60, **options)


class Production(Server):
    """A server that was set up in `folder/data`."""

    def __init__(self, folder, *options, regions=REGIONS):
        super().__init__(folder, data=folder / "data", regions=regions)
        self.exports = dict(_EXPORT.findall(init(folder, *options, regions=regions).stdout))
        self.config = self.data / "claviger.toml"
        self.expected = []

    def command(self):
        return [binary(), "server", "--config", str(self.config)]

    def expects(self, line):
        return any(text in line for text in self.expected)

    def client(self, service, region=PRIMARY, *, key=None, secret=None, verify=None, **config):
        """A client of the account's root, or of another access key."""
        return boto3.session.Session().client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=key or self.exports["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=secret or self.exports["AWS_SECRET_ACCESS_KEY"],
            verify=verify or self.exports.get("AWS_CA_BUNDLE"),
            config=Config(**{"retries": {"total_max_attempts": 1}, "read_timeout": 30} | config),
        )

    def edit(self, before, after):
        """Changes the configuration file."""
        text = self.config.read_text()
        assert before in text, text
        self.config.write_text(text.replace(before, after))

    def reload(self, says):
        """Has the server read its configuration again, and waits until its log says so."""
        seen = self.stderr.read_text().count(says)
        self.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + START_SECONDS
        while self.stderr.read_text().count(says) == seen:
            assert time.monotonic() < deadline, f"the log does not say {says!r}\n{self.logs()}"
            time.sleep(0.005)

    def environment(self):
        """The variables that `init` has printed, with the address where the server listens."""
        base = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        return base | self.exports | {"AWS_ENDPOINT_URL": self.endpoint}
