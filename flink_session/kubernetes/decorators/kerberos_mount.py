"""Kerberos: the keytab as a Secret, ``krb5.conf`` as a ConfigMap, both mounted where the login module looks."""

from __future__ import annotations

import base64

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import SecurityOptions
from flink_session.kubernetes import constants
from flink_session.kubernetes.client_files import file_name
from flink_session.kubernetes.decorators.step_decorator import KubernetesStepDecorator
from flink_session.kubernetes.flink_pod import FlinkPod
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.manifests import Manifest


class KerberosMountDecorator(KubernetesStepDecorator):
    """Mirrors ``KerberosMountDecorator``: its objects have no labels; a ``krb5.conf`` that is not there is mounted."""

    __slots__ = ()

    @classmethod
    def is_enabled(cls, parameters: KubernetesJobManagerParameters) -> bool:
        """Tell whether ``kubernetes.decorator.kerberos-mount.enabled`` leaves it in."""
        return parameters.kerberos_mount_decorator_enabled

    def decorate_flink_pod(self, flink_pod: FlinkPod) -> FlinkPod:
        """Mount what is configured."""
        cluster_id, krb5 = self.parameters.cluster_id, self.parameters.kerberos_krb5_path
        if self.parameters.kerberos_keytab is not None:
            secret = {"secretName": constants.kerberos_keytab_secret_name(cluster_id)}
            volume = {"name": constants.KERBEROS_KEYTAB_VOLUME, "secret": secret}
            flink_pod = flink_pod.with_mounted_volume(volume, constants.KERBEROS_KEYTAB_MOUNT_POINT)
        if krb5 is not None:
            config_map = {
                "name": constants.kerberos_krb5_config_map_name(cluster_id),
                "items": [{"key": file_name(krb5), "path": constants.KRB5_CONF_FILE}],
            }
            volume = {"name": constants.KERBEROS_KRB5_VOLUME, "configMap": config_map}
            path = f"/etc/{constants.KRB5_CONF_FILE}"
            flink_pod = flink_pod.with_mounted_volume(volume, path, subPath=constants.KRB5_CONF_FILE)
        return flink_pod

    def build_accompanying_kubernetes_resources(self) -> list[Manifest]:
        """Return the Secret and the ConfigMap."""
        cluster_id, krb5 = self.parameters.cluster_id, self.parameters.kerberos_krb5_path
        keytab, resources = self.parameters.kerberos_keytab, list[Manifest]()
        if keytab is not None:
            data = {file_name(keytab): base64.b64encode(self.parameters.client_files.by_path[keytab]).decode()}
            metadata = {"name": constants.kerberos_keytab_secret_name(cluster_id)}
            resources.append({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data})
        text = None if krb5 is None else self.parameters.client_files.text(krb5)
        if krb5 is not None and text is not None:
            metadata = {"name": constants.kerberos_krb5_config_map_name(cluster_id)}
            resources.append(
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {file_name(krb5): text}}
            )
        return resources

    def decorate_configuration(self) -> Configuration:
        """Let Flink find the keytab where it is mounted."""
        keytab = self.parameters.kerberos_keytab
        if keytab is None:
            return self.parameters.configuration
        path = f"{constants.KERBEROS_KEYTAB_MOUNT_POINT}/{file_name(keytab)}"
        return self.parameters.configuration.with_value(SecurityOptions.KERBEROS_LOGIN_KEYTAB, path)
