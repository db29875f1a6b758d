"""Keys that are got wrong in more than a letter: what was meant is named, and what is somebody else's is left alone."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from flink_session.configuration import Finding
from flink_session.configuration.catalogue import CATALOGUE_SERIES, OptionCatalogue, option_catalogue
from flink_session.configuration.catalogue.elsewhere import OF_THE_OPERATOR, REPLACEMENTS

SLIPS = """
kubernetes.service.exposed.type kubernetes.rest-service.exposed.type
kubernetes.rest-service.type kubernetes.rest-service.exposed.type
kubernetes.rest.service.exposed.type kubernetes.rest-service.exposed.type
kubernetes.rest-service.exposed-type kubernetes.rest-service.exposed.type
kubernetes.restService.exposedType kubernetes.rest-service.exposed.type
rest-service.exposed.type kubernetes.rest-service.exposed.type
kubernetes.rest-service.annotation kubernetes.rest-service.annotations
kubernetes.service.annotations kubernetes.rest-service.annotations
kubernetes.container.image.pullPolicy kubernetes.container.image.pull-policy
kubernetes.image kubernetes.container.image.ref
kubernetes.container-image kubernetes.container.image.ref
kubernetes.image.pull-policy kubernetes.container.image.pull-policy
kubernetes.imagePullSecrets kubernetes.container.image.pull-secrets
kubernetes.image.pull-secret kubernetes.container.image.pull-secrets
kubernetes.serviceAccount kubernetes.service-account
kubernetes.sa kubernetes.service-account
kubernetes.jobmanager.serviceaccount kubernetes.jobmanager.service-account
kubernetes.pod-template kubernetes.pod-template-file.default
kubernetes.jobmanager.pod-template-file kubernetes.pod-template-file.jobmanager
kubernetes.pod.template.file.taskmanager kubernetes.pod-template-file.taskmanager
kubernetes.podTemplate kubernetes.pod-template-file.default
kubernetes.taskmanager.nodeSelector kubernetes.taskmanager.node-selector
kubernetes.jobmanager.toleration kubernetes.jobmanager.tolerations
kubernetes.taskmanager.annotation kubernetes.taskmanager.annotations
kubernetes.jobmanager.cpu.limit kubernetes.jobmanager.cpu.limit-factor
kubernetes.taskmanager.memory.limit kubernetes.taskmanager.memory.limit-factor
kubernetes.tm.cpu kubernetes.taskmanager.cpu.amount
kubernetes.env.secret-key-ref kubernetes.env.secretKeyRef
kubernetes.secretKeyRef kubernetes.env.secretKeyRef
kubernetes.secret kubernetes.secrets
kubernetes.replicas kubernetes.jobmanager.replicas
kubernetes.hostNetwork kubernetes.hostnetwork.enabled
kubernetes.host-network.enabled kubernetes.hostnetwork.enabled
kubernetes.clusterId kubernetes.cluster-id
kubernetes.conf.dir kubernetes.flink.conf.dir
kubernetes.flink.log.directory kubernetes.flink.log.dir
kubernetes.entrypoint.path kubernetes.entry.path
kubernetes.hadoop.config-map.name kubernetes.hadoop.conf.config-map.name
kubernetes.owner.reference kubernetes.jobmanager.owner.reference
kubernetes.jobmanager.entrypoint.arguments kubernetes.jobmanager.entrypoint.args
taskmanager.slots taskmanager.numberOfTaskSlots
taskmanager.number.of.slots taskmanager.numberOfTaskSlots
task.manager.number-of-task-slots taskmanager.numberOfTaskSlots
taskmanager.numTaskSlots taskmanager.numberOfTaskSlots
jobmanager.process.memory.size jobmanager.memory.process.size
jobManager.memoryProcessSize jobmanager.memory.process.size
taskmanager.managed.memory.fraction taskmanager.memory.managed.fraction
taskmanager.memory.heap.size taskmanager.memory.task.heap.size
jobmanager.memory.metaspace.size jobmanager.memory.jvm-metaspace.size
taskmanager.jvm-overhead.fraction taskmanager.memory.jvm-overhead.fraction
taskmanager.memory.off-heap.size taskmanager.memory.task.off-heap.size
taskmanager.memory.network.maximum taskmanager.memory.network.max
high-availability.mode high-availability.type
high-availability.storage-dir high-availability.storageDir
high-availability.storage.path high-availability.storageDir
highAvailability.type high-availability.type
ha.type high-availability.type
high-availability.storage high-availability.storageDir
high-availability.zookeeper.quorums high-availability.zookeeper.quorum
high-availability.quorum high-availability.zookeeper.quorum
zookeeper.quorum high-availability.zookeeper.quorum
state.checkpoint-dir execution.checkpointing.dir
state.checkpoints.directory execution.checkpointing.dir
checkpoint.dir execution.checkpointing.dir
execution.checkpointing.path execution.checkpointing.dir
execution.checkpoint.interval execution.checkpointing.interval
checkpoint.interval execution.checkpointing.interval
execution.checkpointing.savepoint.dir execution.checkpointing.savepoint-dir
savepoint.dir execution.checkpointing.savepoint-dir
execution.checkpointing.externalizedRetention execution.checkpointing.externalized-checkpoint-retention
execution.checkpointing.minPause execution.checkpointing.min-pause
execution.checkpointing.max-concurrent execution.checkpointing.max-concurrent-checkpoints
execution.checkpointing.unaligned.enable execution.checkpointing.unaligned.enabled
execution.unaligned-checkpoints execution.checkpointing.unaligned.enabled
execution.checkpointing.numRetained execution.checkpointing.num-retained
state.checkpoints.retained execution.checkpointing.num-retained
state.backend.rocksdb.local-dir state.backend.rocksdb.localdir
rocksdb.localdir state.backend.rocksdb.localdir
state.backend.rocksdb.incremental execution.checkpointing.incremental
backend.type state.backend.type
state-backend.type state.backend.type
state.backend.kind state.backend.type
restart-strategy.fixed-delay.max-attempts restart-strategy.fixed-delay.attempts
restart-strategy.fixedDelay.delay restart-strategy.fixed-delay.delay
restart-strategy.exponential-delay.max-delay restart-strategy.exponential-delay.max-backoff
restart-strategy.failure-rate.max-failures restart-strategy.failure-rate.max-failures-per-interval
restartStrategy restart-strategy.type
default.parallelism parallelism.default
parallelism parallelism.default
job.parallelism parallelism.default
jobmanager.rest.port rest.port
rest.address.bind rest.bind-address
web.ui.submit.enable web.submit.enable
metrics.reporter metrics.reporters
slotmanager.max-slots slotmanager.number-of-slots.max
slotmanager.max-number-of-slots slotmanager.number-of-slots.max
resourcemanager.taskmanager.timeout resourcemanager.taskmanager-timeout
resourcemanager.redundant-taskmanagers slotmanager.redundant-taskmanager-num
env.java.opts.task-manager env.java.opts.taskmanager
java.opts env.java.opts.all
jobmanager.java.opts env.java.opts.jobmanager
env.jvm.opts.taskmanager env.java.opts.taskmanager
akka.askTimeout pekko.ask.timeout
pekko.frame.size pekko.framesize
heartbeat.timeout.ms heartbeat.timeout
security.ssl.rest.keystore-path security.ssl.rest.keystore
ssl.rest.enabled security.ssl.rest.enabled
security.kerberos.keytab security.kerberos.login.keytab
kerberos.login.principal security.kerberos.login.principal
classloader.resolveOrder classloader.resolve-order
classloader.parentFirstPatterns.additional classloader.parent-first-patterns.additional
io.tmp.dir io.tmp.dirs
jobmanager.archive.fs.directory jobmanager.archive.fs.dir
history-server.archive.fs.dir historyserver.archive.fs.dir
flink.taskmanager.memory.process.size taskmanager.memory.process.size
spec.flinkConfiguration.taskmanager.numberOfTaskSlots taskmanager.numberOfTaskSlots
taskManager.resource.memory taskmanager.memory.process.size
jobManager.resource.cpu kubernetes.jobmanager.cpu.amount
jobManager.replicas kubernetes.jobmanager.replicas
serviceAccount kubernetes.service-account
imagePullPolicy kubernetes.container.image.pull-policy
podTemplate kubernetes.pod-template-file.default
jobmanager.heap.memory.size jobmanager.memory.heap.size
adaptive-scheduler.min-parallelism-increase jobmanager.adaptive-scheduler.min-parallelism-increase
"""
"""What somebody wrote and what they meant: parts moved, missing, added, renamed, plurals, camelCase, old names of 1.x,
fields of the Kubernetes operator, keys whose prefix was forgotten."""

AMONG_OTHERS = {
    "jobmanager.memory.size": "jobmanager.memory.process.size",
    "kubernetes.node-selector": "kubernetes.taskmanager.node-selector",
    "kubernetes.tolerations": "kubernetes.taskmanager.tolerations",
    "kubernetes.labels": "kubernetes.taskmanager.labels",
    "kubernetes.service.annotations": "kubernetes.internal-service.annotations",
    "restart-strategy.attempts": "restart-strategy.fixed-delay.attempts",
    "taskmanager.timeout": "resourcemanager.taskmanager-timeout",
    "taskmanager.memory.heap.size": "taskmanager.memory.framework.heap.size",
    "tmp.dirs": "io.tmp.dirs",
    "jobmanager.scheduler-mode": "scheduler-mode",
}
"""What may mean several options: the one in mind is among those that are named."""

SOMEBODY_ELSES = """
my-company.own.key
spark.executor.memory
hadoop.security.authentication
iceberg.catalog.type
hive.metastore.uris
kubernetes.operator.reconcile.interval
kubernetes.operator.savepoint.history.max.age
job.autoscaler.enabled
my.feature.enabled
app.version
team
database.url
database.password.rotation
kafka.bootstrap.servers
logging.level.root
pipeline.my-library.setting
spring.datasource.url
metrics.custom.dimension
mycompany.jobmanager.owner
parquet.compression
datadog.api.site
server.port
cache.size
topic.name
user.name
user.email
app.timeout
consumer.group.id
my.timeout
retry.attempts
region
environment
stage
feature.flags
tenant.id
"""


def value_for(catalogue: OptionCatalogue, key: str) -> str:
    """Return a value that the option can have."""
    entry = catalogue.entries[key]
    return entry.default or {"boolean": "true", "map": "a:b", "list<map>": "a:b"}.get(entry.type, "1")


def named(finding: Finding | None) -> list[str]:
    """Return the keys that a finding advises to write, the first one first."""
    if finding is None or not finding.fix.startswith("write "):
        return []
    advice = finding.fix.removeprefix("write ").partition(" if you")[0].removesuffix(" instead")
    return re.split(", | or | and ", advice)


@pytest.mark.parametrize(("key", "meant"), [line.split() for line in SLIPS.split("\n") if line])
def test_the_key_that_was_meant_is_named_first(key: str, meant: str) -> None:
    catalogue = option_catalogue("2.2")
    assert named(catalogue.check(key, value_for(catalogue, meant)))[:1] == [meant]


@pytest.mark.parametrize(("key", "meant"), AMONG_OTHERS.items())
def test_where_several_may_be_meant_each_is_named(key: str, meant: str) -> None:
    finding = option_catalogue("2.2").check(key, value_for(option_catalogue("2.2"), meant))
    assert meant in named(finding)
    assert len(named(finding)) <= 3
    assert finding is not None
    assert finding.severity == "warning"


@pytest.mark.parametrize("series", CATALOGUE_SERIES)
@pytest.mark.parametrize("key", SOMEBODY_ELSES.split())
def test_what_is_somebody_elses_is_no_error_and_gets_no_advice(key: str, series: str) -> None:
    finding = option_catalogue(series).check(key, "1")
    assert named(finding) == []
    assert finding is None or finding.severity == "warning"


@pytest.mark.parametrize("key", ["kubernetes.operator.reconcile.interval", "job.autoscaler.enabled"])
def test_what_the_operator_reads_is_said_to_be_ignored_at_most(key: str) -> None:
    assert option_catalogue("2.2").check(key, "1") is None


def test_the_value_helps_to_find_the_key() -> None:
    catalogue = option_catalogue("2.2")
    kept = catalogue.check("execution.checkpointing.retention", "RETAIN_ON_CANCELLATION")
    assert named(kept)[:1] == ["execution.checkpointing.externalized-checkpoint-retention"]
    assert named(catalogue.check("execution.checkpointing.retention", 3)) == ["execution.checkpointing.num-retained"]
    assert named(catalogue.check("kubernetes.image.pull", "Always"))[:1] == ["kubernetes.container.image.pull-policy"]


def test_only_the_very_same_words_are_an_error() -> None:
    catalogue = option_catalogue("2.2")
    for key, severity in (
        ("kubernetes.restService.exposedType", "error"),
        ("flink.taskmanager.memory.process.size", "error"),
        ("spec.flinkConfiguration.taskmanager.numberOfTaskSlots", "error"),
        ("kubernetes.service.exposed.type", "warning"),
        ("taskmanager.slots", "warning"),
    ):
        finding = catalogue.check(key, "1")
        assert finding is not None
        assert finding.severity == severity, key


def test_the_words_of_the_finding() -> None:
    assert str(option_catalogue("2.2").check("kubernetes.service.exposed.type", "NodePort")) == (
        "kubernetes.service.exposed.type is no option of Flink 2.2, which ignores it: "
        "write kubernetes.rest-service.exposed.type if you mean that."
    )
    assert str(option_catalogue("2.2").check("kubernetes.persistentVolumeClaims", "a:/b")) == (
        "kubernetes.persistentVolumeClaims is no option of Flink 2.2, which ignores it: "
        "run Flink 2.3 if you mean its kubernetes.persistent-volume-claims, or remove it."
    )
    assert str(option_catalogue("2.2").check("taskmanager.heap.size", "2g")) == (
        "taskmanager.heap.size is no option of Flink 2.2 any more, 1.20 was the last to have it: "
        "write taskmanager.memory.process.size instead."
    )


@pytest.mark.parametrize("series", CATALOGUE_SERIES)
def test_every_former_name_leads_to_one_of_today(series: str) -> None:
    """Those of earlier releases too, which this one may have dropped."""
    catalogue = option_catalogue(series)
    for earlier in CATALOGUE_SERIES[: CATALOGUE_SERIES.index(series) + 1]:
        for former, successor in option_catalogue(earlier).successors.items():
            if successor in catalogue.entries and former not in catalogue.entries:
                finding = catalogue.check(former, catalogue.entries[successor].default or "1")
                assert finding is None or finding.fix != "remove it", (series, former)


def test_names_from_elsewhere_lead_to_options_that_there_are() -> None:
    instead = {name for names in REPLACEMENTS.values() for name in names} | set(OF_THE_OPERATOR.values())
    for series in CATALOGUE_SERIES:
        catalogue = option_catalogue(series)
        assert instead <= set(catalogue.entries)
        for former, names in REPLACEMENTS.items():
            if former not in catalogue.entries:
                assert named(catalogue.check(former, "1"))[: len(names)] == list(names)


def slips(catalogue: OptionCatalogue, key: str, chance: random.Random) -> Iterator[str]:
    """Get a key wrong in each of the usual ways."""
    parts = key.split(".")
    yield ".".join(first + "".join(map(str.title, rest)) for first, *rest in (part.split("-") for part in parts))
    yield key.replace("-", ".")
    yield key.replace(".", "-")
    yield key.removesuffix("s") if key.endswith("s") else f"{key}s"
    yield ".".join([*parts[:-1], chance.choice(("flink", "value", "default", "setting")), parts[-1]])
    if len(parts) > 2:
        place = chance.randrange(1, len(parts) - 1)
        yield ".".join(parts[:place] + parts[place + 1 :])
        yield ".".join([*parts[: place - 1], parts[place], parts[place - 1], *parts[place + 1 :]])
        yield ".".join(parts[1:])


@pytest.mark.parametrize("series", ["1.20", "2.2", "2.3"])
def test_across_the_whole_catalogue(series: str) -> None:
    catalogue, chance = option_catalogue(series), random.Random(series)
    keys = sorted(key for key in catalogue.entries if "<" not in key and key[0] not in "$_")
    tried = first = among = 0
    for key in chance.sample(keys, 12):
        meant = catalogue.successors.get(key, key)
        for slip in slips(catalogue, key, chance):
            if catalogue.lookup(slip) is not None or catalogue.is_free(slip) or not slip.startswith(key[:3]):
                continue
            found = named(catalogue.check(slip, value_for(catalogue, key)))
            tried += 1
            first += found[:1] == [meant]
            among += meant in found
    assert tried > 40
    assert first / tried > 0.85, (first, tried)
    assert among / tried > 0.95, (among, tried)
