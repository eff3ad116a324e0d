"""Root keys that a passphrase opens."""

import base64
import hashlib
import hmac
import os
import struct

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from support.production import Production, init, run
from support.server import PRIMARY

PASSPHRASE = "four random words here"


def open_sealed(text, passphrase):
    """Opens a sealed root key as docs/reference/root-key-files.md describes it, with another implementation of Argon2id."""
    at = text.index("sealed ")
    head, sealed = text[:at], base64.b64decode(text[at:].split()[1])
    fields = dict(line.split(" ", 1) for line in head.splitlines())
    memory, passes, lanes = (int(word.split("=")[1]) for word in fields["kdf"].split()[1:])
    salt = base64.b64decode(fields["salt"])
    key = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory).derive(passphrase.encode())
    version, nonce, message = sealed[0], sealed[1:17], sealed[17:]
    assert version == 1
    block = struct.pack(">I", 1) + b"claviger seal v1\0" + nonce + struct.pack(">I", 256)
    return AESGCM(hmac.digest(key, block, hashlib.sha256)).decrypt(bytes(12), message, head.encode())


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE + "\n")
    path.chmod(0o400)
    return path


def test_a_passphrase_opens_the_root_key(tmp_path, file):
    with Production(tmp_path, "--seal", "passphrase", "--passphrase-file", file, regions=[PRIMARY]) as server:
        kms = server.client("kms")
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        blob = kms.encrypt(KeyId=key, Plaintext=b"p")["CiphertextBlob"]
        server.stop()
        server.start()
        assert server.client("kms").decrypt(CiphertextBlob=blob)["Plaintext"] == b"p"
    folder = server.data / PRIMARY
    assert not (folder / "root.key").exists()
    sealed = folder / "root.sealed"
    assert sealed.stat().st_mode & 0o777 == 0o400
    root = open_sealed(sealed.read_text(), PASSPHRASE)
    assert len(root) == 32
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert root not in path.read_bytes() and base64.b64encode(root) not in path.read_bytes(), path


def test_a_wrong_passphrase_and_a_changed_file_have_one_message(tmp_path, file):
    init(tmp_path, "--seal", "passphrase", "--passphrase-file", file, regions=[PRIMARY])
    config, sealed = tmp_path / "data" / "claviger.toml", tmp_path / "data" / PRIMARY / "root.sealed"
    file.chmod(0o600)
    file.write_text("four random words her")
    wrong = run("server", "--config", config)
    file.write_text(PASSPHRASE)
    good = sealed.read_text()
    at = good.index("sealed ") + 30
    sealed.chmod(0o600)
    sealed.write_text(good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :])
    changed = run("server", "--config", config)
    assert wrong.returncode == changed.returncode == 1
    assert wrong.stderr == changed.stderr and "does not open" in wrong.stderr
    assert PASSPHRASE not in wrong.stderr


def test_the_passphrase_comes_from_a_variable_or_the_standard_input(tmp_path):
    for at, options in enumerate((["--passphrase-variable", "CLAVIGER_TEST_PASSPHRASE"], [])):
        command = ["init", "--region", PRIMARY, "--data", tmp_path / f"data-{at}", "--seal", "passphrase", *options]
        environment = dict(os.environ)
        given = {"input": PASSPHRASE + "\n"}
        if options:
            given = {"env": environment | {"CLAVIGER_TEST_PASSPHRASE": PASSPHRASE}}
        done = run(*command, **given)
        assert done.returncode == 0, done.stderr
        open_sealed((tmp_path / f"data-{at}" / PRIMARY / "root.sealed").read_text(), PASSPHRASE)
    refused = run("server", "--config", tmp_path / "data-0" / "claviger.toml")
    assert refused.returncode == 1 and "CLAVIGER_TEST_PASSPHRASE is not set" in refused.stderr


def test_short_passphrases_and_open_files_are_refused(tmp_path, file):
    file.chmod(0o600)
    file.write_text("short")
    refused = init(tmp_path, "--seal", "passphrase", "--passphrase-file", file, check=False)
    assert refused.returncode == 2 and "too short" in refused.stderr
    file.write_text(PASSPHRASE)
    file.chmod(0o644)
    for at in range(2):
        refused = init(tmp_path / str(at), "--seal", "passphrase", "--passphrase-file", file, check=False)
        assert refused.returncode == 1 and "chmod 0400" in refused.stderr, refused.stderr
