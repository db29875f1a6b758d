"""Operations on manifests, and a pod that keeps what it was given."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import pytest

from flink_session.configuration import Configuration, FlinkVersion
from flink_session.configuration.java_text import double_text
from flink_session.kubernetes import FlinkPod, KubernetesJobManagerParameters, Manifest
from flink_session.kubernetes.decorators import InitJobManagerDecorator
from flink_session.kubernetes.manifests import with_value_at, without_empty
from flink_session.memory import ClusterSpecification

POD: Manifest = {
    "metadata": {"labels": {"team": "data", "app": "other"}, "annotations": {"keep": "me"}},
    "spec": {
        "serviceAccountName": "from-template",
        "dnsPolicy": "None",
        "containers": [{"name": "sidecar", "image": "sidecar:1"}],
        "nodeSelector": {"disk": "hdd"},
    },
}
MAIN_CONTAINER: Manifest = {
    "image": "from-template:1",
    "imagePullPolicy": "Always",
    "ports": [{"name": "metrics", "containerPort": 9249}],
    "resources": {"requests": {"cpu": "9", "ephemeral-storage": "2Gi"}},
}


def decorated(options: Mapping[str, str]) -> Manifest:
    configuration = Configuration({"kubernetes.cluster-id": "demo", "blob.server.port": "6124", **options})
    parameters = KubernetesJobManagerParameters(
        configuration, FlinkVersion.parse("2.2.0"), cluster_specification=ClusterSpecification(1600, 1728, 1)
    )
    return InitJobManagerDecorator(parameters).decorate_flink_pod(FlinkPod(POD, MAIN_CONTAINER)).to_pod_template()


@pytest.mark.parametrize(
    ("cores", "quantity"),
    [
        (1, "1.0"),
        (0.5, "0.5"),
        (0.1 * 3, "0.30000000000000004"),
        (0.001, "0.001"),
        (0.0001, "1.0E-4"),
        (0.00025, "2.5E-4"),
        (12345678.0, "1.2345678E7"),
    ],
)
def test_cores_are_written_as_java_writes_them(cores: float, quantity: str) -> None:
    assert double_text(cores) == quantity


def test_a_value_is_set_in_a_copy() -> None:
    manifest: Manifest = {"spec": {"containers": [{"name": "a"}, {"name": "b"}]}}
    changed = with_value_at(manifest, ("spec", "containers", 1, "image"), "x")
    assert changed == {"spec": {"containers": [{"name": "a"}, {"name": "b", "image": "x"}]}}
    assert manifest == {"spec": {"containers": [{"name": "a"}, {"name": "b"}]}}
    assert with_value_at({}, ("metadata", "labels"), {}) == {"metadata": {"labels": {}}}


def test_empty_fields_are_left_out_but_false_and_zero_stay() -> None:
    assert without_empty({"a": None, "b": {}, "c": [], "d": False, "e": 0, "f": ""}) == {"d": False, "e": 0, "f": ""}


def test_what_the_pod_has_already_stays_unless_an_option_says_otherwise() -> None:
    before = copy.deepcopy((POD, MAIN_CONTAINER))
    template = decorated({})
    sidecar, main = template["spec"]["containers"]
    assert template["metadata"]["labels"] == {
        "team": "data",
        "app": "demo",
        "type": "flink-native-kubernetes",
        "component": "jobmanager",
    }
    assert template["metadata"]["annotations"] == {"keep": "me"}
    assert template["spec"]["serviceAccount"] == template["spec"]["serviceAccountName"] == "from-template"
    assert (template["spec"]["dnsPolicy"], template["spec"]["nodeSelector"]) == ("None", {"disk": "hdd"})
    assert sidecar["name"] == "sidecar"
    assert (main["image"], main["imagePullPolicy"]) == ("from-template:1", "Always")
    assert [port["name"] for port in main["ports"]] == ["metrics", "rest", "jobmanager-rpc", "blobserver"]
    assert main["resources"]["requests"] == {"cpu": "1.0", "memory": "1600Mi", "ephemeral-storage": "2Gi"}
    assert before == (POD, MAIN_CONTAINER)


def test_explicit_options_win_over_the_pod() -> None:
    template = decorated({"kubernetes.container.image.ref": "mine:1", "kubernetes.service-account": "mine"})
    assert template["spec"]["containers"][-1]["image"] == "mine:1"
    assert template["spec"]["serviceAccount"] == "mine"
