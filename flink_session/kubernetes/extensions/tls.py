"""REST with TLS from a certificate as cert-manager writes it, where Flink reads keystores with passwords only.

An init container of the main container's image makes the keystores, in memory that ends with the pod. Their password is
the pod's uid: whoever can read the keystores can read the key beside them, so it need not be a secret, and it need not
stand in the ConfigMap either. TaskManagers serve no REST, and get none of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flink_session.configuration.core_options import SecurityOptions
from flink_session.kubernetes import constants
from flink_session.kubernetes.extensions.extension import main_container_index
from flink_session.kubernetes.extensions.pod_additions import PodAdditions
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import Manifest, with_value_at

TLS_FOLDER = "/opt/flink/tls"
"""Where the keystores are."""

_REST = "security.ssl.rest"
_KEYSTORE, _TRUSTSTORE = f"{TLS_FOLDER}/keystore.p12", f"{TLS_FOLDER}/truststore.p12"
_PASSWORD = "FLINK_SESSION_TLS_PASSWORD"  # noqa: S105 - the name of a variable
_CERTIFICATE_FOLDER = "/opt/flink/certificate"
_STORES, _CERTIFICATE = "flink-session-tls", "flink-session-certificate"
_MAKE_KEYSTORE = f"""\
set -eu
umask 077
cd {TLS_FOLDER}
from={_CERTIFICATE_FOLDER}
openssl pkcs12 -export -name rest -in "$from/tls.crt" -inkey "$from/tls.key" -passout env:{_PASSWORD} -out keystore.p12
"""
_MAKE_TRUSTSTORE = f"""\
test -s "$from/ca.crt" || {{ echo "the Secret has no ca.crt, whose clients are to be let in" >&2; exit 1; }}
rm -f truststore.p12 ca-*.pem
awk '/-----BEGIN CERTIFICATE-----/ {{ n++ }} n {{ print > ("ca-" n ".pem") }}' "$from/ca.crt"
for ca in ca-*.pem; do
  keytool -importcert -noprompt -alias "$ca" -file "$ca" -keystore truststore.p12 -storetype PKCS12 \\
    -storepass:env {_PASSWORD}
  rm "$ca"
done
"""
"""One by one, since keytool takes the first of several only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """What is asked for.

    Attributes:
        certificate: name of a Secret with ``tls.crt``, ``tls.key`` and, for clients' certificates, ``ca.crt``.
        client_authentication: whether clients must show a certificate that an authority in ``ca.crt`` has signed.
    """

    certificate: str | None = None
    client_authentication: bool = False

    def options(self) -> dict[str, str | bool]:
        """Return the options that need no password."""
        enabled = SecurityOptions.SSL_REST_ENABLED.key
        values: dict[str, str | bool] = {enabled: True, f"{_REST}.keystore": _KEYSTORE}
        if self.client_authentication:
            values |= {SecurityOptions.SSL_REST_AUTHENTICATION_ENABLED.key: True, f"{_REST}.truststore": _TRUSTSTORE}
        return values

    def passwords(self) -> Iterator[str]:
        """Yield the options of the passwords."""
        yield from (f"{_REST}.keystore-password", f"{_REST}.key-password")
        if self.client_authentication:
            yield f"{_REST}.truststore-password"

    def additions(self) -> PodAdditions:
        """Return what the JobManager's pod gets."""
        password: Manifest = {"name": _PASSWORD, "valueFrom": {"fieldRef": {"fieldPath": "metadata.uid"}}}
        mount: Manifest = {"name": _STORES, "mountPath": TLS_FOLDER}
        certificate: Manifest = {"name": _CERTIFICATE, "mountPath": _CERTIFICATE_FOLDER, "readOnly": True}
        script = _MAKE_KEYSTORE + (_MAKE_TRUSTSTORE if self.client_authentication else "")
        return PodAdditions(
            env=(password,),
            volume_mounts=({**mount, "readOnly": True},),
            volumes=(
                {"name": _STORES, "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
                {"name": _CERTIFICATE, "secret": {"secretName": self.certificate}},
            ),
            init_containers=(
                {
                    "name": _STORES,
                    "command": ["sh", "-c", script],
                    "env": [password],
                    "volumeMounts": [mount, certificate],
                },
            ),
        )


def serve_tls(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters, tls: Tls
) -> KubernetesJobManagerSpecification:
    """Tell the JobManager the passwords, in its command line, where a variable can stand."""
    del parameters
    deployment = specification.deployment
    index = main_container_index(deployment)
    *before, command = deployment["spec"]["template"]["spec"]["containers"][index]["args"]
    start = constants.KUBERNETES_SESSION_SCRIPT
    told = "".join(f"-D{key}=${{{_PASSWORD}}} " for key in tls.passwords())
    path = ("spec", "template", "spec", "containers", index, "args")
    changed = [*before, start + told + command.removeprefix(start)]
    return replace(specification, deployment=with_value_at(deployment, path, changed))
