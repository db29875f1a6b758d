"""Values for pod templates, by the types of the pod's model: good ones, and such as spoil a pod, or may."""

from __future__ import annotations

from typing import Any

Manifest = dict[str, Any]

_NAMES = ("a", "b", "c-1", "logs", "0")
_LABELS = ({"team": "data"}, {"example.com/part-of": "a.b_c", "app": "x"}, {"team": ""})
_SELECTOR: tuple[Manifest, ...] = (
    {"matchLabels": {"team": "data"}},
    {"matchExpressions": [{"key": "team", "operator": "In", "values": ["a", "b"]}]},
    {"matchExpressions": [{"key": "team", "operator": "Exists"}]},
    {},
)
_NODE_TERM = (
    {"matchExpressions": [{"key": "disk", "operator": "NotIn", "values": ["hdd"]}]},
    {"matchExpressions": [{"key": "cores", "operator": "Gt", "values": ["4"]}]},
    {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-1"]}]},
)
_KEYS = ({"key": "a", "path": "b"}, {"key": "A.b_c", "path": "d/e", "mode": 0o400})
_DOWNWARD = (
    {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}},
    {"path": "team", "fieldRef": {"fieldPath": "metadata.annotations['Example.com/team']"}},
    {"path": "cpu", "resourceFieldRef": {"containerName": "a", "resource": "limits.cpu", "divisor": "1m"}},
)
_HANDLERS = (
    {"exec": {"command": ["true"]}},
    {"httpGet": {"path": "/", "port": 8081}},
    {"httpGet": {"port": "web", "scheme": "HTTPS", "httpHeaders": [{"name": "X-A", "value": "b"}]}},
    {"tcpSocket": {"port": 8081}},
)
_QUANTITIES = ("1", "500m", "1.5Gi", "2e3", "1k")

GOOD: dict[str, dict[str, tuple[Any, ...]]] = {
    "Affinity": {"nodeAffinity": (), "podAffinity": (), "podAntiAffinity": ()},
    "AppArmorProfile": {"type": ("RuntimeDefault", "Unconfined")},
    "Capabilities": {"add": (["NET_ADMIN"],), "drop": (["ALL"],)},
    "Container": {
        "args": (["-c"],),
        "command": (["sh"],),
        "env": (),
        "envFrom": (),
        "image": ("busybox", "a.b/c:1", "d@sha256:00"),
        "imagePullPolicy": ("Always", "Never", ""),
        "lifecycle": (),
        "livenessProbe": (),
        "ports": (),
        "readinessProbe": (),
        "resizePolicy": ([{"resourceName": "cpu", "restartPolicy": "NotRequired"}],),
        "resources": (),
        "securityContext": (),
        "startupProbe": (),
        "stdin": (True,),
        "terminationMessagePath": ("/dev/x",),
        "terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
        "volumeMounts": (),
        "workingDir": ("/w",),
    },
    "ContainerPort": {
        "containerPort": (1, 9249, 65535),
        "hostPort": (8080, 0),
        "name": ("web", "metrics-1"),
        "protocol": ("TCP", "UDP"),
        "hostIP": ("127.0.0.1",),
    },
    "EnvFromSource": {"configMapRef": ({"name": "a"},), "secretRef": ({"name": "b"},), "prefix": ("A_",)},
    "EnvVar": {"name": ("A", "b.c-d_E", "X Y", "9"), "value": ("x", "$(A)", ""), "valueFrom": ()},
    "EnvVarSource": {
        "configMapKeyRef": ({"name": "a", "key": "b"},),
        "secretKeyRef": ({"name": "a.b", "key": "tls.crt", "optional": True},),
        "fieldRef": (
            {"fieldPath": "status.podIP"},
            {"apiVersion": "v1", "fieldPath": "metadata.labels['team']"},
            {"fieldPath": "spec.nodeName"},
        ),
        "resourceFieldRef": (
            {"resource": "limits.memory", "divisor": "1Mi"},
            {"resource": "requests.cpu"},
            {"resource": "limits.hugepages-2Mi", "containerName": "a"},
        ),
    },
    "HostAlias": {"ip": ("10.0.0.1", "::1", "010.1.1.1"), "hostnames": (["a.b", "c"],)},
    "Lifecycle": {"postStart": _HANDLERS[:1], "preStop": (*_HANDLERS, {"sleep": {"seconds": 5}})},
    "LocalObjectReference": {"name": ("a",)},
    "NodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": tuple({"nodeSelectorTerms": [term]} for term in _NODE_TERM),
        "preferredDuringSchedulingIgnoredDuringExecution": tuple(
            [{"weight": weight, "preference": term}] for weight, term in zip((1, 50, 100), _NODE_TERM, strict=True)
        ),
    },
    "ObjectMeta": {
        "annotations": ({"a": "b"}, {"Example.COM/x": "any text"}),
        "labels": _LABELS,
        "generateName": ("a-",),
        "finalizers": (["example.com/a"],),
    },
    "PodAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": (),
        "preferredDuringSchedulingIgnoredDuringExecution": (),
    },
    "PodAntiAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": (),
        "preferredDuringSchedulingIgnoredDuringExecution": (),
    },
    "PodAffinityTerm": {
        "labelSelector": _SELECTOR,
        "topologyKey": ("kubernetes.io/hostname",),
        "namespaces": (["a"],),
        "namespaceSelector": _SELECTOR,
        "matchLabelKeys": (["pod-template-hash"], ["team"]),
        "mismatchLabelKeys": (["x"],),
    },
    "PodDNSConfig": {
        "nameservers": (["10.0.0.1"], ["::1", "1.1.1.1"]),
        "searches": (["a.b", "_c.d."], ["."]),
        "options": ([{"name": "ndots", "value": "2"}],),
    },
    "PodReadinessGate": {"conditionType": ("example.com/ready",)},
    "PodResourceClaim": {"name": ("gpu", "b"), "resourceClaimName": ("x",)},
    "PodSchedulingGate": {"name": ("example.com/a", "b")},
    "PodSecurityContext": {
        "fsGroup": (9999, 0),
        "fsGroupChangePolicy": ("Always", "OnRootMismatch"),
        "runAsGroup": (9999,),
        "runAsNonRoot": (True,),
        "runAsUser": (9999,),
        "seccompProfile": (),
        "supplementalGroups": ([1, 2],),
        "supplementalGroupsPolicy": ("Merge", "Strict"),
        "sysctls": ([{"name": "net.core.somaxconn", "value": "1"}], [{"name": "kernel.shm_rmid_forced", "value": "1"}]),
        "appArmorProfile": (),
    },
    "PodSpec": {
        "activeDeadlineSeconds": (60,),
        "affinity": (),
        "automountServiceAccountToken": (False, True),
        "containers": (),
        "dnsConfig": (),
        "dnsPolicy": ("ClusterFirst", "Default", "ClusterFirstWithHostNet", ""),
        "enableServiceLinks": (False,),
        "hostAliases": (),
        "hostIPC": (True,),
        "hostPID": (True,),
        "hostUsers": (False, True),
        "hostname": ("a",),
        "imagePullSecrets": (),
        "initContainers": (),
        "nodeName": ("node-1.x",),
        "nodeSelector": _LABELS,
        "os": ({"name": "linux"},),
        "preemptionPolicy": ("PreemptLowerPriority",),
        "priorityClassName": ("system-cluster-critical",),
        "readinessGates": (),
        "resourceClaims": (),
        "resources": ({"limits": {"cpu": "64", "memory": "64Gi"}},),
        "restartPolicy": ("Always",),
        "schedulerName": ("mine",),
        "securityContext": (),
        "setHostnameAsFQDN": (True,),
        "shareProcessNamespace": (True, False),
        "subdomain": ("a",),
        "terminationGracePeriodSeconds": (0, 10, 90),
        "tolerations": (),
        "topologySpreadConstraints": (),
        "volumes": (),
    },
    "Probe": {
        **dict.fromkeys(("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold"), (0, 1, 5)),
        "successThreshold": (1,),
        "exec": ({"command": ["true"]},),
        "grpc": ({"port": 1},),
        "httpGet": tuple(handler["httpGet"] for handler in _HANDLERS[1:3]),
        "tcpSocket": ({"port": "web"},),
    },
    "ResourceRequirements": {
        "limits": ({"cpu": "1", "memory": "1Gi"}, {"nvidia.com/gpu": 1}, {"ephemeral-storage": "2Gi"}, {"cpu": 1.5}),
        "requests": ({"cpu": "500m"}, {"memory": "1Mi", "ephemeral-storage": "1k"}),
    },
    "SeccompProfile": {"type": ("RuntimeDefault", "Unconfined")},
    "SecurityContext": {
        "allowPrivilegeEscalation": (False, True),
        "appArmorProfile": (),
        "capabilities": (),
        "privileged": (False,),
        "procMount": ("Default",),
        "readOnlyRootFilesystem": (True,),
        "runAsGroup": (1,),
        "runAsNonRoot": (True,),
        "runAsUser": (1,),
        "seccompProfile": (),
    },
    "Toleration": {
        "key": ("a", "b.c/d"),
        "operator": ("Exists", "Equal", ""),
        "value": ("x", ""),
        "effect": ("NoSchedule", "NoExecute", ""),
        "tolerationSeconds": (60,),
    },
    "TopologySpreadConstraint": {
        "labelSelector": _SELECTOR,
        "maxSkew": (1, 2),
        "topologyKey": ("zone", "kubernetes.io/hostname"),
        "whenUnsatisfiable": ("DoNotSchedule", "ScheduleAnyway"),
        "nodeAffinityPolicy": ("Honor", "Ignore"),
        "nodeTaintsPolicy": ("Ignore",),
        "matchLabelKeys": (["pod-template-hash"], ["team"]),
        "minDomains": (2,),
    },
    "Volume": {
        "configMap": ({"name": "a"}, {"name": "b", "items": [*_KEYS], "defaultMode": 0o644}),
        "csi": ({"driver": "secrets-store.csi.k8s.io", "readOnly": True},),
        "downwardAPI": ({"items": [*_DOWNWARD]},),
        "emptyDir": ({}, {"medium": "Memory", "sizeLimit": "1Gi"}),
        "ephemeral": (
            {
                "volumeClaimTemplate": {
                    "metadata": {"labels": {"a": "b"}},
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
                }
            },
        ),
        "hostPath": ({"path": "/x"}, {"path": "/y", "type": "DirectoryOrCreate"}),
        "nfs": ({"server": "s", "path": "/x"},),
        "persistentVolumeClaim": ({"claimName": "c"},),
        "projected": (
            {
                "sources": [
                    {"secret": {"name": "a", "items": [_KEYS[0]]}},
                    {"configMap": {"name": "b"}},
                    {"downwardAPI": {"items": [_DOWNWARD[0]]}},
                    {"serviceAccountToken": {"path": "t", "expirationSeconds": 3600, "audience": "x"}},
                ]
            },
        ),
        "secret": ({"secretName": "s", "items": [_KEYS[1]], "optional": True}, {"secretName": "t"}),
    },
    "VolumeMount": {
        "mountPath": ("/x", "/y", "/z/a"),
        "mountPropagation": ("None", "HostToContainer"),
        "readOnly": (True,),
        "subPath": ("a/b",),
    },
    "WeightedPodAffinityTerm": {"weight": (1, 100), "podAffinityTerm": ()},
}
"""Good values by type and field; where there are none, the field's type has them."""

SPICE: dict[str, dict[str, tuple[Any, ...]]] = {
    "AppArmorProfile": {"type": ("Localhost",), "localhostProfile": ("p", " p", "", "../p")},
    "Capabilities": {"add": (["CAP_SYS_ADMIN"],)},
    "Container": {
        "volumeDevices": (
            [{"name": "a", "devicePath": "/dev/x"}],
            [{"name": "logs", "devicePath": "/x"}, {"name": "b", "devicePath": "/dev/../y"}],
            [{"name": "a", "devicePath": "/x"}, {"name": "a", "devicePath": "/x"}],
        ),
        "resizePolicy": (
            [{"resourceName": "memory", "restartPolicy": "RestartContainer"}],
            [{"resourceName": "cpu", "restartPolicy": "NotRequired"}] * 2,
            [{"resourceName": "x", "restartPolicy": ""}],
        ),
        "securityContext": (
            {"privileged": True},
            {"privileged": True, "allowPrivilegeEscalation": False},
            {"allowPrivilegeEscalation": False, "capabilities": {"add": ["CAP_SYS_ADMIN"]}},
            {"procMount": "Unmasked"},
        ),
        "lifecycle": (
            {"preStop": {"sleep": {"seconds": 40}}},
            {"postStart": {}},
            {"preStop": {"sleep": {"seconds": -1}}},
        ),
        "ports": (
            [{"containerPort": 1}, {"containerPort": 1, "hostPort": 1}],
            [
                {"containerPort": 2, "hostPort": 3, "protocol": "UDP"},
                {"containerPort": 2, "hostPort": 3, "hostIP": "::1"},
            ],
            [{"name": "a", "containerPort": 1}, {"name": "a", "containerPort": 2}],
        ),
    },
    "DownwardAPIVolumeFile": {"fieldRef": ({"fieldPath": "metadata.labels['a b']"}, {"fieldPath": "spec.nodeName"})},
    "EnvVar": {"valueFrom": ({"fieldRef": {"fieldPath": "metadata.name"}}, {})},
    "EnvVarSource": {
        "fieldRef": (
            {"fieldPath": "metadata.annotations['A.b/c']"},
            {"fieldPath": "metadata.labels['A.b/c']"},
            {"fieldPath": "metadata.annotations"},
            {"fieldPath": "status.podIP['x']"},
            {"apiVersion": "v2", "fieldPath": "status.podIP"},
        ),
        "resourceFieldRef": (
            {"resource": "limits.cpu", "divisor": "1Mi"},
            {"resource": "requests.memory", "divisor": "1024"},
            {"resource": "requests.x"},
        ),
    },
    "LabelSelectorRequirement": {
        "operator": ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Equals"),
        "values": (["a"], ["a b"], ["a", "b"]),
    },
    "NodeSelectorRequirement": {
        "operator": ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Equals"),
        "values": (["a"], ["a b"], ["a", "b"], ["x" * 64]),
        "key": ("metadata.name", "disk", "a b"),
    },
    "ObjectMeta": {
        "annotations": (
            {"controller.kubernetes.io/pod-deletion-cost": "-5"},
            {"controller.kubernetes.io/pod-deletion-cost": "+5"},
            {"controller.kubernetes.io/pod-deletion-cost": "3000000000"},
            {"container.apparmor.security.beta.kubernetes.io/flink-main-container": "runtime/default"},
            {"container.apparmor.security.beta.kubernetes.io/flink-main-container": "x"},
            {"container.apparmor.security.beta.kubernetes.io/nobody": "unconfined"},
            {"seccomp.security.alpha.kubernetes.io/pod": "runtime/default"},
            {"seccomp.security.alpha.kubernetes.io/pod": "localhost/a/../b"},
            {"container.seccomp.security.alpha.kubernetes.io/side": "localhost/a"},
            {"container.seccomp.security.alpha.kubernetes.io/side": "x"},
            {"big": "x" * (257 << 10)},
        ),
        "finalizers": (["a.b/c"], ["f"], ["a b/c"], ["orphan", "foregroundDeletion"], ["orphan"]),
        "generateName": ("A", "a.", "--", "a-"),
        "creationTimestamp": ("2024-01-01T00:00:00Z",),
        "uid": ("x",),
    },
    "PersistentVolumeClaimSpec": {
        "accessModes": (["ReadWriteOncePod"], ["ReadWriteOncePod", "ReadOnlyMany"], ["X"]),
        "dataSource": ({"kind": "PersistentVolumeClaim", "name": "a"}, {"kind": "VolumeSnapshot", "name": "a"}, {}),
        "storageClassName": ("", "fast", "Fast"),
        "volumeMode": ("Block", "x", ""),
        "resources": ({"requests": {"storage": "0"}}, {"requests": {"storage": "1.5"}, "limits": {"x": "1"}}),
    },
    "PersistentVolumeClaimTemplate": {
        "metadata": ({"name": "a"}, {"labels": {"a b": "c"}}, {"annotations": {"/": ""}})
    },
    "PodAffinityTerm": {
        "matchLabelKeys": (["team"], ["a b"], ["team", "team"], ["x"]),
        "mismatchLabelKeys": (["team"], ["a b"]),
        "namespaces": (["a.b"],),
    },
    "PodDNSConfig": {
        "nameservers": (["1.1.1.1"] * 4, ["1.1.1"], ["256.1.1.1"], ["::ffff:1.2.3.4"], ["fe80::1%eth0"], ["01.1.1.1"]),
        "searches": (["a"] * 33, ["x" * 63 + ".y"] * 32, ["a..b"], ["A"], [""], ["-a"]),
        "options": ([{"value": "1"}],),
    },
    "PodSecurityContext": {
        "supplementalGroups": ([-1], [1 << 31]),
        "sysctls": (
            [{"name": "net.core.somaxconn", "value": "1"}] * 2,
            [{"name": "net/core/somaxconn", "value": "1"}],
            [{"name": "Net.x", "value": "1"}],
            [{"name": "fs.mqueue.msg_max", "value": "1"}],
            [{"name": "kernel/shmmax", "value": "1"}],
        ),
    },
    "PodSpec": {
        "dnsPolicy": ("None", "none"),
        "dnsConfig": ({"nameservers": ["1.1.1.1"]}, {}),
        "hostAliases": ([{"ip": "1.1.1.1", "hostnames": ["A"]}], [{"ip": "1.1.1.1", "hostnames": [""]}]),
        "overhead": ({"cpu": "1"},),
        "priority": (0, 5),
        "preemptionPolicy": ("Never",),
        "resources": (
            {"limits": {"cpu": "1"}},
            {"requests": {"cpu": "1m"}},
            {"requests": {"memory": "100Gi"}, "limits": {"memory": "200Gi"}},
            {"limits": {"ephemeral-storage": "1Gi"}},
            {"limits": {"cpu": "64"}, "claims": [{"name": "gpu"}]},
        ),
        "resourceClaims": (
            [{"name": "gpu", "resourceClaimName": "a"}],
            [{"name": "a", "resourceClaimTemplateName": "A"}],
        ),
        "restartPolicy": ("Never", "OnFailure"),
        "schedulingGates": ([{"name": "a"}, {"name": "a"}],),
        "shareProcessNamespace": (True,),
        "topologySpreadConstraints": (
            [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}] * 2,
            [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway", "minDomains": 1}],
        ),
        "tolerations": (
            [{"operator": "Exists", "value": "a"}],
            [{"key": "a", "tolerationSeconds": 5}],
            [{"operator": "Equal", "value": "a"}],
            [{"key": "a", "value": "a b"}],
        ),
    },
    "Probe": {"terminationGracePeriodSeconds": (1, 0), "successThreshold": (2, 0, -1)},
    "ResourceRequirements": {
        "limits": (
            {"hugepages-2Mi": "4Mi", "memory": "1Gi"},
            {"hugepages-2Mi": "3Mi", "cpu": "1"},
            {"hugepages-2Mi": "4Mi"},
            {"hugepages-x": "4Mi", "cpu": "1"},
            {"nvidia.com/gpu": "0.5"},
            {"requests.x/y": "1"},
            {"gpu": "1"},
            {"storage": "1"},
            {"kubernetes.io/x": "1"},
            {"a/b/c": "1"},
            {"cpu": "0.0001"},
        ),
        "requests": (
            {"nvidia.com/gpu": "1"},
            {"nvidia.com/gpu": "2", "cpu": "1"},
            {"hugepages-2Mi": "4Mi", "cpu": "1"},
            {"cpu": "2"},
        ),
        "claims": ([{"name": "gpu"}], [{"name": "gpu"}] * 2, [{"name": ""}]),
    },
    "SeccompProfile": {"type": ("Localhost",), "localhostProfile": ("p", "/p", "a/../b", "")},
    "TopologySpreadConstraint": {"matchLabelKeys": (["team"], ["a b"], ["x", "x"])},
    "Volume": {
        "awsElasticBlockStore": ({"volumeID": "v"}, {"volumeID": "v", "partition": 256}),
        "azureDisk": (
            {"diskName": "d", "diskURI": "https://x"},
            {"diskName": "d", "diskURI": "https://x", "kind": "Managed"},
            {"diskName": "d", "diskURI": "/subscriptions/x", "kind": "Managed", "cachingMode": "None"},
            {"diskName": "d", "diskURI": "/subscriptions/x", "kind": "Dedicated"},
        ),
        "azureFile": ({"secretName": "s", "shareName": "x"},),
        "cephfs": ({"monitors": ["m"]}, {}),
        "cinder": ({"volumeID": "v"}, {}),
        "csi": ({"driver": "A.b"}, {"driver": "a_b"}, {"driver": "a", "nodePublishSecretRef": {"name": "A"}}),
        "emptyDir": ({"medium": "x", "sizeLimit": "-1"},),
        "flexVolume": (
            {"driver": "a/b", "options": {"x.kubernetes.io/a": "b"}},
            {"driver": "a", "options": {"b": "c"}},
        ),
        "gcePersistentDisk": ({"pdName": "p"}, {}),
        "gitRepo": ({"repository": "r", "directory": "../x"}, {"repository": "r"}),
        "glusterfs": ({"endpoints": "e", "path": "p"}, {"endpoints": "e"}),
        "hostPath": ({"path": "a/../b"}, {"path": "x", "type": "Folder"}),
        "nfs": ({"server": "s", "path": "x"},),
        "portworxVolume": ({"volumeID": "v"}, {}),
        "projected": (
            {},
            {"sources": [{"configMap": {"name": "a"}, "secret": {"name": "b"}}]},
            {
                "sources": [
                    {"secret": {"name": "a", "items": [_KEYS[0]]}},
                    {"configMap": {"name": "a", "items": [_KEYS[0]]}},
                ]
            },
            {"sources": [{"serviceAccountToken": {"path": "../t"}}, {}]},
        ),
        "vsphereVolume": ({"volumePath": "v"}, {}),
    },
    "VolumeMount": {
        "mountPropagation": ("Bidirectional",),
        "recursiveReadOnly": ("Enabled", "IfPossible", "Disabled", "x"),
        "subPathExpr": ("$(A)", "../x"),
    },
}
"""More values by type and field, of which most are good only beside certain others."""

SPOILT: dict[str, tuple[Any, ...]] = {
    "string": (
        *(
            "",
            "Bad_Name",
            "a b",
            "-a",
            "a-",
            "a.b",
            "A",
            "1",
            "x" * 64,
            "x" * 254,
            "../x",
            "/abs",
            "a/../b",
            "..a",
            "a=b",
        ),
        *("None", "Always", "Never", "é", "web", "flink-config-volume", "flink-main-container", " a", "a/b", "a/b/c"),
        *("Exists", "In", "10.0.0.1", "metadata.labels", "limits.cpu", "team", "Localhost", "a\nb", "*"),
        *(
            "rest",
            "taskmanager-rpc",
            "/opt/flink/conf",
            "/opt/flink/artifacts",
            "user-artifacts-volume",
            "Equal",
            "NotIn",
        ),
        *("NoExecute", "HTTPS", "File", "Directory", "UDP", "Bidirectional", "IfPossible", "ReadWriteOncePod", "zone"),
    ),
    "int": (0, -1, 1, 2, 100, 101, 8081, 65536, (1 << 31) - 1, 0o777, 0o1000),
    "long": (0, -1, 1, 60, 599, (1 << 31) - 1, 1 << 31, (1 << 32) + 1),
    "boolean": (True, False),
    "quantity": ("0", "-1", "1.5", "2GB", "1n", "1e3", "5", "100Gi", "1000", "abc", "1Ki"),
    "int-or-string": (0, -1, 65536, "", "a-very-long-port-name", "Web", "web", "80", 80, "a--b"),
}
"""What any field of a type is tried with."""

KEYS_OF_MAPS = ("a b", "a/b/c", "Example.com/x", "x" * 64, "", "cpu", "hugepages-2Mi", "nvidia.com/gpu", "pods")
"""What any key of a map is tried with."""
