"""A server with the KV engines of Vault's HTTP API, as its documentation gives them. It is not Vault: no engine but KV, one token."""

import json
from urllib.parse import parse_qs, unquote, urlsplit

from support.http_server import HttpServer

TOKEN = "hvs.cellar"


class Vault(HttpServer):
    """`mounts` maps a mount to its version and its secrets. Those of version 2 are dicts with `versions` and `custom_metadata`."""

    def __init__(self, mounts):
        super().__init__()
        self.mounts = mounts
        self.address = f"http://127.0.0.1:{self.port}"

    def answer(self, path, headers, _body):
        if headers.get("x-vault-token") != TOKEN or headers.get("x-vault-request") != "true":
            status, body = 403, {"errors": ["permission denied"]}
        else:
            url = urlsplit(path)
            status, body = self._answer(unquote(url.path).removeprefix("/v1/"), parse_qs(url.query))
        return status, {}, json.dumps(body).encode()

    def _answer(self, path, query):
        ui = "sys/internal/ui/mounts/"
        if path.startswith(ui):
            mount = self.mounts.get(path.removeprefix(ui))
            if mount is None:
                return 403, {"errors": ["preflight capability check returned 403"]}
            return 200, {"data": {"type": "kv", "options": {"version": str(mount["version"])}}}
        name, _, rest = path.partition("/")
        mount = self.mounts.get(name)
        if mount is None:
            return 404, {"errors": []}
        if mount["version"] == 1:
            if "list" in query:
                return self._list(mount["secrets"], rest)
            found = mount["secrets"].get(rest)
            return (200, {"data": found}) if found is not None else (404, {"errors": []})
        part, _, rest = rest.partition("/")
        if part == "metadata" and "list" in query:
            return self._list(mount["secrets"], rest)
        found = mount["secrets"].get(rest)
        if found is None:
            return 404, {"errors": []}
        return self._metadata(found) if part == "metadata" else self._data(found, int(query["version"][0]))

    @staticmethod
    def _list(secrets, folder):
        below = [name.removeprefix(folder) for name in secrets if name.startswith(folder)]
        keys = sorted({name.split("/")[0] + ("/" if "/" in name else "") for name in below if name})
        return (200, {"data": {"keys": keys}}) if keys else (404, {"errors": []})

    @staticmethod
    def _metadata(found):
        versions = {
            str(number): {
                "created_time": f"2026-01-01T00:00:{number:02}Z",
                "deletion_time": "2026-02-01T00:00:00Z" if data == "deleted" else "",
                "destroyed": data == "destroyed",
            }
            for number, data in found["versions"].items()
        }
        return 200, {
            "data": {
                "versions": versions,
                "current_version": max(found["versions"]),
                "custom_metadata": found.get("custom_metadata"),
            }
        }

    @staticmethod
    def _data(found, number):
        data = found["versions"].get(number, "deleted")
        if data in ("deleted", "destroyed"):
            return 404, {"data": {"data": None, "metadata": {"version": number}}}
        return 200, {"data": {"data": data, "metadata": {"version": number}}}
