"""What the API server asks of single fields of a pod, as data: by the type of the object that they stand in.

The types are those of ``pod_model.json``, the rules those of Kubernetes 1.34. Rules between fields are in the modules
beside this one.
"""

from __future__ import annotations

import ipaddress
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flink_session.kubernetes.checks.api_rules import (
    DNS_LABEL,
    DNS_SUBDOMAIN,
    KEY_OF_DATA,
    PORT_NAME,
    QUALIFIED_NAME_RULE,
    RELAXED_ENVIRONMENT_VARIABLE,
    TextRule,
    is_qualified_name,
)
from flink_session.kubernetes.checks.pod_validation.fault import listed
from flink_session.kubernetes.checks.quantities import parse_quantity

_LONGEST_ID = (1 << 31) - 1
_IP_V4 = re.compile(r"0*([0-9]{1,3})(?:\.0*([0-9]{1,3})){3}")


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What is asked of one field.

    Attributes:
        holds: tells whether the API server takes a value.
        rule: the same in words, continuing "but it ...".
        required: whether the field must be there.
        empty_is_absent: whether an empty text counts as one that is not there.
        fix: what to do, as an imperative without a full stop.
        refused: whether the API server refuses the rest; otherwise it takes it, and the pod never starts.
    """

    holds: Callable[[Any], bool]
    rule: str
    required: bool = False
    empty_is_absent: bool = True
    fix: str = "correct it"
    refused: bool = True


def _text(rule: TextRule, *, required: bool = False, empty_is_absent: bool = True) -> FieldRule:
    return FieldRule(lambda text: not rule.broken_by(text), rule.rule, required, empty_is_absent)


def _one_of(*names: str, required: bool = False, empty_is_absent: bool = True) -> FieldRule:
    rule = f"must be {listed(names)}"
    return FieldRule(names.__contains__, rule, required, empty_is_absent, "choose one of them")


def _from(least: int, most: int, *, required: bool = False) -> FieldRule:
    return FieldRule(lambda number: least <= number <= most, f"must be from {least} to {most}", required)


def _at_least(least: int, *, required: bool = False) -> FieldRule:
    return FieldRule(lambda number: bool(number >= least), f"must be at least {least}", required)


def is_ip(text: str) -> bool:
    """Tell whether a text is an address; in those of version 4, the API server does not mind leading zeros."""
    if _IP_V4.fullmatch(text):
        return all(int(part) <= 255 for part in text.split("."))
    try:
        return "%" not in text and ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def stays_below(path: str) -> bool:
    """Tell whether a path is relative and has no ``..`` in it."""
    return not path.startswith("/") and ".." not in path.split("/")


def is_port(port: int | str) -> bool:
    """Tell whether a number or a name is one of a port."""
    return 1 <= port <= 65535 if isinstance(port, int) else not PORT_NAME.broken_by(port)


_REQUIRED = FieldRule(lambda _: True, "must be set", required=True)
_NAME = replace(_text(DNS_SUBDOMAIN, required=True), refused=False)
"""A name that no object can have, where the API server only asks that there is one."""
_REFERENCE = _text(DNS_SUBDOMAIN, required=True)
_SOURCE = replace(_REFERENCE, holds=lambda name: not DNS_SUBDOMAIN.broken_by(name.removesuffix("-")))
_ID = _from(0, _LONGEST_ID)
_MODE = FieldRule(lambda mode: 0 <= mode <= 0o777, "must be the bits of a file's mode, from 0 to 0777")
_PORT = _from(1, 65535, required=True)
_PORT_OR_NAME = FieldRule(is_port, f"must be from 1 to 65535, or a name: it {PORT_NAME.rule}", True, False)
_QUALIFIED = FieldRule(is_qualified_name, QUALIFIED_NAME_RULE, required=True)
_BELOW = FieldRule(stays_below, "must be a relative path without '..'")
_FILE = FieldRule(
    lambda path: stays_below(path) and not path.startswith(".."),
    "must be a relative path that starts with no '..'",
    True,
)
_NO_BACKSTEPS = FieldRule(lambda path: ".." not in path.split("/"), "must have no '..' in it", True)
_IP = FieldRule(is_ip, "must be an IP address", required=True)
_LOCAL = _one_of("Localhost", "RuntimeDefault", "Unconfined", required=True)
_PULL_POLICY = _one_of("Always", "IfNotPresent", "Never")
_KEY = _text(KEY_OF_DATA, required=True)
_NO_DEBT = FieldRule(lambda text: (parse_quantity(text) or 0) >= 0, "must not be below 0")
_PARTITION = _from(0, 255)

_CSI_DRIVER = TextRule(
    re.compile(DNS_SUBDOMAIN.pattern.pattern, re.IGNORECASE), 63, DNS_SUBDOMAIN.rule.replace("253 lower-case", "63")
)
_UNDERSCORED = "_?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?"
DNS_SEARCH = TextRule(
    re.compile(rf"{_UNDERSCORED}(?:\.{_UNDERSCORED})*"),
    253,
    DNS_SUBDOMAIN.rule.replace("digits, '-'", "digits, '-', '_'"),
)
_HEADER = TextRule(re.compile("[-A-Za-z0-9]+"), sys.maxsize, "must consist of letters, digits and '-'")
_SEGMENT = "[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?"
_SYSCTL = TextRule(
    re.compile(rf"(?:{_SEGMENT}[./])*{_SEGMENT}"),
    253,
    "must be the name of a kernel parameter, such as net.core.somaxconn",
)


def _image(image: str) -> bool:
    return image == image.strip()


FIELD_RULES: Mapping[str, Mapping[str, FieldRule]] = {
    "AWSElasticBlockStoreVolumeSource": {"volumeID": _REQUIRED, "partition": _PARTITION},
    "AppArmorProfile": {"type": _LOCAL},
    "AzureDiskVolumeSource": {
        "diskName": _REQUIRED,
        "diskURI": _REQUIRED,
        "cachingMode": _one_of("None", "ReadOnly", "ReadWrite", empty_is_absent=False),
        "kind": _one_of("Dedicated", "Managed", "Shared", empty_is_absent=False),
    },
    "AzureFileVolumeSource": {"secretName": _NAME, "shareName": _REQUIRED},
    "CSIVolumeSource": {"driver": _text(_CSI_DRIVER, required=True)},
    "CephFSVolumeSource": {"monitors": _REQUIRED},
    "CinderVolumeSource": {"volumeID": _REQUIRED},
    "ConfigMapEnvSource": {"name": _SOURCE},
    "ConfigMapKeySelector": {"name": _REFERENCE, "key": _KEY},
    "ConfigMapProjection": {"name": _NAME},
    "ConfigMapVolumeSource": {"name": _NAME, "defaultMode": _MODE},
    "Container": {
        "name": _text(DNS_LABEL, required=True),
        "image": FieldRule(_image, "must have no white space around it", required=True),
        "imagePullPolicy": _PULL_POLICY,
        "terminationMessagePolicy": _one_of("File", "FallbackToLogsOnError"),
    },
    "ContainerPort": {
        "name": _text(PORT_NAME),
        "containerPort": _PORT,
        "hostPort": _from(0, 65535),
        "protocol": _one_of("TCP", "UDP", "SCTP"),
    },
    "ContainerResizePolicy": {
        "resourceName": _one_of("cpu", "memory", required=True),
        "restartPolicy": _one_of("NotRequired", "RestartContainer", required=True),
    },
    "DownwardAPIVolumeFile": {"path": _FILE, "mode": _MODE},
    "DownwardAPIVolumeSource": {"defaultMode": _MODE},
    "EnvFromSource": {"prefix": _text(RELAXED_ENVIRONMENT_VARIABLE)},
    "EnvVar": {"name": _text(RELAXED_ENVIRONMENT_VARIABLE, required=True)},
    "EmptyDirVolumeSource": {"sizeLimit": _NO_DEBT},
    "EphemeralVolumeSource": {"volumeClaimTemplate": _REQUIRED},
    "ExecAction": {"command": _REQUIRED},
    "FlexVolumeSource": {"driver": _REQUIRED},
    "GCEPersistentDiskVolumeSource": {"pdName": _REQUIRED, "partition": _PARTITION},
    "GRPCAction": {"port": _PORT},
    "GitRepoVolumeSource": {"repository": _REQUIRED, "directory": _BELOW},
    "GlusterfsVolumeSource": {"endpoints": _REQUIRED, "path": _REQUIRED},
    "HTTPGetAction": {"port": _PORT_OR_NAME, "scheme": _one_of("HTTP", "HTTPS")},
    "HTTPHeader": {"name": _text(_HEADER, required=True)},
    "HostAlias": {"ip": _IP},
    "HostPathVolumeSource": {
        "path": _NO_BACKSTEPS,
        "type": _one_of(
            "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"
        ),
    },
    "ImageVolumeSource": {"reference": _REQUIRED, "pullPolicy": _PULL_POLICY},
    "KeyToPath": {"key": _REQUIRED, "path": _FILE, "mode": _MODE},
    "NFSVolumeSource": {
        "server": _REQUIRED,
        "path": FieldRule(lambda path: path.startswith("/"), "must be an absolute path", required=True),
    },
    "PersistentVolumeClaimSpec": {
        "accessModes": _REQUIRED,
        "storageClassName": _text(DNS_SUBDOMAIN),
        "volumeMode": _one_of("Block", "Filesystem", empty_is_absent=False),
    },
    "PersistentVolumeClaimTemplate": {"spec": _REQUIRED},
    "PersistentVolumeClaimVolumeSource": {"claimName": _NAME},
    "PodAffinityTerm": {"topologyKey": _QUALIFIED},
    "PodDNSConfigOption": {"name": _REQUIRED},
    "PodOS": {"name": _one_of("linux", "windows", required=True)},
    "PodReadinessGate": {"conditionType": _QUALIFIED},
    "PodResourceClaim": {
        "name": _text(DNS_LABEL, required=True),
        "resourceClaimName": _text(DNS_SUBDOMAIN, empty_is_absent=False),
        "resourceClaimTemplateName": _text(DNS_SUBDOMAIN, empty_is_absent=False),
    },
    "PodSchedulingGate": {"name": _QUALIFIED},
    "PodSecurityContext": {
        "fsGroup": _ID,
        "runAsGroup": _ID,
        "runAsUser": _ID,
        "fsGroupChangePolicy": _one_of("Always", "OnRootMismatch", empty_is_absent=False),
        "seLinuxChangePolicy": _one_of("MountOption", "Recursive", empty_is_absent=False),
        "supplementalGroupsPolicy": _one_of("Merge", "Strict", empty_is_absent=False),
    },
    "PodSpec": {
        "activeDeadlineSeconds": _from(1, _LONGEST_ID),
        "dnsPolicy": _one_of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
        "hostname": _text(DNS_LABEL),
        "nodeName": _text(DNS_SUBDOMAIN),
        "preemptionPolicy": _one_of("Never", "PreemptLowerPriority", empty_is_absent=False),
        "priorityClassName": _text(DNS_SUBDOMAIN),
        "restartPolicy": _one_of("Always", "Never", "OnFailure"),
        "runtimeClassName": _text(DNS_SUBDOMAIN, empty_is_absent=False),
        "serviceAccountName": _text(DNS_SUBDOMAIN),
        "subdomain": _text(DNS_LABEL),
    },
    "PortworxVolumeSource": {"volumeID": _REQUIRED},
    "PreferredSchedulingTerm": {"weight": _from(1, 100, required=True)},
    "Probe": {
        **dict.fromkeys(("initialDelaySeconds", "timeoutSeconds", "periodSeconds"), _at_least(0)),
        **dict.fromkeys(("successThreshold", "failureThreshold"), _at_least(0)),
        "terminationGracePeriodSeconds": _at_least(1),
    },
    "ProjectedVolumeSource": {"defaultMode": _MODE},
    "RBDVolumeSource": {"monitors": _REQUIRED, "image": _REQUIRED},
    "SeccompProfile": {"type": _LOCAL},
    "SecretEnvSource": {"name": _SOURCE},
    "SecretKeySelector": {"name": _REFERENCE, "key": _KEY},
    "SecretProjection": {"name": _NAME},
    "SecretVolumeSource": {"secretName": _NAME, "defaultMode": _MODE},
    "SecurityContext": {
        "runAsGroup": _ID,
        "runAsUser": _ID,
        "procMount": _one_of("Default", "Unmasked", empty_is_absent=False),
    },
    "ServiceAccountTokenProjection": {"path": _FILE, "expirationSeconds": _from(600, 1 << 32)},
    "Sysctl": {"name": _text(_SYSCTL, required=True)},
    "TCPSocketAction": {"port": _PORT_OR_NAME},
    "Toleration": {"effect": _one_of("NoSchedule", "PreferNoSchedule", "NoExecute")},
    "TopologySpreadConstraint": {
        "maxSkew": _at_least(1, required=True),
        "minDomains": _at_least(1),
        "nodeAffinityPolicy": _one_of("Honor", "Ignore", empty_is_absent=False),
        "nodeTaintsPolicy": _one_of("Honor", "Ignore", empty_is_absent=False),
        "topologyKey": _REQUIRED,
        "whenUnsatisfiable": _one_of("DoNotSchedule", "ScheduleAnyway", required=True),
    },
    "Volume": {"name": _text(DNS_LABEL, required=True)},
    "VolumeDevice": {"name": _REQUIRED, "devicePath": _NO_BACKSTEPS},
    "VolumeMount": {
        "name": _REQUIRED,
        "mountPath": _REQUIRED,
        "mountPropagation": _one_of("Bidirectional", "HostToContainer", "None", empty_is_absent=False),
        "recursiveReadOnly": _one_of("Disabled", "Enabled", "IfPossible", empty_is_absent=False),
        "subPath": _BELOW,
        "subPathExpr": _BELOW,
    },
    "VsphereVirtualDiskVolumeSource": {"volumePath": _REQUIRED},
    "WeightedPodAffinityTerm": {"weight": _from(1, 100, required=True), "podAffinityTerm": _REQUIRED},
}
