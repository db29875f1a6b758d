"""What somebody meant by an argument that there is not: another name, another place, or an option of Flink."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from flink_session.configuration.catalogue import option_catalogue
from flink_session.configuration.catalogue.similarity import SimilarKeys
from flink_session.configuration.catalogue.spelling import edit_distance
from flink_session.configuration.flink_version import DEFAULT_SERIES
from flink_session.deployment.argument_rules import RULES
from flink_session.deployment.arguments import options_of_arguments

_ALSO_CALLED = {
    "cluster_id": ("name", "id", "cluster", "cluster_name", "session_name"),
    "namespace": ("ns",),
    "flink_version": ("version", "flink"),
    "image": ("container_image", "docker_image", "image_ref"),
    "service_account": ("sa", "service_account_name"),
    "configuration": ("flink_configuration", "flink_conf", "flink_config", "config", "conf", "options", "properties"),
    "log_configuration": ("log4j", "log_config", "logback"),
    "logging": ("log",),
    "logging.levels": ("log_levels", "log_level", "level", "loggers"),
    "high_availability": ("ha",),
    "high_availability.storage_dir": ("storage", "ha_storage", "ha_dir"),
    "suspended": ("suspend", "paused", "stopped"),
    "hadoop_configuration": ("hadoop", "hadoop_conf"),
    "rest_service_exposed_type": ("exposed_type", "service_type", "rest_service_type"),
    "rest_service_node_address": ("node_address",),
    "adopt": ("adoption", "take_over", "import"),
    "additions": ("extensions",),
    "delete_guard": ("guard", "protect_jobs", "deletion_protection"),
    "allow_job_loss": ("force", "force_delete", "force_destroy"),
    "service_account_annotations": ("account_annotations", "irsa", "workload_identity", "iam_role"),
    "state_storage": ("state_dir", "storage", "storage_dir", "checkpoint_storage", "bucket"),
    "plugins": ("plugin", "enable_built_in_plugins", "built_in_plugins", "filesystems"),
    "secrets": ("secret", "secret_env", "secret_variables"),
    "metrics": ("monitoring", "prometheus", "pod_monitor", "metrics_port"),
    "pod_disruption_budget": ("pdb", "disruption_budget"),
    "expose": ("exposure", "ingress", "route", "gateway"),
    "expose.type": ("kind", "by"),
    "expose.host": ("hostname", "host_name", "domain"),
    "expose.ingress_class": ("class", "ingress_class_name", "class_name"),
    "expose.certificate": ("tls", "secret_name", "secret"),
    "expose.auth_proxy": ("authentication", "auth", "oauth2_proxy"),
    "expose.unprotected": ("public", "insecure"),
    "network_policy": ("network_policies", "netpol", "firewall"),
    "network_policy.clients": ("ingress", "from", "peers"),
    "network_policy.destinations": ("egress", "to"),
    "tls": ("ssl", "https", "certificate"),
    "tls.certificate": ("certificate_secret", "secret_name", "secret"),
    "tls.client_authentication": ("mutual", "mtls", "client_auth", "authentication_enabled"),
    "ready_timeout": ("timeout", "wait", "readiness_timeout"),
    "job_manager": ("jm",),
    "task_manager": ("tm",),
    "job_manager.cpu": ("cpus", "cores", "vcores"),
    "task_manager.cpu": ("cpus", "cores", "vcores"),
    "job_manager.memory": ("mem", "ram", "memory_size", "process_size"),
    "task_manager.memory": ("mem", "ram", "memory_size", "process_size"),
    "job_manager.priority_class": ("priority_class_name", "priority"),
    "task_manager.priority_class": ("priority_class_name", "priority"),
    "job_manager.topology_spread": ("topology_spread_constraints", "spread", "zones"),
    "task_manager.topology_spread": ("topology_spread_constraints", "spread", "zones"),
    "task_manager.max_slots": ("maximum_slots", "slots_max"),
    "task_manager.slots": ("task_slots", "number_of_task_slots", "num_slots", "slot_count"),
}
_OF_A_POD = (
    "affinity",
    "containers",
    "dns_policy",
    "host_aliases",
    "init_containers",
    "runtime_class_name",
    "scheduler_name",
    "security_context",
    "sidecars",
    "volume_mounts",
    "volumes",
)
"""What only a pod template says."""
_ALIKE, _ALIKE_OPTION, _CLOSE = 0.7, 0.6, 0.05
"""How alike words must be to name an argument, or an option; and how much less alike the last one that is named."""


def advice_on(path: tuple[str, ...], value: object) -> str:
    """Say what to do about an argument that there is not.

    Args:
        path: its name, behind that of its role where it was given for one.
        value: what it was given; of a map, its keys count.
    """
    role, name = (path[0], path[1]) if len(path) > 1 else ("", path[0])
    here = [known for known in RULES if known.rpartition(".")[0] == role]
    advice = (
        (_option(name, role, value) if isinstance(value, Mapping) else None)
        or _misspelt(name, here)
        or _elsewhere(name, role)
        or _option(name, role, value)
        or _alike(name, role)
    )
    if advice:
        return advice
    of = f" of {role}" if role else ""
    return f"remove it; the arguments{of} are {', '.join(sorted(map(_field, here)))}"


def _misspelt(name: str, here: list[str]) -> str | None:
    """Look among the arguments of the same place, by other names of theirs too."""
    given = _squeezed(name)
    limit = 1 if len(given) < 6 else 2
    near = min(here, key=lambda known: edit_distance(_squeezed(_field(known)), given, limit))
    called = next((known for known in here if given in _names(known)), None)
    if called is None and edit_distance(_squeezed(_field(near)), given, limit) <= limit:
        called = near
    return f"use {_field(called)!r}" if called else None


def _elsewhere(name: str, role: str) -> str | None:
    """Look for what has another place here: memory at the top, image under job_manager, volumes anywhere."""
    given = _squeezed(name)
    if given in map(_squeezed, _OF_A_POD):
        return "put it into a pod_template"
    if given in ("env", "envs", "environment", "environmentvariables"):
        processes = {"job_manager": ("master",), "task_manager": ("taskmanager",)}.get(role, ("master", "taskmanager"))
        options = " and ".join(f"containerized.{process}.env.<NAME>" for process in processes)
        return f"write {options} under `configuration`"
    if given in ("resource", "resources"):
        return f"put cpu and memory under {f'{role} itself' if role else 'job_manager and task_manager'}"
    if given == "replicas" and role == "task_manager":
        within = "slotmanager.number-of-slots.max under `configuration`"
        return f"leave it out: Flink starts TaskManagers as jobs need them, within {within}"
    top = next((known for known in RULES if role and "." not in known and given in _names(known)), None)
    if top:
        return f"put {top} beside {role}, not under it"
    nested = [known for known in RULES if "." in known]
    whole = [known for known in nested if _squeezed(known) == given]
    found = whole or [known for known in nested if given in _names(known)]
    if not found:
        return None
    return f"put {_field(found[0])} under {' or '.join(known.partition('.')[0] for known in found)}"


def _option(name: str, role: str, value: object) -> str | None:
    """Look among the options of Flink, whole or behind a role's prefix."""
    catalogue = option_catalogue(DEFAULT_SERIES)
    prefixes = ("", *(f"{prefix}{_squeezed(role)}." for prefix in ("", "kubernetes.") if role))
    for prefix in prefixes:
        for key in _flat(f"{prefix}{name}", value):
            match = catalogue.lookup(key)
            if match is not None and match.entry.key in _arguments_by_option():
                return _use(_arguments_by_option()[match.entry.key])
            if match is not None or catalogue.is_free(key):
                return f"put it under `configuration`{f', as {key}' if prefix else ''}"
    return None


def _alike(name: str, role: str) -> str | None:
    """Compare by words: with the arguments of the same place, and with the options of Flink."""
    catalogue = option_catalogue(DEFAULT_SERIES)
    key = f"{role}.{name}" if role else name
    arguments = [item for item in _arguments_by_words().find(key, _ALIKE) if item.key.startswith(role and f"{role}.")]
    options = _options_by_words().find(key, _ALIKE_OPTION, most=3)
    if arguments and (not options or arguments[0].score >= options[0].score):
        return _use(arguments[0].key)
    near = catalogue.nearest(name)
    similar = [near] if near else [item.key for item in options if item.score >= options[0].score - _CLOSE]
    if similar and similar[0] in _arguments_by_option():
        return _use(_arguments_by_option()[similar[0]])
    if similar:
        return f"put {' or '.join(similar)} under `configuration` if you mean that"
    first = name.partition(".")[0]
    if any(known.partition(".")[0] == first for known in catalogue.entries):
        return "put it under `configuration`, as all options of Flink"
    return None


def _use(argument: str) -> str:
    role, dot, field = argument.partition(".")
    return f"use {field} under {role}" if dot else f"use {argument!r}"


def _field(argument: str) -> str:
    return argument.rpartition(".")[2]


def _names(argument: str) -> list[str]:
    """Return what an argument is called, without separators."""
    return list(map(_squeezed, (_field(argument), *_ALSO_CALLED.get(argument, ()))))


def _flat(key: str, value: object) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        for name, item in value.items():
            yield from _flat(f"{key}.{name}", item)
    else:
        yield key


def _squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


@cache
def _arguments_by_option() -> dict[str, str]:
    return {option: argument for argument, option in options_of_arguments().items()}


@cache
def _arguments_by_words() -> SimilarKeys:
    others = {other: known for known, names in _ALSO_CALLED.items() for other in names}
    return SimilarKeys(others | {known: known for known in RULES})


@cache
def _options_by_words() -> SimilarKeys:
    catalogue = option_catalogue(DEFAULT_SERIES)
    return SimilarKeys({key: key for key in catalogue.entries if "<" not in key and key[0] not in "$_"})
