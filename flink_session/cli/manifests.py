"""`flink-session manifests`: what would be created, without a cluster and without Pulumi."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .client_folder import ClientFolder, client_files, find_mangled_files, random_cluster_id
from .options import cwd_option, fail

if TYPE_CHECKING:
    from flink_session.configuration import Configuration, Finding, FlinkVersion

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("-D", "properties", multiple=True, metavar="KEY=VALUE", help="An option of Flink; as often as wanted.")
@click.option("--conf-dir", type=_FOLDER, help="config.yaml or flink-conf.yaml, and log files, as in FLINK_CONF_DIR.")
@click.option("--pod-template", metavar="FILE", help="The same as -Dkubernetes.pod-template-file.default=FILE.")
@click.option("--hadoop-conf-dir", type=_FOLDER, help="core-site.xml and hdfs-site.xml, as in HADOOP_CONF_DIR.")
@click.option("--flink-version", default="2.2", show_default=True, metavar="V", help="A series or a release.")
@click.option(
    "--stack",
    "-s",
    metavar="NAME",
    help="Instead of all these: the configuration of a stack, with our additions; the program is not run.",
)
@cwd_option
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
@click.option("--strict", is_flag=True, help="Let every finding of severity error count, not only Flink's own.")
@click.pass_context
def manifests(context: click.Context, /, stack: str | None, cwd: Path, form: str, strict: bool, **client: Any) -> None:
    """Print the Kubernetes objects that would be created, and create none.

    From -D and --conf-dir come exactly the objects of Flink's own client, kubernetes-session.sh, in its order. Where it
    would refuse, nothing is printed and the exit status is 1. What it overlooks is said on standard error.

    With --stack, the configuration file of that stack is read as this project's own program reads it: one
    FlinkSessionCluster. The program is not run; what another program makes of it, `flink-session preview` shows.
    """
    from flink_session.configuration import IllegalConfigurationError

    if stack is not None:
        given = context.get_parameter_source
        default = click.core.ParameterSource.DEFAULT
        if named := [name for name in client if given(name) is not default]:
            fail(f"--stack says it all: leave out {', '.join('-D' if n == 'properties' else _flag(n) for n in named)}")
    try:
        objects, findings = _of_stack(cwd, stack) if stack is not None else _of_client(**client)
    except IllegalConfigurationError as error:
        _report((*error.findings, *error.warnings))
        sys.exit(1)
    _report(findings)
    if strict and any(finding.severity == "error" for finding in findings):
        sys.exit(1)
    click.echo(_json(objects) if form == "json" else _yaml(objects), nl=False)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _of_client(
    properties: Iterable[str],
    conf_dir: Path | None,
    pod_template: str | None,
    hadoop_conf_dir: Path | None,
    flink_version: str,
) -> tuple[list[Any], list[Finding]]:
    """Do as `kubernetes-session.sh` does."""
    from flink_session.configuration import FlinkVersion, IllegalConfigurationError
    from flink_session.deployment.client_run import effective_configuration, run_client

    version = FlinkVersion.parse(flink_version, "--flink-version")
    base, log_configuration, losses = _folder(conf_dir, version)
    pairs = (text.partition("=") for text in properties)
    dynamic = {key: value if separator else "true" for key, separator, value in pairs}
    if pod_template is not None:
        dynamic.setdefault("kubernetes.pod-template-file.default", pod_template)
    configuration, findings = _with_cluster_id(effective_configuration(base, dynamic))
    mangled = find_mangled_files(conf_dir, hadoop_conf_dir, version)
    run = run_client(configuration, version, client_files(configuration, log_configuration, hadoop_conf_dir))
    findings = [*losses, *mangled, *findings, *run.findings]
    if run.refusals:
        raise IllegalConfigurationError((*run.refusals, *findings))
    return list(run.objects), findings


def _folder(
    conf_dir: Path | None, version: FlinkVersion
) -> tuple[Configuration, Mapping[str, str], tuple[Finding, ...]]:
    """Read the client's folder, and what gets lost of it; without one, take what the distribution's would hold."""
    from flink_session.configuration import DEFAULT_LOG4J_CONSOLE_PROPERTIES, distribution_configuration

    if conf_dir is None:
        return distribution_configuration(version), {"log4j-console.properties": DEFAULT_LOG4J_CONSOLE_PROPERTIES}, ()
    folder = ClientFolder.read(conf_dir, version)
    return folder.configuration, folder.log_configuration, folder.losses


def _with_cluster_id(configuration: Configuration) -> tuple[Configuration, list[Finding]]:
    """Give the cluster a random name where it has none, as Flink's client does."""
    from flink_session.configuration import Finding
    from flink_session.kubernetes import KubernetesConfigOptions

    option = KubernetesConfigOptions.CLUSTER_ID
    if configuration.contains(option):
        return configuration, []
    name = random_cluster_id()
    rule = f"is not set, and Flink's client makes one up, as {name} here"
    finding = Finding(option.key, None, rule, f"name the cluster by -D{option.key}=NAME", "warning")
    return configuration.with_value(option, name), [finding]


def _of_stack(cwd: Path, name: str) -> tuple[list[Any], list[Finding]]:
    """Plan what the program of this project would deploy with a stack's configuration."""
    from flink_session.deployment.planning import plan
    from flink_session.deployment.secret_settings import without_values
    from flink_session.deployment.stack_settings import settings_of_stack
    from flink_session.engine.stack.project import StackFileReader, check_stack_name, find_project
    from flink_session.errors import UserError

    try:
        project = find_project(cwd)
        reader = StackFileReader(project, check_stack_name(name, project.name))
        if not reader.path.is_file():
            fail(f"there is no stack {name!r}: {reader.path} does not exist")
        # No value is shown, and none is used: of secrets, only the names; elsewhere a secret is refused.
        configuration = reader.config(lambda _: "")
    except UserError as error:
        fail(str(error))

    def read_file(path: str) -> bytes:
        return (project.main / path).read_bytes()

    file = os.path.relpath(reader.path, project.root)
    values, secret_keys = configuration.values, configuration.secret_keys
    if values.get(f"{project.name}:secrets") == "":
        how = "encrypt each value: `flink-session config set --secret --path secrets.NAME`"
        fail(f"secrets is encrypted as a whole in {file}, so that nobody knows its names here; {how}")
    settings = settings_of_stack(values, secret_keys, project.name, file, read_file)
    args = settings.model_dump(exclude_unset=True)
    args["secrets"], hidden = without_values(args.get("secrets", {}))
    _, cluster = plan(args, read_file)
    objects = [
        {**item, "data": dict.fromkeys(hidden, "[secret]")} if item is cluster.further.get("secrets") else item
        for item in cluster.specification.objects
    ]
    return objects, list(cluster.warnings)


def _report(findings: Iterable[Finding]) -> None:
    for finding in findings:
        click.echo(f"{finding.severity}: {finding}", err=True)


def _json(objects: Iterable[Any]) -> str:
    return json.dumps(objects, indent=2, ensure_ascii=False) + "\n"


def _yaml(objects: Iterable[Any]) -> str:
    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Dumper(base):  # type: ignore[misc]
        """Writes text of several lines as such, and nothing by reference."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: Any, value: str) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)

    Dumper.add_representer(str, text)
    return str(
        yaml.dump_all(objects, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=10_000, explicit_start=True)
    )
