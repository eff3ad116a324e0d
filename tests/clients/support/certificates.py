"""Certificates of a test's servers."""

from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make(folder):
    """Writes a certificate for `localhost`. Returns the file of its authority, and the pair of its own file and its key's."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    start = datetime.now(timezone.utc) - timedelta(hours=1)

    def signed(name, public, extension):
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(authority).public_key(public)
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(start).not_valid_after(start + timedelta(days=2))
        return builder.add_extension(extension, critical=True).sign(authority_key, hashes.SHA256())

    own = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    files = {
        "authority.pem": signed(authority, authority_key.public_key(), x509.BasicConstraints(ca=True, path_length=None)),
        "server.pem": signed(x509.Name([]), key.public_key(), own),
    }
    for name, certificate in files.items():
        (folder / name).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pem, pkcs8, clear = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "server.key").write_bytes(key.private_bytes(pem, pkcs8, clear))
    return folder / "authority.pem", (folder / "server.pem", folder / "server.key")
