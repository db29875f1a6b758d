"""Several JobManagers have one folder for uploaded jars, so that each of them can run what another one got.

That is possible where high availability's storage is a volume that all of them mount; Flink keeps uploaded jars on a
disk, and not in object storage. It also holds where a Service cannot lead a client to the same JobManager: behind an
ingress or the API server's proxy, and when a JobManager dies between upload and run.
"""

from __future__ import annotations

import posixpath
from urllib.parse import urlsplit

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import HighAvailabilityOptions, WebOptions
from flink_session.configuration.findings import IllegalConfigurationError
from flink_session.kubernetes.high_availability import HighAvailabilityMode
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options

_FOLDER = "web-upload"


def share_uploads(configuration: Configuration) -> Configuration:
    """Set ``web.upload.dir`` in high availability's storage, unless it is set.

    What cannot be read is left as it is; the checks say what is wrong with it.
    """
    if configuration.contains(WebOptions.UPLOAD_DIR) or not HighAvailabilityMode.of(configuration).is_active:
        return configuration
    try:
        replicas = configuration.get(Options.JOB_MANAGER_REPLICAS)
        cluster_id = configuration.get(Options.CLUSTER_ID)
        storage = configuration.get(HighAvailabilityOptions.HA_STORAGE_PATH)
    except IllegalConfigurationError:
        return configuration
    folder = _mounted(storage or "")
    if replicas < 2 or not folder:
        return configuration
    return configuration.with_value(WebOptions.UPLOAD_DIR, posixpath.join(folder, _FOLDER, cluster_id or ""))


def shares_uploads(configuration: Configuration) -> bool:
    """Tell whether the folder of uploaded jars is one that somebody chose: then it is taken for a shared one."""
    return configuration.contains(WebOptions.UPLOAD_DIR)


def _mounted(storage: str) -> str:
    """Return the folder of storage that is a file system of the pod; else nothing."""
    try:
        parts = urlsplit(storage.strip())
    except ValueError:
        return ""
    is_local = parts.scheme in ("", "file") and not parts.netloc and parts.path.startswith("/")
    return parts.path if is_local else ""
