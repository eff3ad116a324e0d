#!/usr/bin/env python3
"""Writes the known answers for Claviger's cryptographic formats.

This is a second implementation, made from docs/reference/ciphertext-format.md and sharing no code with the first: what both
agree on is what the documents say. It needs the `cryptography` package and writes the same bytes on every run:

    python3 tests/vectors/generate.py

The files are kept for ever. A new version of a format gets files of its own; those of an old one never change, because
ciphertexts outlive releases.
"""

import base64
import hashlib
import hmac
import json
import pathlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HERE = pathlib.Path(__file__).parent
RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def some_bytes(name, length):
    """Bytes that look random and are the same on every run."""
    return hashlib.shake_256(name.encode()).digest(length)


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def kdf(key, label, context, keys):
    """SP 800-108 in counter mode."""
    fixed = label + b"\0" + context + (256 * keys).to_bytes(4, "big")
    return [mac(key, (i + 1).to_bytes(4, "big") + fixed) for i in range(keys)]


def expand(pseudo_random_key, info, length):
    out, block, i = b"", b"", 1
    while len(out) < length:
        block = mac(pseudo_random_key, block + info + bytes([i]))
        out, i = out + block, i + 1
    return out[:length]


def hkdf(secret, salt, info):
    return expand(mac(salt, secret), info, 32)


def join(*parts):
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def gcm(key, aad, plaintext, iv=bytes(12)):
    return AESGCM(key).encrypt(iv, plaintext, aad)


# --- The ciphertext of a KMS key -------------------------------------------------------------------------------------

def key_form(key_id):
    multi_region = key_id.startswith("mrk-")
    digits = key_id.removeprefix("mrk-").replace("-", "")
    return bytes([multi_region]) + bytes.fromhex(digits)


def material_id(key_id, material):
    return hashlib.sha256(b"claviger material id v1" + key_form(key_id) + material).digest()


def encrypt(material, key_id, context, plaintext, nonce):
    header = b"\x01CLV\x01" + key_form(key_id) + material_id(key_id, material) + nonce
    names = sorted(context, key=lambda name: name.encode())
    aad = header + join(*[part.encode() for name in names for part in (name, context[name])])
    encryption_key, commitment_key = kdf(material, b"claviger ciphertext v1", nonce, 2)
    return header + mac(commitment_key, aad) + gcm(encryption_key, aad, plaintext)


SINGLE = "0f1e2d3c-4b5a-4697-8877-665544332211"
MULTI = "mrk-0f1e2d3c4b5a46978877665544332211"


def ciphertexts():
    cases = [
        ("empty plaintext, no context", SINGLE, {}, b""),
        ("text, no context", SINGLE, {}, b"Attack at dawn."),
        ("one pair", SINGLE, {"purpose": "test"}, b"one pair"),
        ("pairs in the order of their bytes", SINGLE, {"b": "2", "a": "1", "B": "3", "": "", "\u00e4": "\u00f6"}, b"sorted"),
        ("a multi-Region key", MULTI, {"aws:pi": "3.14"}, b"anywhere"),
        ("the largest plaintext", MULTI, {}, some_bytes("plaintext", 4096)),
    ]
    valid = []
    for name, key_id, context, plaintext in cases:
        material, nonce = some_bytes(name + " material", 32), some_bytes(name + " nonce", 16)
        valid.append({
            "name": name,
            "material": material.hex(),
            "key_id": key_id,
            "material_id": material_id(key_id, material).hex(),
            "nonce": nonce.hex(),
            "context": context,
            "plaintext": plaintext.hex(),
            "blob": encrypt(material, key_id, context, plaintext, nonce).hex(),
        })
    return {"format": "docs/reference/ciphertext-format.md", "version": 1, "valid": valid, "invalid": bad_ciphertexts()}


def bad_ciphertexts():
    material, nonce, context = some_bytes("bad material", 32), some_bytes("bad nonce", 16), {"purpose": "test"}
    other = some_bytes("other material", 32)
    good = encrypt(material, SINGLE, context, b"data", nonce)
    of_other_key = encrypt(material, MULTI, context, b"data", nonce)
    of_other_material = encrypt(other, SINGLE, context, b"data", nonce)

    def flipped(at):
        return good[:at] + bytes([good[at] ^ 1]) + good[at + 1:]

    cases = [
        ("unknown version", flipped(0), material, context),
        ("wrong magic", flipped(1), material, context),
        ("unknown suite", flipped(4), material, context),
        ("the other form of the key id", flipped(5), material, context),
        ("no form of a key id", good[:5] + b"\x02" + good[6:], material, context),
        ("another key id", flipped(6), material, context),
        ("another material id", flipped(22), material, context),
        ("another nonce", flipped(54), material, context),
        ("another commitment", flipped(70), material, context),
        ("altered ciphertext", flipped(102), material, context),
        ("altered tag", flipped(len(good) - 1), material, context),
        ("no context", good, material, {}),
        ("another value", good, material, {"purpose": "Test"}),
        ("another name", good, material, {"Purpose": "test"}),
        ("one pair too many", good, material, {"purpose": "test", "a": "b"}),
        ("the border of name and value moved", good, material, {"purposet": "est"}),
        ("another material", good, other, context),
        ("the material of the header's key in another key", of_other_key[:70] + good[70:], material, context),
        ("the commitment of another material", good[:70] + of_other_material[70:102] + good[102:], material, context),
        ("the body of another material", good[:102] + of_other_material[102:], other, context),
        ("nothing", b"", material, context),
        ("the header only", good[:70], material, context),
        ("no tag", good[:102], material, context),
        ("one byte short", good[:-1], material, context),
        ("one byte too many", good + b"\0", material, context),
        ("twice", good + good, material, context),
    ]
    return [{"name": n, "material": m.hex(), "context": c, "blob": b.hex()} for n, b, m, c in cases]


# --- Sealed rows of a store, and sealed messages between regions ------------------------------------------------------

def seal(key, aad, plaintext, nonce):
    [message_key] = kdf(key, b"claviger seal v1", nonce, 1)
    return b"\x01" + nonce + gcm(message_key, aad, plaintext)


def root_derive(root, kind, purpose):
    return hkdf(root, b"claviger root key v1", join(kind, purpose))


def root_file(root):
    body = f"claviger-root-key 1\nid {root_derive(root, b'id', b'')[:16].hex()}\nkey {base64.b64encode(root).decode()}\n"
    return body + f"checksum {hashlib.sha256(body.encode()).digest()[:8].hex()}\n"


def keyring_record(root, domain_keys, nonce):
    entries = b"".join(number.to_bytes(4, "big") + key for number, key in domain_keys)
    return seal(root_derive(root, b"seal", b"keyring"), b"keyring", b"\x01" + entries, nonce)


def keyring_seal(domain_key, context, secret, nonce):
    number, key = domain_key[0].to_bytes(4, "big"), domain_key[1]
    return b"\x01" + number + seal(key, join(number, *context), secret, nonce)


def hpke_seal(public, info, plaintext, ephemeral):
    """RFC 9180, base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM."""
    def labeled_extract(suite, salt, label, secret):
        return mac(salt, b"HPKE-v1" + suite + label + secret)

    def labeled_expand(suite, key, label, info, length):
        return expand(key, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)

    private = X25519PrivateKey.from_private_bytes(ephemeral)
    enc = private.public_key().public_bytes(*RAW)
    kem = b"KEM\x00\x20"
    dh = private.exchange(X25519PublicKey.from_public_bytes(public))
    shared = labeled_expand(kem, labeled_extract(kem, bytes(32), b"eae_prk", dh), b"shared_secret", enc + public, 32)

    suite = b"HPKE\x00\x20\x00\x01\x00\x02"
    psk_hash = labeled_extract(suite, bytes(32), b"psk_id_hash", b"")
    context = b"\0" + psk_hash + labeled_extract(suite, bytes(32), b"info_hash", info)
    secret = labeled_extract(suite, shared, b"secret", b"")
    key = labeled_expand(suite, secret, b"key", context, 32)
    iv = labeled_expand(suite, secret, b"base_nonce", context, 12)
    return enc, gcm(key, b"", plaintext, iv)


def cbor_bytes(value):
    assert len(value) < 256
    return bytes([0x40 | len(value)] if len(value) < 24 else [0x58, len(value)]) + value


def parcel():
    private, seed = some_bytes("receive key", 32), some_bytes("identity", 32)
    sender = Ed25519PrivateKey.from_private_bytes(seed)
    identity = sender.public_key().public_bytes(*RAW)
    public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes(*RAW)
    info, contents = b"what and between whom", some_bytes("contents", 32)
    bound = join(b"claviger parcel v1", identity, info)
    enc, sealed = hpke_seal(public, bound, contents, some_bytes("ephemeral", 32))
    signature = sender.sign(join(b"claviger signature v1", b"parcel", join(enc, sealed, info)))
    return {
        "receive_key": private.hex(),
        "receive_public": public.hex(),
        "identity_seed": seed.hex(),
        "identity_public": identity.hex(),
        "info": info.hex(),
        "contents": contents.hex(),
        "parcel": (b"\x83" + cbor_bytes(enc) + cbor_bytes(sealed) + cbor_bytes(signature)).hex(),
    }


def sealing():
    root = some_bytes("root", 32)
    domain_keys = [(1, some_bytes("domain key 1", 32)), (2, some_bytes("domain key 2", 32))]
    context = [b"access key", b"AKIAEXAMPLE"]
    material = some_bytes("material", 32)
    material_context = [b"material", MULTI.encode(), material_id(MULTI, material)]
    data_key = some_bytes("data key", 32)
    row_key = root_derive(root, b"seal", b"rows")
    return {
        "version": 1,
        "root_key_file": root_file(root),
        "name": {"purpose": "aliases", "parts": ["616c696173", "78"],
                 "hash": mac(root_derive(root, b"name", b"aliases"), join(b"alias", b"x"))[:16].hex()},
        "seal": {"purpose": "rows", "aad": b"row 1".hex(), "plaintext": b"value".hex(),
                 "sealed": seal(row_key, b"row 1", b"value", some_bytes("row nonce", 16)).hex()},
        "keyring": {
            "record": keyring_record(root, domain_keys, some_bytes("record nonce", 16)).hex(),
            "context": [part.hex() for part in context],
            "secret": b"a secret".hex(),
            "sealed_by_1": keyring_seal(domain_keys[0], context, b"a secret", some_bytes("nonce 1", 16)).hex(),
            "sealed_by_2": keyring_seal(domain_keys[1], context, b"a secret", some_bytes("nonce 2", 16)).hex(),
        },
        "material": {
            "key_id": MULTI,
            "material_id": material_id(MULTI, material).hex(),
            "material": material.hex(),
            "sealed": keyring_seal(domain_keys[1], material_context, material, some_bytes("nonce 3", 16)).hex(),
        },
        "data_key": {"data_key": data_key.hex(), "aad": b"secret 1".hex(), "plaintext": b"value".hex(),
                     "sealed": seal(data_key, b"secret 1", b"value", some_bytes("value nonce", 16)).hex()},
        "parcel": parcel(),
    }


def write(name, content):
    (HERE / name).write_text(json.dumps(content, indent=2, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    write("ciphertext-v1.json", ciphertexts())
    write("sealing-v1.json", sealing())
