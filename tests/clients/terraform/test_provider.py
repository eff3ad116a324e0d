"""The source of the provider for the Terraform tests, and their skip with a reason if there is none."""

import os
import shutil

import pytest

from support import terraform


@pytest.fixture
def variables():
    """The environment without variables about Terraform."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on the PATH: the Terraform tests did NOT run")
    return terraform.clean({k: v for k, v in os.environ.items() if k != "TF_PLUGIN_MIRROR"})


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "install"
    folder.mkdir()
    return folder


def configured(tmp_path, mirror):
    """A CLI configuration file of a user who has a mirror."""
    return {"TF_CLI_CONFIG_FILE": str(terraform.mirrored(tmp_path, mirror))}


def test_a_mirror_that_terraform_is_configured_with(variables, folder, tmp_path):
    terraform.require()
    mirror = terraform.provider_folder()
    found = terraform.install(folder, variables | configured(tmp_path, mirror))
    assert (found / terraform.PROVIDER).is_dir()


def test_a_mirror_of_our_own_variable_comes_first(variables, folder, tmp_path):
    terraform.require()
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    own = {"TF_PLUGIN_MIRROR": str(terraform.provider_folder())}
    found = terraform.install(folder, variables | configured(tmp_path, nothing) | own)
    assert (found / terraform.PROVIDER).is_dir()


def test_without_the_provider_the_reason_is_told(variables, folder, tmp_path):
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    with pytest.raises(terraform.Unavailable, match="cannot get the AWS provider 5.100.0 by Terraform's own configuration"):
        terraform.install(folder, variables | configured(tmp_path, nothing))
    with pytest.raises(terraform.Unavailable, match=f"by the folder TF_PLUGIN_MIRROR={nothing}"):
        terraform.install(folder, variables | {"TF_PLUGIN_MIRROR": str(nothing)})
    with pytest.raises(terraform.Unavailable, match="terraform is not on the PATH"):
        terraform.install(folder, variables | {"PATH": str(nothing)})
