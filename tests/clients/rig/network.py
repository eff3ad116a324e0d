"""Three servers in network namespaces: links are cut in one direction or both, the primary's process is killed, and one of two processes is
killed while a key is handed over between them. Meanwhile a client uses the replica region without a pause. `cargo xtask rig network` runs
it, and it prints how many calls of that client succeeded, and how long they took with and without a fault."""

import argparse
import collections
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from botocore.exceptions import BotoCoreError, ClientError

from support.production import Production, run
from support.server import PRIMARY, REPLICA, binary

THIRD = "us-east-1"
PROCESSES = multiprocessing.get_context("fork")
REGIONS = (PRIMARY, REPLICA, THIRD)
ALONE = "CLAVIGER_RIG_ALONE"

# After healing, so many seconds may pass until every region has the last value.
CONVERGES_WITHIN = 10

# The 99th percentile of the calls in the replica region with a fault may be so many times that without one.
SLOWER_MAX = 1.2

# The states of the fleet, for the times of calls: without a fault; with a server that is dead or a link that is cut; and while the rig
# makes a fault or a server starts and catches up, for which it uses this machine's processors too.
HEALTHY, FAULTY, OTHER = range(3)

# The pause between two faults, for calls to compare with.
HEALTHY_SECONDS = 2

# The time from the request to hand a key over until a process is killed: before, between and after the messages of the handover.
HANDOVER_SECONDS = 0.06

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


class Client(PROCESSES.Process):
    """Decrypts, encrypts and reads a secret in the replica region, over and over. A process of its own, so that the rig's work does not
    count as the server's."""

    def __init__(self, rig):
        super().__init__(daemon=True)
        self.rig, self.done, self.results = rig, PROCESSES.Event(), PROCESSES.Queue()

    def run(self):
        kms, secrets = (self.rig.client(service, REPLICA) for service in ("kms", "secretsmanager"))
        calls = {
            "Decrypt": lambda: kms.decrypt(CiphertextBlob=self.rig.blob)["Plaintext"] == b"m",
            "Encrypt": lambda: kms.encrypt(KeyId=self.rig.key, Plaintext=b"n")["CiphertextBlob"],
            "GetSecretValue": lambda: secrets.get_secret_value(SecretId="db")["SecretString"],
        }
        counts, failures, seconds = collections.Counter(), [], ([], [], [])
        while not self.done.is_set():
            for name, call in calls.items():
                counts[name] += 1
                state, begun = self.rig.state.value, time.perf_counter()
                try:
                    assert call()
                except Exception as error:
                    failures.append((name, repr(error)))
                else:
                    seconds[state].append(time.perf_counter() - begun)
        p99 = [sorted(all_of)[len(all_of) * 99 // 100] if all_of else None for all_of in seconds]
        self.results.put((dict(counts), failures, p99))

    def end(self):
        """Ends the calls. Keeps how many there were, the failures, and the 99th percentile in each state."""
        self.done.set()
        self.counts, self.failures, self.p99 = self.results.get(timeout=60)

    def report(self):
        """What is printed in the end."""
        done, failed = sum(self.counts.values()), len(self.failures)
        lines = [f"in the replica region {self.counts} calls, {failed} failed: {100 * (done - failed) / max(done, 1):.4f} % succeeded"]
        healthy, faulty, _ = self.p99
        if healthy is None or faulty is None:
            return lines
        verdict = "met" if faulty <= SLOWER_MAX * healthy else "MISSED"
        times = f"{1000 * faulty:.1f} ms with a fault, {1000 * healthy:.1f} ms without"
        return [*lines, f"99th percentile: {times}: {faulty / healthy:.2f} times; the goal of at most {SLOWER_MAX} is {verdict}"]


class Rig:
    def __init__(self, folder, dice):
        self.dice, self.round = dice, 0
        self.state = PROCESSES.Value("i", HEALTHY)
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
        self.moving = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
        for region in REGIONS[1:]:
            kms.replicate_key(KeyId=self.moving, ReplicaRegion=region)
        self.moving_blob = kms.encrypt(KeyId=self.moving, Plaintext=b"m")["CiphertextBlob"]
        self.agree(20)

    def expect(self, value, seconds):
        """Every region has this value within so many seconds. Returns how many it took."""
        begun = time.monotonic()
        readers = [self.client("secretsmanager", region) for region in REGIONS]
        for region, reader in zip(REGIONS, readers, strict=True):
            has = lambda: reader.get_secret_value(SecretId="db")["SecretString"] == value
            until(has, seconds - (time.monotonic() - begun), f"{region} has {value!r}")
        return time.monotonic() - begun

    def agree(self, seconds):
        """Within so many seconds all regions name one primary of the key that is handed over, and each opens what any of them encrypts.
        Returns the primary, and how long it took."""
        begun = time.monotonic()
        clients = {region: self.client("kms", region) for region in REGIONS}
        described = lambda: [kms.describe_key(KeyId=self.moving)["KeyMetadata"] for kms in clients.values()]

        def settled():
            keys = described()
            places = {key["MultiRegionConfiguration"]["PrimaryKey"]["Region"] for key in keys}
            return len(places) == 1 and all(key["KeyState"] == "Enabled" for key in keys)

        until(settled, seconds, "the regions agree on the primary of a key")
        took = time.monotonic() - begun
        primaries = [
            region
            for region, key in zip(REGIONS, described(), strict=True)
            if key["MultiRegionConfiguration"]["MultiRegionKeyType"] == "PRIMARY"
        ]
        assert len(primaries) == 1, f"there are the primaries {primaries}"
        blobs = [self.moving_blob] + [kms.encrypt(KeyId=self.moving, Plaintext=b"m")["CiphertextBlob"] for kms in clients.values()]
        assert all(kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"m" for kms in clients.values() for blob in blobs)
        return primaries[0], took

    def kill_in_handover(self):
        """Kills one of two processes while they hand a key over. The replica region's stays."""
        before, _ = self.agree(CONVERGES_WITHIN)
        after = {PRIMARY: THIRD, THIRD: PRIMARY}[before]
        self.client("kms", before).update_primary_region(KeyId=self.moving, PrimaryRegion=after)
        time.sleep(self.dice.uniform(0, HANDOVER_SECONDS))
        victim = self.sites[REGIONS.index(self.dice.choice((before, after)))]
        victim.kill()
        self.last(self.dice.choice(FAULT_SECONDS[:2]))
        victim.start()
        primary, took = self.agree(CONVERGES_WITHIN)
        print(
            f"round {self.round}: kill of {victim.region} while a key goes from {before} to {after}; "
            f"its only primary is {primary}, in agreement after {took:.2f} s",
            flush=True,
        )

    def fault(self):
        """One fault, a write that is acknowledged meanwhile, and the convergence after it."""
        self.round += 1
        self.state.value = OTHER
        kind = self.dice.choice(("cut", "one-way cut", "kill", "kill in a handover"))
        if kind == "kill in a handover":
            self.kill_in_handover()
        else:
            self.cut_or_kill(kind, self.dice.choice(FAULT_SECONDS))
        self.state.value = HEALTHY
        time.sleep(HEALTHY_SECONDS)

    def last(self, seconds):
        """Leaves a fault as it is for so long."""
        self.state.value = FAULTY
        time.sleep(seconds)
        self.state.value = OTHER

    def cut_or_kill(self, kind, seconds):
        one, other = self.dice.sample(self.sites, 2)
        writer = self.client("secretsmanager", PRIMARY)
        value = str(self.round)
        if kind == "kill":
            writer.put_secret_value(SecretId="db", SecretString=value)
            self.sites[0].kill()
            self.last(seconds)
            self.sites[0].start()
        else:
            cuts = [(one, other), (other, one)][: 2 if kind == "cut" else 1]
            for sender, receiver in cuts:
                sender.cut(receiver)
            writer.put_secret_value(SecretId="db", SecretString=value)
            self.last(seconds)
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
            client.end()
        finally:
            rig.stop()
    print(f"{rig.round} faults")
    print("\n".join(client.report()))
    for failure in client.failures[:10]:
        print(f"  {failure}")
    return 1 if client.failures or not client.counts else 0


def is_permitted():
    tools = all(shutil.which(tool) for tool in ("ip", "unshare", "mount"))
    probe = ["unshare", "--net", "--mount", "ip", "link", "add", "probe0", "type", "bridge"]
    return tools and subprocess.run(probe, capture_output=True).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
