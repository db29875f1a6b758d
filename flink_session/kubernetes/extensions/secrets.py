"""Secrets reach both roles as variables or files, from a Kubernetes Secret of the session or from one that exists.

No value passes through here but in :func:`with_secret_values`, so that all else can be planned, shown and compared
while values are still to come.

What a change of a value restarts is decided without telling anything about the value to those who may read pods:

* The JobManager restarts by an annotation of its pod template. It is a checksum of all values together, keyed by these
  values: to try a guess, one has to guess all of them at once. Where they are so short altogether that even this could
  be done, there is no annotation.
* TaskManagers, which a restart of the JobManager leaves alive, compare the checksum that they have started with to the
  one in the Secret now, and end where the two differ. That checksum never leaves the Secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flink_session.kubernetes.extensions.access import access_name
from flink_session.kubernetes.extensions.extension import find_resource, with_resource
from flink_session.kubernetes.extensions.pod_additions import PodAdditions
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import Manifest, with_value_at

SECRETS_FOLDER = "/opt/flink/secrets"
"""Where files are."""
SECRETS_ANNOTATION = "flink-session/secrets-checksum"
CHECKSUM_KEY = "flink-session.checksum"
"""The key of the checksum among those of the Secret."""

_CHECKSUM_VARIABLE = "FLINK_SESSION_SECRETS_CHECKSUM"
_CHECKSUM_FILE = f"{SECRETS_FOLDER}/.checksum"
_VOLUME = "flink-session-secrets"
_SHORTEST = 20
"""Bytes of all values together, below which no checksum of them is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One secret.

    Attributes:
        name: of the variable, or of the file in :data:`SECRETS_FOLDER`.
        secret: the name of an existing Secret; ``None`` for the session's own.
        key: its key there.
        is_file: whether it is a file.
        value: what it is, if it is the session's own and known.
    """

    name: str
    secret: str | None
    key: str
    is_file: bool
    value: bytes | None = None


def own_secrets(secrets: Iterable[Secret]) -> tuple[Secret, ...]:
    """Return those that are in the session's own Secret."""
    return tuple(item for item in secrets if item.secret is None)


def secret_additions(secrets: Sequence[Secret], cluster_id: str, *, restart: bool) -> PodAdditions:
    """Return what the pods of a role get.

    Args:
        secrets: all of them.
        cluster_id: of the session.
        restart: whether the container ends when the session's own Secret has other values than at its start.
    """
    own = access_name(cluster_id)
    restart = restart and any(item.secret is None for item in secrets)
    env = [_variable(item.name, item.secret or own, item.key) for item in secrets if not item.is_file]
    files = [(item.secret or own, item.key, item.name) for item in secrets if item.is_file]
    if restart:
        env.append(_variable(_CHECKSUM_VARIABLE, own, CHECKSUM_KEY))
        files.append((own, CHECKSUM_KEY, _CHECKSUM_FILE.rpartition("/")[2]))
    if not files:
        return PodAdditions(env=tuple(env))
    sources = [
        {"secret": {"name": name, "items": [{"key": key, "path": path} for of, key, path in files if of == name]}}
        for name in dict.fromkeys(name for name, _, _ in files)
    ]
    return PodAdditions(
        env=tuple(env),
        volumes=({"name": _VOLUME, "projected": {"sources": sources}},),
        volume_mounts=({"name": _VOLUME, "mountPath": SECRETS_FOLDER, "readOnly": True},),
        liveness_probe=_probe() if restart else None,
    )


def _variable(name: str, secret: str, key: str) -> Manifest:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}


def _probe() -> Manifest:
    """Compare the checksums. A node that is too busy to do so for minutes is no reason to end a container."""
    command = f'test ! -s {_CHECKSUM_FILE} || test "$(cat {_CHECKSUM_FILE})" = "${_CHECKSUM_VARIABLE}"'
    timing = {"initialDelaySeconds": 10, "periodSeconds": 10, "timeoutSeconds": 60, "failureThreshold": 3}
    return {"exec": {"command": ["sh", "-c", command]}, **timing}


def add_secret(
    specification: KubernetesJobManagerSpecification,
    parameters: KubernetesJobManagerParameters,
    secrets: Sequence[Secret],
) -> KubernetesJobManagerSpecification:
    """Add the session's own Secret, still without values, if it has any."""
    if not own_secrets(secrets):
        return specification
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": access_name(parameters.cluster_id), "labels": dict(parameters.common_labels)},
        "type": "Opaque",
    }
    return replace(specification, accompanying_resources=(*specification.accompanying_resources, secret))


def secret_data(values: Mapping[str, bytes]) -> dict[str, str]:
    """Return the data of the session's own Secret."""
    data = {name: base64.b64encode(value).decode() for name, value in values.items()}
    return {**data, CHECKSUM_KEY: base64.b64encode(_digest(values).hex().encode()).decode()}


def is_short(values: Mapping[str, bytes]) -> bool:
    """Tell whether all values together could be guessed."""
    return sum(map(len, values.values())) < _SHORTEST


def published_checksum(values: Mapping[str, bytes], namespace: str, cluster_id: str) -> str | None:
    """Return what may stand in the pod template; ``None`` where it could tell too much.

    Sessions with the same values have different ones, so that nobody learns that they are the same.
    """
    if is_short(values):
        return None
    return hmac.new(_digest(values), f"{namespace}/{cluster_id}".encode(), hashlib.sha256).hexdigest()


def _digest(values: Mapping[str, bytes]) -> bytes:
    hashed = {name: value.hex() for name, value in values.items()}
    return hashlib.sha256(json.dumps(hashed, sort_keys=True).encode()).digest()


def with_checksum(deployment: Manifest, checksum: str | None) -> Manifest:
    """Return the Deployment with a checksum of secrets in its pod template."""
    path = ("spec", "template", "metadata", "annotations", SECRETS_ANNOTATION)
    return deployment if checksum is None else with_value_at(deployment, path, checksum)


def with_known_values(
    specification: KubernetesJobManagerSpecification,
    parameters: KubernetesJobManagerParameters,
    secrets: Sequence[Secret],
) -> KubernetesJobManagerSpecification:
    """Fill the session's own Secret, if all values in it are known, and let the JobManager restart by them."""
    own = own_secrets(secrets)
    secret = find_resource(specification, "Secret", access_name(parameters.cluster_id))
    values = {item.name: item.value for item in own if item.value is not None}
    if secret is None or len(values) < len(own):
        return specification
    specification = with_resource(specification, {**secret, "data": secret_data(values)})
    checksum = published_checksum(values, parameters.namespace, parameters.cluster_id)
    return replace(specification, deployment=with_checksum(specification.deployment, checksum))
