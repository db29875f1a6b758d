"""An account for the cluster, with the rights that a JobManager uses and no others.

Flink's client creates no RBAC objects, and the namespace's default account has no rights, so that a JobManager of it
cannot start a single TaskManager.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flink_session.kubernetes import constants
from flink_session.kubernetes.extensions.extension import find_resource, with_resource
from flink_session.kubernetes.high_availability import keeps_leaders_in_config_maps
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import Manifest

_RBAC = "rbac.authorization.k8s.io"


def access_name(cluster_id: str) -> str:
    """Name of ServiceAccount, Role and RoleBinding; two clusters never share it, and no object of Flink's has it."""
    return f"flink-session-{cluster_id}"


def add_access(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters
) -> KubernetesJobManagerSpecification:
    """Add ServiceAccount, Role and RoleBinding where the JobManager's account is the one named for the cluster.

    An account of another name is the user's own, and stays untouched.
    """
    if parameters.service_account != access_name(parameters.cluster_id):
        return specification
    resources = (*specification.accompanying_resources, *_access_objects(parameters))
    return replace(specification, accompanying_resources=resources)


def job_manager_rules(parameters: KubernetesJobManagerParameters) -> list[Manifest]:
    """Return the rules of the Role.

    The JobManager creates, watches and deletes TaskManager pods; it reads its own Deployment, to make it their owner;
    under Kubernetes high availability it elects leaders and keeps job metadata in ConfigMaps, which cannot be narrowed
    to names since these contain job ids.

    ``deployments: delete`` is withheld: a JobManager would use it when somebody calls ``DELETE /cluster``, or when it
    fails in order, and the cluster would vanish behind the back of the tool that owns it. All that is granted is in
    Kubernetes' own role `admin`, so that whoever has that in a namespace may deploy.

    On the host's network it binds free ports, and writes them into its two Services.
    """
    own = parameters.cluster_id
    rules = [
        _rule("", "pods", "list", "watch", "create", "delete"),
        {**_rule("apps", "deployments", "get"), "resourceNames": [own]},
    ]
    if parameters.host_network_enabled:
        services = [constants.internal_service_name(own), constants.rest_service_name(own)]
        rules.append({**_rule("", "services", "get", "update"), "resourceNames": services})
    if keeps_leaders_in_config_maps(parameters.configuration):
        rules.append(_rule("", "configmaps", "get", "list", "watch", "create", "update", "patch", "delete"))
    return rules


def annotate_service_account(
    specification: KubernetesJobManagerSpecification,
    parameters: KubernetesJobManagerParameters,
    annotations: Mapping[str, str],
) -> KubernetesJobManagerSpecification:
    """Annotate the ServiceAccount, if there is one of the cluster's own: clouds give their identities by that."""
    account = find_resource(specification, "ServiceAccount", access_name(parameters.cluster_id))
    if account is None:
        return specification
    metadata = {**account["metadata"], "annotations": dict(annotations)}
    return with_resource(specification, {**account, "metadata": metadata})


def permit_owner_references(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters
) -> KubernetesJobManagerSpecification:
    """Add ``deployments/finalizers: update`` on the own Deployment to the Role, if there is one.

    With the admission plugin OwnerReferencesPermissionEnforcement (on by default in OpenShift) no pod with a blocking
    owner reference is created without it; elsewhere it means nothing. Kubernetes' role `admin` does not have it, and
    nobody may grant what he has not.
    """
    role = find_resource(specification, "Role", access_name(parameters.cluster_id))
    if role is None:
        return specification
    rule = {**_rule("apps", "deployments/finalizers", "update"), "resourceNames": [parameters.cluster_id]}
    return with_resource(specification, {**role, "rules": [*role["rules"], rule]})


def _rule(group: str, resource: str, *verbs: str) -> Manifest:
    return {"apiGroups": [group], "resources": [resource], "verbs": list(verbs)}


def _access_objects(parameters: KubernetesJobManagerParameters) -> tuple[Manifest, Manifest, Manifest]:
    name = access_name(parameters.cluster_id)

    def manifest(api_version: str, kind: str, **fields: object) -> Manifest:
        metadata = {"name": name, "labels": dict(parameters.common_labels)}
        return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}

    return (
        manifest("v1", "ServiceAccount"),
        manifest(f"{_RBAC}/v1", "Role", rules=job_manager_rules(parameters)),
        manifest(
            f"{_RBAC}/v1",
            "RoleBinding",
            roleRef={"apiGroup": _RBAC, "kind": "Role", "name": name},
            subjects=[{"kind": "ServiceAccount", "name": name, "namespace": parameters.namespace}],
        ),
    )
