"""An authority of a test's own, and what it certifies, as PEM files."""

from __future__ import annotations

import datetime
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass(frozen=True)
class Certified:
    """A certificate and its key, in one file each."""

    certificate: Path
    key: Path


def _new_key() -> rsa.RSAPrivateKey:
    # Flink's default ciphers are those of RSA.
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Authority:
    """Certifies names; `file` is whom to trust."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder, self._name = folder, name
        self._key = _new_key()
        self._subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        own = x509.BasicConstraints(ca=True, path_length=0)
        certificate = self._certificate(self._subject, self._key).add_extension(own, critical=True)
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(self._signed(certificate))

    def certify(self, *names: str) -> Certified:
        """Certify a server or client of these names."""
        key = _new_key()
        said = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
        found = Certified(self._folder / f"{self._name}-{names[0]}.crt", self._folder / f"{self._name}-{names[0]}.key")
        found.certificate.write_bytes(self._signed(self._certificate(subject, key).add_extension(said, critical=False)))
        text = serialization.NoEncryption()
        format_ = serialization.PrivateFormat.PKCS8
        found.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, format_, text))
        return found

    def server_context(self, *names: str, mutual: bool = False) -> ssl.SSLContext:
        """The TLS of a server of these names; a `mutual` one takes clients that are certified here alone."""
        context, found = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), self.certify(*names)
        context.load_cert_chain(found.certificate, found.key)
        if mutual:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.file)
        return context

    def _certificate(self, subject: x509.Name, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self._subject)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        day = datetime.timedelta(days=1)
        return builder.not_valid_before(now - day).not_valid_after(now + day)

    def _signed(self, certificate: x509.CertificateBuilder) -> bytes:
        return certificate.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
