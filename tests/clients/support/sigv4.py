"""The check of a request's signature, by the published steps of Signature Version 4."""

import hashlib
import hmac
import re
import urllib.parse
from datetime import datetime, timezone

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d{8})/([\w-]+)/([\w-]+)/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w{64})"
)


def signer(path, headers, body, service, secrets):
    """The access key id that has signed a POST, or None. `secrets` maps access key ids to their secrets."""
    found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if not found or found[4] != service or found[1] not in secrets:
        return None
    key_id, date, region, _, names, signature = found.groups()
    moment = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    if abs((datetime.now(timezone.utc) - moment).total_seconds()) > 300 or not {"host", "x-amz-date"} <= set(names.split(";")):
        return None
    signed = "".join(f"{name}:{headers[name].strip()}\n" for name in names.split(";"))
    # Services other than S3 encode the path as it is sent once more.
    canonical = "\n".join(["POST", urllib.parse.quote(path, safe="/-_.~"), "", signed, names, hashlib.sha256(body).hexdigest()])
    scope = f"{date}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secrets[key_id]).encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    return key_id if hmac.compare_digest(key.hex(), signature) else None
