"""Terraform whose provider has a token of an OpenID Connect issuer and no other credentials, as in a CI job."""

from pathlib import Path

from support import certificates, terraform
from support.clients import ACCOUNT, Clients, allow, policy
from support.issuer import AUDIENCE, Issuer
from support.server import Server


def test_a_provider_with_a_token(tmp_path):
    terraform.require()
    authority, files = certificates.make(tmp_path)
    with Server(tmp_path, data=tmp_path / "data", arguments=["--issuer-ca", str(authority)]) as server, Issuer(files) as issuer:
        iam = Clients(server.endpoint).iam()
        provider = iam.create_open_id_connect_provider(Url=issuer.url, ClientIDList=[AUDIENCE])["OpenIDConnectProviderArn"]
        subject = {"StringEquals": {f"{issuer.name}:sub": "repo:example/infrastructure"}}
        trust = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": subject}
        role = iam.create_role(RoleName="ci", AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
        iam.put_role_policy(RoleName="ci", PolicyName="keys", PolicyDocument=allow("kms:*"))
        (tmp_path / "token").write_text(issuer.token(sub="repo:example/infrastructure"))
        source = Path(__file__).parent / "web_identity"
        made = terraform.Terraform(source, tmp_path / "terraform", server.endpoint, role=role, token_file=str(tmp_path / "token"))
        del made.environment["AWS_ACCESS_KEY_ID"], made.environment["AWS_SECRET_ACCESS_KEY"]
        made.init()
        assert made.apply() == (1, 0, 0)
        assert made.outputs()["arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/terraform"
        made.check_no_drift()
        assert made.destroy() == 1
