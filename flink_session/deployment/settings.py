"""Checks the shape of a component's arguments before the core checks their meaning.

Arguments reach a component from three sides: Python callers pass any mapping, other languages pass numbers as floats,
and a stack's configuration passes strings. One pydantic model coerces them all to plain values, and reports everything
that does not fit at once, in the words of the argument that the user wrote.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from flink_session.configuration import Configuration, Finding, FindingCollector, IllegalConfigurationError
from flink_session.configuration.files.encoding import decode_yaml
from flink_session.configuration.findings import illegal
from flink_session.deployment.arguments import (
    JobManagerResources,
    SessionClusterOptions,
    TaskManagerResources,
)
from flink_session.deployment.client_run import files_named_by
from flink_session.kubernetes.extensions import Extensions


def _number_as_text(value: object) -> object:
    """Let ``flink_version: 2.2`` of a YAML file, and ``1073741824`` bytes of memory, mean what they say."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) >= 1000 else str(value)


Text = Annotated[str, BeforeValidator(_number_as_text)]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class JobManagerSettings(_Settings):
    """Plain values of :class:`~flink_session.JobManagerArgs`."""

    cpu: float | str | None = None
    memory: Text | None = None
    pod_template: str | dict[str, Any] | None = None


class TaskManagerSettings(_Settings):
    """Plain values of :class:`~flink_session.TaskManagerArgs`."""

    cpu: float | str | None = None
    memory: Text | None = None
    slots: int | None = None
    pod_template: str | dict[str, Any] | None = None


class FlinkSessionClusterSettings(_Settings):
    """Plain values of :class:`~flink_session.FlinkSessionClusterArgs`, which documents each of them."""

    cluster_id: str
    namespace: str = "default"
    flink_version: Text = "2.2"
    image: str | None = None
    image_pull_policy: str | None = None
    image_pull_secrets: tuple[str, ...] = ()
    service_account: str | None = None
    pod_security: Literal["restricted", "none"] = "restricted"
    owner_reference_permission: bool = False
    job_manager: JobManagerSettings = JobManagerSettings()
    task_manager: TaskManagerSettings = TaskManagerSettings()
    rest_service_exposed_type: str | None = None
    rest_service_node_address: str | None = None
    configuration: dict[str, Any] = Field(default_factory=dict)
    log_configuration: dict[str, str] | None = None
    pod_template: str | dict[str, Any] | None = None
    hadoop_configuration: dict[str, str] = Field(default_factory=dict)
    ready_timeout: Text = Field(default="10m", pattern=r"^[1-9][0-9]*(s|m|h)$")

    @classmethod
    def parse(cls, args: Mapping[str, Any]) -> "FlinkSessionClusterSettings":
        """Coerce and check ``args``.

        Raises:
            IllegalConfigurationError: With a finding for each argument that is unknown, missing or of a wrong type.
        """
        try:
            return cls.model_validate(args)
        except ValidationError as error:
            raise IllegalConfigurationError(tuple(_findings(cls, error.errors(include_url=False)))) from None

    def session_cluster_options(self, read_file: Callable[[str], bytes]) -> SessionClusterOptions:
        """The same values in the core's own type.

        Args:
            read_file: reads a file that an argument or an option names by its path; raises ``OSError``.

        Raises:
            IllegalConfigurationError: a pod template that is named by its path cannot be read.
        """
        collector = FindingCollector()

        def template(name: str, value: str | dict[str, Any] | None) -> str | dict[str, Any] | None:
            return collector.attempt(_template, name, value, read_file)

        options = SessionClusterOptions(
            cluster_id=self.cluster_id,
            namespace=self.namespace,
            flink_version=self.flink_version,
            image=self.image,
            image_pull_policy=self.image_pull_policy,
            image_pull_secrets=self.image_pull_secrets,
            service_account=self.service_account,
            job_manager=JobManagerResources(
                cpu=self.job_manager.cpu,
                memory=self.job_manager.memory,
                pod_template=template("job_manager.pod_template", self.job_manager.pod_template),
            ),
            task_manager=TaskManagerResources(
                cpu=self.task_manager.cpu,
                memory=self.task_manager.memory,
                slots=self.task_manager.slots,
                pod_template=template("task_manager.pod_template", self.task_manager.pod_template),
            ),
            rest_service_exposed_type=self.rest_service_exposed_type,
            configuration=self.configuration,
            log_configuration=self.log_configuration,
            pod_template=template("pod_template", self.pod_template),
            hadoop_configuration=self.hadoop_configuration,
            files=_files_named_by(self.configuration, read_file),
            extensions=Extensions(
                pod_security=self.pod_security == "restricted",
                owner_reference_permission=self.owner_reference_permission,
            ),
        )
        collector.raise_errors()
        return options


def _template(
    name: str, value: str | dict[str, Any] | None, read_file: Callable[[str], bytes]
) -> str | dict[str, Any] | None:
    """Return a pod template as text or map; text of one line is the path of a file."""
    if not isinstance(value, str) or "\n" in value or value.lstrip().startswith("{"):
        return value
    try:
        return decode_yaml(read_file(value))
    except OSError:
        rule = "must be the path of a file that can be read, text of YAML, or a map"
        raise illegal(name, value, rule, "correct the path") from None
    except ValueError as error:
        raise illegal(name, value, f"must be a file of text in UTF-8 ({error})", "save it as UTF-8") from None


def _files_named_by(configuration: Mapping[str, Any], read_file: Callable[[str], bytes]) -> dict[str, bytes]:
    """Return the files that Flink's client would read; what cannot be read is left out, and the core says so."""
    files = dict[str, bytes]()
    try:
        paths = files_named_by(Configuration.from_mapping(configuration))
    except IllegalConfigurationError:
        return files  # the plan reports it
    for path in paths:
        try:
            files[path] = read_file(path)
        except OSError:
            continue
    return files


_NESTED: Mapping[str, type[_Settings]] = {"job_manager": JobManagerSettings, "task_manager": TaskManagerSettings}


def by_field_name(args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments under the names of their fields, without those that are None.

    Each may be written in camelCase as well, as Pulumi's other languages and configuration files do.
    """
    return _renamed(args, lambda model: {to_camel(field): field for field in model.model_fields})


def by_property_name(args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments under the names of the component's properties: what a preview shows and a policy reads."""
    return _renamed(args, lambda model: {field: to_camel(field) for field in model.model_fields})


def _renamed(args: Mapping[str, Any], names: Callable[[type[_Settings]], Mapping[str, str]]) -> dict[str, Any]:
    top = names(FlinkSessionClusterSettings)
    renamed: dict[str, Any] = {}
    for key, value in args.items():
        if value is None:
            continue
        inner = _NESTED.get(key) or _NESTED.get(top.get(key, key))
        nested = names(inner) if inner and isinstance(value, Mapping) else None
        if top.get(key, key) in renamed:
            raise IllegalConfigurationError(
                (
                    Finding(
                        severity="error",
                        key=top.get(key, key),
                        value=None,
                        rule=f"is given twice, also as {key}",
                        fix="keep one of them",
                    ),
                )
            )
        renamed[top.get(key, key)] = (
            value if nested is None else {nested.get(name, name): item for name, item in value.items()}
        )
    return renamed


def _findings(model: type[BaseModel], errors: Iterable[ErrorDetails]) -> Iterable[Finding]:
    seen: set[str] = set()
    for error in errors:
        # A union reports its members apart; the first report names the argument.
        path = [str(part) for part in error["loc"] if str(part) not in {"float", "str", "int", "dict[str,any]"}]
        key = ".".join(path)
        if key in seen:
            continue
        seen.add(key)
        known = _fields_at(model, path[:-1])
        if error["type"] == "extra_forbidden":
            nearest = get_close_matches(path[-1], known, n=1)
            yield Finding(
                severity="error",
                key=key,
                value=None,
                rule="is not an argument of a session cluster",
                fix=f"use {nearest[0]!r}" if nearest else f"use one of {', '.join(sorted(known))}",
            )
        elif error["type"] == "missing":
            yield Finding(
                severity="error", key=key, value=None, rule="is required", fix="give it a value, such as 'my-session'"
            )
        else:
            yield Finding(
                severity="error",
                key=key,
                value=error["input"],
                rule=error["msg"].removeprefix("Input "),
                fix="see docs/stack-configuration.md for what it takes",
            )


def _fields_at(model: type[BaseModel], path: list[str]) -> list[str]:
    for part in path:
        field = model.model_fields.get(part)
        inner = field.annotation if field else None
        if get_origin(inner) is UnionType:
            inner = next((arm for arm in get_args(inner) if isinstance(arm, type) and issubclass(arm, BaseModel)), None)
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)


def settings_of_stack(
    values: Mapping[str, str], secret_keys: Iterable[str], project: str
) -> FlinkSessionClusterSettings:
    """Read the configuration of a stack of this project: its keys are the arguments, in the project's namespace.

    Nobody but this function knows which keys there are: Pulumi says nothing about keys that no program asks for.

    Args:
        values: texts by full key, such as ``flink-session:cluster_id``; maps and lists as JSON.
        secret_keys: full keys of the values that are secret.
        project: the project's name.

    Raises:
        IllegalConfigurationError: with every unknown, missing, secret or mistyped key at once.
    """
    namespace = f"{project}:"
    mine = {key.removeprefix(namespace): key for key in values if key.startswith(namespace)}
    secrets = sorted(set(mine.values()) & set(secret_keys))
    if secrets:
        rule = "must not be a secret, since it would be readable in the Deployment or the ConfigMap"
        fix = (
            "put it into a Kubernetes Secret and name that under kubernetes.secrets (as files) or"
            " kubernetes.env.secretKeyRef (as variables) in configuration"
        )
        raise IllegalConfigurationError(Finding(key, None, rule, fix) for key in secrets)
    given = by_field_name({name: _decoded(values[key]) for name, key in mine.items()})
    return FlinkSessionClusterSettings.parse(given)


def _decoded(value: str) -> Any:
    """Maps and lists arrive as JSON; every scalar stays text, to be coerced by the argument's own type."""
    if value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value
