"""Rotation functions of a server: they call back without TLS, on this machine only, with the credentials of a role."""

import json

from support.clients import allow, trust
from support.expect import eventually
from support.production import Production
from support.server import PRIMARY

ACCOUNT = "123456789012"
FUNCTION = f"arn:aws:lambda:{PRIMARY}:{ACCOUNT}:function:rotate"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/rotation"


def test_a_secret_is_rotated_by_a_function(tmp_path):
    server = Production(tmp_path, "--account", ACCOUNT, regions=[PRIMARY])
    bindings = tmp_path / "rotation.json"
    bindings.write_text(json.dumps({"functions": [{"function": FUNCTION, "target": "random-password", "role": ROLE}]}))
    server.config.write_text(server.config.read_text() + f'\n[rotation]\nfile = "{bindings}"\n')
    with server:
        iam, secrets = server.client("iam"), server.client("secretsmanager")
        iam.create_role(RoleName="rotation", AssumeRolePolicyDocument=trust({"Service": "lambda.amazonaws.com"}))
        iam.put_role_policy(RoleName="rotation", PolicyName="p", PolicyDocument=allow("secretsmanager:*"))
        secrets.create_secret(Name="s", SecretString="first")
        secrets.rotate_secret(SecretId="s", RotationLambdaARN=FUNCTION, RotationRules={"AutomaticallyAfterDays": 30})

        def rotated():
            assert secrets.get_secret_value(SecretId="s")["SecretString"] != "first"

        eventually(rotated)
        trail = server.data / PRIMARY / "audit.jsonl"

        def recorded():
            events = [json.loads(line) for line in trail.read_text().splitlines()]
            assert "RotationSucceeded" in [event["eventName"] for event in events]

        eventually(recorded)
