"""A way to REST and web UI from outside: an Ingress, or an HTTPRoute of the Gateway API.

Flink's web UI names all that it loads relative to its own address. Under a path that address must end with a slash, and
Flink must be asked without the path: so there is a redirect to the slash, and the path is taken away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from flink_session.configuration.core_options import SecurityOptions
from flink_session.kubernetes import constants
from flink_session.kubernetes.extensions.access import access_name
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import Manifest

REDIRECT_NAME = "flink-session-redirect"
"""The beginning of the name of the Ingress that only leads to the slash."""
SERVICE_TYPES = ("NodePort", "LoadBalancer")
"""Exposure by the rest Service itself."""
KNOWN_CLASS = "nginx"
"""The class of Ingress whose annotations are known here: those of ingress-nginx."""
_NGINX = "nginx.ingress.kubernetes.io"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What is asked for.

    Attributes:
        type: ``NodePort``, ``LoadBalancer``, ``Ingress`` or ``HTTPRoute``.
        host: the name by which the session is reached.
        path: where it is there.
        ingress_class: ``ingressClassName``.
        certificate: the name of a Secret with the host's certificate, of an Ingress.
        gateway: ``name`` or ``namespace/name`` of the Gateway.
        annotations: of the object, or of the rest Service.
        auth_proxy: whether somebody in front asks who it is.
        unprotected: whether it is known that nobody does.
    """

    type: str | None = None
    host: str | None = None
    path: str = "/"
    ingress_class: str | None = None
    certificate: str | None = None
    gateway: str | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)
    auth_proxy: bool = False
    unprotected: bool = False

    @property
    def is_route(self) -> bool:
        """Whether there is an object beside the rest Service."""
        return self.type not in SERVICE_TYPES

    @property
    def prefix(self) -> str:
        """The path without a slash at its end: nothing for ``/``."""
        return self.path.rstrip("/")

    @property
    def has_redirect(self) -> bool:
        """Whether there is a second Ingress, which leads to the slash."""
        return self.type == "Ingress" and bool(self.prefix) and self.ingress_class == KNOWN_CLASS

    @property
    def url(self) -> str | None:
        """The address of the web UI, where an object beside the Service decides it."""
        if not self.is_route:
            return None
        scheme = "http" if self.type == "Ingress" and self.certificate is None else "https"
        return f"{scheme}://{self.host}{self.prefix}/"


def add_routes(
    specification: KubernetesJobManagerSpecification, parameters: KubernetesJobManagerParameters, exposure: Exposure
) -> KubernetesJobManagerSpecification:
    """Add the objects of an Ingress or an HTTPRoute; what the rest Service does itself is an option of Flink."""
    routes = {"Ingress": _ingresses, "HTTPRoute": _http_routes}
    if exposure.type not in routes:
        return specification
    added = tuple(routes[exposure.type](exposure, parameters))
    return replace(specification, accompanying_resources=(*specification.accompanying_resources, *added))


def _ingresses(exposure: Exposure, parameters: KubernetesJobManagerParameters) -> Iterator[Manifest]:
    annotations, path, path_type = dict(exposure.annotations), exposure.path, "Prefix"
    if exposure.ingress_class == KNOWN_CLASS:
        if _speaks_tls(parameters):
            annotations = {f"{_NGINX}/backend-protocol": "HTTPS", **annotations}
        if exposure.prefix:
            annotations = {f"{_NGINX}/use-regex": "true", f"{_NGINX}/rewrite-target": "/$1", **annotations}
            path, path_type = f"{exposure.prefix}/(.*)", "ImplementationSpecific"
    yield _ingress(exposure, parameters, access_name(parameters.cluster_id), annotations, (path, path_type))
    if exposure.has_redirect:
        to_slash = {f"{_NGINX}/use-regex": "true", f"{_NGINX}/permanent-redirect": f"{exposure.prefix}/"}
        name = f"{REDIRECT_NAME}-{parameters.cluster_id}"
        # Regular expressions are tried by their length: this one is shorter, and matches what the other leaves.
        yield _ingress(exposure, parameters, name, to_slash, (f"{exposure.prefix}$", "ImplementationSpecific"))


def _ingress(
    exposure: Exposure,
    parameters: KubernetesJobManagerParameters,
    name: str,
    annotations: Mapping[str, str],
    path: tuple[str, str],
) -> Manifest:
    backend = {"service": {"name": constants.rest_service_name(parameters.cluster_id), "port": {"name": "rest"}}}
    paths = [{"path": path[0], "pathType": path[1], "backend": backend}]
    spec: Manifest = {"rules": [{"host": exposure.host, "http": {"paths": paths}}]}
    if exposure.ingress_class is not None:
        spec["ingressClassName"] = exposure.ingress_class
    if exposure.certificate is not None:
        spec["tls"] = [{"hosts": [exposure.host], "secretName": exposure.certificate}]
    return _object("networking.k8s.io/v1", "Ingress", parameters, name, annotations, spec)


def _http_routes(exposure: Exposure, parameters: KubernetesJobManagerParameters) -> Iterator[Manifest]:
    namespace, _, gateway = (exposure.gateway or "").rpartition("/")
    parent = {"name": gateway, **({"namespace": namespace} if namespace else {})}
    backend = {"name": constants.rest_service_name(parameters.cluster_id), "port": parameters.rest_port}
    rule: Manifest = {
        "matches": [{"path": {"type": "PathPrefix", "value": exposure.prefix or "/"}}],
        "backendRefs": [backend],
    }
    rules = [rule]
    if exposure.prefix:
        away = {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}
        rule["filters"] = [{"type": "URLRewrite", "urlRewrite": {"path": away}}]
        to_slash = {"type": "ReplaceFullPath", "replaceFullPath": f"{exposure.prefix}/"}
        redirect = {"type": "RequestRedirect", "requestRedirect": {"path": to_slash, "statusCode": 301}}
        # An exact match goes before a prefix.
        rules.insert(0, {"matches": [{"path": {"type": "Exact", "value": exposure.prefix}}], "filters": [redirect]})
    spec: Manifest = {"parentRefs": [parent], "hostnames": [exposure.host], "rules": rules}
    name = access_name(parameters.cluster_id)
    yield _object("gateway.networking.k8s.io/v1", "HTTPRoute", parameters, name, exposure.annotations, spec)


def _speaks_tls(parameters: KubernetesJobManagerParameters) -> bool:
    return parameters.configuration.get(SecurityOptions.SSL_REST_ENABLED)


def _object(
    api_version: str,
    kind: str,
    parameters: KubernetesJobManagerParameters,
    name: str,
    annotations: Mapping[str, str],
    spec: Manifest,
) -> Manifest:
    metadata: Manifest = {"name": name, "labels": dict(parameters.common_labels)}
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}
