"""What Flink's client accepts, and a running cluster would suffer from."""

from __future__ import annotations

from typing import Any

import pytest

from flink_session.configuration import IllegalConfigurationError
from flink_session.deployment import SessionCluster, SessionClusterOptions, plan_session_cluster


def plan(configuration: dict[str, Any], **options: Any) -> SessionCluster:
    return plan_session_cluster(SessionClusterOptions(cluster_id="demo", configuration=configuration, **options))


def errors(configuration: dict[str, Any], **options: Any) -> list[str]:
    with pytest.raises(IllegalConfigurationError) as raised:
        plan(configuration, **options)
    return [str(finding) for finding in raised.value.findings]


def warnings(configuration: dict[str, Any], **options: Any) -> list[str]:
    return [str(finding) for finding in plan(configuration, **options).warnings]


HA = {"high-availability.type": "kubernetes"}
JM, TM = "kubernetes.jobmanager.", "kubernetes.taskmanager."
SECRET_REF = "kubernetes.env.secretKeyRef"


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        # Names
        (
            {"kubernetes.service-account": "My Account"},
            "kubernetes.service-account is 'My Account', but it must consist",
        ),
        (
            {TM + "service-account": "A"},
            "kubernetes.taskmanager.service-account is 'A', but it must consist of at most",
        ),
        (
            {"kubernetes.container.image.pull-secrets": "a;B_c"},
            "pull-secrets, B_c must consist of at most",
        ),
        (
            {"kubernetes.container.image.ref": "my image"},
            "image.ref is 'my image', but it must be the name of an image",
        ),
        ({"kubernetes.container.image.ref": "Flink:2.2"}, "is 'Flink:2.2', but it must be the name of an image"),
        ({"kubernetes.container.image.ref": "flink:1.20.1-java17"}, "but it is Flink 1.20 by its tag, and everything"),
        ({"kubernetes.entry.path": " "}, "kubernetes.entry.path is ' ', but it must name the image's entry point"),
        ({"kubernetes.node-name-label": "-x"}, "kubernetes.node-name-label is '-x', but it must be a name of"),
        # Ports
        ({"jobmanager.rpc.port": 0}, "jobmanager.rpc.port is 0, but it must be from 1 to 65535"),
        ({"rest.port": 70000}, "rest.port is 70000, but it must be from 1 to 65535"),
        ({"blob.server.port": "70000"}, "blob.server.port is '70000', but it must be from 1 to 65535"),
        ({"taskmanager.rpc.port": "-2"}, "taskmanager.rpc.port is '-2', but it must be from 1 to 65535"),
        (
            {"jobmanager.rpc.port": 8081},
            "rest.bind-port must not be 8081, which is the port of jobmanager.rpc.port too",
        ),
        (
            {"blob.server.port": "6123"},
            "blob.server.port is '6123', but it must not be 6123, which is the port of jobmanager.rpc",
        ),
        ({"rest.port": 6124}, "blob.server.port must not be 6124, which is the port of rest.port too"),
        # Resources
        ({JM + "cpu.amount": "NaN"}, "kubernetes.jobmanager.cpu.amount is 'NaN', but it must be greater than 0"),
        ({JM + "cpu.amount": 0}, "kubernetes.jobmanager.cpu.amount is 0, but it must be greater than 0"),
        ({JM + "cpu.amount": "1e-5"}, "is '1e-5', but it must be a number of cores, 0.001 at least"),
        ({JM + "cpu.amount": "Infinity"}, "is 'Infinity', but it must be a number of cores, 0.001 at least"),
        (
            {JM + "memory.limit-factor": "Infinity"},
            "is 'Infinity', but it must be a number that a limit can be computed from",
        ),
        ({TM + "cpu.limit-factor": 0.5}, "is 0.5, but it must be at least 1, or the JobManager fails to start any"),
        (
            {TM + "memory.limit-factor": "NaN"},
            "is 'NaN', but it must be at least 1, or the JobManager fails to start any",
        ),
        ({TM + "memory.limit-factor": "much"}, "memory.limit-factor is 'much', but it must be a number"),
        (
            {TM + "cpu.amount": "Infinity"},
            "kubernetes.taskmanager.cpu.amount is 'Infinity', but it must be a number of cores",
        ),
        ({"parallelism.default": 0}, "parallelism.default is 0, but it must be at least 1"),
        (
            {"slotmanager.number-of-slots.min": 4, "slotmanager.number-of-slots.max": 2},
            "slotmanager.number-of-slots.min is 4, but it must be at most slotmanager.number-of-slots.max, 2",
        ),
        (
            {
                "slotmanager.number-of-slots.min": 5,
                "slotmanager.number-of-slots.max": 7,
                "taskmanager.numberOfTaskSlots": 4,
            },
            "slotmanager.number-of-slots.min is 5, but it must leave a whole number of TaskManagers of 4 slots between",
        ),
        (
            {"slotmanager.number-of-slots.max": 2, "taskmanager.numberOfTaskSlots": 4},
            "slotmanager.number-of-slots.max is 2, but it must be at least the 4 slots of one TaskManager",
        ),
        (
            {"slotmanager.max-total-resource.memory": "1000m"},
            "is '1000m', but it must be at least 1 GiB, a TaskManager's memory of tasks",
        ),
        (
            {"slotmanager.max-total-resource.cpu": 1.5, "taskmanager.numberOfTaskSlots": 2},
            "slotmanager.max-total-resource.cpu is 1.5, but it must be at least 2, the cores of one TaskManager",
        ),
        # Environment
        ({"containerized.master.env.1A": "x"}, "containerized.master.env.1A must consist of letters"),
        ({"containerized.taskmanager.env.A B": "x"}, "taskmanager.env.A B must consist of letters"),
        ({SECRET_REF: "env:1A,secret:s,key:k"}, "has env '1A', which must consist of letters, digits"),
        ({SECRET_REF: "env:A,secret:S,key:k"}, "has secret 'S', which must consist of at most 253"),
        ({SECRET_REF: "Env:A,secret:s,key:k"}, "secretKeyRef, Env is no field that Flink knows: write env"),
        ({SECRET_REF: "env:A,secret:s,key:k/k"}, "has key 'k/k', which must consist of at most 253"),
        ({SECRET_REF: "env:A,secret:s,key:k;env:A,secret:s,key:l"}, "must set A once, and not 2 times"),
        ({SECRET_REF: "env:_POD_IP_ADDRESS,secret:s,key:k"}, "must not set _POD_IP_ADDRESS, which Flink needs"),
        ({JM + "entrypoint.args": "-Dx='1"}, "a shell that finds no second ', so the JobManager does not start"),
        ({TM + "entrypoint.args": 'a "b'}, 'a shell that finds no second ", so a TaskManager does not start'),
        # Volumes
        (
            {"user.artifacts.base-dir": "artifacts"},
            "user.artifacts.base-dir is 'artifacts', but it must be an absolute",
        ),
        (
            {"user.artifacts.base-dir": "/opt/flink/conf/"},
            "base-dir is '/opt/flink/conf', but it must not be the folder of kubern",
        ),
        ({"kubernetes.secrets": {"a": "/x", "b": "/x/"}}, "must not mount b at /x/, where the Secret a is mounted too"),
        ({"kubernetes.secrets": {"a": "/opt/flink/conf"}}, "where kubernetes.flink.conf.dir is mounted too"),
        ({"kubernetes.secrets": {"a.b": "/x"}}, "must not mount 'a.b': the volume a.b-volume must consist of"),
        ({"kubernetes.secrets": {"a" * 60: "/x"}}, "-volume must consist of at most 63 lower-case letters"),
        ({"kubernetes.secrets": {"flink-config": "/x"}}, "whose volume flink-config-volume would have the name of one"),
        # Metadata
        (
            {JM + "labels": {"team": "a b"}},
            "kubernetes.jobmanager.labels, team is 'a b', but it must consist of at most",
        ),
        ({TM + "labels": {"a/b/c": "x"}}, "kubernetes.taskmanager.labels, a/b/c must be a name of at most"),
        ({JM + "annotations": "{'a b': x}"}, "kubernetes.jobmanager.annotations, a b must be a name of at"),
        (
            {TM + "node-selector": "disk:s_s-"},
            "kubernetes.taskmanager.node-selector, disk is 's_s-', but it must consist",
        ),
        ({"kubernetes.rest-service.annotations": {"a": "x" * 300_000}}, "must have at most 256 KiB together"),
        ({TM + "labels": "a:b:c"}, "kubernetes.taskmanager.labels is 'a:b:c', but it must be a map"),
        # Tolerations and owners
        (
            {TM + "tolerations": [{"key": "a", "opertor": "Exists"}]},
            "tolerations, opertor is no field that Flink knows",
        ),
        ({TM + "tolerations": "key"}, "kubernetes.taskmanager.tolerations is 'key', but it must be a map"),
        ({TM + "tolerations": [{"key": "a", "tolerationSeconds": "x"}]}, "tolerationSeconds is 'x', but it must be an"),
        ({JM + "tolerations": [{"key": "a", "operator": "In"}]}, "operator is 'In', but it must be Exists or Equal"),
        (
            {JM + "tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]},
            "must not be there with the operator",
        ),
        ({JM + "tolerations": [{"effect": "NoSchedule"}]}, "tolerations must say which key it tolerates"),
        ({JM + "tolerations": [{"key": "a", "effect": "Never"}]}, "effect is 'Never', but it must be NoSchedule"),
        (
            {JM + "tolerations": [{"key": "a", "effect": "NoSchedule", "tolerationSeconds": "3"}]},
            "tolerationSeconds is '3', but it must only be there with the effect NoExecute",
        ),
        (
            {JM + "owner.reference": "apiVersion:v1,kind:Pod,name:a,uid:u,controller:yes"},
            "owner.reference, controller is 'yes', but it must be true or false",
        ),
        # High availability and secrets
        (
            {**HA, "high-availability.storageDir": " "},
            "high-availability.storageDir must be set with high availability",
        ),
        (
            {"my.address": "https://me:hunter2@example.com/x"},
            "my.address has a password in an address, which must not be",
        ),
        (
            {"high-availability": {"type": "zookeeper", "storageDir": "file:///x"}},
            "zookeeper.quorum must be set with ZooKeeper",
        ),
        (
            {"env.java.opts.jobmanager": "-Da=b -Dmy.password=hunter2"},
            "has the value of my.password, which must not be",
        ),
        ({JM + "entrypoint.args": "-Ds3.secret-key=hunter2"}, "args has the value of s3.secret-key, which must not be"),
        # The catalogue
        ({"taskmanager.numberOfTaskSlot": 2}, "is no option of Flink 2.2: write taskmanager.numberOfTaskSlots if you"),
        (
            {"kubernetes.persistent-volume-claims": {"a": "/a"}},
            "persistent-volume-claims.a is an option from Flink 2.3",
        ),
        ({"state.backend.rocksdb.checkpointdir": "/x"}, "and 2.2 ignores it: write state.backend.rocksdb.localdir"),
        ({"rest.flamegraph.enabled": "yes"}, "rest.flamegraph.enabled is 'yes', but it must be true or false"),
        ({"akka.ask.timeout": "10 parsecs"}, "akka.ask.timeout is '10 parsecs', but it must end with one of the units"),
    ],
)
def test_what_is_refused(configuration: dict[str, Any], message: str) -> None:
    (error,) = errors(configuration)
    assert message in error


@pytest.mark.parametrize(
    "configuration",
    [
        {"rest.port": "abc"},
        {"jobmanager.rpc.port": "abc"},
        {"kubernetes.jobmanager.replicas": "two"},
        {"kubernetes.rest-service.exposed.type": "Ingress"},
        {"jobmanager.memory.process.size": "2Gi"},
        {"taskmanager.memory.managed.fraction": "much"},
        {"kubernetes.jobmanager.labels": "a:b:c"},
        {"kubernetes.taskmanager.tolerations": "a:b:c"},
        {"taskmanager.numberOfTaskSlots": "two"},
    ],
)
def test_a_wrong_value_is_said_once(configuration: dict[str, Any]) -> None:
    (error,) = errors(configuration)
    assert error.startswith(f"{next(iter(configuration))} is ")


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        (
            {"kubernetes.container.image.ref": "mine/flink:1.20"},
            "is 'mine/flink:1.20', but it is Flink 1.20 by its tag",
        ),
        ({"kubernetes.rest-service.exposed.type": "LoadBalancer"}, "lets everybody who reaches it run code"),
        (
            {"security.ssl.rest.enabled": True},
            "security.ssl.rest.keystore must be set with security.ssl.rest.enabled, or",
        ),
        (
            {"kubernetes.hostnetwork.enabled": True},
            "lets the JobManager choose its ports and write them into its Services",
        ),
        (
            {TM + "service-account": "default"},
            "taskmanager.service-account is 'default', but it is the account of every",
        ),
        (
            {"jobmanager.memory.process.size": "600m"},
            "but it leaves a heap of 24 MiB, and Flink advises 128 MiB or more",
        ),
        ({TM + "cpu.amount": 0}, "is 0, but it is taken for one core a slot, since it is not greater than 0"),
        (
            {"parallelism.default": 8, "slotmanager.number-of-slots.max": 4},
            "parallelism.default is 8, but it is more than the 4 slots of slotmanager.number-of-slots.max",
        ),
        (
            {"containerized.master.env._POD_IP_ADDRESS": "x"},
            "env._POD_IP_ADDRESS has no effect, since Flink sets the variable itself",
        ),
        (
            {"containerized.master.env.FLINK_LOG_DIR": "/a", "kubernetes.flink.log.dir": "/b"},
            "since Flink sets the variable itself: keep kubernetes.flink.log.dir",
        ),
        (
            {"containerized.master.env.A": "x", SECRET_REF: "env:A,secret:s,key:k"},
            "containerized.master.env.A has no effect beside kubernetes.env.secretKeyRef, which sets A too",
        ),
        ({"kubernetes.secrets": {"a": "x"}}, "mounts a at x, which is taken from the root of the container: write /x"),
        ({"kubernetes.secrets": {"a": "/opt/flink"}}, "mounts a at /opt/flink, and hides what the image has there"),
        ({JM + "labels": {"app": "x"}}, "kubernetes.jobmanager.labels, app has no effect, since Flink sets it"),
        ({"kubernetes.rest-service.labels": {"app": "x"}}, "rest-service.labels, app is 'x', but it replaces a label"),
        (
            {
                **HA,
                "high-availability.storageDir": "hdfs://x",
                "kubernetes.container.image.ref": "mine/flink",
                "kubernetes.jobmanager.replicas": 2,
                "kubernetes.rest-service.exposed.type": "Headless_ClusterIP",
            },
            "kubernetes.jobmanager.replicas is 2, but it lets about half of all submissions fail: the rest Service",
        ),
        (
            {**HA, "high-availability.storageDir": "file:///ha"},
            "is in the container, so that no other JobManager finds",
        ),
        # The catalogue
        ({"web.port": 8082}, "web.port is the former name of rest.port: write rest.port"),
        ({"web.port": 8082, "rest.port": 8083}, "web.port has no effect beside rest.port, its newer name: remove it"),
        ({"jobmanager.heap.size": "1g"}, "1.20 was the last to have it: write jobmanager.memory.process.size instead"),
        ({"kubernetes.of.no.such.thing": 1}, "kubernetes.of.no.such.thing is no option of Flink 2.2, which ignores it"),
    ],
)
def test_what_is_warned_of(configuration: dict[str, Any], message: str) -> None:
    (warning,) = warnings(configuration)
    assert message in warning


@pytest.mark.parametrize(
    "configuration",
    [
        {"rest.bind-port": "0", "blob.server.port": "0", "taskmanager.rpc.port": "0"},
        {"kubernetes.container.image.ref": "registry.example.com:5000/team/flink:2.2.1-scala_2.12-java17"},
        {"kubernetes.container.image.ref": "flink@sha256:" + "0" * 64},
        {"kubernetes.container.image.ref": "mine/jobs:1.20"},
        {"kubernetes.rest-service.exposed.type": "NodePort", "security.ssl.rest.authentication-enabled": True},
        {TM + "cpu.amount": -1.0, TM + "cpu.limit-factor": 2, "parallelism.default": -1},
        {"slotmanager.number-of-slots.max": 2, "taskmanager.numberOfTaskSlots": 2, "parallelism.default": 2},
        {
            JM + "labels": {"team": "", "example.com/part-of": "a.b_c"},
            JM + "annotations": {"Example.COM/x": "any text"},
        },
        {JM + "tolerations": [{"operator": "Exists"}, {"key": "a", "value": "b", "effect": "NoSchedule"}]},
        {TM + "tolerations": "key:a,operator:Exists,effect:NoExecute,tolerationSeconds:6000"},
        {"env.java.opts.jobmanager": "-Dmy.password=${PASSWORD}", JM + "entrypoint.args": "-Ds3.secret-key=$KEY"},
        {JM + "entrypoint.args": "-Dx='a b'", "kubernetes.secrets": "keys:/etc/keys"},
        {"containerized.master.env.A_b-c.d": "x", SECRET_REF: "env:B,secret:my.secret,key:tls.crt"},
        {
            "metrics.reporter.prom.factory.class": "x",
            "s3.endpoint": "http://x",
            "com.example.own": 1,
            "table.exec.mini-batch.enabled": True,
        },
        {
            **HA,
            "high-availability.storageDir": "s3://b/ha",
            "containerized.master.env.ENABLE_BUILT_IN_PLUGINS": "flink-s3-fs-hadoop-2.2.1.jar",
            "containerized.taskmanager.env.ENABLE_BUILT_IN_PLUGINS": "flink-s3-fs-hadoop-2.2.1.jar",
        },
        {"execution.checkpointing.dir": "s3://b/c", "kubernetes.container.image.ref": "mine/flink:2.2"},
    ],
)
def test_what_is_fine(configuration: dict[str, Any]) -> None:
    assert warnings(configuration) == []


def test_warnings_name_the_argument_that_the_user_wrote() -> None:
    (warning,) = warnings({}, image="mine/flink:1.20")
    assert warning.startswith("image is 'mine/flink:1.20', but it is Flink 1.20 by its tag")


def test_the_heap_sizes_of_old() -> None:
    found = warnings({"jobmanager.heap.size": "1g", "taskmanager.heap.mb": 2048}, flink_version="1.20")
    assert found == [
        f"{key} has no effect beside {role}.memory.process.size: remove it."
        for role, key in (("jobmanager", "jobmanager.heap.size"), ("taskmanager", "taskmanager.heap.mb"))
    ]


@pytest.mark.parametrize(
    "configuration",
    [
        {"my.address": "https://me:hunter2@example.com/x"},
        {"env.java.opts.jobmanager": "-Da=b -Dmy.password=hunter2"},
        {"s3.secret-key": "hunter2"},
        {"containerized.master.env.AWS_SECRET_ACCESS_KEY": "hunter2"},
    ],
)
def test_secrets_are_refused_and_not_shown(configuration: dict[str, Any]) -> None:
    (error,) = errors(configuration)
    assert "hunter2" not in error
    assert "kubernetes.env.secretKeyRef" in error


def test_the_catalogue_is_not_read_without_options(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(series: str) -> None:
        raise AssertionError(series)

    monkeypatch.setattr("flink_session.kubernetes.checks.options.option_catalogue", fail)
    assert warnings({}) == []
    with pytest.raises(AssertionError, match=r"2\.2"):
        warnings({"rest.port": 8082})


def test_findings_of_all_concerns_come_at_once() -> None:
    found = errors(
        {
            "rest.port": 0,
            "kubernetes.secrets": {"a.b": "/x"},
            TM + "memory.limit-factor": 0.5,
            JM + "labels": {"team": "a b"},
            "taskmanager.numberOfTaskSlot": 2,
        }
    )
    assert [error.split(" ", 1)[0].rstrip(",") for error in found] == [
        "rest.port",
        TM + "memory.limit-factor",
        "kubernetes.secrets",
        JM + "labels",
        "taskmanager.numberOfTaskSlot",
    ]
