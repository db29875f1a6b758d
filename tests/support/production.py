"""What the production example takes that no file can have: a password, and a certificate with its key."""

import subprocess
from pathlib import Path

from tests.support.project import Project


def configure_secrets(project: Project, folder: Path) -> None:
    """Set them in the stack `dev`, the key and the password as secrets."""
    key, certificate = folder / "tls.key", folder / "tls.crt"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=analytics-rest"]
    made = [*words, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    given = [
        ["--secret", "dbPassword", "--", "a password that is long enough"],
        ["--secret", "tlsKey", "--", key.read_text()],
        ["tlsCertificate", "--", certificate.read_text()],
    ]
    for arguments in given:
        ran = project.run("config", "dev", "set", *arguments)
        assert ran.returncode == 0, ran.stdout
