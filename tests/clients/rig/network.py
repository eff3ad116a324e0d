"""Three servers in network namespaces: links are cut in one direction or both, and the primary's process is killed, while a client uses the
replica region without a pause. `cargo xtask rig network` runs it."""

import argparse
import collections
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from botocore.exceptions import BotoCoreError, ClientError

from support.production import Production, run
from support.server import PRIMARY, REPLICA, binary

THIRD = "us-east-1"
REGIONS = (PRIMARY, REPLICA, THIRD)
ALONE = "CLAVIGER_RIG_ALONE"

# After healing, so many seconds may pass until every region has the last value.
CONVERGES_WITHIN = 10

# Cuts that are shorter and longer than the 10 s after which a link that is half open is given up.
FAULT_SECONDS = (0.5, 2, 5, 13)


def ip(*words):
    subprocess.run(["ip", *map(str, words)], check=True, capture_output=True, text=True)


def until(check, seconds, what):
    deadline = time.monotonic() + seconds
    last = None
    while time.monotonic() < deadline:
        try:
            if check():
                return
        except (ClientError, BotoCoreError, KeyError) as error:
            last = error
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {seconds} s: {last}")


class Site(Production):
    """A server in a namespace of its own, with an address that the others and the client reach by a bridge."""

    def __init__(self, folder, number, region, *options):
        self.namespace, self.address, self.region = f"r{number}", f"10.9.0.{number}", region
        ip("netns", "add", self.namespace)
        ip("link", "add", f"v{number}", "type", "veth", "peer", "name", "eth0", "netns", self.namespace)
        ip("link", "set", f"v{number}", "master", "bridge0", "up")
        ip("-n", self.namespace, "address", "add", f"{self.address}/24", "dev", "eth0")
        ip("-n", self.namespace, "link", "set", "eth0", "up")
        ip("-n", self.namespace, "link", "set", "lo", "up")
        folder.mkdir()
        super().__init__(folder, "--tls-name", self.address, *options, regions=(region,))
        self.edit('["127.0.0.1:0"]', f'["{self.address}:4599"]')
        with open(self.config, "a") as config:
            config.write(f'\n[link]\nlisten = "{self.address}:4602"\n')

    def command(self):
        return ["ip", "netns", "exec", self.namespace, *super().command()]

    def _await_ready(self):
        until(lambda: "Ready in" in self.stdout.read_text() or self.process.poll() is not None, 30, "start")
        assert self.process.poll() is None, self.logs()
        self.endpoint = f"https://{self.address}:4599"

    def cut(self, other):
        """What this site sends to the other is discarded."""
        ip("-n", self.namespace, "route", "add", "blackhole", f"{other.address}/32")

    def heal(self, other):
        ip("-n", self.namespace, "route", "del", "blackhole", f"{other.address}/32")

    def fleet(self, *words, **options):
        done = run("region", *words, "--json", "--config", self.config, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout


class Client(threading.Thread):
    """Decrypts, encrypts and reads a secret in the replica region, over and over."""

    def __init__(self, rig):
        super().__init__(daemon=True)
        self.kms, self.secrets = (rig.client(service, REPLICA) for service in ("kms", "secretsmanager"))
        self.rig, self.done, self.counts, self.failures = rig, threading.Event(), collections.Counter(), []

    def run(self):
        calls = {
            "Decrypt": lambda: self.kms.decrypt(CiphertextBlob=self.rig.blob)["Plaintext"] == b"m",
            "Encrypt": lambda: self.kms.encrypt(KeyId=self.rig.key, Plaintext=b"n")["CiphertextBlob"],
            "GetSecretValue": lambda: self.secrets.get_secret_value(SecretId="db")["SecretString"],
        }
        while not self.done.is_set():
            for name, call in calls.items():
                self.counts[name] += 1
                try:
                    assert call()
                except Exception as error:
                    self.failures.append((name, repr(error)))


class Rig:
    def __init__(self, folder, dice):
        self.dice, self.round = dice, 0
        ip("link", "set", "lo", "up")
        ip("link", "add", "bridge0", "type", "bridge")
        ip("address", "add", "10.9.0.254/24", "dev", "bridge0")
        ip("link", "set", "bridge0", "up")
        options = ([], ["--without-account"], ["--without-account"])
        made = zip(REGIONS, options, strict=True)
        self.sites = [Site(folder / region, n, region, *more).start() for n, (region, more) in enumerate(made, 1)]
        home = self.sites[0]
        for site in self.sites[1:]:
            invitation = json.loads(home.fleet("invite", site.region))["invitation"]
            site.fleet("join", input=invitation)
        self.share()

    def client(self, service, region):
        site = self.sites[REGIONS.index(region)]
        keys = self.sites[0].exports
        return site.client(
            service,
            region,
            key=keys["AWS_ACCESS_KEY_ID"],
            secret=keys["AWS_SECRET_ACCESS_KEY"],
            verify=str(site.data / "tls" / "ca.pem"),
            connect_timeout=5,
        )

    def share(self):
        kms = self.client("kms", PRIMARY)
        self.key = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
        for region in REGIONS[1:]:
            kms.replicate_key(KeyId=self.key, ReplicaRegion=region)
            state = lambda: self.client("kms", region).describe_key(KeyId=self.key)["KeyMetadata"]["KeyState"] == "Enabled"
            until(state, 20, f"the replica in {region}")
        self.blob = kms.encrypt(KeyId=self.key, Plaintext=b"m")["CiphertextBlob"]
        replicas = [{"Region": region, "KmsKeyId": self.key} for region in REGIONS[1:]]
        self.client("secretsmanager", PRIMARY).create_secret(
            Name="db", SecretString="0", KmsKeyId=self.key, AddReplicaRegions=replicas
        )
        self.expect("0", 20)

    def expect(self, value, seconds):
        """Every region has this value within so many seconds. Returns how many it took."""
        begun = time.monotonic()
        readers = [self.client("secretsmanager", region) for region in REGIONS]
        for region, reader in zip(REGIONS, readers, strict=True):
            has = lambda: reader.get_secret_value(SecretId="db")["SecretString"] == value
            until(has, seconds - (time.monotonic() - begun), f"{region} has {value!r}")
        return time.monotonic() - begun

    def fault(self):
        """One fault, a write that is acknowledged meanwhile, and the convergence after it."""
        self.round += 1
        kind, seconds = self.dice.choice(("cut", "one-way cut", "kill")), self.dice.choice(FAULT_SECONDS)
        one, other = self.dice.sample(self.sites, 2)
        writer = self.client("secretsmanager", PRIMARY)
        value = str(self.round)
        if kind == "kill":
            writer.put_secret_value(SecretId="db", SecretString=value)
            self.sites[0].kill()
            time.sleep(seconds)
            self.sites[0].start()
        else:
            cuts = [(one, other), (other, one)][: 2 if kind == "cut" else 1]
            for sender, receiver in cuts:
                sender.cut(receiver)
            writer.put_secret_value(SecretId="db", SecretString=value)
            time.sleep(seconds)
            for sender, receiver in cuts:
                sender.heal(receiver)
        took = self.expect(value, CONVERGES_WITHIN)
        where = PRIMARY if kind == "kill" else f"{one.region} -> {other.region}"
        print(f"round {self.round}: {kind} of {where} for {seconds} s; converged in {took:.2f} s", flush=True)

    def stop(self):
        for site in self.sites:
            if site.process is not None:
                site.process.kill()
                site.process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    if ALONE not in os.environ:
        if not is_permitted():
            print("SKIPPED: the network rig needs root, `ip` and `unshare`: nothing was tested", file=sys.stderr)
            return 0
        command = ["unshare", "--net", "--mount", sys.executable, __file__, *sys.argv[1:]]
        os.execvpe(command[0], command, os.environ | {ALONE: "1"})
    # Namespaces have names below this folder. Here nobody else sees them.
    Path("/run/netns").mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run/netns"], check=True)
    seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    print(f"seed {seed}, {options.seconds} s, {binary()}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder), random.Random(seed))
        try:
            client = Client(rig)
            client.start()
            end = time.monotonic() + options.seconds
            while time.monotonic() < end:
                rig.fault()
            client.done.set()
            client.join(60)
        finally:
            rig.stop()
    print(f"{rig.round} faults; in the replica region {dict(client.counts)} calls, {len(client.failures)} failed")
    for failure in client.failures[:10]:
        print(f"  {failure}")
    return 1 if client.failures or not client.counts else 0


def is_permitted():
    tools = all(shutil.which(tool) for tool in ("ip", "unshare", "mount"))
    probe = ["unshare", "--net", "--mount", "ip", "link", "add", "probe0", "type", "bridge"]
    return tools and subprocess.run(probe, capture_output=True).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
