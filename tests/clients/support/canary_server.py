"""A server whose logs are as talkative as they can be, and everything that it leaves where others could read it."""

import http.client
import json
import re
import ssl
import subprocess
import urllib.parse
import urllib.request

from support import wire
from support.canaries import Canaries
from support.clients import OTHER_ACCOUNT as ACCOUNT
from support.clients import Clients
from support.production import Production
from support.server import PRIMARY, binary

_HEALTH = re.compile(r"health +(http://127\.0\.0\.1:\d+)/readyz")
ANSWER_SECONDS = 30


class CanaryServer(Production):
    """Keeps every answer that is a refusal or that shows no secret, and the output of every command, for a search.

    The caller has set `CLAVIGER_LOG` and `AWS_CA_BUNDLE` in the environment.
    """

    def __init__(self, folder, passphrase, settings):
        self.canaries = Canaries()
        # The forms of a name are searched for as those of a secret are, which shows that the search finds what is there.
        self.names = Canaries()
        # What an audit record must not hold, though it is no secret.
        self.unrecorded = Canaries()
        file = folder / "passphrase"
        file.write_text(self.canaries.add("seal passphrase", passphrase) + "\n")
        file.chmod(0o400)
        super().__init__(folder, "--account", ACCOUNT, "--seal", "passphrase", "--passphrase-file", file)
        comment = self.names.text("comment in the configuration")
        self.config.write_text(f"{self.config.read_text()}\n# {comment}\n{settings}")
        self.key, self.secret = self.exports["AWS_ACCESS_KEY_ID"], self.exports["AWS_SECRET_ACCESS_KEY"]
        self.canaries.add("secret of the root access key", self.secret)
        self.refusals, self.shown, self.outputs = [], [], []
        self.file_names, self.speaks_http_2 = set(), False
        # HTTP/2 writes the code of a good end.
        self.expected.append("NO_ERROR")

    def start(self):
        super().start()
        self.health = _HEALTH.search(self.stdout.read_text())[1]
        self.aws = self.clients(self.key, self.secret)
        return self

    def clients(self, key, secret, token=None):
        return Listened(self, key, secret, token)

    def request(self, request, *, key=None, secret=None, token=None, edit=lambda request: None):
        """Signs a request and sends it over TLS. The answer is kept if it is a refusal. `edit` changes it after it was signed."""
        request.key, request.secret, request.token = key or self.key, secret or self.secret, token
        request.sign(self.endpoint)
        edit(request)
        where = urllib.parse.urlsplit(self.endpoint)
        context = ssl.create_default_context(cafile=self.exports["AWS_CA_BUNDLE"])
        connection = http.client.HTTPSConnection(where.hostname, where.port, timeout=ANSWER_SECONDS, context=context)
        try:
            target = request.path + (f"?{request.query}" if request.query else "")
            connection.request(request.method, target, request.body, request.headers)
            answer = wire.Answer(connection.getresponse())
        finally:
            connection.close()
        if answer.status >= 400:
            self.keep(self.refusals, answer.headers, answer.body)
        return answer

    def refused_request(self, service, target, body, **more):
        """Sends a request of the JSON protocol, which must be refused."""
        answer = self.request(wire.json_request(service, target, body), **more)
        assert 400 <= answer.status < 500, (answer.status, answer.body)
        return answer

    def refused_form(self, service, pairs, **more):
        """Sends a request of the query protocol, which must be refused."""
        answer = self.request(wire.query_request(service, pairs), **more)
        assert 400 <= answer.status < 500, (answer.status, answer.body)
        return answer

    def command_line(self, *words, status=0, **environment):
        """Runs `claviger` as a client, and keeps its output."""
        done = subprocess.run(
            [binary(), *map(str, words)],
            env=self.environment() | environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=240,
        )
        assert done.returncode == status, done.stderr.decode()
        self.outputs += [done.stdout, done.stderr]

    def keep(self, where, headers, body):
        """Keeps an answer for the search: its bytes, and the strings in it as a reader of JSON sees them."""
        where.append(json.dumps(dict(headers.items()), ensure_ascii=False).encode() + body)
        try:
            where.append("\n".join(strings(json.loads(body))).encode("utf-8", "surrogatepass"))
        except ValueError:
            pass

    def pages(self):
        """The texts of the health listener."""
        found = []
        for path in ("/healthz", "/readyz", "/metrics"):
            with urllib.request.urlopen(self.health + path, timeout=ANSWER_SECONDS) as answer:
                found.append(answer.read())
        return b"\n".join(found)

    def process_files(self):
        """Files of the process in `/proc`, which other programs of the same user read."""
        found = []
        for name in ("cmdline", "environ", "status", "maps", "limits", "mountinfo"):
            with open(f"/proc/{self.process.pid}/{name}", "rb") as file:
                found.append(file.read())
        return b"\n".join(found)

    def log(self):
        return self.stdout.read_bytes() + self.stderr.read_bytes()

    def audit_files(self):
        """The lines of the audit trails, and the strings in them as a reader of JSON sees them."""
        files = sorted(self.data.rglob("audit*.jsonl"))
        lines = b"".join(file.read_bytes() for file in files)
        return lines + "\n".join(text for line in lines.splitlines() for text in strings(json.loads(line))).encode()

    def other_files(self):
        """The bytes of all other files of the data folder."""
        files = sorted(path for path in self.data.rglob("*") if path.is_file() and not path.match("audit*.jsonl"))
        self.file_names |= {path.relative_to(self.data).as_posix() for path in files}
        return b"\n".join(path.read_bytes() for path in files)

    def look_around(self):
        """Calls what describes and lists, so that the answers are kept."""
        for region in self.regions:
            kms, sm, iam = self.aws.kms(region), self.aws.secrets(region), self.aws.iam(region)
            kms.describe_custom_key_stores()
            for key in kms.list_keys()["Keys"]:
                kms.describe_key(KeyId=key["KeyId"])
            for secret in sm.list_secrets(IncludePlannedDeletion=True)["SecretList"]:
                sm.describe_secret(SecretId=secret["ARN"])
                sm.list_secret_version_ids(SecretId=secret["ARN"], IncludeDeprecated=True)
            for user in iam.list_users()["Users"]:
                iam.list_access_keys(UserName=user["UserName"])

    def read_memory(self):
        """What the process has in its writable memory, without empty stretches; none if this user may not read that."""
        found = []
        try:
            with open(f"/proc/{self.process.pid}/maps") as maps, open(f"/proc/{self.process.pid}/mem", "rb", buffering=0) as memory:
                for line in maps:
                    span, mode = line.split()[:2]
                    if mode.startswith("rw"):
                        found += read_span(memory, *(int(part, 16) for part in span.split("-")))
        except PermissionError:
            return None
        return b"\n".join(found)


class Listened(Clients):
    """Clients whose refusals are kept for the search, and their answers of operations that describe and list."""

    def __init__(self, server, key, secret, token=None):
        super().__init__(server.endpoint, key, secret, token)
        self.server = server

    def client(self, service, region=PRIMARY, *, checked=True):
        known = (service, region, checked) in self._made
        made = super().client(service, region, checked=checked)
        if not known:
            made.meta.events.register("after-call", self._keep)
        return made

    def _keep(self, http_response, model, **_):
        if http_response.status_code >= 400:
            self.server.keep(self.server.refusals, http_response.headers, http_response.content)
        elif model.name.startswith(("Describe", "List")):
            self.server.keep(self.server.shown, http_response.headers, http_response.content)


def read_span(memory, start, end):
    """The stretches of some memory that are not empty. They are cut where a stretch of a MiB begins, so a secret across that is missed."""
    for at in range(start, end, 2**20):
        memory.seek(at)
        try:
            stretch = memory.read(min(2**20, end - at))
        except OSError:
            # The process has given the memory back meanwhile.
            continue
        if stretch.count(0) < len(stretch):
            yield stretch


def strings(value):
    """All texts in a value of JSON, names of members included."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings(member)
    elif isinstance(value, str):
        yield value
