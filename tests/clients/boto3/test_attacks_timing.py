"""Attack 16: the time of a refusal does not show what its text hides.

Only refusals with one text are compared. An unknown key, a signature that does not fit and a call that is denied have answers of their own,
as on AWS, so a caller need not measure those.
"""

import os

import pytest

from support import timing, wire
from support.clients import Clients, unique
from support.expect import eventually
from support.server import PRIMARY, Server

SAMPLES = int(os.environ.get("CLAVIGER_TIMING_SAMPLES", "20000"))
TRIES = 3
WRONG = "x" * 40


class Keys:
    """An access key that is used, one that is inactive, and the id of one that does not exist. All are of one form."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.used, self.inactive = self._make(), self._make()
        iam = Clients(endpoint).iam()
        iam.update_access_key(UserName=self.inactive["UserName"], AccessKeyId=self.inactive["AccessKeyId"], Status="Inactive")
        known = self.used["AccessKeyId"]
        self.unknown = {"AccessKeyId": known[:-4] + ("AAAA" if known[-4:] != "AAAA" else "BBBB"), "SecretAccessKey": WRONG}
        assert eventually(Clients(endpoint, known, self.used["SecretAccessKey"]).sts(PRIMARY).get_caller_identity)

    def _make(self):
        name = unique("timed")
        iam = Clients(self.endpoint).iam()
        iam.create_user(UserName=name)
        return iam.create_access_key(UserName=name)["AccessKey"]

    def request(self, service, key, *, body=b"{}", secret=None, edit=lambda signature: signature):
        """The bytes of a request. `edit` changes the signature."""
        if service == "kms":
            request = wire.json_request("kms", "TrentService.ListKeys", body)
        else:
            request = wire.query_request("sts", "Action=GetCallerIdentity&Version=2011-06-15")
        request.key, request.secret = key["AccessKeyId"], secret or key["SecretAccessKey"]
        request.sign(self.endpoint)
        rest, signature = request.headers["Authorization"].split("Signature=")
        request.headers["Authorization"] = f"{rest}Signature={edit(signature)}"
        head = [f"{request.method} {request.path} HTTP/1.1", *(f"{name}: {value}" for name, value in request.headers.items())]
        return "\r\n".join([*head, f"Content-Length: {len(request.body)}", "", ""]).encode() + request.body


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Keys of a server that has no other caller."""
    folder = tmp_path_factory.mktemp("timing")
    with Server(folder, data=folder / "data", regions=[PRIMARY]) as server:
        yield Keys(server.endpoint)


def other_digit(digit):
    return "0" if digit != "0" else "1"


def first_wrong(signature):
    return other_digit(signature[0]) + signature[1:]


def last_wrong(signature):
    return signature[:-1] + other_digit(signature[-1])


def text(answer):
    """The status and the body of an answer, without the id of the request."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split(b"\r\n")[0], body.partition(b"<RequestId>")[0]


PAIRS = {
    "a key that is unknown or inactive": lambda keys, service: [
        keys.request(service, keys.unknown),
        keys.request(service, keys.inactive),
    ],
    "an inactive key with a right or a wrong signature": lambda keys, service: [
        keys.request(service, keys.inactive),
        keys.request(service, keys.inactive, secret=WRONG),
    ],
    "the first or the last digit of a signature": lambda keys, service: [
        keys.request(service, keys.used, edit=first_wrong),
        keys.request(service, keys.used, edit=last_wrong),
    ],
}


@pytest.mark.parametrize("service", ["kms", "sts"])
@pytest.mark.parametrize("pair", PAIRS)
def test_attack_16_refusals_take_one_time(keys, pair, service):
    def sign():
        return PAIRS[pair](keys, service)

    with timing.Connection(keys.endpoint) as connection:
        one, other = (text(connection.ask(request)) for request in sign())
        assert one == other and one[0].split()[1] in (b"400", b"403"), (one, other)
    found = timing.tries(keys.endpoint, sign, SAMPLES, TRIES, timing.is_one)
    assert timing.is_one(found[-1]), f"they can be told apart: t = {found}"


def test_a_difference_of_some_microseconds_is_found(keys):
    """The test can fail: the hash of some KiB more of a body shows, though the answer is the same."""

    def sign():
        return [keys.request("kms", keys.used, secret=WRONG, body=body) for body in (b"{}", b'{"Marker": "' + b"a" * 4000 + b'"}')]

    found = timing.tries(keys.endpoint, sign, SAMPLES, TRIES, timing.is_separate)
    assert timing.is_separate(found[-1]), f"no difference is found: t = {found}"
