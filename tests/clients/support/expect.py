"""Checks of answers."""

import contextlib
import re
import time

from botocore.exceptions import ClientError

# Errors that AWS sends without a message member; botocore shows them as an empty text.
SILENT = ""


@contextlib.contextmanager
def refused(code, text, status=400):
    """The call inside must be refused with this code, exactly this text (or a match of this pattern) and this status."""
    try:
        yield
    except ClientError as error:
        check_refusal(error, code, text, status)
    else:
        raise AssertionError(f"wanted {code}, but the call was answered")


def check_refusal(error, code, text, status=400):
    """Compares a botocore error with the expected one."""
    answer = error.response
    got = (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"])
    assert got == (code, status), f"wanted {code} {status}, got {got}: {answer['Error'].get('Message')}"
    message = answer["Error"].get("Message", "")
    if isinstance(text, re.Pattern):
        assert text.fullmatch(message), f"wanted a match of {text.pattern!r}, got {message!r}"
    else:
        assert message == text


def eventually(check, seconds=20):
    """Waits, within a bound, until `check` neither fails an assertion, nor is refused, nor misses a member of an answer.
    Returns its result.

    For the results of replication only: all other results must be there at once."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return check()
        except (AssertionError, ClientError, LookupError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def constraint(member, text, value=...):
    """AWS's text for one broken model constraint; without `value` for members that are not echoed."""
    shown = "Value" if value is ... else f"Value '{value}'"
    return f"1 validation error detected: {shown} at '{member}' failed to satisfy constraint: {text}"


def plain(answer):
    """An answer without botocore's own metadata."""
    return {k: v for k, v in answer.items() if k != "ResponseMetadata"}


def pages(operation, items, marker, **arguments):
    """All items of a paged list, and how many pages there were."""
    found, count, token = [], 0, None
    asked, answered = marker
    while True:
        answer = operation(**arguments, **({asked: token} if token else {}))
        found += answer[items]
        count += 1
        assert count < 1000, "the list does not end"
        token = answer.get(answered)
        if not token:
            return found, count
