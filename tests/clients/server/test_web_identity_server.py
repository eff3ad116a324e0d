"""A server in production fetches the keys of issuers from public addresses, and from the hosts that its configuration lists."""

import json
import re

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from support import certificates
from support.clients import policy
from support.expect import refused
from support.issuer import AUDIENCE, Issuer
from support.production import Production
from support.server import PRIMARY


def production(folder, authority, hosts):
    made = Production(folder / "server")
    with open(made.config, "a") as config:
        config.write(f'\n[identity_providers]\nca = "{authority}"\nprivate_hosts = {hosts}\n')
    return made


def assume(running, issuer):
    """Asks for a role that trusts the issuer."""
    iam = running.client("iam")
    provider = iam.create_open_id_connect_provider(Url=issuer.url, ClientIDList=[AUDIENCE])["OpenIDConnectProviderArn"]
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity"}
    role = iam.create_role(RoleName="pod", AssumeRolePolicyDocument=policy(statement))["Role"]["Arn"]
    sts = boto3.client(
        "sts",
        region_name=PRIMARY,
        endpoint_url=running.endpoint,
        verify=running.exports["AWS_CA_BUNDLE"],
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )
    return sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="pod", WebIdentityToken=issuer.token())


@pytest.mark.parametrize("listed", [False, True], ids=["unlisted", "listed"])
def test_a_private_issuer_is_asked_only_if_it_is_listed(tmp_path, listed):
    authority, files = certificates.make(tmp_path)
    with production(tmp_path, authority, '["localhost"]' if listed else "[]") as running, Issuer(files) as issuer:
        if listed:
            assert assume(running, issuer)["Audience"] == AUDIENCE
        else:
            with refused("IDPCommunicationError", re.compile(".*")):
                assume(running, issuer)
            assert issuer.asked == []


def test_a_listed_host_is_not_open_to_other_issuers(tmp_path):
    # The key set of a public issuer must not be looked for on a private host that is listed for another issuer.
    authority, files = certificates.make(tmp_path)
    with production(tmp_path, authority, '["localhost"]') as running, Issuer(files) as issuer, Issuer(files) as other:
        discovery = issuer.discovery() | {"jwks_uri": f"{other.url}/openid/v1/jwks"}
        issuer.answers = {"/realm/.well-known/openid-configuration": (200, {}, json.dumps(discovery).encode())}
        with refused("IDPCommunicationError", re.compile(".*")):
            assume(running, issuer)
        assert issuer.asked == ["/realm/.well-known/openid-configuration"] and other.asked == []
