"""Whether two kinds of requests take the server a different time, by Welch's t-test over requests in a random order on one connection."""

import gc
import random
import re
import socket
import time
import urllib.parse

# What dudect takes for a proof of a difference.
SEPARATE = 4.5
# The slowest samples are those that something else on the machine has disturbed.
KEPT = 0.9
# Signatures are good for five minutes, so requests are signed anew after so many samples.
BATCH = 20_000
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.I)


class Connection:
    """A connection that stays open. Requests are bytes, so that a sample has no cost of a client."""

    def __init__(self, endpoint):
        where = urllib.parse.urlsplit(endpoint)
        self._socket = socket.create_connection((where.hostname, where.port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def ask(self, request):
        """Sends a request. Returns the whole answer."""
        self._socket.sendall(request)
        received = self._socket.recv(65536)
        while not is_whole(received):
            more = self._socket.recv(65536)
            assert more, received
            received += more
        return received

    def nanoseconds(self, request, length):
        """How long the answer takes, which has so many bytes."""
        start = time.perf_counter_ns()
        self._socket.sendall(request)
        left = length
        while left > 0:
            left -= len(self._socket.recv(65536))
        taken = time.perf_counter_ns() - start
        assert left == 0
        return taken


def is_whole(received):
    head, end, body = received.partition(b"\r\n\r\n")
    return bool(end) and len(body) >= int(_LENGTH.search(head + b"\r\n")[1])


def samples(endpoint, sign, count):
    """So many times in nanoseconds for the two requests that `sign` returns, in a random order. `sign` is called for each batch."""
    taken = ([], [])
    with Connection(endpoint) as connection:
        for first in range(0, count, BATCH):
            requests = sign()
            lengths = [len(connection.ask(request)) for request in requests]
            for request, length in zip(requests * 100, lengths * 100, strict=True):
                connection.nanoseconds(request, length)
            order = [random.getrandbits(1) for _ in range(min(BATCH, count - first))]
            gc.disable()
            try:
                for which in order:
                    taken[which].append(connection.nanoseconds(requests[which], lengths[which]))
            finally:
                gc.enable()
    return taken


def welch(one, other):
    """Welch's t, after the samples above a limit that both have in common are dropped."""
    limit = sorted(one + other)[int((len(one) + len(other)) * KEPT)]
    (m1, v1, n1), (m2, v2, n2) = (moments([x for x in side if x < limit]) for side in (one, other))
    return (m1 - m2) / (v1 / n1 + v2 / n2) ** 0.5


def moments(values):
    mean = sum(values) / len(values)
    return mean, sum((x - mean) ** 2 for x in values) / (len(values) - 1), len(values)


def tries(endpoint, sign, count, most, is_good):
    """The t of up to so many tries with new samples, until one is good. A real difference shows in each of them."""
    found = []
    while len(found) < most and not (found and is_good(found[-1])):
        found.append(welch(*samples(endpoint, sign, count)))
    return found


def is_separate(t):
    return abs(t) >= SEPARATE


def is_one(t):
    return not is_separate(t)
