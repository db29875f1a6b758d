"""From the arguments of a component to Flink's options: each argument stands for one key, and conflicts with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import HighAvailabilityOptions, ResourceManagerOptions
from flink_session.configuration.findings import Finding, FindingCollector, illegal
from flink_session.configuration.memory_size import MemorySize
from flink_session.configuration.options import ConfigOption
from flink_session.configuration.yaml_writer import dump_flow
from flink_session.deployment.session_cluster_options import (
    HighAvailability,
    JobManagerResources,
    PodTemplate,
    SessionClusterOptions,
    TaskManagerResources,
)
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.memory.options import JobManagerMemoryOptions, TaskManagerMemoryOptions


@dataclass(frozen=True, slots=True)
class _Argument:
    """An argument: its name, its value, the option that it sets, how, and further options that say the same."""

    name: str
    value: Any
    option: ConfigOption[Any]
    convert: Callable[[Any, str], object]
    rivals: tuple[ConfigOption[Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ArgumentValues:
    """What the arguments come to.

    Attributes:
        values: the Flink options that they set.
        origins: the argument behind each of these options, and what it was given.
    """

    values: dict[str, Any]
    origins: dict[str, tuple[str, object]]

    def beside(self, further: ArgumentValues) -> ArgumentValues:
        """Return these and further ones."""
        return ArgumentValues({**self.values, **further.values}, {**self.origins, **further.origins})

    def in_terms_of_arguments(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Name the argument instead of a Flink option that the user never wrote."""
        return tuple(map(self._translated, findings))

    def _translated(self, finding: Finding) -> Finding:
        option, comma, part = finding.key.partition(", ")
        if option not in self.origins:
            return finding
        name, given = self.origins[option]
        # Of a part of an argument, the value is that of the part.
        return replace(finding, key=f"{name}{comma}{part}", value=finding.value if part else finding.value and given)


def argument_values(
    options: SessionClusterOptions, configuration: Configuration, collector: FindingCollector
) -> ArgumentValues:
    """Turn the arguments into Flink options.

    Args:
        options: the arguments.
        configuration: the user's own options, which must not say the same.
        collector: gets what is wrong; an argument that is illegal sets nothing.
    """
    result = ArgumentValues({}, {})
    for argument in (argument for argument in _arguments(options) if argument.value is not None):
        collector.add(_conflicts(argument, configuration))
        value = collector.attempt(argument.convert, argument.value, argument.name)
        if value is not None:
            result.values[argument.option.key] = value
            shown = None if argument.convert is _template else argument.value
            result.origins[argument.option.key] = (argument.name, shown)
    storage = HighAvailabilityOptions.HA_STORAGE_PATH
    if options.high_availability.given and not configuration.contains(storage):
        result.origins.setdefault(storage.key, ("high_availability.storage_dir", None))
    return result


def options_of_arguments() -> dict[str, str]:
    """Return the option of Flink that each argument sets, if it sets one."""
    return {argument.name: argument.option.key for argument in _arguments(SessionClusterOptions(cluster_id=""))}


def _arguments(options: SessionClusterOptions) -> list[_Argument]:
    job_manager, task_manager = options.job_manager, options.task_manager
    accounts = (Options.JOB_MANAGER_SERVICE_ACCOUNT, Options.TASK_MANAGER_SERVICE_ACCOUNT)
    return [
        _Argument("cluster_id", options.cluster_id, Options.CLUSTER_ID, _text),
        _Argument("namespace", options.namespace, Options.NAMESPACE, _text),
        _Argument("image", options.image, Options.CONTAINER_IMAGE, _text),
        _Argument("image_pull_policy", options.image_pull_policy, Options.CONTAINER_IMAGE_PULL_POLICY, _policy),
        _Argument(
            "image_pull_secrets",
            tuple(options.image_pull_secrets) or None,
            Options.CONTAINER_IMAGE_PULL_SECRETS,
            _names,
        ),
        _Argument("service_account", options.service_account, Options.SERVICE_ACCOUNT, _text, accounts),
        _Argument("job_manager.cpu", job_manager.cpu, Options.JOB_MANAGER_CPU, _cpu),
        _Argument("job_manager.memory", job_manager.memory, JobManagerMemoryOptions.PROCESS.total_process, _memory),
        _Argument(
            "task_manager.cpu", task_manager.cpu, Options.TASK_MANAGER_CPU, _cpu, (TaskManagerMemoryOptions.CPU_CORES,)
        ),
        _Argument("task_manager.memory", task_manager.memory, TaskManagerMemoryOptions.PROCESS.total_process, _memory),
        _Argument("task_manager.slots", task_manager.slots, TaskManagerMemoryOptions.NUM_TASK_SLOTS, _count),
        _Argument("task_manager.min_slots", task_manager.min_slots, ResourceManagerOptions.MIN_SLOT_NUM, _count),
        _Argument("task_manager.max_slots", task_manager.max_slots, ResourceManagerOptions.MAX_SLOT_NUM, _count),
        _Argument(
            "task_manager.idle_timeout",
            task_manager.idle_timeout,
            ResourceManagerOptions.TASK_MANAGER_TIMEOUT,
            _time,
        ),
        *_placement("job_manager", job_manager, Options.JOB_MANAGER_NODE_SELECTOR, Options.JOB_MANAGER_TOLERATIONS),
        *_placement("task_manager", task_manager, Options.TASK_MANAGER_NODE_SELECTOR, Options.TASK_MANAGER_TOLERATIONS),
        *_high_availability(options.high_availability),
        _Argument(
            "rest_service_exposed_type", options.rest_service_exposed_type, Options.REST_SERVICE_EXPOSED_TYPE, _exposed
        ),
        *(_Argument(name, value, option, _template) for name, (value, option) in _templates(options).items()),
    ]


def _placement(
    role: str,
    given: JobManagerResources | TaskManagerResources,
    node_selector: ConfigOption[Any],
    tolerations: ConfigOption[Any],
) -> tuple[_Argument, _Argument]:
    """Return the arguments of a role that say where its pods may run."""
    return (
        _Argument(f"{role}.node_selector", given.node_selector or None, node_selector, _flow),
        _Argument(f"{role}.tolerations", list(given.tolerations) or None, tolerations, _flow),
    )


def _high_availability(given: HighAvailability) -> tuple[_Argument, ...]:
    prefix, storage_dir = "high_availability", HighAvailabilityOptions.HA_STORAGE_PATH
    return (
        _Argument(prefix, "kubernetes" if given.given else None, HighAvailabilityOptions.HA_MODE, _text),
        _Argument(f"{prefix}.storage_dir", given.storage_dir, storage_dir, _text),
        _Argument(f"{prefix}.replicas", given.replicas, Options.JOB_MANAGER_REPLICAS, _count),
    )


def _templates(
    options: SessionClusterOptions,
) -> dict[str, tuple[PodTemplate | None, ConfigOption[str | None]]]:
    """Return the arguments that hold pod templates, by their names."""
    return {
        "pod_template": (options.pod_template, Options.POD_TEMPLATE),
        "job_manager.pod_template": (options.job_manager.pod_template, Options.JOB_MANAGER_POD_TEMPLATE),
        "task_manager.pod_template": (options.task_manager.pod_template, Options.TASK_MANAGER_POD_TEMPLATE),
    }


def client_files(options: SessionClusterOptions, log_files: Mapping[str, str]) -> ClientFiles:
    """Return what Flink's client would have to find on its disk; a template lies under the name of its argument."""
    templates = {
        name: (value if isinstance(value, str) else _as_yaml(value)).encode()
        for name, (value, _) in _templates(options).items()
        if value is not None
    }
    return ClientFiles(log_files, {**options.files, **templates}, options.hadoop_configuration)


def _as_yaml(template: Mapping[str, Any]) -> str:
    import yaml  # noqa: PLC0415 (few clusters have a template, and its import takes long)

    return yaml.safe_dump(dict(template), sort_keys=False)


def _conflicts(argument: _Argument, configuration: Configuration) -> Iterator[Finding]:
    for option in (argument.option, *argument.rivals):
        key = configuration.key_of(option)
        if key is not None:
            rule = f"must not be in the configuration beside the argument {argument.name}"
            yield Finding(key, configuration.values[key], rule, f"keep {argument.name} and remove {key}")


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise illegal(name, value, "must be text that is not blank", "give it a value, or leave it out")
    return value


def _policy(value: object, name: str) -> str:
    return _read_by(Options.CONTAINER_IMAGE_PULL_POLICY, value, name)


def _exposed(value: object, name: str) -> str:
    return _read_by(Options.REST_SERVICE_EXPOSED_TYPE, value, name)


def _read_by(option: ConfigOption[Any], value: object, name: str) -> str:
    """Check an argument that Flink reads as one of the constants of an option."""
    Configuration({name: value}).get(replace(option, key=name))
    return str(value)


def _names(value: Sequence[object], name: str) -> str:
    return ";".join(_text(item, name) for item in value)


def _memory(value: object, name: str) -> str:
    return MemorySize.parse_argument(str(value), name).to_flink()


def _count(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise illegal(name, value, "must be an integer of at least 1", "correct it, or leave it out")
    return value


def _flow(value: Any, name: str) -> str:
    """Write a list or a map in the one spelling that each version of Flink reads."""
    del name
    return dump_flow(value)


def _time(value: object, name: str) -> str:
    """Check a duration; Flink takes a bare number for milliseconds, which nobody means."""
    text = str(value).strip()
    if text[-1:].isdigit():
        raise illegal(name, value, "must be a duration with its unit", f"write it as {text}s, or 5min")
    Configuration({name: text}).get(replace(ResourceManagerOptions.TASK_MANAGER_TIMEOUT, key=name))
    return text


def _template(value: object, name: str) -> str:
    del value
    return name


def _cpu(value: object, name: str) -> float:
    text = str(value).strip()
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(m?)", text)
    if match is None or isinstance(value, bool) or not float(match[1]) > 0:
        raise illegal(name, value, "must be a number of cores greater than 0", "write it as 2, 0.5 or 500m")
    return float(match[1]) / 1000 if match[2] else float(match[1])
