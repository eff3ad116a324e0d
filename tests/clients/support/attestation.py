"""Attestation documents of Nitro Enclaves and NitroTPM, signed by a PKI of the tests.

A document is a COSE_Sign1 message (RFC 9052) whose payload is a CBOR map (AWS, "Nitro Enclaves Attestation Process").
"""

import datetime
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.x509.oid import NameOID

MODULE = "i-1234567890abcdef0-enc0123456789abcdef0"
TPM_MODULE = "i-1234567890abcdef0-tpm0000000000000000"
ES384 = {1: -35}
ALGORITHM = "RSAES_OAEP_SHA_256"


def cbor(value):
    """A value as CBOR (RFC 8949), with lengths that are given in advance."""

    def head(major, number):
        for size, info in ((1, 24), (2, 25), (4, 26), (8, 27)):
            if number < 24:
                return bytes([major << 5 | number])
            if number < 256**size:
                return bytes([major << 5 | info]) + number.to_bytes(size, "big")
        raise ValueError(number)

    if value is None:
        return b"\xf6"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    if isinstance(value, dict):
        return head(5, len(value)) + b"".join(cbor(key) + cbor(item) for key, item in value.items())
    raise TypeError(value)


class Issued:
    """A certificate and its key."""

    def __init__(self, name, issuer=None, *, ca, path_length=None, valid=(-60, 3600), usage=None, curve=None):
        self.key = ec.generate_private_key(curve or ec.SECP384R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = issuer or self
        now = datetime.datetime.now(datetime.timezone.utc)
        begin, end = (now + datetime.timedelta(seconds=seconds) for seconds in valid)
        usage = usage or ("key_cert_sign" if ca else "digital_signature")
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(issuer.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=path_length), critical=True)
            .add_extension(x509.KeyUsage(**(_NO_USAGE | {usage: True})), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
        )
        self.certificate = builder.sign(issuer.key, hashes.SHA384())

    @property
    def der(self):
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)


_NO_USAGE = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


class Nitro:
    """A root, two authorities below it, and a certificate that signs documents; `below` varies the last one."""

    def __init__(self, root=None, **below):
        self.root = root or Issued("aws.nitro-enclaves", ca=True)
        self.region = Issued("region", self.root, ca=True, path_length=1)
        self.zone = Issued("zone", self.region, ca=True, path_length=0)
        self.leaf = Issued("instance", self.zone, **({"ca": False} | below))

    def members(self, public_key, **changes):
        """The members of an enclave's document, as Nitro makes it: absent optional members are null."""
        members = {
            "module_id": MODULE,
            "digest": "SHA384",
            "timestamp": int(time.time() * 1000),
            "pcrs": {index: bytes([index]) * 48 for index in (0, 1, 2, 3, 4, 8)},
            "certificate": self.leaf.der,
            "cabundle": [self.root.der, self.region.der, self.zone.der],
            "public_key": public_key,
            "user_data": None,
            "nonce": None,
        } | changes
        return {name: value for name, value in members.items() if value is not ...}

    def sign(self, members, *, protected=ES384, unprotected=None, tagged=True):
        """The signed document. The members may be bytes in place of a map."""
        header = cbor(protected)
        payload = members if isinstance(members, bytes) else cbor(members)
        signed = self.leaf.key.sign(cbor(["Signature1", header, b"", payload]), ec.ECDSA(hashes.SHA384()))
        size = (self.leaf.key.curve.key_size + 7) // 8
        signature = b"".join(number.to_bytes(size, "big") for number in utils.decode_dss_signature(signed))
        return (b"\xd2" if tagged else b"") + cbor([header, unprotected or {}, payload, signature])


class Enclave:
    """An enclave, or an instance with NitroTPM, with a key of its own."""

    def __init__(self, nitro, bits=2048, **changes):
        self.nitro = nitro
        self.key = rsa.generate_private_key(65537, bits)
        self.changes = changes

    @property
    def public_key(self):
        public = self.key.public_key()
        return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    def document(self, **changes):
        members = {"public_key": self.public_key} | self.changes | changes
        return self.nitro.sign(self.nitro.members(**members))

    def recipient(self, **changes):
        """The `Recipient` of a request, with a fresh document."""
        return {"KeyEncryptionAlgorithm": ALGORITHM, "AttestationDocument": self.document(**changes)}

    def open(self, message):
        """The secret in a `CiphertextForRecipient`."""
        encrypted_key, iv, ciphertext = parse_enveloped_data(message)
        content_key = self.key.decrypt(encrypted_key, OAEP(MGF1(hashes.SHA256()), hashes.SHA256(), None))
        decryptor = Cipher(algorithms.AES256(content_key), modes.CBC(iv)).decryptor()
        unpadder = padding.PKCS7(128).unpadder()
        return unpadder.update(decryptor.update(ciphertext) + decryptor.finalize()) + unpadder.finalize()


ENVELOPED_DATA = bytes.fromhex("06092a864886f70d010703")
DATA = bytes.fromhex("06092a864886f70d010701")
OAEP_SHA256 = bytes.fromhex(
    "303c06092a864886f70d010107302fa00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500"
)
AES_256_CBC = bytes.fromhex("060960864801650304012a")
VERSION_2 = bytes.fromhex("020102")


def parse_enveloped_data(message):
    """The encrypted key, the initialization vector and the content of an EnvelopedData (RFC 5652) for one recipient.

    It takes the steps of AWS's client in C (`aws_cms_parse_enveloped_data`): the outer elements must have indefinite lengths, since that
    client enters an element by reading its head alone."""
    reader = Reader(message)
    reader.enter(0x30)
    reader.exactly(ENVELOPED_DATA)
    reader.enter(0xA0)
    reader.enter(0x30)
    reader.exactly(VERSION_2)
    recipient = Reader(Reader(reader.element(0x31)).element(0x30))
    reader.enter(0x30)
    reader.exactly(DATA)
    algorithm = Reader(reader.element(0x30))
    reader.enter(0xA0)
    content = b""
    while not reader.ended():
        content += reader.element(0x04)
    reader.exactly(bytes(10))
    assert reader.rest == b""
    recipient.exactly(VERSION_2)
    assert len(recipient.element(0x80)) == 32
    recipient.exactly(OAEP_SHA256)
    encrypted_key = recipient.element(0x04)
    algorithm.exactly(AES_256_CBC)
    iv = algorithm.element(0x04)
    assert recipient.rest == algorithm.rest == b""
    return encrypted_key, iv, content


class Reader:
    """Reads BER from the front."""

    def __init__(self, rest):
        self.rest = rest

    def exactly(self, wanted):
        assert self.rest.startswith(wanted), (self.rest[: len(wanted)].hex(), wanted.hex())
        self.rest = self.rest[len(wanted) :]

    def enter(self, tag):
        """Enters an element of indefinite length."""
        self.exactly(bytes([tag, 0x80]))

    def ended(self):
        return self.rest.startswith(bytes(2))

    def element(self, tag):
        """The content of an element of definite length."""
        assert self.rest[0] == tag and self.rest[1] != 0x80, self.rest[:2].hex()
        length, start = self.rest[1], 2
        if length > 0x80:
            start += length - 0x80
            length = int.from_bytes(self.rest[2:start], "big")
        content, self.rest = self.rest[start : start + length], self.rest[start + length :]
        assert len(content) == length
        return content
