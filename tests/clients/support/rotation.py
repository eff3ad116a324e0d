"""What the tests of rotations share: a server with functions, and the secrets that they rotate."""

import json
import os
import shutil
import sys
import uuid
from pathlib import Path

from support import rotation_function
from support.clients import Clients
from support.expect import eventually
from support.server import PRIMARY, Server

FUNCTION = f"arn:aws:lambda:{PRIMARY}:000000000000:function:rotate"
STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"]
UNFINISHED = "A previous rotation isn't complete. That rotation will be reattempted."


class Bench:
    """A server with one Python function, and the file that stands for the system whose password is rotated.

    `targets` has more functions, by their names: built-in ones, or the URLs of others. `authority` is the file that certificates lead to.
    """

    def __init__(self, folder, targets=None, authority=None):
        self.folder = folder
        self.code = folder / "function"
        self.code.mkdir()
        shutil.copy(rotation_function.__file__, self.code / "rotate.py")
        # The server gives its functions its own PATH, and in it the Python that has boto3.
        os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        targets = {"rot*": f"python:{self.code}/rotate.py"} | (targets or {})
        more = {"caFile": str(authority)} if authority else {}
        functions = [
            {"function": f"arn:aws:lambda:*:*:function:{name}", "target": target} | ({} if target.startswith("python:") else more)
            for name, target in targets.items()
        ]
        bindings = folder / "functions.json"
        bindings.write_text(json.dumps({"functions": functions}))
        self.server = Server(folder, data=folder / "data", arguments=["--rotation-config", str(bindings)]).start()

    @property
    def sm(self):
        return Clients(self.server.endpoint).secrets()

    def secret(self, value=None):
        value = value or {"password": "old"}
        (self.code / "system.json").write_text(json.dumps(value["password"]))
        return self.sm.create_secret(Name=f"db-{uuid.uuid4()}", SecretString=json.dumps(value))["ARN"]

    def rotate(self, secret, function=None, **more):
        arn = FUNCTION.replace(":rotate", f":{function}") if function else FUNCTION
        return self.sm.rotate_secret(SecretId=secret, RotationLambdaARN=arn, **more)["VersionId"]

    def value(self, secret, label="AWSCURRENT"):
        return json.loads(self.sm.get_secret_value(SecretId=secret, VersionStage=label)["SecretString"])

    def system(self):
        return json.loads((self.code / "system.json").read_text())

    def stop_in(self, step, when):
        (self.code / f"stop-{step}-{when}").touch()

    def stopped(self):
        """Waits until the function waits. Returns its process."""

        def process():
            file = self.code / "stopped"
            assert file.exists() and file.read_text()
            return int(file.read_text())

        return eventually(process, seconds=30)

    def go_on(self):
        for file in [*self.code.glob("stop-*"), *self.code.glob("fail-*"), self.code / "stopped"]:
            file.unlink(missing_ok=True)

    def has_rotated(self, secret, version):
        """Waits until the version is current and the rotation is recorded."""

        def check():
            shown = self.sm.describe_secret(SecretId=secret)
            assert "AWSCURRENT" in shown["VersionIdsToStages"].get(version, []), shown["VersionIdsToStages"]
            assert shown["LastRotatedDate"]
            return shown

        return eventually(check, seconds=60)

    def has_said(self, text):
        """Waits until the server's log has a text."""

        def check():
            log = self.server.stderr.read_text()
            assert text in log, log[-3000:]

        eventually(check, seconds=30)

    def close(self):
        self.go_on()
        self.server.stop()
