"""The engine at a real API server: what only that can decide, and the fake of the unit tests cannot prove."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.errors import ApiError
from flink_session.api_server.kubeconfig import ClusterChoice, open_connection
from flink_session.engine.errors import StepError
from flink_session.engine.kubernetes_provider.field_managers import managers
from flink_session.engine.kubernetes_provider.kinds import find_kind
from flink_session.engine.kubernetes_provider.outputs import outputs_of
from flink_session.engine.kubernetes_provider.provider import KubernetesProvider
from flink_session.engine.kubernetes_provider.waits.waiting import wait_until_ready
from flink_session.engine.model.goal import Goal
from flink_session.engine.model.resource import Verdict
from flink_session.engine.model.state import ResourceState
from flink_session.engine.model.values import UNKNOWN
from tests.support.kube import Kube

pytestmark = pytest.mark.apiserver

Manifest = dict[str, Any]
Use = Callable[[KubernetesProvider], Awaitable[Any]]

CONFIG_MAP = find_kind("kubernetes:core/v1:ConfigMap")
SERVICE = find_kind("kubernetes:core/v1:Service")
DEPLOYMENT = find_kind("kubernetes:apps/v1:Deployment")
MANAGER = "flink-session-0000test"


@pytest.fixture
def use(kubeconfig: str) -> Callable[[Use], Any]:
    """Run something with a provider of the cluster."""

    @asynccontextmanager
    async def provider() -> AsyncIterator[KubernetesProvider]:
        cluster = Cluster(open_connection(ClusterChoice(kubeconfig)))
        try:
            yield KubernetesProvider(cluster)
        finally:
            await cluster.close()

    async def run(work: Use) -> Any:
        async with provider() as opened:
            return await work(opened)

    return lambda work: asyncio.run(run(work))


def recorded(outputs: Manifest) -> ResourceState:
    """The state of an object with these outputs."""
    inputs = outputs["__inputs"]
    group = inputs["apiVersion"] if "/" in inputs["apiVersion"] else f"core/{inputs['apiVersion']}"
    return ResourceState("", True, f"kubernetes:{group}:{inputs['kind']}", inputs=inputs, outputs=outputs)


def config_map(namespace: str, name: str, **data: str) -> Manifest:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def deployment(namespace: str, name: str, cpu: str = "10m", **spec: Any) -> Manifest:
    container = {"name": "main", "image": "i", "resources": {"requests": {"cpu": cpu}}}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"replicas": 0, "selector": {"matchLabels": {"app": name}}, "template": template, **spec},
    }


def test_create_update_drop_and_delete(use: Callable[[Use], Any], namespace: str) -> None:
    async def work(provider: KubernetesProvider) -> None:
        first = config_map(namespace, "life", a="1", b="1")
        live = await provider.create(CONFIG_MAP, first, MANAGER)
        assert managers(live) == [MANAGER]
        second = config_map(namespace, "life", a="2")
        live = await provider.update(CONFIG_MAP, second, outputs_of(live, first, MANAGER), [])
        assert live["data"] == {"a": "2"}
        await provider.delete(recorded(outputs_of(live, second, MANAGER)), lambda _: None)
        assert await provider.cluster.get(CONFIG_MAP, namespace, "life") is None
        await provider.delete(recorded(outputs_of(live, second, MANAGER)), lambda _: None)

    use(work)


def test_a_create_that_was_not_recorded_is_gone_on_with(use: Callable[[Use], Any], namespace: str) -> None:
    async def work(provider: KubernetesProvider) -> None:
        inputs = config_map(namespace, "again", a="1")
        first = await provider.create(CONFIG_MAP, inputs, MANAGER)
        again = await provider.create(CONFIG_MAP, inputs, MANAGER)
        assert again["metadata"]["uid"] == first["metadata"]["uid"]

    use(work)


def test_an_object_of_somebody_else_is_found_by_the_dry_run(
    use: Callable[[Use], Any], kube: Kube, namespace: str
) -> None:
    kube.create(namespace, "configmaps", {"metadata": {"name": "theirs"}, "data": {"theirs": "yes"}})

    async def work(provider: KubernetesProvider) -> None:
        for data in ({"mine": "1"}, {"theirs": "no"}):
            inputs = config_map(namespace, "theirs", **data)
            with pytest.raises(StepError, match=r"theirs already exists.*somebody-else"):
                await provider.preview_create(CONFIG_MAP, inputs, MANAGER)
            with pytest.raises(StepError, match=r"theirs already exists.*somebody-else"):
                await provider.create(CONFIG_MAP, inputs, MANAGER)

    use(work)
    theirs = kube.get(namespace, "configmaps", "theirs")
    assert theirs
    assert theirs["data"] == {"theirs": "yes"}
    assert managers(theirs) == ["somebody-else"]


def test_what_pulumis_own_create_left_is_taken_over(use: Callable[[Use], Any], kube: Kube, namespace: str) -> None:
    """The provider creates by a plain POST; a field that is dropped later must go all the same."""
    inputs = deployment(namespace, "cli", minReadySeconds=3)
    url = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    kube.http.post(url, json=inputs, params={"fieldManager": "pulumi-kubernetes"}).raise_for_status()

    async def work(provider: KubernetesProvider) -> None:
        live = await provider.cluster.get(DEPLOYMENT, namespace, "cli")
        assert live
        outputs = outputs_of(live, inputs, "pulumi-kubernetes-0a1b2c3d")
        wanted = deployment(namespace, "cli", cpu="20m")
        previewed = await provider.preview_update(DEPLOYMENT, wanted, outputs, [], drops=True)
        assert previewed
        assert previewed.effective
        after = await provider.update(DEPLOYMENT, wanted, outputs, [])
        assert "minReadySeconds" not in after["spec"]
        assert managers(after) == ["pulumi-kubernetes-0a1b2c3d"]
        assert after["metadata"]["uid"] == live["metadata"]["uid"]

    use(work)


def test_a_field_that_somebody_scaled_is_a_conflict_in_the_preview(
    use: Callable[[Use], Any], kube: Kube, namespace: str
) -> None:
    inputs = deployment(namespace, "scaled")

    async def create(provider: KubernetesProvider) -> Manifest:
        return outputs_of(await provider.create(DEPLOYMENT, inputs, MANAGER), inputs, MANAGER)

    outputs = use(create)
    url = f"/apis/apps/v1/namespaces/{namespace}/deployments/scaled/scale"
    patch = {"spec": {"replicas": 1}}
    headers = {"Content-Type": "application/merge-patch+json"}
    kube.http.patch(url, json=patch, headers=headers, params={"fieldManager": "kubectl"}).raise_for_status()
    wanted = deployment(namespace, "scaled", cpu="20m")

    async def conflict(provider: KubernetesProvider) -> None:
        with pytest.raises(
            StepError, match=r"(?s)\.spec\.replicas is managed by 'kubectl'.*patchForce.*ignore_changes"
        ):
            await provider.preview_update(DEPLOYMENT, wanted, outputs, [], drops=False)
        ignoring = await provider.update(DEPLOYMENT, wanted, outputs, ["spec.replicas"])
        assert ignoring["spec"]["replicas"] == 1

    use(conflict)


def test_another_way_to_write_a_quantity_is_no_change(use: Callable[[Use], Any], namespace: str) -> None:
    async def work(provider: KubernetesProvider) -> None:
        inputs = deployment(namespace, "same", cpu="1.0")
        live = await provider.create(DEPLOYMENT, inputs, MANAGER)
        assert live["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"] == "1"
        outputs = outputs_of(live, inputs, MANAGER)
        dry_run = await provider.preview_update(DEPLOYMENT, inputs, outputs, [], drops=False)
        assert dry_run
        assert not dry_run.effective

    use(work)


def job(namespace: str, cpu: object, image: str = "i", **container: Any) -> Manifest:
    main = {"name": "main", "image": image, "resources": {"requests": {"cpu": cpu}}, **container}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "job", "namespace": namespace},
        "spec": {"suspend": True, "template": {"spec": {"restartPolicy": "Never", "containers": [main]}}},
    }


async def compared(provider: KubernetesProvider, old: ResourceState, wanted: Manifest) -> Verdict:
    """What has to be done to an object."""
    goal = Goal(urn=f"urn:pulumi:s::p::{old.type}::it", custom=True, type=old.type, inputs=wanted)
    return await (await provider.resource(goal, old)).compare(old, unfinished=False)


def test_only_what_the_api_server_takes_for_a_change_replaces_an_object(
    use: Callable[[Use], Any], namespace: str
) -> None:
    """The Pulumi provider records inputs as it writes them: quantities in their shortest form, no `args: []`."""
    inputs = job(namespace, "500m", env=[{"name": "E"}])

    async def work(provider: KubernetesProvider) -> None:
        kind = await provider.kind_of("kubernetes:batch/v1:Job")
        live = await provider.create(kind, inputs, MANAGER)
        old = recorded(outputs_of(live, inputs, MANAGER))

        async def verdict(wanted: Manifest) -> Verdict:
            return await compared(provider, old, wanted)

        spelt = job(namespace, 0.5, args=[], env=[{"name": "E", "value": ""}])
        assert (await verdict(spelt)).operation == "same"
        other = job(namespace, 0.5, image="other", args=[])
        found = await verdict(other)
        assert found.operation == "replace"
        assert [change.path[-1] for change in found.changes] == ["env", "image"]
        # Nothing but the API server can say that these are more than another way to say nothing.
        for place, key in (
            (spelt["spec"], "completions"),
            (spelt["spec"]["template"]["spec"], "terminationGracePeriodSeconds"),
        ):
            place[key] = 0
            assert (await verdict(spelt)).operation == "replace", key
            del place[key]

    use(work)


def test_what_the_provider_made_and_the_program_drops_is_the_only_change(
    use: Callable[[Use], Any], kube: Kube, namespace: str
) -> None:
    """A dry run does not show it, since the fields have yet to change hands; nor that `args: []` is none."""
    inputs = deployment(namespace, "dropping")
    inputs["metadata"]["labels"] = {"drop": "me"}
    url = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    live = kube.http.post(url, json=inputs, params={"fieldManager": "pulumi-kubernetes"}).raise_for_status().json()
    wanted = deployment(namespace, "dropping")
    wanted["spec"]["template"]["spec"]["containers"][0]["args"] = []

    async def work(provider: KubernetesProvider) -> None:
        found = await compared(provider, recorded(outputs_of(live, inputs, "pulumi-kubernetes-0a1b2c3d")), wanted)
        assert found.operation == "update"
        assert [change.path for change in found.changes] == [("metadata", "labels")]

    use(work)


def test_an_object_on_its_way_out_is_not_in_the_way(use: Callable[[Use], Any], kube: Kube, namespace: str) -> None:
    metadata = {"name": "going", "finalizers": ["example.org/wait"]}
    kube.create(namespace, "configmaps", {"metadata": metadata, "data": {"a": "theirs"}})
    first = kube.get(namespace, "configmaps", "going")
    assert first
    kube.delete(namespace, "configmaps", "going")
    inputs = config_map(namespace, "going", a="mine")

    async def work(provider: KubernetesProvider) -> Manifest:
        assert (await provider.preview_create(CONFIG_MAP, inputs, MANAGER)).outputs["data"] == {"a": "mine"}
        creating = asyncio.create_task(provider.create(CONFIG_MAP, inputs, MANAGER))
        await asyncio.sleep(0.5)
        assert not creating.done()
        patch = {"metadata": {"finalizers": None}}
        headers = {"Content-Type": "application/merge-patch+json"}
        url = f"/api/v1/namespaces/{namespace}/configmaps/going"
        (await asyncio.to_thread(kube.http.patch, url, json=patch, headers=headers)).raise_for_status()
        return await creating

    live = use(work)
    assert live["metadata"]["uid"] != first["metadata"]["uid"]
    assert live["data"] == {"a": "mine"}


@pytest.mark.parametrize("path", ["spec.template.spec.containers[*].image", "spec.template.spec", "spec"])
def test_ignored_fields_are_left_to_those_who_have_changed_them(
    use: Callable[[Use], Any], kube: Kube, namespace: str, path: str
) -> None:
    """And nothing more: the rest of what is ignored stays the program's, however the API server writes it."""
    name = f"patched-{len(path)}"
    inputs = deployment(namespace, name, cpu="0.5")
    url = f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}"
    image = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "theirs"}]}}}}
    headers = {"Content-Type": "application/strategic-merge-patch+json"}

    async def work(provider: KubernetesProvider) -> None:
        live = await provider.create(DEPLOYMENT, inputs, MANAGER)
        kube.http.patch(url, json=image, headers=headers, params={"fieldManager": "kubectl"}).raise_for_status()
        outputs, wanted = outputs_of(live, inputs, MANAGER), deployment(namespace, name, cpu="0.5")
        wanted["metadata"]["labels"] = {"changed": "yes"}
        assert await provider.preview_update(DEPLOYMENT, wanted, outputs, [path], drops=False)
        after = await provider.update(DEPLOYMENT, wanted, outputs, [path])
        container = after["spec"]["template"]["spec"]["containers"][0]
        assert (container["image"], container["resources"]["requests"]["cpu"]) == ("theirs", "500m")
        assert after["metadata"]["labels"] == {"changed": "yes"}

    use(work)


def test_a_preview_marks_what_only_up_will_know(use: Callable[[Use], Any], namespace: str) -> None:
    async def work(provider: KubernetesProvider) -> None:
        metadata = {"name": "s", "namespace": namespace}
        spec = {"selector": {"a": "b"}, "type": "NodePort", "ports": [{"port": 1}]}
        inputs = {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}
        previewed = (await provider.preview_create(SERVICE, inputs, MANAGER)).outputs
        assert previewed["spec"]["clusterIP"] is UNKNOWN
        assert previewed["spec"]["ports"][0]["nodePort"] is UNKNOWN
        assert previewed["metadata"]["uid"] is UNKNOWN
        assert previewed["spec"]["sessionAffinity"] == "None"
        assert "status" not in previewed
        assert await provider.cluster.get(SERVICE, namespace, "s") is None

    use(work)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"spec": {"replcas": 1}}, "replcas"),
        ({"spec": {"replicas": -1}}, "spec.replicas"),
        ({"metadata": {"name": "Upper"}}, "Upper"),
    ],
)
def test_what_is_invalid_is_refused_by_the_dry_run(
    use: Callable[[Use], Any], namespace: str, change: Manifest, named: str
) -> None:
    inputs = deployment(namespace, "invalid")
    for section, values in change.items():
        inputs[section] = inputs[section] | values

    async def work(provider: KubernetesProvider) -> None:
        with pytest.raises(ApiError, match=named):
            await provider.preview_create(DEPLOYMENT, inputs, MANAGER)

    use(work)


def test_a_delete_leaves_another_object_of_the_same_name_alone(
    use: Callable[[Use], Any], kube: Kube, namespace: str
) -> None:
    inputs = config_map(namespace, "reborn", a="1")

    async def create(provider: KubernetesProvider) -> Manifest:
        return outputs_of(await provider.create(CONFIG_MAP, inputs, MANAGER), inputs, MANAGER)

    outputs = use(create)
    kube.delete(namespace, "configmaps", "reborn")
    kube.create(namespace, "configmaps", {"metadata": {"name": "reborn"}, "data": {"theirs": "yes"}})

    async def delete(provider: KubernetesProvider) -> None:
        assert not await provider.is_there(recorded(outputs))
        await provider.delete(recorded(outputs), lambda _: None)

    use(delete)
    assert kube.get(namespace, "configmaps", "reborn")


@pytest.mark.parametrize(
    ("token", "plural", "namespaced"),
    [
        ("kubernetes:apps/v1:StatefulSet", "statefulsets", True),
        ("kubernetes:networking.k8s.io/v1:Ingress", "ingresses", True),
        ("kubernetes:core/v1:PersistentVolume", "persistentvolumes", False),
        ("kubernetes:core/v1:PersistentVolumeClaim", "persistentvolumeclaims", True),
        ("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "clusterroles", False),
        ("kubernetes:core/v1:ConfigMap", "configmaps", True),
    ],
)
def test_the_api_server_is_asked_for_what_it_calls_a_kind(
    use: Callable[[Use], Any], token: str, plural: str, namespaced: bool
) -> None:
    async def work(provider: KubernetesProvider) -> None:
        kind = await provider.kind_of(token)
        assert (kind.plural, kind.namespaced) == (plural, namespaced)

    use(work)


def test_a_kind_that_is_not_there_is_an_error_that_says_what_to_do(use: Callable[[Use], Any]) -> None:
    async def work(provider: KubernetesProvider) -> None:
        with pytest.raises(StepError, match=r"no kind Other of example\.com/v1.*CustomResourceDefinition"):
            await provider.kind_of("kubernetes:example.com/v1:Other")

    use(work)


def test_a_stateful_set_is_waited_for(use: Callable[[Use], Any], namespace: str) -> None:
    """With no replicas, only the controller's own word is missing."""

    async def work(provider: KubernetesProvider) -> None:
        kind = await provider.kind_of("kubernetes:apps/v1:StatefulSet")
        inputs = {**deployment(namespace, "set", serviceName="set"), "kind": "StatefulSet"}
        live = await provider.create(kind, inputs, MANAGER)
        ready = await wait_until_ready(provider.cluster, kind, live, 30, lambda _: None)
        assert ready["status"]["observedGeneration"] == 1
        await provider.delete(recorded(outputs_of(ready, inputs, MANAGER)), lambda _: None)

    use(work)
