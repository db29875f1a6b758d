"""One pod template with a little of everything, and single changes to it: such as spoil it, and such as do not."""

from __future__ import annotations

import copy
import re
from typing import Any

import yaml

TEMPLATE: dict[str, Any] = yaml.safe_load(
    r"""
metadata:
  labels: {team: data}
  annotations: {a: b, controller.kubernetes.io/pod-deletion-cost: "-5"}
spec:
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
          - matchExpressions: [{key: disk, operator: In, values: [ssd]}]
            matchFields: [{key: metadata.name, operator: In, values: [node-1]}]
      preferredDuringSchedulingIgnoredDuringExecution:
        - {weight: 1, preference: {matchExpressions: [{key: cores, operator: Gt, values: ["4"]}]}}
    podAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - {weight: 100, podAffinityTerm: {topologyKey: zone, namespaces: [a], labelSelector: {matchLabels: {x: y}}}}
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        - topologyKey: zone
          matchLabelKeys: [other]
          mismatchLabelKeys: [third]
          labelSelector: {matchExpressions: [{key: x, operator: Exists}]}
  containers:
    - name: flink-main-container
      env: [{name: A, valueFrom: {configMapKeyRef: {name: a, key: b}}}]
    - name: side
      image: b
      env:
        - {name: A, valueFrom: {secretKeyRef: {name: a, key: b}}}
        - {name: B, valueFrom: {fieldRef: {fieldPath: "metadata.labels['team']"}}}
        - {name: C, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
      envFrom: [{prefix: A_, configMapRef: {name: a}}, {secretRef: {name: a}}]
      lifecycle: {postStart: {exec: {command: [x]}}, preStop: {sleep: {seconds: 5}}}
      livenessProbe: {httpGet: {port: web, httpHeaders: [{name: X-A, value: b}]}, periodSeconds: 5}
      readinessProbe: {grpc: {port: 1}}
      startupProbe: {tcpSocket: {port: 1}, terminationGracePeriodSeconds: 5}
      ports: [{containerPort: 1, name: web, hostPort: 1}, {containerPort: 2}]
      resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]
      resources:
        limits: {cpu: 1, a.b/gpu: 1, hugepages-2Mi: 4Mi}
        requests: {cpu: 500m}
      securityContext:
        allowPrivilegeEscalation: false
        appArmorProfile: {type: Localhost, localhostProfile: p}
        capabilities: {add: [NET_ADMIN]}
        runAsGroup: 1
        runAsUser: 1
        seccompProfile: {type: Localhost, localhostProfile: a/b}
      volumeDevices: [{name: claim, devicePath: /dev/x}]
      volumeMounts:
        - {name: logs, mountPath: /a, readOnly: true, recursiveReadOnly: IfPossible}
        - {name: new, mountPath: /b}
  dnsConfig: {nameservers: [1.1.1.1], searches: [a.b], options: [{name: ndots}]}
  initContainers:
    - name: native
      image: b
      restartPolicy: Always
      readinessProbe: {exec: {command: [x]}}
      ports: [{containerPort: 1, hostPort: 5}]
    - {name: init, image: b, volumeMounts: [{name: files, mountPath: /a}]}
  readinessGates: [{conditionType: a.b/c}]
  resourceClaims: [{name: gpu, resourceClaimName: a}, {name: net, resourceClaimTemplateName: a}]
  resources: {limits: {cpu: 64}, requests: {cpu: 32}}
  schedulingGates: [{name: a.b/c}]
  securityContext:
    fsGroup: 1
    runAsGroup: 1
    runAsUser: 1
    supplementalGroups: [1]
    sysctls: [{name: net.core.somaxconn, value: "1"}, {name: kernel.shmmax, value: "1"}]
  tolerations: [{key: a.b/c, value: d, effect: NoExecute, tolerationSeconds: 5}, {operator: Exists}]
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: zone
      whenUnsatisfiable: DoNotSchedule
      minDomains: 1
      labelSelector: {matchLabels: {x: y}}
    - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}
  volumes:
    - {name: logs, emptyDir: {sizeLimit: 1Gi}}
    - {name: config, configMap: {name: a, defaultMode: 0o444, items: [{key: a, path: b, mode: 0o400}]}}
    - {name: secret, secret: {secretName: a, defaultMode: 0o400}}
    - name: files
      projected:
        defaultMode: 0o400
        sources:
          - secret: {name: a, items: [{key: a, path: b}]}
          - configMap: {name: a, items: [{key: a, path: c}]}
          - downwardAPI: {items: [{path: d, fieldRef: {fieldPath: metadata.labels}}]}
          - serviceAccountToken: {path: t, expirationSeconds: 600}
    - name: downward
      downwardAPI:
        items: [{path: a, mode: 0o400, resourceFieldRef: {containerName: side, resource: limits.cpu, divisor: 1m}}]
    - {name: claim, persistentVolumeClaim: {claimName: a}}
    - name: new
      ephemeral:
        volumeClaimTemplate:
          metadata: {labels: {a: b}, annotations: {a: b}}
          spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, volumeMode: Filesystem}
    - {name: csi, csi: {driver: Secrets.csi, nodePublishSecretRef: {name: a}}}
    - {name: host, hostPath: {path: /x, type: File}}
    - {name: nfs, nfs: {server: s, path: /x}}
    - {name: aws, awsElasticBlockStore: {volumeID: a, partition: 1}}
    - {name: gce, gcePersistentDisk: {pdName: a, partition: 1}}
    - {name: disk, azureDisk: {diskName: a, diskURI: /subscriptions/x, kind: Managed, cachingMode: None}}
    - {name: file, azureFile: {secretName: a, shareName: b}}
    - {name: ceph, cephfs: {monitors: [a]}}
    - {name: cinder, cinder: {volumeID: a}}
    - {name: flex, flexVolume: {driver: a, options: {b: c}}}
    - {name: git, gitRepo: {repository: a, directory: b}}
    - {name: gluster, glusterfs: {endpoints: a, path: b}}
    - {name: portworx, portworxVolume: {volumeID: a}}
    - {name: rbd, rbd: {monitors: [a], image: b}}
    - {name: vsphere, vsphereVolume: {volumePath: a}}
""".replace("0o", "0")
)

GONE = object()
"""A field that is removed."""

_SIDE = "spec.containers[1]"
_ANTI = "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]"
_NODE = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]"
_NEAR = "spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]"
_CLAIM = "spec.volumes[6].ephemeral.volumeClaimTemplate"
_LONG = "x" * 254

REFUSED_CHANGES: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("metadata.labels[team]", ("a b", "x" * 64)),
    ("metadata.annotations[a]", ("x" * (257 << 10),)),
    ("metadata.annotations[controller.kubernetes.io/pod-deletion-cost]", ("+1", "01", "3000000000", "")),
    ("metadata.annotations[container.apparmor.security.beta.kubernetes.io/nobody]", ("unconfined",)),
    ("metadata.annotations[container.apparmor.security.beta.kubernetes.io/flink-main-container]", ("x",)),
    ("metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]", ("x", "localhost//a")),
    ("metadata.annotations[a b]", ("x",)),
    ("metadata.finalizers", (["f"], ["a b/c"], ["orphan", "foregroundDeletion"])),
    ("metadata.creationTimestamp", ("today", "2024-13-01T00:00:00Z", "2024-01-01")),
    (f"{_SIDE}.name", (GONE, "", "A", "a.b", "x" * 64, "flink-main-container", "native", "init")),
    (f"{_SIDE}.image", (GONE, "", " a")),
    (f"{_SIDE}.imagePullPolicy", ("always", "x")),
    (f"{_SIDE}.terminationMessagePolicy", ("Stdout",)),
    (f"{_SIDE}.env[0].name", (GONE, "", "A=B", "Ä")),
    (f"{_SIDE}.env[0].valueFrom", ({}, {"fileKey": {}})),
    (f"{_SIDE}.env[0].valueFrom.secretKeyRef.name", (GONE, "", "A_B", _LONG)),
    (f"{_SIDE}.env[0].valueFrom.secretKeyRef.key", (GONE, "", "a/b", "..a")),
    ("spec.containers[0].env[0].valueFrom.configMapKeyRef.name", (GONE, "A_B")),
    ("spec.containers[0].env[0].valueFrom.configMapKeyRef.key", (GONE, "a b")),
    (f"{_SIDE}.env[0].valueFrom.fieldRef", ({"fieldPath": "metadata.name"},)),
    (f"{_SIDE}.env[1].valueFrom.fieldRef.fieldPath", (GONE, "spec.image", "metadata.labels", "metadata.labels['a b']")),
    (f"{_SIDE}.env[1].valueFrom.fieldRef.apiVersion", ("v2",)),
    (f"{_SIDE}.env[2].valueFrom.resourceFieldRef.resource", (GONE, "memory", "limits.gpu")),
    (f"{_SIDE}.env[2].valueFrom.resourceFieldRef.divisor", ("2Mi", "1024", "1m", "x")),
    (f"{_SIDE}.envFrom[0].prefix", ("A=", "Ä")),
    (f"{_SIDE}.envFrom[0].configMapRef.name", (GONE, "A_B")),
    (f"{_SIDE}.envFrom[1].secretRef.name", (GONE, "A_B")),
    (f"{_SIDE}.envFrom[0].secretRef", ({"name": "a"},)),
    (f"{_SIDE}.lifecycle.postStart", ({}, {"exec": {}})),
    (f"{_SIDE}.lifecycle.preStop.sleep.seconds", (-1, 31)),
    (f"{_SIDE}.livenessProbe.httpGet.port", (GONE, 0, 65536, "Web", "", "a--b", "80", "x" * 16)),
    (f"{_SIDE}.livenessProbe.httpGet.scheme", ("https",)),
    (f"{_SIDE}.livenessProbe.httpGet.httpHeaders[0].name", (GONE, "a b")),
    (f"{_SIDE}.livenessProbe.periodSeconds", (-1,)),
    (f"{_SIDE}.livenessProbe.successThreshold", (2,)),
    (f"{_SIDE}.livenessProbe.exec", ({"command": ["x"]},)),
    (f"{_SIDE}.readinessProbe.grpc.port", (GONE, 0, 65536)),
    (f"{_SIDE}.readinessProbe.terminationGracePeriodSeconds", (5,)),
    (f"{_SIDE}.startupProbe.terminationGracePeriodSeconds", (0,)),
    (f"{_SIDE}.startupProbe.tcpSocket.port", (GONE, 0)),
    (f"{_SIDE}.ports[0].name", ("a_b", "x" * 16, "80", "-a")),
    (f"{_SIDE}.ports[0].containerPort", (GONE, 0, 65536)),
    (f"{_SIDE}.ports[0].hostPort", (-1, 65536)),
    (f"{_SIDE}.ports[0].protocol", ("HTTP",)),
    (f"{_SIDE}.ports[1].name", ("web",)),
    (f"{_SIDE}.ports[1].hostPort", (1,)),
    (f"{_SIDE}.resizePolicy[0].resourceName", (GONE, "disk")),
    (f"{_SIDE}.resizePolicy[0].restartPolicy", (GONE, "Always")),
    (f"{_SIDE}.resizePolicy[1]", ({"resourceName": "cpu", "restartPolicy": "NotRequired"},)),
    (f"{_SIDE}.resources.limits.cpu", ("1GB", "-1", "100m")),
    (f"{_SIDE}.resources.limits[a.b/gpu]", ("0.5",)),
    (f"{_SIDE}.resources.limits.gpu", ("1",)),
    (f"{_SIDE}.resources.limits[requests.x/y]", ("1",)),
    (f"{_SIDE}.resources.limits[a/b/c]", ("1",)),
    (f"{_SIDE}.resources.limits.hugepages-2Mi", ("3Mi", "1")),
    (f"{_SIDE}.resources.requests[a.b/gpu]", ("2",)),
    (f"{_SIDE}.resources.requests[c.d/gpu]", ("1",)),
    (f"{_SIDE}.resources.claims", ([{"name": "x"}], [{}])),
    ("spec.initContainers[1].resources", ({"limits": {"hugepages-2Mi": "2Mi"}},)),
    (f"{_SIDE}.securityContext.privileged", (True,)),
    (f"{_SIDE}.securityContext.capabilities.add", (["CAP_SYS_ADMIN"],)),
    (f"{_SIDE}.securityContext.appArmorProfile.type", (GONE, "x", "Unconfined")),
    (f"{_SIDE}.securityContext.appArmorProfile.localhostProfile", (GONE, "", " p")),
    (f"{_SIDE}.securityContext.procMount", ("", "Unmasked", "x")),
    (f"{_SIDE}.securityContext.runAsGroup", (-1, 1 << 31)),
    (f"{_SIDE}.securityContext.runAsUser", (-1, 1 << 31)),
    (f"{_SIDE}.securityContext.seccompProfile.type", (GONE, "x", "Unconfined")),
    (f"{_SIDE}.securityContext.seccompProfile.localhostProfile", (GONE, "/a", "a/../b")),
    (f"{_SIDE}.volumeDevices[0].name", (GONE, "nothere", "config", "new")),
    (f"{_SIDE}.volumeDevices[0].devicePath", (GONE, "/a/../b", "/a")),
    (f"{_SIDE}.volumeDevices[1]", ({"name": "claim", "devicePath": "/dev/y"}, {"name": "new", "devicePath": "/dev/x"})),
    (f"{_SIDE}.volumeMounts[1].name", (GONE, "nothere", "pod-template")),
    (f"{_SIDE}.volumeMounts[1].mountPath", (GONE, "", "/a")),
    (f"{_SIDE}.volumeMounts[1].subPath", ("../a", "/a")),
    (f"{_SIDE}.volumeMounts[1].subPathExpr", ("a/../b",)),
    (f"{_SIDE}.volumeMounts[1].mountPropagation", ("", "x", "Bidirectional")),
    (f"{_SIDE}.volumeMounts[0].mountPropagation", ("HostToContainer",)),
    (f"{_SIDE}.volumeMounts[0].readOnly", (GONE, False)),
    (f"{_SIDE}.volumeMounts[0].recursiveReadOnly", ("x", "")),
    ("spec.containers[0].image", ("", " a")),
    ("spec.containers[0].volumeMounts", ([{"name": "flink-config-volume", "mountPath": "/opt/flink/conf"}],)),
    ("spec.initContainers[0].readinessProbe", ({},)),
    ("spec.initContainers[0].ports[1]", ({"containerPort": 2, "hostPort": 5},)),
    ("spec.initContainers[1].livenessProbe", ({"exec": {"command": ["x"]}},)),
    ("spec.initContainers[1].lifecycle", ({},)),
    ("spec.initContainers[1].name", (GONE, "native", "side", "flink-main-container")),
    (f"{_NODE}.matchExpressions[0].key", (GONE, "a b")),
    (f"{_NODE}.matchExpressions[0].operator", (GONE, "Equals", "Exists")),
    (f"{_NODE}.matchExpressions[0].values", (GONE, ["a b"])),
    (f"{_NODE}.matchFields[0].key", ("metadata.labels",)),
    (f"{_NODE}.matchFields[0].operator", ("Exists",)),
    (f"{_NODE}.matchFields[0].values", (GONE, ["a", "b"], ["A"])),
    ("spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution", ({},)),
    ("spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight", (GONE, 0, 101)),
    (
        "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values",
        (["1", "2"], GONE),
    ),
    (f"{_NEAR}.weight", (GONE, 0, 101)),
    (f"{_NEAR}.podAffinityTerm", (GONE,)),
    (f"{_NEAR}.podAffinityTerm.topologyKey", (GONE, "a b")),
    (f"{_NEAR}.podAffinityTerm.namespaces", (["a.b"],)),
    (f"{_NEAR}.podAffinityTerm.labelSelector.matchLabels[x]", ("a b",)),
    (f"{_ANTI}.labelSelector.matchExpressions[0].operator", ("Gt", "In")),
    (f"{_ANTI}.labelSelector", (GONE,)),
    (f"{_ANTI}.matchLabelKeys", (["a b"], ["third"], ["team", "team"])),
    (f"{_ANTI}.mismatchLabelKeys", (["a b"],)),
    ("spec.activeDeadlineSeconds", (0,)),
    ("spec.dnsConfig.nameservers", (["a"], ["1.1.1"], ["256.1.1.1"], ["::1%x"], ["1.1.1.1"] * 4)),
    ("spec.dnsConfig.searches", (["A"], ["a..b"], ["x"] * 33, ["x" * 63 + ".y"] * 32)),
    ("spec.dnsConfig.options[0].name", (GONE,)),
    ("spec.dnsPolicy", ("none",)),
    ("spec.ephemeralContainers", ([{"name": "x", "image": "b"}],)),
    ("spec.hostAliases", ([{"hostnames": ["a"]}], [{"ip": "a"}], [{"ip": "1.1.1.1", "hostnames": ["A"]}])),
    ("spec.hostUsers", (False,)),
    ("spec.hostname", ("a.b", "A")),
    ("spec.nodeName", ("a", "A")),
    ("spec.nodeSelector", ({"a b": "c"}, {"a": "b c"})),
    ("spec.os", ({}, {"name": "x"})),
    ("spec.overhead", ({"cpu": "1"}, {"cpu": "x"})),
    ("spec.preemptionPolicy", ("", "x", "Never")),
    ("spec.priority", (5,)),
    ("spec.priorityClassName", ("A",)),
    ("spec.readinessGates[0].conditionType", (GONE, "a b")),
    ("spec.resourceClaims[0].name", (GONE, "A", "net")),
    ("spec.resourceClaims[0].resourceClaimName", (GONE, "A", "")),
    ("spec.resourceClaims[0].resourceClaimTemplateName", ("a",)),
    ("spec.resourceClaims[1].resourceClaimTemplateName", ("A",)),
    ("spec.resources.claims", ([{"name": "gpu"}],)),
    ("spec.resources.limits.cpu", ("100m", "x")),
    ("spec.resources.limits.ephemeral-storage", ("1Gi",)),
    ("spec.resources.requests.cpu", ("1", "100")),
    ("spec.runtimeClassName", ("", "A")),
    ("spec.schedulingGates[0].name", (GONE, "a b")),
    ("spec.schedulingGates[1]", ({"name": "a.b/c"},)),
    ("spec.securityContext.fsGroup", (-1, 1 << 31)),
    ("spec.securityContext.fsGroupChangePolicy", ("", "x")),
    ("spec.securityContext.runAsGroup", (-1,)),
    ("spec.securityContext.runAsUser", (-1,)),
    ("spec.securityContext.seLinuxChangePolicy", ("x",)),
    ("spec.securityContext.supplementalGroups", ([-1],)),
    ("spec.securityContext.supplementalGroupsPolicy", ("x",)),
    ("spec.securityContext.sysctls[0].name", (GONE, "A", "kernel.shmmax", "kernel/shmmax ")),
    ("spec.serviceAccountName", ("A",)),
    ("spec.subdomain", ("a.b",)),
    ("spec.tolerations[0].key", (GONE, "a b")),
    ("spec.tolerations[0].operator", ("In", "Exists")),
    ("spec.tolerations[0].value", ("a b",)),
    ("spec.tolerations[0].effect", (GONE, "x", "NoSchedule")),
    ("spec.topologySpreadConstraints[0].labelSelector.matchLabels[x]", ("a b",)),
    ("spec.topologySpreadConstraints[0].matchLabelKeys", (["a b"], ["x", "x", "team", "team"])),
    ("spec.topologySpreadConstraints[0].maxSkew", (GONE, 0)),
    ("spec.topologySpreadConstraints[0].minDomains", (0,)),
    ("spec.topologySpreadConstraints[0].nodeAffinityPolicy", ("x",)),
    ("spec.topologySpreadConstraints[0].nodeTaintsPolicy", ("x",)),
    ("spec.topologySpreadConstraints[0].topologyKey", (GONE, "")),
    ("spec.topologySpreadConstraints[0].whenUnsatisfiable", (GONE, "x", "ScheduleAnyway")),
    ("spec.topologySpreadConstraints[1].matchLabelKeys", (["a"],)),
    ("spec.volumes[0].name", (GONE, "A", "a.b", "x" * 64, "config", "flink-config-volume")),
    ("spec.volumes[0].emptyDir.sizeLimit", ("-1", "1GB")),
    ("spec.volumes[0].secret", ({"secretName": "a"},)),
    ("spec.volumes[1].configMap.name", (GONE, "")),
    ("spec.volumes[1].configMap.defaultMode", (-1, 0o1000)),
    ("spec.volumes[1].configMap.items[0].key", (GONE, "")),
    ("spec.volumes[1].configMap.items[0].path", (GONE, "/a", "../a", "a/../b", "..a")),
    ("spec.volumes[1].configMap.items[0].mode", (-1, 0o1000)),
    ("spec.volumes[2].secret.secretName", (GONE, "")),
    ("spec.volumes[2].secret.defaultMode", (0o1000,)),
    ("spec.volumes[3].projected.defaultMode", (0o1000,)),
    ("spec.volumes[3].projected.sources[0].secret.name", (GONE,)),
    ("spec.volumes[3].projected.sources[0].configMap", ({"name": "a"},)),
    ("spec.volumes[3].projected.sources[1].configMap.name", (GONE,)),
    ("spec.volumes[3].projected.sources[1].configMap.items[0].path", ("b",)),
    ("spec.volumes[3].projected.sources[2].downwardAPI.items[0].path", (GONE, "b", "/a")),
    ("spec.volumes[3].projected.sources[2].downwardAPI.items[0].fieldRef.fieldPath", ("status.podIP",)),
    ("spec.volumes[3].projected.sources[2].downwardAPI.items[0].fieldRef", (GONE,)),
    ("spec.volumes[3].projected.sources[3].serviceAccountToken.path", (GONE, "../t")),
    ("spec.volumes[3].projected.sources[3].serviceAccountToken.expirationSeconds", (599, (1 << 32) + 1)),
    ("spec.volumes[4].downwardAPI.defaultMode", (0o1000,)),
    ("spec.volumes[4].downwardAPI.items[0].mode", (0o1000,)),
    ("spec.volumes[4].downwardAPI.items[0].resourceFieldRef.containerName", (GONE,)),
    ("spec.volumes[4].downwardAPI.items[0].resourceFieldRef.resource", (GONE, "x")),
    ("spec.volumes[4].downwardAPI.items[0].resourceFieldRef.divisor", ("1Mi",)),
    ("spec.volumes[5].persistentVolumeClaim.claimName", (GONE, "")),
    ("spec.volumes[6].ephemeral.volumeClaimTemplate", (GONE,)),
    (f"{_CLAIM}.metadata.labels[a]", ("b c",)),
    (f"{_CLAIM}.metadata.annotations[a]", ("x" * (257 << 10),)),
    (f"{_CLAIM}.metadata.name", ("a",)),
    (f"{_CLAIM}.spec", (GONE,)),
    (f"{_CLAIM}.spec.accessModes", (GONE, ["RWO"], ["ReadWriteOncePod", "ReadWriteOnce"])),
    (f"{_CLAIM}.spec.resources.requests.storage", (GONE, "0", "x")),
    (f"{_CLAIM}.spec.storageClassName", ("A",)),
    (f"{_CLAIM}.spec.volumeMode", ("x",)),
    (f"{_CLAIM}.spec.selector", ({"matchLabels": {"a b": "c"}},)),
    (f"{_CLAIM}.spec.dataSource", ({"kind": "PersistentVolumeClaim"}, {"kind": "X", "name": "a"})),
    (f"{_CLAIM}.spec.dataSource", ({"kind": "X", "name": "a", "apiGroup": "A"},)),
    ("spec.volumes[7].csi.driver", (GONE, "a_b", "x" * 64)),
    ("spec.volumes[7].csi.nodePublishSecretRef.name", (GONE, "A")),
    ("spec.volumes[8].hostPath.path", (GONE, "/a/../b")),
    ("spec.volumes[8].hostPath.type", ("Folder",)),
    ("spec.volumes[9].nfs.server", (GONE,)),
    ("spec.volumes[9].nfs.path", (GONE, "x")),
    ("spec.volumes[10].awsElasticBlockStore.volumeID", (GONE,)),
    ("spec.volumes[10].awsElasticBlockStore.partition", (256,)),
    ("spec.volumes[11].gcePersistentDisk.pdName", (GONE,)),
    ("spec.volumes[11].gcePersistentDisk.partition", (-1,)),
    ("spec.volumes[12].azureDisk.diskName", (GONE,)),
    ("spec.volumes[12].azureDisk.diskURI", (GONE, "https://x")),
    ("spec.volumes[12].azureDisk.kind", (GONE, "x", "Shared")),
    ("spec.volumes[12].azureDisk.cachingMode", ("x",)),
    ("spec.volumes[13].azureFile.secretName", (GONE,)),
    ("spec.volumes[13].azureFile.shareName", (GONE,)),
    ("spec.volumes[14].cephfs.monitors", (GONE,)),
    ("spec.volumes[15].cinder.volumeID", (GONE,)),
    ("spec.volumes[16].flexVolume.driver", (GONE,)),
    ("spec.volumes[16].flexVolume.options", ({"x.kubernetes.io/a": "b"},)),
    ("spec.volumes[17].gitRepo.repository", (GONE,)),
    ("spec.volumes[17].gitRepo.directory", ("../a",)),
    ("spec.volumes[18].glusterfs.endpoints", (GONE,)),
    ("spec.volumes[18].glusterfs.path", (GONE,)),
    ("spec.volumes[19].portworxVolume.volumeID", (GONE,)),
    ("spec.volumes[20].rbd.monitors", (GONE,)),
    ("spec.volumes[20].rbd.image", (GONE,)),
    ("spec.volumes[21].vsphereVolume.volumePath", (GONE,)),
)
"""Where, and what stands there then; each change alone makes the API server refuse the pods of both roles."""

FOUND_ELSEWHERE = {
    f"{_SIDE}.name": ("spec.initContainers[0].name", "spec.initContainers[1].name", "spec.containers[0]"),
    f"{_SIDE}.resources.limits.cpu": (f"{_SIDE}.resources.requests.cpu",),
    f"{_SIDE}.livenessProbe.exec": (f"{_SIDE}.livenessProbe.httpGet",),
    f"{_SIDE}.securityContext.privileged": (f"{_SIDE}.securityContext.allowPrivilegeEscalation",),
    f"{_SIDE}.securityContext.capabilities.add": (f"{_SIDE}.securityContext.allowPrivilegeEscalation",),
    f"{_SIDE}.securityContext.appArmorProfile.type": (f"{_SIDE}.securityContext.appArmorProfile.localhostProfile",),
    f"{_SIDE}.securityContext.seccompProfile.type": (f"{_SIDE}.securityContext.seccompProfile.localhostProfile",),
    f"{_SIDE}.volumeDevices[0].name": (f"{_SIDE}.volumeDevices[0]",),
    f"{_SIDE}.volumeDevices[0].devicePath": (f"{_SIDE}.volumeDevices[0]",),
    f"{_SIDE}.volumeMounts[0].mountPropagation": (f"{_SIDE}.volumeMounts[0].recursiveReadOnly",),
    f"{_SIDE}.volumeMounts[0].readOnly": (f"{_SIDE}.volumeMounts[0].recursiveReadOnly",),
    f"{_NODE}.matchExpressions[0].operator": (f"{_NODE}.matchExpressions[0].values",),
    f"{_ANTI}.labelSelector.matchExpressions[0].operator": (f"{_ANTI}.labelSelector.matchExpressions[0].values",),
    f"{_ANTI}.labelSelector": (f"{_ANTI}.matchLabelKeys",),
    "metadata.annotations[a]": ("metadata.annotations",),
    "spec.hostUsers": (f"{_SIDE}.volumeDevices",),
    "spec.resourceClaims[0].name": ("spec.resourceClaims[1].name",),
    "spec.resourceClaims[0].resourceClaimName": ("spec.resourceClaims[0]",),
    "spec.securityContext.sysctls[0].name": ("spec.securityContext.sysctls[1].name",),
    "spec.tolerations[0].key": ("spec.tolerations[0].operator",),
    "spec.tolerations[0].operator": ("spec.tolerations[0].value",),
    "spec.topologySpreadConstraints[0].whenUnsatisfiable": ("spec.topologySpreadConstraints[1]",),
    "spec.volumes[0].name": ("spec.volumes[1].name",),
    "spec.volumes[3].projected.sources[0].configMap": ("spec.volumes[3].projected.sources[0].secret",),
    "spec.volumes[3].projected.sources[2].downwardAPI.items[0].fieldRef": (
        "spec.volumes[3].projected.sources[2].downwardAPI.items[0]",
    ),
    f"{_CLAIM}.metadata.annotations[a]": (f"{_CLAIM}.metadata.annotations",),
    "spec.volumes[12].azureDisk.kind": ("spec.volumes[12].azureDisk.diskURI",),
}
"""Changes whose fault is found at the other of two fields that must agree."""

TAKEN_CHANGES: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("metadata.labels[team]", ("", "x" * 63)),
    ("metadata.annotations[Example.COM/x]", ("any text", "")),
    ("metadata.annotations[container.apparmor.security.beta.kubernetes.io/init]", ("runtime/default",)),
    ("metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]", ("unconfined", "localhost/a")),
    ("metadata.finalizers", (["a.b/c"], ["orphan"])),
    ("metadata.creationTimestamp", ("2024-01-01T00:00:00Z", None)),
    ("metadata.uid", ("x",)),
    (f"{_SIDE}.name", ("0", "x" * 63)),
    (f"{_SIDE}.image", ("Any/thing at:all",)),
    (f"{_SIDE}.imagePullPolicy", ("", None)),
    (f"{_SIDE}.env[0].name", ("A B", "9", "a.b-c", "$")),
    (f"{_SIDE}.env[0].value", ("",)),
    (f"{_SIDE}.env[1].name", ("A",)),
    (f"{_SIDE}.env[1].valueFrom.fieldRef.fieldPath", ("metadata.annotations['A.b/C']", "status.hostIPs", "spec.host")),
    (f"{_SIDE}.env[2].valueFrom.resourceFieldRef.resource", ("requests.hugepages-2Mi",)),
    (f"{_SIDE}.env[2].valueFrom.resourceFieldRef.divisor", (GONE, "0", "1", "1000", "1G", "1024Ki")),
    (f"{_SIDE}.lifecycle", ({},)),
    (f"{_SIDE}.lifecycle.preStop.sleep.seconds", (0, 30)),
    (f"{_SIDE}.livenessProbe.httpGet.port", (1, 65535, "x")),
    (f"{_SIDE}.livenessProbe.httpGet.scheme", ("", "HTTPS")),
    (f"{_SIDE}.livenessProbe.periodSeconds", (0,)),
    (f"{_SIDE}.livenessProbe.successThreshold", (0, 1)),
    (f"{_SIDE}.readinessProbe.successThreshold", (3,)),
    (f"{_SIDE}.ports[0].name", ("", "rest", "x" * 15, "0a")),
    (f"{_SIDE}.ports[0].protocol", ("", "SCTP")),
    (f"{_SIDE}.ports[1].containerPort", (1,)),
    (f"{_SIDE}.ports[1].hostPort", (0, 2)),
    (f"{_SIDE}.resources.limits.cpu", ("0.5", "0.001k", "1e0", ".5")),
    (f"{_SIDE}.resources.limits[c.d/gpu]", ("1000m", "0")),
    (f"{_SIDE}.resources.limits[kubernetes.io/x]", ("0.5",)),
    (f"{_SIDE}.resources.requests.ephemeral-storage", ("1n",)),
    (f"{_SIDE}.resources.claims", ([{"name": "gpu"}],)),
    (f"{_SIDE}.securityContext.allowPrivilegeEscalation", (True, GONE)),
    (f"{_SIDE}.securityContext.capabilities.add", (["SYS_ADMIN"],)),
    (f"{_SIDE}.volumeMounts[1].mountPath", ("relative", "/a/", "/a:b", "/opt/flink/conf")),
    (f"{_SIDE}.volumeMounts[1].name", ("logs", "flink-config-volume", "claim-2")[:2]),
    (f"{_SIDE}.volumeMounts[1].mountPropagation", ("None", "HostToContainer")),
    (f"{_SIDE}.volumeMounts[1].subPath", ("", "a/..b")),
    (f"{_SIDE}.volumeMounts[0].recursiveReadOnly", ("Disabled", "Enabled")),
    ("spec.containers[0].command", (["anything"],)),
    ("spec.containers[0].resources", ({"limits": {"cpu": "nonsense", "memory": "-1"}},)),
    ("spec.initContainers[0].lifecycle", ({"preStop": {"exec": {"command": ["x"]}}},)),
    ("spec.initContainers[1].ports", ([{"containerPort": 9, "hostPort": 1}],)),
    ("spec.affinity", ({}, {"nodeAffinity": {}, "podAffinity": {}})),
    (f"{_NODE}.matchExpressions[0].operator", ("NotIn",)),
    (f"{_NODE}.matchExpressions", (GONE,)),
    (
        "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values",
        (["a b"],),
    ),
    (f"{_ANTI}.matchLabelKeys", (["team"], ["other", "other"], ["x"])),
    ("spec.dnsConfig.nameservers", (["::1", "01.1.1.1", "::ffff:1.2.3.4"],)),
    ("spec.dnsConfig.searches", (["."], ["_a.b."], ["x"] * 32)),
    ("spec.dnsPolicy", ("None", "", " ", "Default")),
    ("spec.hostAliases", ([{"ip": "1.1.1.1"}],)),
    ("spec.hostPID", (True,)),
    ("spec.nodeSelector", ({"a": ""},)),
    ("spec.os", ({"name": "linux"},)),
    ("spec.preemptionPolicy", ("PreemptLowerPriority",)),
    ("spec.priority", (0,)),
    ("spec.priorityClassName", ("", "system-node-critical")),
    ("spec.resourceClaims", ([{"name": "gpu", "resourceClaimName": "a"}],)),
    ("spec.resources.requests.cpu", ("1500m",)),
    ("spec.schedulerName", ("Any thing",)),
    ("spec.securityContext.fsGroup", (0, (1 << 31) - 1)),
    ("spec.securityContext.sysctls[1].name", ("net/core/x", "kernel.x_y-z")),
    ("spec.terminationGracePeriodSeconds", (5, 90)),
    ("spec.tolerations[0].key", ("a",)),
    ("spec.tolerations[0].operator", ("", "Equal")),
    ("spec.tolerations[1].effect", ("", "NoSchedule")),
    ("spec.topologySpreadConstraints[0].matchLabelKeys", (["team"], ["other"])),
    ("spec.topologySpreadConstraints[0].topologyKey", ("any thing",)),
    ("spec.volumes[0].emptyDir", ({}, {"medium": "Any"})),
    ("spec.volumes[1].configMap.items", (GONE, [{"key": "any key", "path": "a..b"}])),
    ("spec.volumes[2].secret", ({"secretName": "a", "optional": True},)),
    ("spec.volumes[3].projected", ({}, {"sources": [{}]})),
    ("spec.volumes[3].projected.sources[3].serviceAccountToken.path", ("b",)),
    (f"{_CLAIM}.spec.storageClassName", ("", "a.b")),
    (f"{_CLAIM}.spec.dataSource", ({"kind": "X", "name": "a", "apiGroup": "b.c"},)),
    (f"{_CLAIM}.spec.accessModes", (["ReadWriteOncePod"], ["ReadWriteOnce", "ReadOnlyMany"])),
    ("spec.volumes[8].hostPath", ({"path": "relative"}, {"path": "/x", "type": ""})),
    ("spec.volumes[12].azureDisk", ({"diskName": "a", "diskURI": "https://b"},)),
)
"""Changes that the API server takes, in the pods of both roles."""


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the template with another value at a path, which may be new."""
    template = copy.deepcopy(TEMPLATE)
    steps = [
        int(key) if key.isdecimal() else key or field for field, key in re.findall(r"([^.\[\]]+)|\[([^]]+)\]", path)
    ]
    *way, last = steps
    item: Any = template
    for step in way:
        item = item[step] if isinstance(step, int) else item.setdefault(step, {})
    if value is GONE:
        del item[last]
    elif isinstance(last, int) and last == len(item):
        item.append(value)
    else:
        item[last] = value
    return template
