"""Terraform with an unmodified AWS provider, installed by `terraform init` with this machine's CLI configuration."""

import functools
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

VERSION = "5.100.0"
PROVIDER = f"registry.terraform.io/hashicorp/aws/{VERSION}"
SECONDS = 600
# The longest time for the download of the provider, some 150 MB.
INSTALL_SECONDS = 300

# Frames and colours in Terraform's output.
_NOISE = re.compile(r"[│╷╵]|\x1b\[[0-9;]*m")

# Variables that set the source of providers. Other variables of Terraform would change the tests.
_SOURCES = ("TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG", "TF_PLUGIN_CACHE_DIR", "TF_REGISTRY_", "TF_TOKEN_")

_CONFIGURATION = f"""terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "{VERSION}"
    }}
  }}
}}
"""


class Unavailable(Exception):
    """Terraform or its provider is not available. The text is the reason."""


def require():
    """Skips with the reason if Terraform cannot get its provider."""
    try:
        provider_folder()
    except Unavailable as reason:
        pytest.skip(f"{reason}: the Terraform tests did NOT run")


def provider_folder():
    """The folder with the provider, in the layout of a mirror. Terraform installs it once for each run of the tests."""
    outcome = _installed()
    if isinstance(outcome, Unavailable):
        raise outcome
    return outcome


@functools.cache
def _installed():
    # Removed when the process ends.
    _installed.place = tempfile.TemporaryDirectory(prefix="claviger-terraform-")
    try:
        return install(Path(_installed.place.name), os.environ)
    except Unavailable as reason:
        return reason


def install(folder, variables, seconds=INSTALL_SECONDS):
    """Runs `terraform init` with these environment variables to install the provider into a folder.

    The source is the folder `TF_PLUGIN_MIRROR` if that is set. Otherwise Terraform's CLI configuration decides: a file, the
    implied mirrors or the network."""
    if shutil.which("terraform", path=variables.get("PATH")) is None:
        raise Unavailable("terraform is not on the PATH")
    environment = clean(variables) | {k: v for k, v in variables.items() if k.startswith(_SOURCES)}
    mirror = variables.get("TF_PLUGIN_MIRROR")
    if mirror:
        environment["TF_CLI_CONFIG_FILE"] = str(mirrored(folder, mirror))
    (folder / "main.tf").write_text(_CONFIGURATION)
    command = ["terraform", "init", "-no-color", "-input=false"]
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"terraform init did not get the AWS provider {VERSION} within {seconds} s") from None
    providers = folder / ".terraform/providers"
    if done.returncode != 0 or not (providers / PROVIDER).is_dir():
        said = " ".join(_NOISE.sub("", done.stdout + done.stderr).split())
        error = said[said.find("Error:") :][:300]
        where = f"the folder TF_PLUGIN_MIRROR={mirror}" if mirror else "Terraform's own configuration"
        raise Unavailable(f"terraform init cannot get the AWS provider {VERSION} by {where} ({error})")
    return providers


def mirrored(folder, mirror):
    """A CLI configuration in a folder. Providers come from the mirror only."""
    file = Path(folder) / "terraform.rc"
    file.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
    return file


def clean(variables):
    """The environment without the variables that change calls to AWS or the work of Terraform."""
    return {k: v for k, v in variables.items() if not k.startswith(("AWS_", "TF_", "TERRAFORM_"))} | {
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "CHECKPOINT_DISABLE": "1",
    }


class Terraform:
    """One configuration in a folder of its own, applied to one endpoint."""

    def __init__(self, source, folder, endpoint, **variables):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        for file in Path(source).glob("*.tf"):
            shutil.copy(file, self.folder)
        proxies = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
        self.environment = {k: v for k, v in clean(os.environ).items() if k.lower() not in proxies} | {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "TF_CLI_CONFIG_FILE": str(mirrored(self.folder, provider_folder())),
        }
        self.variables = variables

    def run(self, *arguments, statuses=(0,)):
        """Runs one command. Returns its status and its output, without colours and frames."""
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
        """Applies. Returns how many resources were added, changed and destroyed. Later commands keep the changes."""
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
