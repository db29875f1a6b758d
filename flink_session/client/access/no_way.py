"""Why there is no answer: the error of a transport that knows, and certificates that were refused."""

from __future__ import annotations

import ssl
from typing import Final

import httpx2

_OF_CLIENTS: Final = {
    *("TLSV13_ALERT_CERTIFICATE_REQUIRED", "TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_BAD_CERTIFICATE"),
    *("SSLV3_ALERT_HANDSHAKE_FAILURE", "SSLV3_ALERT_CERTIFICATE_UNKNOWN", "SSLV3_ALERT_CERTIFICATE_EXPIRED"),
    *("TLSV1_ALERT_ACCESS_DENIED", "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_REVOKED"),
}
"""What a server says of a client's certificate, as OpenSSL calls it."""


class NoWayError(httpx2.TransportError):
    """There is no way, or none for now.

    Attributes:
        sent: whether the request may have reached Flink.
        final: whether it would be the same the next time. If not, a way that can be found anew is.
    """

    def __init__(self, message: str, *, sent: bool = False, final: bool = False) -> None:
        super().__init__(message)
        self.sent, self.final = sent, final


def refused_certificate(error: BaseException) -> str:
    """Say whose certificate was refused, by what was raised; nothing if none was.

    Of a client's, the server may say so only when it is asked something.
    """
    inner: BaseException | None = error
    while inner is not None and not isinstance(inner, ssl.SSLError):
        inner = inner.__cause__ or inner.__context__
    if isinstance(inner, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {inner.verify_message}; Tls(ca_file=...) says whom to trust"
    if inner is not None and inner.reason in _OF_CLIENTS:
        alert = inner.reason.lower().replace("_", " ")
        return f"it does not take this client ({alert}); Tls(certificate_file=..., key_file=...) is what is shown to it"
    return ""
