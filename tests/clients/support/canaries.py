"""Secrets with bytes of their own, and a search for them in every form in which a log, a file or a text could hold them.

Each half of a secret is searched for, so that a text that was cut is found too.
"""

import base64
import json
import re
import secrets
import string
import urllib.parse
import xml.sax.saxutils
from collections import defaultdict

# Characters that JSON, XML, URLs, shells and Rust's `Debug` write in other ways.
ODD = "\"\\é<&'/+%\n"
# The search looks up every window of this length. A form is never shorter.
WINDOW = 8


def text(length=32):
    """A secret of letters and digits."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


def odd_text():
    """A secret whose halves hold characters that encoders escape."""
    return text(6) + ODD + text(6) + text(6) + ODD + text(6)


class Canaries:
    """The secrets that were planted, by what they are."""

    def __init__(self):
        self.planted = defaultdict(list)

    def add(self, kind, secret):
        """Adds a secret, which is text or bytes. Returns it."""
        raw = secret.encode() if isinstance(secret, str) else bytes(secret)
        assert len(raw) >= 2 * WINDOW, f"{kind}: {len(raw)} bytes are too few to be found"
        self.planted[kind].append(raw)
        return secret

    def text(self, kind):
        return self.add(kind, text())

    def odd_text(self, kind):
        return self.add(kind, odd_text())

    def bytes(self, kind, length=32):
        return self.add(kind, secrets.token_bytes(length))

    def __len__(self):
        return sum(map(len, self.planted.values()))

    def search(self):
        """A search for all of them."""
        return Search(self._pairs(self.planted))

    def search_raw(self, kinds):
        """A search for those of some kinds, as they are and in no other form."""
        return Search(self._pairs(kinds), lambda half: {"raw": half})

    def _pairs(self, kinds):
        return [(kind, raw) for kind in kinds for raw in self.planted[kind]]


class Search:
    """Finds secrets in bytes by the first `WINDOW` bytes of their forms."""

    def __init__(self, planted, forms_of=None):
        self.forms = defaultdict(list)
        for kind, raw in planted:
            for half in halves(raw):
                for name, form in (forms_of or forms)(half).items():
                    self.forms[form[:WINDOW]].append((form, f"{kind} ({name})"))

    def __call__(self, data):
        """What was found: kinds with their forms, and how often."""
        found = defaultdict(int)
        # The files of a store have long runs of zeros, which no form has.
        for part in re.split(rb"\0{64,}", data):
            for at in range(len(part) - WINDOW + 1):
                for form, name in self.forms.get(part[at : at + WINDOW], ()):
                    if part.startswith(form, at):
                        found[name] += 1
        return dict(found)


def halves(raw):
    try:
        decoded = raw.decode()
    except UnicodeDecodeError:
        return raw[: len(raw) // 2], raw[len(raw) // 2 :]
    # Text is not cut within a character.
    return decoded[: len(decoded) // 2].encode(), decoded[len(decoded) // 2 :].encode()


def forms(half):
    """How the bytes could be written, by the name of the form. Forms that are equal are there once."""
    listed = {
        "raw": half,
        "hex": half.hex().encode(),
        "upper case hex": half.hex().upper().encode(),
        "list of numbers": ", ".join(map(str, half)).encode(),
        "list of numbers without blanks": ",".join(map(str, half)).encode(),
        "URL": urllib.parse.quote_from_bytes(half, safe="").encode(),
        "form": urllib.parse.quote_plus(half).encode(),
        "Debug of bytes": "".join(map(escaped_byte, half)).encode(),
        "repr of bytes": repr(half)[2:-1].encode(),
    }
    for skipped in range(3):
        # Within a longer text the base64 of the bytes depends on how many bytes are before them. The characters at both ends also
        # depend on those bytes.
        standard = base64.b64encode(bytes(skipped) + half + bytes(3))
        first = -(-skipped * 8 // 6)
        inner = standard[first : (skipped + len(half)) * 8 // 6]
        listed[f"base64 + {skipped}"] = inner
        listed[f"URL-safe base64 + {skipped}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
        listed[f"base64 in a URL + {skipped}"] = urllib.parse.quote_from_bytes(inner, safe="").encode()
    try:
        decoded = half.decode()
    except UnicodeDecodeError:
        decoded = None
    if decoded is not None and decoded.isprintable() or decoded and set(decoded) & set(ODD):
        listed |= {
            "UTF-16": decoded.encode("utf-16-le"),
            "JSON": json.dumps(decoded, ensure_ascii=False)[1:-1].encode(),
            "JSON in ASCII": json.dumps(decoded)[1:-1].encode(),
            "JSON within JSON": json.dumps(json.dumps(decoded, ensure_ascii=False)[1:-1], ensure_ascii=False)[1:-1].encode(),
            "JSON in a URL": urllib.parse.quote(json.dumps(decoded)[1:-1], safe="").encode(),
            "XML": xml.sax.saxutils.escape(decoded, {'"': "&quot;", "'": "&apos;"}).encode(),
            "XML without quotes": xml.sax.saxutils.escape(decoded).encode(),
            "Debug": json.dumps(decoded, ensure_ascii=False)[1:-1].replace("'", "\\'").encode(),
        }
    distinct = {}
    for name, form in listed.items():
        assert len(form) >= WINDOW, (name, form)
        distinct.setdefault(form, name)
    return {name: form for form, name in distinct.items()}


def escaped_byte(byte):
    """A byte as Rust's `escape_ascii` and Python's `repr` write it."""
    named = {9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 39: "\\'", 92: "\\\\"}
    return named.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}")
