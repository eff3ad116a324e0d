"""Terraform with an unmodified AWS provider from a local mirror."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

PROVIDER = Path("registry.terraform.io/hashicorp/aws/5.100.0")
SECONDS = 600

# Providers that are started again and again: their start is most of a run, and its place on disk is always the same.
_NOISE = re.compile(r"[│╷╵]|\x1b\[[0-9;]*m")


def mirror():
    """The folder with the provider: `TF_PLUGIN_MIRROR`, or the first of Terraform's own places that has it."""
    named = os.environ.get("TF_PLUGIN_MIRROR")
    usual = [Path.home() / ".terraform.d/plugins", Path.home() / ".local/share/terraform/plugins"]
    usual += [Path("/usr/local/share/terraform/plugins"), Path("/usr/share/terraform/plugins")]
    for place in [Path(named)] if named else usual:
        if (place / PROVIDER).is_dir() or list(place.glob(f"{PROVIDER.parent}/*_5.100.0_*.zip")):
            return place
    return None


def require():
    """Skips, and says why, where Terraform or its provider is not to be had."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on the PATH: the Terraform tests did NOT run")
    if mirror() is None:
        pytest.skip(
            "no mirror of Terraform's AWS provider 5.100.0 (set TF_PLUGIN_MIRROR to a folder that has "
            f"{PROVIDER}): the Terraform tests did NOT run"
        )


class Terraform:
    """One configuration in a folder of its own, applied to one endpoint."""

    def __init__(self, source, folder, endpoint, **variables):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        for file in Path(source).glob("*.tf"):
            shutil.copy(file, self.folder)
        settings = self.folder / "terraform.rc"
        settings.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror()}"\n  }}\n}}\n')
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_"))}
        proxies = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
        self.environment = {k: v for k, v in clean.items() if k.lower() not in proxies} | {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "TF_CLI_CONFIG_FILE": str(settings),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "CHECKPOINT_DISABLE": "1",
        }
        self.variables = variables

    def run(self, *arguments, statuses=(0,)):
        """Runs one command; answers its status and what it printed, without colours and frames."""
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
        )
        text = _NOISE.sub("", done.stdout + done.stderr)
        assert done.returncode in statuses, f"terraform {' '.join(arguments)} ended with {done.returncode}:\n{text[-6000:]}"
        return done.returncode, text

    def init(self):
        self.run("init", "-no-color")

    def plan(self, *, statuses=(0,), **changes):
        return self.run("plan", "-no-color", "-detailed-exitcode", *self._given(changes), statuses=statuses)

    def apply(self, **changes):
        """Applies; answers how many resources were added, changed and destroyed. Later commands keep the changes."""
        self.variables |= changes
        _, text = self.run("apply", "-no-color", "-auto-approve", *self._given({}))
        counts = re.search(r"Apply complete! Resources: (?:\d+ imported, )?(\d+) added, (\d+) changed, (\d+) destroyed", text)
        assert counts, text[-2000:]
        return tuple(int(n) for n in counts.groups())

    def destroy(self):
        _, text = self.run("destroy", "-no-color", "-auto-approve", *self._given({}))
        return int(re.search(r"Destroy complete! Resources: (\d+) destroyed", text)[1])

    def outputs(self):
        done = subprocess.run(
            ["terraform", "output", "-json"], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=True
        )
        return {name: output["value"] for name, output in json.loads(done.stdout).items()}

    def check_no_drift(self):
        """A plan right after an apply must be empty."""
        status, text = self.plan(statuses=(0, 2))
        wanted = re.findall(r"^\s+(?:# \S+ (?:will be|must be|has).*|[~+-]/?[~+-]? \S.*)$", text, re.M)
        assert status == 0, "the plan is not empty:\n" + "\n".join(wanted[:30])

    def _given(self, changes):
        return [f"-var={name}={value}" for name, value in (self.variables | changes).items()]
