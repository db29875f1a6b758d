"""Pod templates as Hypothesis draws them: what people put into them, in YAML or JSON, and some that are broken."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import strategies as st

_NAMES = st.sampled_from(("a", "b", "flink-config-volume", "rest", "user-artifacts-volume"))
_STRINGS = st.dictionaries(
    st.sampled_from(("team", "app", "component", "x")), st.sampled_from(("a", "1", "")), max_size=2
)

_CONTAINER = st.fixed_dictionaries(
    {"name": st.sampled_from(("flink-main-container", "flink-main-container", "sidecar"))},
    optional={
        "image": st.sampled_from(("template:1", "")),
        "imagePullPolicy": st.sampled_from(("Always", "Never")),
        "command": st.just(["foo"]),
        "args": st.just(["bar"]),
        "workingDir": st.just("/w"),
        "env": st.lists(
            st.fixed_dictionaries(
                {"name": st.sampled_from(("A", "FLINK_LOG_DIR", "_POD_IP_ADDRESS")), "value": _NAMES}
            ),
            max_size=2,
        ),
        "ports": st.lists(
            st.fixed_dictionaries({"containerPort": st.sampled_from((8081, 9249))}, optional={"name": _NAMES}),
            max_size=2,
        ),
        "resources": st.fixed_dictionaries(
            {},
            optional={
                "requests": st.sampled_from(({"cpu": "9"}, {"ephemeral-storage": "2Gi"}, {"memory": "1Gi", "x/y": 1})),
                "limits": st.sampled_from(({"cpu": 2}, {"nvidia.com/gpu": 1}, {})),
            },
        ),
        "volumeMounts": st.lists(st.fixed_dictionaries({"name": _NAMES, "mountPath": st.just("/m")}), max_size=2),
        "livenessProbe": st.just({"httpGet": {"path": "/", "port": 8081}}),
        "securityContext": st.just({"runAsUser": 9999}),
        "lifecycle": st.just({"preStop": {"exec": {"command": ["sleep", "5"]}}}),
        "envFrom": st.just([{"configMapRef": {"name": "cm"}}]),
    },
)
_SPEC = st.fixed_dictionaries(
    {},
    optional={
        "containers": st.lists(_CONTAINER, max_size=3),
        "initContainers": st.just([{"name": "init", "image": "busybox"}]),
        "serviceAccount": st.just("template-a"),
        "serviceAccountName": st.just("template-b"),
        "restartPolicy": st.sampled_from(("OnFailure", "Always")),
        "hostNetwork": st.booleans(),
        "dnsPolicy": st.sampled_from(("None", "Default", "")),
        "nodeSelector": _STRINGS,
        "tolerations": st.lists(st.just({"key": "t", "operator": "Exists"}), max_size=1),
        "imagePullSecrets": st.lists(st.just({"name": "template"}), max_size=1),
        "volumes": st.lists(
            st.one_of(
                st.fixed_dictionaries({"name": _NAMES, "emptyDir": st.just({})}),
                st.fixed_dictionaries({"name": _NAMES, "secret": st.just({"secretName": "s"})}),
                st.fixed_dictionaries({"name": _NAMES, "persistentVolumeClaim": st.just({"claimName": "c"})}),
            ),
            max_size=2,
        ),
        "securityContext": st.just({"fsGroup": 9999}),
        "priorityClassName": st.just("high"),
        "affinity": st.just({"podAntiAffinity": {}}),
        "terminationGracePeriodSeconds": st.just(90),
        "noSuchField": st.just({"a": 1}),
    },
)
_METADATA = st.fixed_dictionaries(
    {},
    optional={
        "name": _NAMES,
        "namespace": _NAMES,
        "labels": _STRINGS,
        "annotations": _STRINGS,
        "finalizers": st.just(["f"]),
    },
)
_POD = st.fixed_dictionaries(
    {},
    optional={
        "apiVersion": st.just("v1"),
        "kind": st.sampled_from(("Pod", "Pod", "Deployment")),
        "metadata": _METADATA,
        "spec": _SPEC,
    },
)
_BROKEN = (
    "",
    "- a\n",
    "a: [\n",
    "spec: {}\n---\nspec: {}\n",
    "spec: 3\n",
    "spec:\n",
    "text",
    "spec: {containers: [null]}\n",
)


def _write(pod: dict[str, Any], as_json: bool) -> str:
    return json.dumps(pod) if as_json else str(yaml.safe_dump(pod))


def pod_templates() -> st.SearchStrategy[str]:
    """Draw the text of a pod template file."""
    good = st.builds(_write, _POD, st.booleans())
    return st.integers(0, 15).flatmap(lambda number: st.sampled_from(_BROKEN) if number == 15 else good)
