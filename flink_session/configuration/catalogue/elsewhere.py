"""What options are called elsewhere: in releases before those recorded, and in the Kubernetes operator's resources.

The catalogue knows former names by the deprecated keys of each release. These are what no release has as one: options
that were removed for another one, and names that never were Flink's.
"""

from __future__ import annotations

REPLACEMENTS: dict[str, tuple[str, ...]] = {
    "cluster.evenly-spread-out-slots": ("taskmanager.load-balance.mode",),
    "containerized.heap-cutoff-min": ("taskmanager.memory.jvm-overhead.min", "jobmanager.memory.jvm-overhead.min"),
    "containerized.heap-cutoff-ratio": (
        "taskmanager.memory.jvm-overhead.fraction",
        "jobmanager.memory.jvm-overhead.fraction",
    ),
    "jobmanager.heap.mb": ("jobmanager.memory.process.size",),
    "jobmanager.heap.size": ("jobmanager.memory.process.size",),
    "parallelization.degree.default": ("parallelism.default",),
    "pipeline.default-kryo-serializers": ("pipeline.serialization-config",),
    "pipeline.registered-kryo-types": ("pipeline.serialization-config",),
    "pipeline.registered-pojo-types": ("pipeline.serialization-config",),
    "security.ssl.enabled": ("security.ssl.internal.enabled", "security.ssl.rest.enabled"),
    "taskmanager.exit-on-fatal-akka-error": ("pekko.jvm-exit-on-fatal-error",),
    "taskmanager.heap.mb": ("taskmanager.memory.process.size",),
    "taskmanager.heap.size": ("taskmanager.memory.process.size",),
    "taskmanager.memory.fraction": ("taskmanager.memory.managed.fraction",),
    "taskmanager.registration.initial-backoff": ("cluster.registration.initial-timeout",),
    "taskmanager.registration.max-backoff": ("cluster.registration.max-timeout",),
    "taskmanager.registration.refused-backoff": ("cluster.registration.refused-registration-delay",),
    "web.ssl.enabled": ("security.ssl.rest.enabled",),
}
"""Options that are gone, and those that took their place."""

OF_THE_OPERATOR: dict[str, str] = {
    "image": "kubernetes.container.image.ref",
    "imagePullPolicy": "kubernetes.container.image.pull-policy",
    "job.parallelism": "parallelism.default",
    "jobManager.podTemplate": "kubernetes.pod-template-file.jobmanager",
    "jobManager.replicas": "kubernetes.jobmanager.replicas",
    "jobManager.resource.cpu": "kubernetes.jobmanager.cpu.amount",
    "jobManager.resource.memory": "jobmanager.memory.process.size",
    "podTemplate": "kubernetes.pod-template-file.default",
    "serviceAccount": "kubernetes.service-account",
    "taskManager.podTemplate": "kubernetes.pod-template-file.taskmanager",
    "taskManager.resource.cpu": "kubernetes.taskmanager.cpu.amount",
    "taskManager.resource.memory": "taskmanager.memory.process.size",
}
"""Fields of a ``FlinkDeployment``'s ``spec``, and the options that say the same."""
