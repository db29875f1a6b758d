"""The user's own options against all that Flink declares: misspelt, of another version, of a wrong type, or futile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flink_session.configuration.catalogue import OptionCatalogue, option_catalogue
from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import DeploymentOptions, HighAvailabilityOptions, JobManagerOptions
from flink_session.configuration.findings import Finding
from flink_session.kubernetes.checks.later_options import LaterOptions
from flink_session.kubernetes.checks.reading import unreadable
from flink_session.kubernetes.decorators.flink_conf_mount import CLIENT_SIDE_OPTIONS
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.kubernetes_config_options import KubernetesConfigOptions as Options
from flink_session.kubernetes.kubernetes_config_options import KubernetesHighAvailabilityOptions

_OF_OUR_OWN = (Options.INTERNAL_ENTRYPOINT_CLASS, DeploymentOptions.EXECUTION_MODE)
_READ_LATER = tuple(
    option
    for options in (LaterOptions, KubernetesHighAvailabilityOptions, Options)
    for name, option in vars(options).items()
    if hasattr(option, "keys") and (options is not Options or name.startswith("TASK_MANAGER_"))
)


def check_client_settings(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find options about a connection that Flink does not make here."""
    configuration = parameters.configuration
    for option in (Options.CONTEXT, Options.KUBE_CONFIG_FILE):
        if configuration.contains(option):
            value = configuration.values[option.key]
            rule = "must not be set here, since it is not Flink that connects to the cluster"
            yield Finding(option.key, value, rule, "set kubernetes:context or kubernetes:kubeconfig for Pulumi")


def check_later_options(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find values that the running JobManager could not read."""
    yield from unreadable(parameters.configuration, _READ_LATER)


def find_faulty_options(
    own: Configuration, parameters: KubernetesJobManagerParameters, known: Iterable[Finding] = ()
) -> Iterator[Finding]:
    """Find the user's own options that Flink does not know, cannot read, or has no use for.

    The catalogue is read only where there are any options.

    Args:
        own: the user's options.
        parameters: those of the deployment.
        known: what is found already. An option has one error about its value, and none about its old name where that
            stands in the way of another key.
    """
    if not own.values:
        return
    futile = dict.fromkeys(_dropped(own, parameters))
    for key in futile:
        rule = "has no effect, since Flink's Kubernetes deployment decides it"
        yield Finding(key, None, rule, "remove it", "warning")
    flags = "env.java.opts.all"
    if flags in own.values and "--add-opens" not in str(own.values[flags]):
        rule = "replaces the module flags of Flink's distribution, without which some serializers fail"
        yield Finding(flags, None, rule, "use env.java.opts.jobmanager and env.java.opts.taskmanager", "warning")
    errors = {finding.key: finding for finding in known if finding.severity == "error"}
    for finding in _unknown(own.without(futile), parameters.flink_version.series):
        error = errors.get(finding.key)
        if error is None or (finding.value is None and error.value is not None):
            yield finding


def _dropped(own: Configuration, parameters: KubernetesJobManagerParameters) -> Iterator[str]:
    """Return the keys of options that Flink's deployment drops or overwrites."""
    dropped = [*CLIENT_SIDE_OPTIONS, *_OF_OUR_OWN]
    dropped.append(
        HighAvailabilityOptions.HA_CLUSTER_ID if parameters.high_availability.is_active else JobManagerOptions.ADDRESS
    )
    return filter(None, map(own.key_of, dropped))


def _unknown(own: Configuration, series: str) -> Iterator[Finding]:
    """Hold options against the catalogue of a series of Flink."""
    catalogue = option_catalogue(series)
    for key, value in own.values.items():
        newer = _newer_key(catalogue, own, key)
        if newer:
            yield Finding(key, None, f"has no effect beside {newer}, its newer name", "remove it", "warning")
            continue
        finding = catalogue.check(key, value)
        if finding is not None:
            yield finding


def _newer_key(catalogue: OptionCatalogue, own: Configuration, key: str) -> str | None:
    """Return the option that a former key stands for, where that is set as well."""
    match = catalogue.lookup(key)
    return match.entry.key if match and match.by == "deprecated" and match.entry.key in own.values else None
