"""``kubernetes-session.sh`` itself at a real API server: what it leaves there is ours, after what the server adds.

Our objects go to the same server first, as a dry run, so that its defaults stand in both. Then `flink-session session`
is run with the same options: what it leaves there is the script's, but for our additions.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.cases import Built, Case, configuration_file
from tests.conformance.compare import differences
from tests.conformance.inputs import Inputs
from tests.conformance.ours import read_configuration
from tests.support import session_objects
from tests.support.kube import Kube
from tests.support.session_objects import SessionCommand

pytestmark = pytest.mark.apiserver

Manifest = dict[str, Any]

_POD_TEMPLATE = """\
apiVersion: v1
kind: Pod
metadata:
  labels: {team: data}
  annotations: {one: template}
spec:
  priorityClassName: system-node-critical
  securityContext: {fsGroup: 9999}
  nodeSelector: {zone: a}
  tolerations: [{key: t, operator: Exists}]
  terminationGracePeriodSeconds: 90
  initContainers:
  - {name: init, image: busybox}
  containers:
  - name: sidecar
    image: sidecar:1
  - name: flink-main-container
    env: [{name: FOO, value: template}]
    ports: [{name: metrics, containerPort: 9249}]
    resources: {limits: {ephemeral-storage: 1.5Gi}}
    volumeMounts: [{name: flink-logs, mountPath: /opt/flink/log}]
    livenessProbe: {httpGet: {path: /, port: 8081}}
  volumes:
  - {name: flink-logs, emptyDir: {}}
"""
_TYPED = """
typed: {int: 1, octal: 010, big: 12345678901234567890, float: 1.50, exp: 1e3, bool: True, yes: yes, text: '1',
  list: [a, 1, 'b c'], maps: [{a: 1}, {b: '2'}], date: 2020-01-01, empty: '', tilde: '~'}
lines: |
  one
  two
kubernetes.jobmanager.labels: {a: b, c: 1}
kubernetes.jobmanager.tolerations: [{key: a, operator: Exists}]
kubernetes.container.image.pull-secrets: [one, two]
"""

CASES = {
    "default": Case(),
    "high-availability": Case(
        {
            "high-availability.type": "kubernetes",
            "high-availability.storageDir": "s3://bucket/ha",
            "kubernetes.jobmanager.replicas": "2",
        }
    ),
    "node-port": Case(
        {
            "kubernetes.rest-service.exposed.type": "NodePort",
            "rest.port": "9081",
            "jobmanager.rpc.port": "9123",
            "blob.server.port": "9124",
        }
    ),
    "headless": Case(
        {
            "kubernetes.rest-service.exposed.type": "Headless_ClusterIP",
            "kubernetes.rest-service.annotations": "{a/b: 'c:d'}",
        }
    ),
    "metadata-and-resources": Case(
        {
            "kubernetes.jobmanager.labels": "team:data,app:other",
            "kubernetes.jobmanager.annotations": "{one: '1', two: 'a: b'}",
            "kubernetes.jobmanager.node-selector": "zone:a,disk:ssd",
            "kubernetes.jobmanager.tolerations": (
                "key:a,operator:Equal,value:1,effect:NoSchedule;"
                "key:b,operator:Exists,effect:NoExecute,tolerationSeconds:6000"
            ),
            "kubernetes.jobmanager.cpu.amount": "0.5",
            "kubernetes.jobmanager.cpu.limit-factor": "2.5",
            "kubernetes.jobmanager.memory.limit-factor": "1.1",
            "kubernetes.jobmanager.service-account": "jm",
        }
    ),
    "secrets": Case(
        {
            "kubernetes.secrets": "one:/opt/one,two:/opt/two",
            "kubernetes.env.secretKeyRef": "env:USER,secret:s,key:user;env:PASSWORD,secret:s,key:password",
            "kubernetes.container.image.ref": "example/flink:1",
            "kubernetes.container.image.pull-secrets": "three;four",
            "containerized.master.env.A": "a b",
        }
    ),
    "pod-templates": Case(
        {
            "kubernetes.pod-template-file.jobmanager": "/inputs/jobmanager.yaml",
            "kubernetes.pod-template-file.taskmanager": "/inputs/taskmanager.yaml",
        },
        files={
            "/inputs/jobmanager.yaml": _POD_TEMPLATE,
            "/inputs/taskmanager.yaml": "spec:\n  containers:\n  - {name: sidecar, image: 'sidecar:1'}\n",
        },
    ),
    "host-network": Case({"kubernetes.hostnetwork.enabled": "true"}),
    "hadoop": Case(
        files={
            "/inputs/hadoop/core-site.xml": "<configuration/>\n",
            "/inputs/hadoop/hdfs-site.xml": "<configuration><!-- hdfs --></configuration>\n",
        },
        environment={"HADOOP_CONF_DIR": "/inputs/hadoop"},
    ),
    "kerberos": Case(
        {
            "security.kerberos.login.keytab": "/inputs/my.keytab",
            "security.kerberos.login.principal": "me@EXAMPLE.ORG",
            "security.kerberos.krb5-conf.path": "/inputs/krb5.conf",
        },
        files={"/inputs/my.keytab": "keytab", "/inputs/krb5.conf": "[libdefaults]\n"},
    ),
    "typed-values": Case(conf_dir={"config.yaml": _TYPED}),
}
REFUSED = {"high-availability"}
"""Its storage at s3:// would fail in the pod, without the plugin that nobody has named: the session is refused."""


@pytest.fixture(scope="session")
def flink_home() -> Path:
    """A whole distribution of Flink, as its releases unpack."""
    home = os.environ.get("FLINK_SESSION_TEST_FLINK_HOME")
    if not home:
        pytest.skip("FLINK_SESSION_TEST_FLINK_HOME names no distribution of Flink")
    return Path(home)


@pytest.mark.parametrize("name", CASES)
def test_the_live_objects_of_flinks_script_are_ours(
    name: str, flink_home: Path, kube: Kube, kubeconfig: str, tmp_path: Path
) -> None:
    with kube.namespace("flink-session-test") as namespace:
        # Flink's objects are what matters; none of their pods is to run.
        no_pods(kube, namespace)
        case = complete(CASES[name], flink_home, namespace)
        inputs = Inputs(tmp_path)
        inputs.write(case)
        version = version_of(flink_home)
        dry_run = [kube.dry_run(namespace, item).raise_for_status().json() for item in ours(inputs, case, version)]
        run_script(flink_home, kubeconfig, inputs, case)
        live = live_objects(kube, namespace)
        assert differences(case, comparable(live), comparable(dry_run), version) == []
        if name not in REFUSED:
            session_makes_the_same(live, inputs, case, kube, kubeconfig, version)


def session_makes_the_same(
    script: list[Manifest], inputs: Inputs, case: Case, kube: Kube, kubeconfig: str, version: str
) -> None:
    """Run our command until it waits for the pods that never come, and compare."""
    hadoop = case.environment.get("HADOOP_CONF_DIR")
    environment = {"HADOOP_CONF_DIR": inputs.local(hadoop)} if hadoop else {}
    command = SessionCommand(inputs.folder / "home", kubeconfig, FLINK_CONF_DIR=str(inputs.conf_dir), **environment)
    theirs = case.dynamic_properties["kubernetes.namespace"]
    with kube.namespace("flink-session-test") as mine:
        no_pods(kube, mine)
        words = ["--flink-version", version, *options(inputs, case), f"-Dkubernetes.namespace={mine}"]
        status, said = command.run_until_waiting(kube, mine, "my-session", *words)
        assert status == 130, said
        assert "run the same command again to go on" in said
        live = [item for item in live_objects(kube, mine) if not item["metadata"]["name"].startswith("default")]
        # The rest Service comes when the JobManager is ready.
        (rest,) = (item for item in command.planned() if item["metadata"]["name"] == "my-session-rest")
        live.append(kube.dry_run(mine, rest).raise_for_status().json())
        expected = json.loads(json.dumps([_without_servers_own(item) for item in script]).replace(theirs, mine))
        assert session_objects.differences(expected, [_without_servers_own(item) for item in live]) == []


def no_pods(kube: Kube, namespace: str) -> None:
    """Let no pod be made in a namespace."""
    quota = {"metadata": {"name": "no-pods"}, "spec": {"hard": {"pods": "0"}}}
    kube.http.post(f"/api/v1/namespaces/{namespace}/resourcequotas", json=quota).raise_for_status()


def complete(case: Case, flink_home: Path, namespace: str) -> Case:
    """Put the distribution's own configuration folder below the case's files."""
    conf_dir = {path.name: path.read_text("utf-8") for path in sorted((flink_home / "conf").iterdir())}
    for file, text in case.conf_dir.items():
        conf_dir[file] += text
    properties = {"kubernetes.cluster-id": "my-session", "kubernetes.namespace": namespace, **case.dynamic_properties}
    return replace(case, dynamic_properties=properties, conf_dir=conf_dir)


def version_of(flink_home: Path) -> str:
    (jar,) = (flink_home / "lib").glob("flink-dist-*.jar")
    return jar.stem.removeprefix("flink-dist-")


def ours(inputs: Inputs, case: Case, version: str) -> list[Manifest]:
    """Ask our command for the objects, with the same files and options as the script."""
    hadoop = case.environment.get("HADOOP_CONF_DIR")
    words = [str(Path(sys.prefix) / "bin" / "flink-session"), "manifests", "--format", "json"]
    words += ["--flink-version", version, "--conf-dir", str(inputs.conf_dir)]
    words += ["--hadoop-conf-dir", inputs.local(hadoop)] if hadoop else []
    objects: list[Manifest] = json.loads(run([*words, *options(inputs, case)], {}))
    return objects


def run_script(flink_home: Path, kubeconfig: str, inputs: Inputs, case: Case) -> None:
    """Run Flink's script as a user would, with an environment of its own."""
    environment = {name: inputs.local(value) for name, value in case.environment.items()}
    environment |= {
        "HOME": str(inputs.folder),
        "KUBECONFIG": kubeconfig,
        "FLINK_CONF_DIR": str(inputs.conf_dir),
        "FLINK_LOG_DIR": str(inputs.folder),
        # A short life is not worth a good compiler.
        "JVM_ARGS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    run([str(flink_home / "bin" / "kubernetes-session.sh"), *options(inputs, case)], environment)


def options(inputs: Inputs, case: Case) -> list[str]:
    return [f"-D{key}={inputs.local(value)}" for key, value in case.dynamic_properties.items()]


def run(words: list[str], environment: Mapping[str, str]) -> str:
    """Run a command that must succeed; return what it prints."""
    inherited = {name: os.environ[name] for name in ("PATH", "JAVA_HOME", "LANG") if name in os.environ}
    ran = subprocess.run(
        words,
        env={**inherited, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def live_objects(kube: Kube, namespace: str) -> list[Manifest]:
    """Return what Flink's client has made; the ReplicaSet is the Deployment controller's."""
    found = [name.split("/") for name in sorted(kube.names(namespace))]
    objects = [kube.get(namespace, kind, name) for kind, name in found if kind != "replicasets"]
    return [item for item in objects if item]


def comparable(objects: list[Manifest]) -> Built:
    """Leave out what the server decides by itself, and the order of creation, which live objects do not show."""
    kept = sorted(map(_without_servers_own, objects), key=_place)
    return Built(kept, read_configuration(configuration_file(kept)[1]))


def _place(item: Manifest) -> tuple[bool, str, str]:
    return item["kind"] != "Deployment", item["kind"], item["metadata"]["name"]


_SERVERS_OWN = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields")


def _without_servers_own(item: Manifest) -> Manifest:
    # We set no owner references: see docs/differences-from-flink.md.
    left_out = (*_SERVERS_OWN, "ownerReferences")
    metadata = {key: value for key, value in item["metadata"].items() if key not in left_out}
    annotations = dict(metadata.pop("annotations", {}))
    annotations.pop("deployment.kubernetes.io/revision", None)
    spec = _without_allocated(item["spec"]) if item["kind"] == "Service" else item.get("spec")
    rest = {key: value for key, value in item.items() if key != "status"}
    return {**rest, "metadata": {**metadata, "annotations": annotations}, "spec": spec}


def _without_allocated(spec: Manifest) -> Manifest:
    """Keep of an address or a port that the server has chosen only that there is one."""
    addresses = [address if address == "None" else "some" for address in spec["clusterIPs"]]
    ports = [{**port, "nodePort": "nodePort" in port} for port in spec["ports"]]
    return {**spec, "clusterIP": addresses[0], "clusterIPs": addresses, "ports": ports}
